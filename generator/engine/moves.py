"""Sources that came, went, or are arranged otherwise than in the previous build.

What they cannot change is not asked again: `RULES` says what that is.
"""

from collections.abc import Callable, Mapping, Set
from functools import cache, cached_property
from typing import Any, Final, NamedTuple

from generator.engine.query import named
from generator.model.article import Article, Firm, Link
from generator.model.entry import Entry
from generator.site.index import Site
from generator.templates.context import Question


class Pair(NamedTuple):
    """A source as it was published, and as it is; None where it was not, or is not."""

    old: Entry | None
    new: Entry | None


class Moves:
    """What moved, by path, and the `site` after that."""

    def __init__(self, pairs: Mapping[str, Pair], site: Site) -> None:
        self._site = site
        versions = [one.source for pair in pairs.values() for one in pair if one]
        self._articles = [one for one in versions if isinstance(one, Article)]
        self.paths: Set[str] = pairs.keys()
        self.has_firms = any(isinstance(one, Firm) for one in versions)
        self.listed, self.limited = cache(self._listed), cache(self._limited)
        pdf = site.portal.pdf
        self.only_newest_have_pdfs = pdf.enabled and bool(pdf.newest)

    @cached_property
    def linking(self) -> Set[str]:
        """The paths of the sources that link to one of them."""
        return {
            path
            for path, entry in self._site.entries.items()
            for one in entry.placeholders
            if isinstance(one, Link) and one.source in self.paths
        }

    def _listed(self, given: Question) -> bool:
        """Whether one of them has, or had, what these filters want."""
        filters: Any = named(given)
        return any(self._site.matches(one, filters) for one in self._articles)

    def _limited(self, given: Question) -> bool:
        """The same, where only the newest may count; not of numbered pages."""
        filters: Any = named(given)
        limit = filters.pop("limit", 0)
        found = [one for one in self._articles if self._site.matches(one, filters)]
        if not (found and limit) or "number" in filters:
            return bool(found)
        # Where all stand behind the newest, these are the ones that were the newest before.
        newest = [*self._site.paths("headlines", limit=limit, **filters)]
        last = self._site.article(newest[-1]) if len(newest) == limit else None
        return last is None or any(_comes_before(one, last) for one in found)


def _comes_before(one: Article, other: Article) -> bool:
    """Whether an article stands in lists where `other` does, or before it."""
    if one.date.at == other.date.at:
        return one.path <= other.path
    return one.date.at > other.date.at


def _own(moves: Moves, question: Question) -> bool:
    return question[1] in moves.paths


def _own_text(moves: Moves, question: Question) -> bool:
    # It has the addresses of other sources to which it links.
    return question[1] in moves.paths or question[1] in moves.linking


def _own_pdf(moves: Moves, question: Question) -> bool:
    # Where only the newest have one, it depends on how many are newer.
    return question[1] in moves.paths or moves.only_newest_have_pdfs


def _listed(moves: Moves, question: Question) -> bool:
    return moves.listed(question[1:])


def _limited(moves: Moves, question: Question) -> bool:
    return moves.limited(question[1:])


def _limited_behind_path(moves: Moves, question: Question) -> bool:
    return moves.limited(question[2:])


def _with_keyword(moves: Moves, question: Question) -> bool:
    return moves.listed(("keyword", question[1]))


def _in_section(moves: Moves, question: Question) -> bool:
    return moves.listed(("section", question[1]))


def _of_firms(moves: Moves, _question: Question) -> bool:
    return moves.has_firms


RULES: Final[Mapping[str, Callable[[Moves, Question], bool]]] = {
    "article": _own, "standing": _own, "body": _own_text, "lasting_id": _own, "pdf": _own_pdf,
    "articles": _limited, "headlines": _limited, "newest_page": _listed, "count": _listed,
    "among": _limited_behind_path, "ranking_basis": _own, "members": _with_keyword,
    "fillers": _in_section, "firm": _own, "has_firms": _of_firms, "firms": _of_firms,
    "firm_fields": _of_firms, "firm_towns": _of_firms,
}  # fmt: skip
"""For each query, whether moves may change the answer to a question.  What has no rule is asked
again."""
