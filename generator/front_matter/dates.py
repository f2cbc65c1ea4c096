"""Dates as editors write them: ISO 8601 or German, in the portal's time zone.

Nothing here asks the machine: month names stand below, and a day is never moved through UTC.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Final

from generator.base.problems import PortalError, problem
from generator.model.article import When

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2200
"""Years beyond these are slips of the finger."""

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "januar jan jänner", "februar feb feber", "märz mär mrz", "april apr", "mai",
            "juni jun", "juli jul", "august aug", "september sep sept", "oktober okt",
            "november nov", "dezember dez",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip

_TIME: Final = (
    r"(?:[t, ] ?(?:um )?(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:[.,][0-9]+)?)?(?: ?uhr)?"
    r"(?: ?(?P<offset>z|[+-][0-9]{2}(?::?[0-9]{2})?))?)?"
)
_FORMS: Final = tuple(
    re.compile(day + _TIME)
    for day in (
        r"(?P<year>[0-9]{4})[-/](?P<month>[0-9]{1,2})[-/](?P<day>[0-9]{1,2})",
        r"(?P<day>[0-9]{1,2})\. ?(?P<month>[0-9]{1,2})\. ?(?P<year>[0-9]{2,4})",
        r"(?P<day>[0-9]{1,2})\.? (?P<month>[a-zä]+)\.? (?P<year>[0-9]{2,4})",
    )
)


def parse(text: str, zone: tzinfo) -> When:
    """The moment that `text` names: a day, or a day and a time.

    Understood are ISO 8601 (`2023-03-30`, `2023-03-30T10:00`, also with a space, seconds and an
    offset such as `Z`, `+01:00` or ` -0500`) and German (`30.3.2023`, `30. März 2023, 10:00 Uhr`).
    A time is local to `zone` unless an offset is given; then it is converted to `zone`.

    PortalError, with one problem without a place: `text` is nothing of the kind, or names a day or
    time that does not exist, or a time that the clock shows twice.
    """
    folded = " ".join(text.split()).casefold()
    match = next((found for form in _FORMS if (found := form.fullmatch(folded))), None)
    if match is None or not (month := _MONTHS.get(match["month"]) or _number(match["month"])):
        raise PortalError((problem("date-unreadable", date=text),))
    year, day = int(match["year"]), int(match["day"])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise PortalError((problem("date-year", date=text, first=FIRST_YEAR, last=LAST_YEAR),))
    try:
        if match["hour"] is None:
            return When.of(datetime.combine(date(year, month, day), time(), zone), timed=False)
        clock = time(int(match["hour"]), int(match["minute"]), int(match["second"] or 0))
        local = datetime.combine(date(year, month, day), clock)
        offset = _offset(match["offset"])
    except ValueError as error:
        raise PortalError((problem("date-impossible", date=text),)) from error
    at = _localised(local, zone) if offset is None else local.replace(tzinfo=offset)
    return When.of(at.astimezone(zone), timed=True)


def next_midnight(when: When, zone: tzinfo) -> When:
    """The end of the day of `when`, as the first moment of the next one."""
    tomorrow = when.at.date() + timedelta(days=1)
    return When.of(datetime.combine(tomorrow, time(), zone), timed=True)


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def _offset(text: str | None) -> tzinfo | None:
    """The fixed distance from UTC that `z`, `+01`, `-0500` or `+01:00` names."""
    if text is None:
        return None
    if text == "z":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    clock = time(int(digits[:2]), int(digits[2:]))  # ValueError: no such hour or minute
    distance = timedelta(hours=clock.hour, minutes=clock.minute)
    return timezone(-distance if text[0] == "-" else distance)


def _localised(local: datetime, zone: tzinfo) -> datetime:
    """`local` in `zone`; PortalError where clocks are put forward or back at that time."""
    at = local.replace(tzinfo=zone)
    if at.utcoffset() == at.replace(fold=1).utcoffset():
        return at
    shown = f"{local:%Y-%m-%d %H:%M}"
    if at.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
        raise PortalError((problem("date-skipped", date=shown),))
    first, second = (f"{at.replace(fold=fold):%Y-%m-%d %H:%M %z}" for fold in (0, 1))
    raise PortalError((problem("date-twice", date=shown, one=first, other=second),))
