"""The filters of layouts: what a value looks like to readers and to their programs."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from markupsafe import Markup

from generator.config import portal as portals
from generator.model.article import When
from generator.templates import html_addresses
from generator.templates.filters import for_portal, size_text
from tests.noting import noting
from tests.portals import ROOT

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(scope="module")
def filters() -> Mapping[str, Callable[..., Any]]:
    return for_portal(portals.load(ROOT / "portal.toml"))


def when(*clock: int, timed: bool = True) -> When:
    return When.of(datetime(*clock, tzinfo=BERLIN), timed=timed)  # type: ignore[misc,arg-type]


EARLY = when(2023, 3, 1, 0, 30)
"""In London it is yesterday, and another month."""
DAY = when(2026, 11, 20, timed=False)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("date_long", EARLY, "1. März 2023"),
        ("date_short", EARLY, "1.3.2023"),
        ("date_long", DAY, "20. November 2026"),
        ("date_long", date(2026, 5, 4), "4. Mai 2026"),
        ("time", EARLY, "00:30"),
        ("time", DAY, ""),
        ("month_name", 3, "März"),
        ("iso", EARLY, "2023-03-01T00:30:00+01:00"),
        ("iso", when(2023, 7, 1, 9, 5), "2023-07-01T09:05:00+02:00"),
        ("iso", DAY, "2026-11-20"),
        ("iso", date(2026, 5, 4), "2026-05-04"),
        ("rfc822", EARLY, "Wed, 01 Mar 2023 00:30:00 +0100"),
        ("rfc822", DAY, "Fri, 20 Nov 2026 00:00:00 +0100"),
    ],
)
def test_a_moment_is_the_one_on_the_wall(
    filters: Mapping[str, Callable[..., Any]], name: str, value: object, shown: str
) -> None:
    assert filters[name](value) == shown


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("absolute", "/a/", "https://www.rathaus-und-netz.example/a/"),
        ("absolute", "https://x.example/a/", "https://x.example/a/"),
        ("section_name", "e-government", "E-Government"),
        ("section_name", "gibt-es-nicht", "gibt-es-nicht"),
        ("section_address", "politik", "/politik/"),
        ("keyword_address", "Künstliche Intelligenz", "/stichwort/kuenstliche-intelligenz/"),
        ("author_name", "ve", "Vera Eschenbach"),
        ("author_name", "Eine Gastautorin", "Eine Gastautorin"),
        ("author_address", "ve", "/autor/ve/"),
        ("print_address", "/2026/11/a/", "/2026/11/a/druck/"),
        ("feed_address", "/politik/", "/politik/feed.xml"),
        ("firm_field_address", "Öffentlicher Nahverkehr",
         "/it-guide/themen/#oeffentlicher-nahverkehr"),
        ("firm_town_address", "Übersee", "/it-guide/orte/#uebersee"),
        ("host", "https://www.stadt.example:8080/x", "stadt.example"),
        ("host", "kein Verweis", ""),
        ("quoted", "Ä & b/c", "%C3%84%20%26%20b%2Fc"),
        ("encoded", "/alte adresse/ä~.html", "/alte%20adresse/%C3%A4~.html"),
        ("xml_text", "a\x0bb\x00c\ufffed\U0001f680", "abcd\U0001f680"),
    ],
)  # fmt: skip
def test_texts_and_addresses(
    filters: Mapping[str, Callable[..., Any]], name: str, value: str, shown: str
) -> None:
    assert filters[name](value) == shown


def test_html_stays_html_and_text_stays_text(
    filters: Mapping[str, Callable[..., Any]],
) -> None:
    for value in ("a\x0b&", Markup("a\x0b&amp;")):
        assert type(filters["xml_text"](value)) is type(value)
    paper = filters["absolute_links"](Markup('<a href="/a/">b</a><img src="/c">'))
    assert paper == Markup('<a href="https://www.rathaus-und-netz.example/a/">b</a><img src="/c">')


def test_on_paper_the_origin_of_a_quotation_is_a_whole_address_as_a_link_is(
    filters: Mapping[str, Callable[..., Any]],
) -> None:
    # The print view lies one folder deeper than the article that a relative address starts from.
    paper = filters["absolute_links"](Markup('<q cite="../b/">c</q>'))
    assert paper == Markup('<q cite="https://www.rathaus-und-netz.example/b/">c</q>')


def test_in_whatever_order_addresses_stand_each_becomes_a_whole_one() -> None:
    text = '<a href="{0}/a/">1=1</a><q cite="{0}/b/"></q><a id="k" href="{0}/c/"><img src="{0}/d">'
    whole = text.format("https://x.example")
    assert html_addresses.absolute(text.format(""), "https://x.example/e/") == whole


def test_dates_are_in_the_language_of_the_portal(
    filters: Mapping[str, Callable[..., Any]],
) -> None:
    english = msgspec.structs.replace(portals.load(ROOT / "portal.toml"), language="en-US")
    assert for_portal(english)["date_long"](EARLY) == "March 1, 2023"
    assert for_portal(english)["month_name"](5) == "May"
    assert filters["month_name"](5) == "Mai"


def test_filters_look_at_the_settings_on_which_every_page_depends_and_no_others() -> None:
    """They ask for nothing, so no trace tells what they know."""
    portal = noting(ROOT / "portal.toml")
    dates = dict.fromkeys(("date_long", "date_short", "time", "iso", "rfc822"), EARLY)
    values: dict[str, Any] = {**dates, "month_name": 3}
    for name, filter_ in for_portal(portal).items():
        filter_(values.get(name, "/a/"))
    asked = portal.asked.copy()
    assert asked == portal.shaping("pages").keys()


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (0, "1 KB"),
        (340_400, "340 KB"),
        (999_499, "999 KB"),
        (999_500, "1 MB"),
        (1_240_000, "1,2 MB"),
        (1_234_000_000, "1.234 MB"),
    ],
)
def test_sizes_of_files_are_short_and_german(length: int, text: str) -> None:
    assert size_text(length, "de") == text.replace(" ", "\N{NO-BREAK SPACE}")


def test_sizes_of_files_follow_the_language() -> None:
    assert size_text(1_240_000, "en-GB") == "1.2\N{NO-BREAK SPACE}MB"
