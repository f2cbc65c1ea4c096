"""What may be otherwise than in the previous build: other answers are not made again.

Three kinds of edits are told apart: another text; another headline, or whatever else lists only
show; a source that came, went or is in other lists (`moves`).  Where that is not known of each,
everything is asked again.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Set
from functools import partial
from typing import NamedTuple, TypeAlias

from generator.engine.moves import RULES, Moves, Pair
from generator.engine.queries import QUERIES
from generator.engine.query import Dependency, named
from generator.model.entry import Entry
from generator.site.index import Outline, Site
from generator.templates.context import Question

_Rule: TypeAlias = Callable[[Question], bool]


class Edits(NamedTuple):
    """What became another in sources.

    Of those that are published then and now, in the same lists, `heads` are the paths of those
    whose front matter did, `texts` of those whose text did, or may have, since it shows pictures;
    `credited`: whether that may be told where pictures are from; `modified`: or when an article was
    last changed.  `moves` are all other changes of what is published.
    """

    heads: Set[str] = frozenset()
    texts: Set[str] = frozenset()
    credited: bool = True
    modified: bool = True
    moves: Moves | None = None

    @property
    def shown(self) -> Set[str]:
        """The paths of all sources that lists may show otherwise."""
        return self.heads | self.moves.paths if self.moves else self.heads

    @classmethod
    def between(
        cls, earlier: Outline, site: Site, former: Callable[[str], Entry | None]
    ) -> "Edits | None":
        """What changed up to `site`, where `former` gives a source as it was before, if that is
        known; None where it was more than that."""
        now = site.outline
        if earlier.around != now.around:
            return None
        rearranged = earlier.arrangement != now.arrangement
        heads: set[str] = set()
        texts: set[str] = set()
        moved: dict[str, Pair] = {}
        pictured = False
        for path, before in earlier.sources.items():
            after = now.sources.get(path)
            if rearranged and (after is None or after[0] != before[0]):
                old, new = former(path), site.entries.get(path)
                if old is None or old.digest != before[0]:
                    return None
                if new is None or new.arrangement != old.arrangement:
                    moved[path] = Pair(old, new)
            if after is None:
                continue
            if after[0] != before[0] and path not in moved:
                heads.add(path)
            if after[2] or after[1] != before[1]:
                texts.add(path)
            if after[1:] != before[1:]:
                pictured |= after[2] or before[2]
        for path in now.sources.keys() - earlier.sources.keys():
            moved[path] = Pair(None, site.entries[path])
        moves = Moves(moved, site) if moved else None
        return cls(heads, texts, bool(heads) or pictured, bool(heads), moves)


class Delta:
    """What became otherwise in `site`: `edits`, or anything (None).

    `rankings` are the questions for those of the previous build that name a source of which lists
    may show something else.
    """

    def __init__(
        self, site: Site, edits: Edits | None, rankings: Container[Question] = frozenset()
    ) -> None:
        self._site = site
        self._rankings = rankings
        self._rules: dict[str | int, _Rule] = dict.fromkeys(QUERIES, _always)
        self._by_itself = self._rules
        if edits:
            shown = {name: self._shown(query.depends, edits) for name, query in QUERIES.items()}
            self._rules = {name: _with(edits.moves, name, rule) for name, rule in shown.items()}
            self._by_itself = {
                **self._rules, "fragment": _never, "ranking": _never, "related": shown["related"],
            }  # fmt: skip

    def concerned(self, questions: Iterable[Question]) -> Iterator[tuple[int, Question]]:
        """Those of `questions` that `concerns` finds, with their places.

        Where edits are known, without fragments and rankings: their traces tell whether they hold.
        """
        rules = self._by_itself
        for place, question in enumerate(questions):
            if rules[question[0]](question):
                yield place, question

    def concerns(self, question: Question) -> bool:
        """Whether the answer to `question` may be another one now."""
        return self._rules[question[0]](question)

    def _shown(self, depends: Dependency, edits: Edits) -> _Rule:
        """Whether a text or a headline that became another one may be part of an answer."""
        shows: _Rule = _never
        match depends:
            case Dependency.ELSEWHERE:
                shows = _always
            case Dependency.TEXT:
                shows = partial(_is_one_of, edits.texts)
            case Dependency.HEAD if edits.heads:
                shows = partial(_is_one_of, edits.heads)
            case Dependency.CREDITS if edits.credited:
                shows = _always
            case Dependency.MODIFIED if edits.modified:
                shows = _always
            case Dependency.RANKED if edits.shown:
                shows = self._ranks
            case Dependency.LISTED if edits.heads:
                shows = partial(self._lists, edits.heads)
        return shows

    def _ranks(self, question: Question) -> bool:
        return ("ranking", *question[1:]) in self._rankings

    def _lists(self, heads: Set[str], question: Question) -> bool:
        listed = self._site.paths(str(question[0]), **named(question[1:]))
        return not heads.isdisjoint(listed)


def _always(_question: Question) -> bool:
    return True


def _never(_question: Question) -> bool:
    return False


def _is_one_of(paths: Set[str], question: Question) -> bool:
    return question[1] in paths


def _with(moves: Moves | None, name: str, shown: _Rule) -> _Rule:
    """The rule of the query `name`, where `shown` is that for headlines and texts."""
    if moves is None or shown is _always:
        return shown
    if name not in RULES:
        return _always
    moved = partial(RULES[name], moves)
    return moved if shown is _never else lambda question: moved(question) or shown(question)
