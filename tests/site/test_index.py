"""The index over what may be published: lists, numbered pages, keywords, related articles."""

from collections import Counter
from datetime import timedelta
from math import log
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.base import digests
from generator.config.portal import Portal
from generator.front_matter import dates
from generator.model.addresses import slug
from generator.model.article import Article, StandingPage
from generator.model.entry import Entry, arranged
from generator.model.gate import next_change, passes_gate
from generator.site import pages
from generator.site.index import Site
from tests.portals import NOW, without_sources

AUTHORS = ("ve", "Gast Autor")


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    return without_sources(tmp_path_factory.mktemp("site"))


def article(path: str, date: str = "2026-05-01", **fields: Any) -> Article:
    """An article; only what a test is about is given."""
    when = dates.parse(date, NOW.tzinfo)  # type: ignore[arg-type]
    for name in ("updated", "expires"):
        if fields.get(name):
            fields[name] = dates.parse(fields[name], NOW.tzinfo)  # type: ignore[arg-type]
    plain: dict[str, Any] = {
        "address": f"/{path.removesuffix('.md')}/", "slug": Path(path).stem, "title": f"T {path}",
        "kicker": "", "lead": "", "updated": None, "section": "politik", "keywords": (),
        "authors": (), "sources": (), "image": None, "kind": "news", "aliases": (), "draft": False,
        "expires": None,
    }  # fmt: skip
    return Article(path=path, date=when, **(plain | fields))


def ranking(site: Site, path: str, limit: int) -> tuple[str, ...]:
    return site.related.ranking(site.article(path), limit)[0]


def site(portal: Portal, *sources: Article | StandingPage, **options: Any) -> Site:
    entries = [
        Entry(source, digests.of_value(source), arranged(source), b"", (), (), {})
        for source in sources
    ]
    return Site(portal, entries, options.pop("at", NOW), **options)


def paths(found: Any) -> list[str]:
    return [item.path for item in found]


# The gate.


@pytest.mark.parametrize(
    ("fields", "passes"),
    [
        ({"date": "2026-06-15 12:00"}, True),
        ({"date": "2026-06-15 12:01"}, False),
        ({"date": "2026-06-15"}, True),
        ({"date": "2026-06-16"}, False),
        ({"expires": "2026-06-15 12:00"}, False),
        ({"expires": "2026-06-15 12:01"}, True),
        ({"draft": True}, False),
        ({"draft": True, "date": "2026-07-01"}, False),
    ],
)
def test_the_gate(fields: dict[str, Any], passes: bool) -> None:
    source = article("a.md", **fields)
    assert passes_gate(source, NOW) is passes
    expired = source.expires is not None and source.expires.at <= NOW
    assert passes_gate(source, NOW, drafts=True) is not expired


def test_the_next_change_is_the_first_that_is_still_to_come() -> None:
    sources = [
        article("a.md", "2026-06-15 12:00", expires="2026-06-20"),
        article("b.md", "2026-06-18 08:00"),
        article("c.md", "2026-06-16", draft=True),
        article("d.md", "2026-06-01", expires="2026-06-02"),
    ]
    assert next_change(sources, NOW) == NOW.replace(day=18, hour=8)
    assert next_change(sources, NOW.replace(day=18, hour=8)) == NOW.replace(day=20, hour=0)
    assert next_change(sources, NOW.replace(day=20, hour=0)) is None
    assert next_change(sources[2:], NOW) is None


def test_the_next_change_is_when_the_gate_opens_or_shuts() -> None:
    source = article("a.md", "2026-06-18 08:00", expires="2026-06-19 09:30")
    at = next_change([source], NOW)
    assert at is not None
    for moment, passes in ((at, True), (at - timedelta(seconds=1), False)):
        assert passes_gate(source, moment) is passes
    end = next_change([source], at)
    assert end is not None
    assert not passes_gate(source, end)
    assert passes_gate(source, end - timedelta(seconds=1))


# Lists.


def test_lists_are_newest_first_and_then_by_path(portal: Portal) -> None:
    found = site(
        portal,
        article("c.md", "2026-05-01"),
        article("b.md", "2026-05-02 10:00"),
        article("a.md", "2026-05-02 10:00"),
        article("d.md", "2026-05-02 11:00"),
    )
    assert paths(found.articles()) == ["d.md", "a.md", "b.md", "c.md"]
    assert paths(found.headlines(limit=2)) == ["d.md", "a.md"]


def test_order_is_that_of_moments_and_not_of_clocks(portal: Portal) -> None:
    """An hour that the clock shows twice: 2:30 in summer time comes before 2:15 in winter time."""
    found = site(
        portal,
        article("summer.md", "2025-10-26T02:30+02:00"),
        article("winter.md", "2025-10-26T02:15+01:00"),
    )
    assert paths(found.articles()) == ["winter.md", "summer.md"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["int.md", "b.md", "a.md"]),
        ({"kind": "all"}, ["ad.md", "int.md", "b.md", "a.md"]),
        ({"kind": "sponsored"}, ["ad.md"]),
        ({"kind": "interview"}, ["int.md"]),
        ({"kind": "comment"}, []),
        ({"section": "politik"}, ["b.md", "a.md"]),
        ({"section": "technik"}, ["int.md"]),
        ({"section": "technik", "kind": "all"}, ["ad.md", "int.md"]),
        ({"section": "nirgends"}, []),
        ({"keyword": "Straße"}, ["b.md", "a.md"]),
        ({"keyword": "strasse"}, ["b.md", "a.md"]),
        ({"keyword": "Straße", "section": "technik"}, []),
        ({"keyword": "Straße", "section": "technik", "kind": "sponsored"}, ["ad.md"]),
        ({"author": "ve"}, ["b.md"]),
        ({"author": "Gast Autor"}, ["int.md", "a.md"]),
        ({"author": "gast autor", "section": "politik"}, ["a.md"]),
        ({"year": 2026}, ["int.md", "b.md"]),
        ({"year": 2025}, ["a.md"]),
        ({"year": 2026, "month": 5}, ["b.md"]),
        ({"year": 2026, "month": 6, "kind": "all"}, ["ad.md", "int.md"]),
        ({"year": 1999}, []),
    ],
)
def test_filters(portal: Portal, filters: dict[str, Any], expected: list[str]) -> None:
    found = site(
        portal,
        article("a.md", "2025-12-31", keywords=("Straße",), authors=("Gast Autor",)),
        article("b.md", "2026-05-31", keywords=("Straße", "Rat"), authors=("ve",)),
        article("int.md", "2026-06-01", kind="interview", section="technik", authors=AUTHORS[1:]),
        article("ad.md", "2026-06-02", kind="sponsored", section="technik", keywords=("Straße",)),
    )
    assert paths(found.articles(**filters)) == expected
    assert paths(found.headlines(**filters)) == expected
    assert found.count(**filters) == len(expected)
    assert paths(found.articles(**filters, limit=1)) == expected[:1]
    every = sorted(found.entries)
    assert [path for path in every if found.among(path, **filters)] == sorted(expected)
    assert [path for path in every if found.among(path, **filters, limit=1)] == expected[:1]


def test_a_year_is_that_of_the_portals_clock(portal: Portal) -> None:
    found = site(portal, article("a.md", "2025-12-31T23:30Z"))
    assert paths(found.articles(year=2026, month=1)) == ["a.md"]
    assert [year.year for year in found.years()] == [2026]


# Numbered pages.


def numbered(found: Site, **filters: Any) -> dict[int, list[str]]:
    """The lists of all numbered pages of a list, by their numbers."""
    last = found.last_number(**filters)
    return {n: paths(found.articles(number=n, **filters)) for n in range(1, last + 1)}


def many(count: int) -> list[Article]:
    return [
        article(f"a{n:03}.md", f"2026-{1 + n // 28:02}-{1 + n % 28:02}", keywords=("Rat",))
        for n in range(count)
    ]


@pytest.mark.parametrize("count", range(14))
def test_each_article_is_on_one_page_of_a_list(portal: Portal, count: int) -> None:
    found = site(portal, *many(count))
    lists = [*reversed(numbered(found, section="politik").values())]
    first = paths(found.newest_page(section="politik"))
    assert [*first, *(path for page in lists for path in page)] == paths(found.articles())
    assert all(len(page) == 3 for page in lists)
    assert len(first) == count if count < 3 else 3 <= len(first) < 6


@given(st.integers(0, 40))
@settings(max_examples=25, deadline=None)
def test_a_newer_article_changes_no_numbered_page(portal: Portal, count: int) -> None:
    before = numbered(site(portal, *many(count)), keyword="Rat")
    after = numbered(site(portal, *many(count + 1)), keyword="Rat")
    assert {n: after[n] for n in before} == before
    assert len(after) <= len(before) + 1


def test_the_pages_of_a_list_lead_to_each_other(portal: Portal) -> None:
    found = site(portal, *many(11))
    ways = {
        p.address: (p.newer, p.older) for p in pages.section_pages(found) if p.section == "politik"
    }
    assert ways == {
        "/politik/seite-1/": ("/politik/seite-2/", ""),
        "/politik/seite-2/": ("/politik/", "/politik/seite-1/"),
        "/politik/": ("", "/politik/seite-2/"),
    }


# Keywords.


def test_keywords_are_in_german_order(portal: Portal) -> None:
    names = (
        "Zoll",
        "Ärzte",
        "Aerosol",
        "Arbeit",
        "Ämter",
        "5G",
        "Öffentlich",
        "Ofen",
        "Straße",
        "Strasse 2",
    )
    found = site(portal, *(article(f"{slug(n)}.md", keywords=(n,)) for n in names)).keywords()
    assert [entry.name for entry in found] == [
        "5G", "Aerosol", "Ämter", "Arbeit", "Ärzte", "Ofen", "Öffentlich", "Straße", "Strasse 2",
        "Zoll",
    ]  # fmt: skip
    assert [entry.letter for entry in found] == ["#", "A", "A", "A", "A", "O", "O", "S", "S", "Z"]


def test_a_keyword_is_called_what_most_articles_call_it(portal: Portal) -> None:
    spellings = ["IT Planungsrat", "IT-Planungsrat", "IT-Planungsrat", "it planungsrat"]
    found = site(portal, *(article(f"{n}.md", keywords=(s,)) for n, s in enumerate(spellings)))
    (entry,) = found.keywords()
    assert (entry.name, entry.count, entry.address) == (
        "IT-Planungsrat", 4, "/stichwort/it-planungsrat/",
    )  # fmt: skip


def test_of_equally_frequent_spellings_the_first_in_the_alphabet_counts(portal: Portal) -> None:
    one = article("a.md", keywords=("IT Planungsrat",))
    other = article("b.md", keywords=("IT-Planungsrat",))
    for sources in ((one, other), (other, one)):
        assert list(site(portal, *sources).keyword_names.values()) == ["IT Planungsrat"]


# Related articles.


def test_a_rare_keyword_counts_more_than_a_common_one(portal: Portal) -> None:
    found = site(
        portal,
        article("it.md", keywords=("Haushalt", "Moorschutz"), section="technik"),
        article("rare.md", "2024-01-01", keywords=("Moorschutz",)),
        *(article(f"common{n}.md", f"2026-05-0{n}", keywords=("Haushalt",)) for n in range(1, 6)),
    )
    assert ranking(found, "it.md", 3) == ("rare.md", "common5.md", "common4.md")


def test_two_shared_keywords_count_more_than_one(portal: Portal) -> None:
    found = site(
        portal,
        article("it.md", keywords=("Rat", "Amt")),
        article("one.md", "2026-05-05", keywords=("Rat",)),
        article("both.md", "2024-01-01", keywords=("Amt", "Rat")),
    )
    assert ranking(found, "it.md", 2) == ("both.md", "one.md")


def test_the_newest_of_the_section_fill_up(portal: Portal) -> None:
    found = site(
        portal,
        article("it.md", "2026-05-09", keywords=("Rat",)),
        article("rat.md", "2024-01-01", keywords=("Rat",), section="technik"),
        article("p1.md", "2026-05-01"),
        article("p2.md", "2026-05-02"),
        article("t1.md", "2026-05-03", section="technik"),
    )
    assert ranking(found, "it.md", 5) == ("rat.md", "p2.md", "p1.md")
    assert ranking(found, "it.md", 2) == ("rat.md", "p2.md")
    rankings = (found.related.ranking(found.article("it.md"), limit) for limit in (1, 2))
    assert [is_filled for _, is_filled in rankings] == [False, True]


def test_what_is_paid_for_is_related_to_nothing(portal: Portal) -> None:
    found = site(
        portal,
        article("it.md", keywords=("Rat",)),
        article("ad.md", keywords=("Rat",), kind="sponsored"),
    )
    assert ranking(found, "it.md", 5) == ()
    assert ranking(found, "ad.md", 5) == ("it.md",)


def test_an_article_is_not_related_to_itself(portal: Portal) -> None:
    found = site(portal, *many(5))
    for one in found.all_articles:
        assert one.path not in ranking(found, one.path, 10)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.integers(0, 6), max_size=4, unique=True), min_size=1, max_size=30))
def test_no_other_article_is_related_more(portal: Portal, drawn: list[list[int]]) -> None:
    """Those that share a single keyword are not all looked at: none of them may be missed."""
    found = site(
        portal,
        *(
            article(f"{n:02}.md", section="technik", keywords=tuple(f"Wort {k}" for k in keywords))
            for n, keywords in enumerate(drawn)
        ),
        article("it.md", keywords=tuple(f"Wort {k}" for k in range(4))),
    )
    have = Counter(k for keywords in drawn for k in keywords)
    weights = {k: 1 / log(2 + have[k] + 1) for k in range(4)}
    score = {f"{n:02}.md": sum(weights.get(k, 0) for k in keys) for n, keys in enumerate(drawn)}
    best = sorted((path for path in score if score[path]), key=lambda p: (-round(score[p], 9), p))
    assert ranking(found, "it.md", 4) == tuple(best[:4])


# The archive.


def test_the_archive_is_newest_first_and_counts_everything(portal: Portal) -> None:
    found = site(
        portal,
        article("a.md", "2024-03-01"),
        article("b.md", "2026-01-01"),
        article("c.md", "2026-05-01"),
        article("d.md", "2026-05-02", kind="sponsored"),
    )
    years = [(y.year, y.count, [(m.month, m.count) for m in y.months]) for y in found.years()]
    assert years == [(2026, 3, [(5, 2), (1, 1)]), (2024, 1, [(3, 1)])]
    assert found.years()[0].months[0].address == "/archiv/2026/05/"


def test_an_empty_portal_has_lists_too(portal: Portal) -> None:
    found = site(portal)
    assert (found.articles(), found.keywords(), found.years(), found.count()) == ((), (), (), 0)
    assert found.newest_page(section="politik") == ()
    assert {page.address for page in pages.plan(found)} >= {
        "/",
        "/politik/",
        "/feed.xml",
        "/404.html",
    }


def test_what_is_not_an_article_is_none(portal: Portal) -> None:
    standing = StandingPage("seiten/a.md", "/a/", "a", "A", "", (), draft=False)
    found = site(portal, standing, article("b.md"))
    with pytest.raises(LookupError):
        found.article("seiten/a.md")
    with pytest.raises(LookupError):
        found.standing("b.md")
    with pytest.raises(LookupError):
        found.article("nirgends.md")
    assert paths(found.articles()) == ["b.md"]


def test_equal_sites_have_equal_digests_in_any_order(portal: Portal) -> None:
    sources = many(5)
    assert site(portal, *sources).outline == site(portal, *reversed(sources)).outline
    assert site(portal, *sources).outline != site(portal, *sources[1:]).outline
