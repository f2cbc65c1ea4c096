"""What two sources may not share."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from generator.model.article import Article, StandingPage, When
from generator.site.conflicts import collisions

BERLIN = ZoneInfo("Europe/Berlin")
AT = datetime(2023, 4, 1, tzinfo=BERLIN)


def day(number: int) -> When:
    return When.of(datetime(2023, 3, 1, tzinfo=BERLIN) + timedelta(days=number), timed=False)


def article(
    path: str,
    *keywords: str,
    address: str = "",
    aliases: tuple[str, ...] = (),
    date: int = 0,
    expires: int | None = None,
) -> Article:
    return Article(
        path=path, address=address or f"/{path}/", slug="", title="", kicker="", lead="",
        date=day(date), updated=None,
        section="politik", keywords=keywords, authors=(), sources=(), image=None, kind="news",
        aliases=aliases, draft=False, expires=None if expires is None else day(expires),
    )  # fmt: skip


def standing(path: str, address: str) -> StandingPage:
    return StandingPage(
        path=path, address=address, slug="", title="", lead="", draft=False, aliases=()
    )


def found(*sources: Article | StandingPage) -> list[tuple[str, int, str]]:
    lines = {"slug": 2, "aliases": 3, "keywords": 4}
    problems = collisions(((source, lines) for source in sources), str, at=AT)
    assert all(problem.what("de") and problem.hint("de") for problem in problems)
    return [(problem.path, problem.line, problem.name) for problem in problems]


def test_sources_that_share_nothing() -> None:
    assert found(article("a", "KI"), article("b", "KI", aliases=("/c/",))) == []


@pytest.mark.parametrize("address", ["/x/", "/X/"])
def test_two_sources_with_one_address_name_each_other(address: str) -> None:
    one, other = article("b", address="/x/"), article("a", address=address)
    assert found(one, other) == [("b", 2, "address-shared")]
    (problem,) = collisions([(one, {}), (other, {})], str, at=AT)
    assert dict(problem.values)["other"] == "a"


def test_an_article_and_a_standing_page_with_one_address() -> None:
    assert found(article("a", address="/abo/"), standing("seiten/abo.md", "/abo/")) == [
        ("seiten/abo.md", 2, "address-shared")
    ]


def test_an_old_address_that_is_another_sources_present_one() -> None:
    assert found(article("a", aliases=("/b/",)), article("b")) == [("a", 3, "alias-is-address")]


def test_an_old_address_and_the_file_that_it_would_be() -> None:
    assert found(article("a", aliases=("/b/index.html",)), article("b")) == [
        ("a", 3, "alias-is-address")
    ]


def test_an_old_address_that_two_sources_claim() -> None:
    assert found(article("a", aliases=("/x/",)), article("b", aliases=("/x/",))) == [
        ("b", 3, "alias-shared")
    ]


@pytest.mark.parametrize(
    ("expires", "date", "expected"),
    [
        (10, 5, []),  # expired before the build
        (31, 5, []),  # expires at the moment of the build
        (60, 60, []),  # goes on the day on which the other comes
        (60, 59, ["address-shared", "alias-is-address"]),
        (None, 5, ["address-shared", "alias-is-address"]),
    ],
)
def test_an_address_is_free_when_its_source_has_expired(
    expires: int | None, date: int, expected: list[str]
) -> None:
    old = article("a", address="/x/", expires=expires)
    new = article("b", address="/x/", date=date)
    moved = article("c", aliases=("/x/",), date=date)
    assert [name for _, _, name in found(old, new)] == expected[:1]
    assert [name for _, _, name in found(old, moved)] == expected[1:]


def test_spellings_of_a_keyword_with_one_address() -> None:
    sources = [
        article("a", "IT Planungsrat"),
        article("b", "IT-Planungsrat"),
        article("c", "IT-Planungsrat"),
        article("d", "IT Planungsrat"),
        article("e", "IT-Planungsrat"),
    ]
    assert found(*sources) == [("a", 4, "keyword-spelling")]
    (problem,) = collisions(((source, {}) for source in sources), str, at=AT)
    values = dict(problem.values)
    assert (values["keyword"], values["count"]) == ("IT Planungsrat", "2")
    assert (values["usual"], values["often"]) == ("IT-Planungsrat", "3")


def test_of_equally_frequent_spellings_the_same_one_is_named_each_time() -> None:
    one, other = article("a", "KI-Verordnung"), article("b", "KI Verordnung")
    assert found(one, other) == found(other, one) == [("a", 4, "keyword-spelling")]


def test_keywords_that_differ_in_a_hyphen_alone() -> None:
    assert found(article("a", "eGovernment"), article("b", "E-Government")) == [
        ("a", 4, "keyword-alike")
    ]


def test_umlauts_that_are_spelt_out() -> None:
    assert found(article("a", "München"), article("b", "Muenchen"), article("c", "München")) == [
        ("b", 4, "keyword-spelling")
    ]
