"""An export of WordPress as an archive: its items made by several processes."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from generator.base.workers import WorkerPool
from generator.importers import wordpress
from generator.importers.archive import Account, Item
from generator.importers.pictures import Pictures
from generator.importers.wxr import Post

_AT_ONCE = 256
"""Items that are held in memory."""
_BUDGET = 30.0
"""Seconds for one item; the longest text takes a tenth of one."""


class WordPress:
    """One or more exports of one site."""

    kind = "WordPress"

    def __init__(
        self, sources: Sequence[Path], pictures: Pictures, known: Mapping[str, str]
    ) -> None:
        self._sources, self._pictures = sources, pictures
        self._plan = wordpress.plan(sources, pictures, known)
        self.settings = self._plan.settings
        self.comments: list[dict[str, object]] = []

    def items(self, jobs: int) -> Iterator[Item | Account]:
        """All items in their order; those that are no texts come last."""
        pool = WorkerPool(self._item, jobs=jobs, budget=_BUDGET)
        try:
            following = self._wanted()
            while chunk := list(islice(following, _AT_ONCE)):
                made: dict[int, Item | Account] = {}
                for place, result in pool.run(chunk):
                    made[place] = _lost(chunk[place]) if isinstance(result, str) else result
                yield from (made[place] for place in sorted(made))
        finally:
            pool.close()
        yield from self._plan.others

    def _wanted(self) -> Iterator[tuple[str, Post]]:
        done: set[str] = set()
        for name, post in wordpress.items(self._sources):
            key = wordpress.key_of(post, self._plan.base)
            if key in done or (post.type != "attachment" and key not in self._plan.places):
                continue
            done.add(key)
            self.comments += [
                {"to": self._plan.places[key].path if key in self._plan.places else key,
                 "author": c.author, "date": c.date, "text": c.text, "approved": c.approved,
                 "kind": c.kind or "comment"} for c in post.comments
            ]  # fmt: skip
            yield name, post

    def _item(self, task: tuple[str, Post]) -> Item | Account:
        return wordpress.item(*task, self._plan, self._pictures)


def _lost(task: tuple[str, Post]) -> Account:
    name, post = task
    why = "takes too long to read"
    return Account(post.get("id"), f"{name}:{post.line}", post.get("title"), "left out", why=why)
