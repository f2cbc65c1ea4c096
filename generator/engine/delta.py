"""What may be otherwise than in the previous build: other answers are not made again.

Three kinds of edits are told apart: another text; another headline, or whatever else lists only
show; anything else, after which everything is asked again.
"""

from collections.abc import Callable, Iterable, Iterator, Set
from typing import Final, NamedTuple

from generator.engine.queries import QUERIES
from generator.engine.query import Dependency, named
from generator.site.index import Outline, Site
from generator.templates.context import Question

_OF_THE_ARRANGEMENT: Final = frozenset(
    name for name, query in QUERIES.items() if query.depends is Dependency.ARRANGEMENT
)


class Edits(NamedTuple):
    """What became another in sources that are published then and now, in the same lists.

    `heads`: the paths of those whose front matter did; `texts`: whose text did, or may have, since
    it shows pictures; `credited`: whether that may be told where pictures are from; `modified`: or
    when an article was last changed.
    """

    heads: Set[str] = frozenset()
    texts: Set[str] = frozenset()
    credited: bool = True
    modified: bool = True

    @classmethod
    def between(cls, earlier: Outline, now: Outline) -> "Edits | None":
        """What changed from one site to another; None where it was more than that."""
        if earlier.arrangement != now.arrangement:
            return None
        heads: set[str] = set()
        texts: set[str] = set()
        pictured = False
        for path, (head, text, files) in now.sources.items():
            old_head, old_text, old_files = earlier.sources[path]
            if head != old_head:
                heads.add(path)
            if files or text != old_text:
                texts.add(path)
            if text != old_text or files != old_files:
                pictured |= files or old_files
        return cls(heads, texts, bool(heads) or pictured, bool(heads))


class Delta:
    """What became otherwise in `site`: `edits`, or anything (None).

    `ranked` gives the paths that answered a question for a ranking in the previous build, or None.
    """

    def __init__(
        self,
        site: Site,
        edits: Edits | None,
        ranked: Callable[[Question], tuple[str, ...] | None],
    ) -> None:
        self._site = site
        self._edits = edits
        self._ranked = ranked

    def concerned(self, questions: Iterable[Question]) -> Iterator[tuple[int, Question]]:
        """Those of `questions` that `concerns` finds, with their places; most go at a glance."""
        settled = frozenset() if self._edits is None else _OF_THE_ARRANGEMENT
        for place, question in enumerate(questions):
            if question[0] not in settled and self.concerns(question):
                yield place, question

    def concerns(self, question: Question) -> bool:
        """Whether the answer to `question` may be another one now."""
        return self._edits is None or self._shows(self._edits, question)

    def _shows(self, edits: Edits, question: Question) -> bool:
        """Whether a text or a headline that became another one may be part of an answer."""
        match QUERIES[str(question[0])].depends:
            case Dependency.ARRANGEMENT:
                shows = False
            case Dependency.TEXT:
                shows = question[1] in edits.texts
            case Dependency.HEAD:
                shows = question[1] in edits.heads
            case Dependency.CREDITS:
                shows = edits.credited
            case Dependency.MODIFIED:
                shows = edits.modified
            case Dependency.RANKED:
                shows = bool(edits.heads) and self._ranks(edits.heads, question)
            case Dependency.LISTED:
                listed = self._site.paths(str(question[0]), **named(question[1:]))
                shows = bool(edits.heads) and not edits.heads.isdisjoint(listed)
            case Dependency.ELSEWHERE:
                shows = True
        return shows

    def _ranks(self, heads: Set[str], question: Question) -> bool:
        ranked = self._ranked(("ranking", *question[1:]))
        return ranked is None or not heads.isdisjoint(ranked)
