"""Related articles: which others an article is shown with, by the keywords that they share."""

from collections.abc import Callable, Sequence
from itertools import combinations, filterfalse, islice
from math import fsum, log
from typing import Final, NamedTuple

from generator.model.addresses import slug
from generator.model.article import Article, When

CANDIDATES: Final = 50
"""How many of a keyword's newest articles are weighed as related ones: bounds the cost of common
keywords, which say little, and leaves rare ones whole."""

FILLERS: Final = 12
"""How many of a section's newest articles may fill up a list of related ones."""


class _Keyword(NamedTuple):
    """A keyword's newest articles: their places, newest first; and how much it counts to have it.

    It counts the more the fewer articles have it.
    """

    weight: float
    places: Sequence[int]
    all: frozenset[int]


class Related:
    """The relations between a site's editorial `articles`, newest first.

    `having` gives the places, newest first, of those with a value in a field.
    """

    def __init__(
        self, articles: Sequence[Article], having: Callable[[str, str], Sequence[int]]
    ) -> None:
        self._articles = articles
        self._having = having
        self._keywords: dict[str, _Keyword] = {}

    def members(self, keyword: str) -> tuple[int, tuple[tuple[str, When], ...]]:
        """How many articles have a keyword, and the newest of them with their dates."""
        found = self._having("keyword", slug(keyword))
        newest = (self._articles[place] for place in found[:CANDIDATES])
        return len(found), tuple((article.path, article.date) for article in newest)

    def basis(self, article: Article) -> tuple[str, ...]:
        """What `ranking` depends on beside `members` and `fillers`: the article's own fields."""
        return (article.section, *article.keywords)

    def ranking(self, article: Article, limit: int) -> tuple[tuple[str, ...], bool]:
        """The paths of the articles most related to `article`, best first; whether that depends on
        the `fillers` of its section.

        Shared keywords count by their weights; among equals the newer article comes first; the
        section's newest fill up.
        """
        keywords = [self._keyword(key) for key in map(slug, article.keywords)]
        pool = {place for one, other in combinations(keywords, 2) for place in one.all & other.all}
        # The smallest pair is the heaviest article, among equals the newest; `fsum`, since in
        # another order of the keywords a rounded sum would be another.
        pairs = [(-fsum(k.weight for k in keywords if place in k.all), place) for place in pool]
        # Of those with a single one of the keywords only its newest can be among the best.
        for keyword in keywords:
            newest = islice(filterfalse(pool.__contains__, keyword.places), limit + 1)
            pairs += [(-keyword.weight, place) for place in newest]
        others = (self._articles[place].path for _, place in sorted(pairs))
        best = [*islice((path for path in others if path != article.path), limit)]
        is_short = len(best) < limit
        if is_short:
            taken = {article.path, *best}
            fillers = (path for path in self.fillers(article.section) if path not in taken)
            best += islice(fillers, limit - len(best))
        return tuple(best), is_short

    def _keyword(self, key: str) -> _Keyword:
        found = self._keywords.get(key)
        if found is None:
            places = self._having("keyword", key)
            newest = places[:CANDIDATES]
            found = _Keyword(1.0 / log(2 + len(places)), newest, frozenset(newest))
            self._keywords[key] = found
        return found

    def fillers(self, section: str) -> tuple[str, ...]:
        """The newest of a section: they fill up a list of related ones."""
        newest = self._having("section", section)[:FILLERS]
        return tuple(self._articles[place].path for place in newest)
