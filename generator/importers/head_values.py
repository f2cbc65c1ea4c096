"""What the values of a foreign head say: single texts, lists, dates, people, old addresses."""

import posixpath
import re
from collections.abc import Iterable, Mapping
from html import unescape
from typing import Final
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from generator.base.problems import PortalError
from generator.front_matter import dates
from generator.front_matter.foreign_heads import Value
from generator.importers.web_addresses import split

LEADS: Final = (
    "deck", "lead", "lede", "summary", "excerpt", "description", "abstract", "subtitle", "teaser",
    "intro",
)  # fmt: skip
"""What the lead is called elsewhere; the first of them counts that a text has."""
CHANGES: Final = ("lastmod", "last_modified_at", "modified", "updated", "update_date")
"""What the day of the last change is called."""

_TAGS: Final = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?-->", re.DOTALL)
_COMMANDS: Final = re.compile(r"\{\{[<%]?.*?[>%]?\}\}|\{%.*?%\}")
_UTC: Final = re.compile(r"\s*(?:UTC|GMT)(?=[+-]|$)")
_ENGLISH: Final = re.compile(
    r"(?:(?P<month>[A-Za-z]{3,9})\.? (?P<day>\d{1,2}),"
    r"|(?:[A-Za-z]{3}, )?(?P<ahead>\d{1,2}) (?P<before>[A-Za-z]{3,9})) (?P<year>\d{4})"
)
_MONTHS: Final = "janfebmaraprmayjunjulaugsepoctnovdec"


def single(value: Value | None) -> str:
    """A single value as text: of a list the first, of a map its name."""
    if isinstance(value, list):
        return single(value[0]) if value else ""
    if isinstance(value, dict):
        return single(value.get("name") or value.get("title"))
    return value or ""


def several(value: Value | None) -> list[str]:
    """The texts of a list, also of one that is written with commas."""
    if isinstance(value, list):
        return [found for each in value if (found := " ".join(single(each).split()))]
    parts = re.split("[,;]", single(value).strip("[]"))
    return [found for part in parts if (found := " ".join(part.split()).strip("\"'"))]


def first(fields: Mapping[str, Value], *keys: str) -> str:
    """What the first of `keys` says that says anything."""
    return next((said for key in keys if (said := single(fields.get(key)).strip())), "")


def authors(fields: Mapping[str, Value]) -> list[str]:
    """The names of the authors; e-mail addresses are none."""
    names = [name for key in ("author", "authors") for name in several(fields.get(key))]
    return [name for name in names if "@" not in name]


def plain(said: str) -> str:
    """A line of text without tags, commands and references."""
    return " ".join(unescape(_COMMANDS.sub("", _TAGS.sub("", said))).split())


def moment(said: str, zone: ZoneInfo) -> str:
    """A date, with or without a time, as front matter has it; "" where it is none."""
    try:
        when = dates.parse(_UTC.sub(_offset, said.strip()), zone)
    except PortalError:
        return _english(said)
    if not when.timed:
        return when.at.date().isoformat()
    return f"{when.at:%Y-%m-%d %H:%M:%S} {when.at.isoformat()[-6:]}"


def day(fields: Mapping[str, Value], keys: Iterable[str], zone: ZoneInfo) -> str:
    """The date that the first of `keys` says that says any; "" where none does."""
    return next(filter(None, (moment(single(fields.get(key)), zone) for key in keys)), "")


def _offset(found: re.Match[str]) -> str:
    """What stands for a name of UTC: nothing before an offset, else an offset of nought."""
    return "" if found.end() < len(found.string) else " +0000"


def _english(said: str) -> str:
    """A day with the English name of its month."""
    found = _ENGLISH.match(said.strip())
    month = _MONTHS.find((found["month"] or found["before"])[:3].lower()) if found else -1
    if not found or month < 0:
        return ""
    day, year = found["day"] or found["ahead"], found["year"]
    return f"{year}-{month // 3 + 1:02}-{int(day):02}"


def path_of(address: str) -> str:
    """The path of an old address as redirects want it, "" where there is none."""
    path = unquote(split(re.sub("^/{2,}", "/", address.strip())).path)
    if not path:
        return ""
    path = re.sub("/{2,}", "/", f"/{path.lstrip('/')}").removesuffix("index.html")
    return path if path.endswith("/") or "." in posixpath.basename(path) else f"{path}/"


def address_key(address: str) -> str:
    """What addresses are found by that lead to one page: without their ending."""
    return re.sub(r"(?:/index)?\.html?$", "", address.casefold()).rstrip("/")
