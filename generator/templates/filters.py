"""The filters of layouts: pure functions from a value to how readers see it."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from email.utils import format_datetime
from functools import lru_cache, partial
from string import ascii_letters, digits
from typing import Any, Final
from urllib.parse import quote, urlsplit

import msgspec
from babel import Locale
from babel.dates import get_month_names as month_names
from babel.dates import parse_pattern
from markupsafe import Markup

from generator.config import permalinks
from generator.config.portal import Portal
from generator.model.article import When
from generator.model.headlines import colon, introduced
from generator.templates import html_addresses

_FORBIDDEN_IN_XML: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def for_portal(portal: Portal) -> Mapping[str, Callable[..., Any]]:
    """The filters by name, those that need it bound to `portal`."""
    sections = {section.id: section.name for section in portal.sections}
    return {
        "date_long": partial(date_text, pattern="long", language=portal.language),
        "date_short": partial(date_text, pattern="d.M.y", language=portal.language),
        "month_name": partial(month_name, language=portal.language),
        "time": time_text,
        "iso": iso,
        "rfc822": rfc822,
        "absolute": lambda address: absolute(address, portal.address),
        "absolute_links": lambda html, page="/": absolute_links(html, portal.address + page),
        "tojson": to_json,
        "quoted": quoted,
        "encoded": encoded,
        "host": host,
        "xml_text": xml_text,
        "colon": colon,
        "introduced": lambda title, kicker="": introduced(kicker, title),
        "section_name": lambda section: sections.get(section, section),
        "section_address": partial(permalinks.section, portal),
        "keyword_address": partial(permalinks.keyword, portal),
        "author_name": lambda name: portal.authors.get(name, name),
        "author_address": partial(permalinks.author, portal),
        "firm_field_address": partial(permalinks.firm_field, portal),
        "firm_town_address": partial(permalinks.firm_town, portal),
        "print_address": partial(permalinks.print_view, portal),
        "feed_address": permalinks.feed,
    }


def date_text(when: When | date, *, pattern: str, language: str) -> str:
    """A day as readers write it, by CLDR; `pattern` as in Babel."""
    day = when.local if isinstance(when, When) else when
    return _day_text(day.year, day.month, day.day, pattern, language)


@lru_cache(maxsize=20_000)
def _day_text(year: int, month: int, day: int, pattern: str, language: str) -> str:
    # Babel's `format_date` reads pattern and locale again for each day: 2 % of rendering 3,000.
    return _pattern(pattern, language)(date(year, month, day))


@lru_cache
def _pattern(pattern: str, language: str) -> Callable[[date], str]:
    """How a day is written by a pattern of Babel's, or by the name of one."""
    locale = Locale.parse(language.replace("-", "_"))
    named = locale.date_formats.get(pattern)
    return partial((named or parse_pattern(pattern)).apply, locale=locale)


@lru_cache
def month_name(month: int, *, language: str) -> str:
    """The name of a month, 1 to 12, standing alone."""
    names = month_names("wide", context="stand-alone", locale=language.replace("-", "_"))
    return str(names[month])


def time_text(when: When) -> str:
    """The time of day as "10:00", or "" where the editor gave only a day."""
    return when.local.time().isoformat("minutes") if when.timed else ""


def size_text(length: int, language: str) -> str:
    """The size of a file of so many bytes: "340 KB", "1,2 MB"; never less than "1 KB"."""
    if length < _MEGABYTE:
        return f"{max(1, round(length / 1000))}\xa0KB"
    # Imported here: few pages tell of a file.
    from babel.numbers import format_decimal  # noqa: PLC0415

    locale = language.replace("-", "_")
    return f"{format_decimal(length / 1_000_000, '#,##0.#', locale=locale)}\xa0MB"


_MEGABYTE: Final = 999_500
"""Bytes from which on a size is told in megabytes."""


@lru_cache(maxsize=20_000)
def iso(when: When | date) -> str:
    """A W3C date (https://www.w3.org/TR/NOTE-datetime): with time and offset where timed."""
    if isinstance(when, When):
        return (
            when.at.isoformat(timespec="seconds") if when.timed else when.local.date().isoformat()
        )
    return when.isoformat()


def rfc822(when: When | datetime) -> str:
    """A date for RSS, by RFC 822 with a four-digit year and a numeric offset."""
    return format_datetime(when.at if isinstance(when, When) else when)


def absolute(address: str, base: str) -> str:
    """An address of this portal with the portal's own in front; others as they are."""
    return base + address if address.startswith("/") else address


def absolute_links(html: Markup, base: str) -> Markup:
    """HTML of the page `base` in which links and quotations name their whole address, for paper.

    Pictures stay where they are, and so do links to places in the same text.
    """
    only = frozenset({"href", "cite"})
    text = html_addresses.absolute(str(html), base, only=only, within=False)
    return Markup(text)  # noqa: S704 (it was safe before)


def quoted(text: str) -> str:
    """Text for a part of an address, such as the subject in a `mailto:` link (RFC 6068)."""
    # `quote` takes nearly three times as long: 4 % of an article's page.
    return text.encode().decode("latin-1").translate(_QUOTED)


_QUOTED: Final = {code: f"%{code:02X}" for code in range(256)} | {
    ord(character): character for character in f"{ascii_letters}{digits}_.-~"
}
"""What stands for each byte in a part of an address: itself where it is unreserved."""


def encoded(address: str) -> str:
    """An address of this portal as it goes over the wire: percent-encoded but for its slashes."""
    return quote(address, safe="/~")


def host(address: str) -> str:
    """The host of an address without "www.", to name a link by; "" where there is none."""
    return (urlsplit(address).hostname or "").removeprefix("www.")


def to_json(value: object, indent: int | None = None) -> Markup:
    """A value as JSON, safe in HTML and in a `<script>`.  TypeError: there is no JSON for it."""
    data = _to_json(value)
    text = (data if indent is None else msgspec.json.format(data, indent=indent)).decode()
    for character, escaped in _NOT_IN_SCRIPTS:
        text = text.replace(character, escaped)
    return Markup(text)  # noqa: S704 (just made safe)


def _plain(value: object) -> str:
    if isinstance(value, str):  # HTML that a layout made
        return str(value)
    raise TypeError(f"JSON has no {type(value).__name__}")


_to_json = msgspec.json.Encoder(enc_hook=_plain).encode
_NOT_IN_SCRIPTS: Final = tuple((c, f"\\u{ord(c):04x}") for c in "<>&'")


def xml_text(text: str) -> str:
    """Text without the characters that XML 1.0 forbids, not even escaped (section 2.2)."""
    if not _FORBIDDEN_IN_XML.search(text):
        return text
    cleaned = _FORBIDDEN_IN_XML.sub("", str(text))
    return Markup(cleaned) if isinstance(text, Markup) else cleaned  # noqa: S704 (it was safe before)


def xml_names(data: bytes) -> bytes:
    """XML with quotation marks by the names that XML gives them: some readers know no numbers."""
    return data.replace(b"&#34;", b"&quot;").replace(b"&#39;", b"&apos;")
