"""Advertisements: which of them shows in a slot on a day."""

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from datetime import date, timedelta

from generator.model.answers import Advertisement
from generator.model.article import Ad, Source


class Advertising:
    """The ads among published sources, by slot."""

    def __init__(self, sources: Iterable[Source]) -> None:
        slots: defaultdict[str, list[Ad]] = defaultdict(list)
        for source in sources:
            if isinstance(source, Ad):
                slots[source.slot].append(source)
        self._slots = {slot: sorted(ads, key=lambda ad: ad.path) for slot, ads in slots.items()}

    @property
    def all(self) -> tuple[Ad, ...]:
        """All ads."""
        return tuple(ad for ads in self._slots.values() for ad in ads)

    def next_turn(self, asked: Container[tuple[str | int, ...]], day: date) -> date | None:
        """The first day after `day` on which one of the slots `asked` for shows another ad.

        None: none of them ever does, as long as no ad comes or goes.
        """
        counts = [len(ads) for slot, ads in self._slots.items() if ("ad", slot) in asked]
        days = [_next_turn(day, count) for count in counts if count > 1]
        return min(days, default=None)

    def ad(self, slot: str, day: date) -> Advertisement | None:
        """The ad that shows in a slot on a day; None where the slot is empty."""
        ads: Sequence[Ad] = self._slots.get(slot, ())
        if not ads:
            return None
        ad = ads[turn(day, len(ads))]
        return Advertisement(ad.path, ad.slot, ad.title, ad.link, ad.image, ad.unpublished)


def turn(day: date, count: int) -> int:
    """Whose turn it is on a day, of `count`: in `count` days in a row each has one.

    The next time round the order begins one later, so that nobody of seven has all the Sundays.
    """
    round_, place = divmod(day.toordinal(), count)
    return (place + round_) % count


def _next_turn(day: date, count: int) -> date:
    """The first day after `day` on which it is another one's turn, of two or more."""
    tomorrow = day + timedelta(days=1)
    return tomorrow if turn(tomorrow, count) != turn(day, count) else _next_turn(tomorrow, count)
