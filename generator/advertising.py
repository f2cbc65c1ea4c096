"""Advertisements: which of them shows in a slot on a day."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from generator.answers import Advertisement
from generator.article import Ad, Source


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

    def rotates(self, asked: Collection[tuple[str | int, ...]]) -> bool:
        """Whether one of the slots `asked` for may show another ad tomorrow."""
        return any(("ad", slot) in asked for slot, ads in self._slots.items() if len(ads) > 1)

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
