"""An export of WordPress as an archive: looked through once, then read item by item."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from generator.config.permalink_patterns import Addresses
from generator.importers import wordpress, wordpress_plan
from generator.importers.archive import Account, Item, Source
from generator.importers.many import Work, many
from generator.importers.pictures import Pictures, is_picture
from generator.importers.reasons import Reason
from generator.importers.wxr import Post


class WordPress:
    """One or more exports of one site."""

    kind = "WordPress"

    def __init__(
        self, sources: Sequence[Path], pictures: Pictures, known: Mapping[str, str],
        there: Addresses | None,
    ) -> None:  # fmt: skip
        self._sources, self.pictures = sources, pictures
        self._plan = wordpress_plan.plan(sources, known, there)
        self.settings = self._plan.settings
        self.comments: list[dict[str, object]] = []

    def pictured(self) -> Iterator[str]:
        """The addresses of the pictures in the library."""
        files = self._plan.library.files.values()
        return (file.url for file in files if is_picture(file.url))

    def items(self, work: Work) -> Iterator[Source | Account]:
        """All items in their order; those that are no texts come last."""
        yield from many(self._item, self._wanted(), _lost, work)
        yield from self._plan.others

    def _wanted(self) -> Iterator[tuple[str, Post]]:
        done: set[str] = set()
        for name, post in wordpress.items(self._sources):
            key = wordpress_plan.key_of(post, self._plan.base)
            if key in done or (post.type != "attachment" and key not in self._plan.places):
                continue
            done.add(key)
            to = self._plan.places[key].path if key in self._plan.places else key
            self.comments += [
                {
                    "to": to, "author": each.author, "date": each.date, "text": each.text,
                    "approved": each.approved, "kind": each.kind or "comment",
                }
                for each in post.comments
            ]  # fmt: skip
            yield name, post

    def _item(self, task: tuple[str, Post]) -> Item | Account:
        return wordpress.item(*task, self._plan, self.pictures)


def _lost(task: tuple[str, Post], why: Reason) -> Account:
    name, post = task
    return Account(post.get("id"), f"{name}:{post.line}", post.get("title"), "left-out", why=why)
