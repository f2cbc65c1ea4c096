"""What may be otherwise than in the previous build: other answers are not made again.

Three kinds of edits are told apart: another text; another headline, or whatever else lists only
show; anything else, after which everything is asked again.
"""

from collections.abc import Callable, Iterable, Iterator, Set
from functools import cached_property
from typing import Final

from generator.engine.queries import QUERIES
from generator.engine.query import Dependency, named
from generator.site.index import Outline, Site
from generator.templates.context import Question

_OF_THE_ARRANGEMENT: Final = frozenset(
    name for name, query in QUERIES.items() if query.depends is Dependency.ARRANGEMENT
)


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
        settled = _OF_THE_ARRANGEMENT if self.leaves_arrangement else frozenset()
        for place, question in enumerate(questions):
            if question[0] not in settled and self.concerns(question):
                yield place, question

    def concerns(self, question: Question) -> bool:
        """Whether the answer to `question` may be another one now."""
        return not self.leaves_arrangement or self._shows_an_edit(question)

    def _shows_an_edit(self, question: Question) -> bool:
        """Whether a text or a headline that became another one may be part of an answer."""
        match QUERIES[str(question[0])].depends:
            case Dependency.ARRANGEMENT:
                shows = False
            case Dependency.TEXT:
                shows = question[1] in self._texts
            case Dependency.HEAD:
                shows = question[1] in self._heads
            case Dependency.CREDITS:
                shows = bool(self._heads or self._pictured)
            case Dependency.ALL_HEADS:
                shows = bool(self._heads)
            case Dependency.RANKED:
                shows = bool(self._heads) and self._ranks_a_head(question)
            case Dependency.LISTED:
                shows = bool(self._heads) and self._lists_a_head(question)
            case Dependency.ELSEWHERE:
                shows = True
        return shows

    def _ranks_a_head(self, question: Question) -> bool:
        ranked = self._ranked(("ranking", *question[1:]))
        return ranked is None or not self._heads.isdisjoint(ranked)

    def _lists_a_head(self, question: Question) -> bool:
        listed = self._site.paths(str(question[0]), **named(question[1:]))
        return not self._heads.isdisjoint(listed)

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
