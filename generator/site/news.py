"""What search engines for news want to know: the editorial articles of the last two days."""

from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final

from generator.model.answers import Headline, headline
from generator.model.article import Article
from generator.site.index import Site

DAYS: Final = timedelta(days=2)
"""So long an article counts as news (developers.google.com, "News sitemap")."""

LENGTH: Final = 1000
"""At most so many addresses in one news sitemap."""


def recent(site: Site) -> tuple[Headline, ...]:
    """The headlines of the last two days, newest first; what firms paid for is no news."""
    return tuple(map(headline, _of_two_days(site)))


def ends(site: Site) -> datetime | None:
    """When the first of the `recent` articles is one no more; None where there is none."""
    return min((article.date.at + DAYS for article in _of_two_days(site)), default=None)


def _of_two_days(site: Site) -> list[Article]:
    found = takewhile(lambda article: article.date.at + DAYS > site.at, site.all_articles)
    return [article for article in found if article.kind != "sponsored"][:LENGTH]
