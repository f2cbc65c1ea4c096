"""Until when a site is as it is: the one place that knows what time alone can change."""

from collections.abc import Container
from datetime import date, datetime, time, timedelta
from typing import Final

from generator.site import news
from generator.site.index import Site


class _Anything(Container[tuple[str | int, ...]]):
    """Holds every question."""

    def __contains__(self, _question: object) -> bool:
        return True


ANYTHING: Final = _Anything()
"""For a preview, of which nobody knows which page it will be asked for."""


def holds_until(
    site: Site, change: datetime | None, asked: Container[tuple[str | int, ...]]
) -> datetime | None:
    """The first moment at which pages that ask what is in `asked` may be others; None: never.

    `change` is when a source appears or expires (`gate.next_change`).  Builds, `status` and the
    preview ask here, so that a timer wakes when a build comes to something else, and not before.
    """
    today = site.at.astimezone(site.portal.zone).date()
    turn = site.advertising.next_turn(asked, today)
    moments = (
        change,
        _begin(site, today + timedelta(days=1)) if ("today",) in asked else None,
        _begin(site, turn) if turn else None,
        news.ends(site) if ("recent",) in asked else None,
    )
    return min((moment for moment in moments if moment), default=None)


def _begin(site: Site, day: date) -> datetime:
    """The first moment of a day where the portal is."""
    return datetime.combine(day, time(), site.portal.zone)
