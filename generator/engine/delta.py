"""What may be otherwise than in the last build: other answers are not made again.

Three kinds of edits are told apart: another text; another headline, or whatever else lists only
show; anything else, after which everything is asked again.
"""

from collections.abc import Callable, Iterable, Iterator, Set
from functools import cached_property
from typing import Any, Final

from generator.site.index import Outline, Site
from generator.templates.context import Question

CHOSEN: Final = frozenset({"articles", "headlines", "newest_page"})
"""Questions whose answers show articles that filters choose."""

SHOWING: Final = CHOSEN | {"related", "sitemap"}
"""Questions whose answers show of articles what does not decide in which lists they are."""

OF_THE_ARRANGEMENT: Final = frozenset(
    {
        *("among", "count", "keywords", "members", "pdf", "ranking", "ranking_basis"),
        *("redirects", "standing", "years"),
        *("has_firms", "firm", "firms", "firm_fields", "firm_towns"),
    }
)
"""Questions whose answers can only change with the arrangement of the site."""


class Delta:
    """What became otherwise in `site` since a build whose site had the outline `earlier`.

    `ranked` gives the paths that answered a question for a ranking then, or None.
    """

    def __init__(
        self, site: Site, earlier: Outline, ranked: Callable[[Question], tuple[str, ...] | None]
    ) -> None:
        self._site = site
        self._earlier = earlier
        self._ranked = ranked

    @cached_property
    def leaves_arrangement(self) -> bool:
        """Whether there are the same pages as before, and lists of the same articles."""
        return self._earlier.arrangement == self._site.outline.arrangement

    def concerned(self, questions: Iterable[Question]) -> Iterator[tuple[int, Question]]:
        """Those of `questions` that `concerns` finds, with their places; most go at a glance."""
        settled = OF_THE_ARRANGEMENT if self.leaves_arrangement else frozenset()
        for place, question in enumerate(questions):
            if question[0] not in settled and self.concerns(question):
                yield place, question

    def concerns(self, question: Question) -> bool:
        """Whether the answer to `question` may be another one now."""
        name = question[0]
        if not self.leaves_arrangement:
            return True
        if name in OF_THE_ARRANGEMENT:
            return False
        if name == "body":
            return question[1] in self._texts
        if name == "article":
            return question[1] in self._heads
        if name == "credits":
            return bool(self._heads or self._pictured)
        return name not in SHOWING or (bool(self._heads) and self._shows_a_head(question))

    def _shows_a_head(self, question: Question) -> bool:
        name, *arguments = question
        if name == "sitemap":
            return True
        if name == "related":
            ranked = self._ranked(("ranking", *arguments))
            return ranked is None or not self._heads.isdisjoint(ranked)
        filters: Any = dict(zip(arguments[::2], arguments[1::2], strict=True))
        return not self._heads.isdisjoint(self._site.paths(str(name), **filters))

    @cached_property
    def _heads(self) -> Set[str]:
        """The sources whose front matter is another one."""
        earlier, now = self._earlier.sources, self._site.outline.sources
        return {path for path, (head, *_) in now.items() if earlier[path][0] != head}

    @cached_property
    def _texts(self) -> Set[str]:
        """The sources whose text is another one, and those with pictures, which may be others."""
        earlier, now = self._earlier.sources, self._site.outline.sources
        return {
            path
            for path, (_, text, pictures) in now.items()
            if pictures or earlier[path][1] != text
        }

    @cached_property
    def _pictured(self) -> Set[str]:
        """The sources whose text is another one, and shows pictures or did."""
        earlier, now = self._earlier.sources, self._site.outline.sources
        return {
            path
            for path in self._texts
            if earlier[path] != now[path] and (earlier[path][2] or now[path][2])
        }
