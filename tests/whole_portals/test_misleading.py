"""Messages that once misled: what hides an article elsewhere, what is near, what to write."""

from pathlib import Path

import pytest

from generator.base.grouping import groups
from generator.base.problems import problem, visible
from generator.cli.main import main
from generator.front_matter import foreign_keys
from generator.front_matter.header import read as read_header
from generator.front_matter.schema import OF_ADS, OF_ARTICLES, OF_FIRMS
from generator.model.article import Article
from generator.site.conflicts import collisions
from tests.front_matter.test_reader import reading
from tests.portals import TestPortal

pytestmark = pytest.mark.slow


@pytest.fixture
def small(tmp_path: Path) -> TestPortal:
    return TestPortal.small(tmp_path / "portal")


@pytest.mark.parametrize(
    "line",
    [
        "published: false", "Published: No", "public: false", "veröffentlicht: nein",
        "status: draft", "status: private", "post_status: pending", "visibility: private",
        "hidden: true", "private: yes", "is-draft: ja", "sichtbar: nein", "permalink: false",
    ],
)  # fmt: skip
def test_what_hides_an_article_elsewhere_makes_a_draft(line: str) -> None:
    found = reading(line)
    assert isinstance(found.source, Article)
    assert found.source.draft


@pytest.mark.parametrize("line", ["published: true", "status: publish", "hidden: no", "private: n"])
def test_what_shows_it_is_harmless(line: str) -> None:
    found = reading(line)
    assert isinstance(found.source, Article)
    assert not found.source.draft
    assert not found.problems


@pytest.mark.parametrize("line", ["status: future", "password: x", "published: vielleicht später"])
def test_what_may_hide_it_is_a_mistake_that_does_not_publish(line: str) -> None:
    found = reading(line)
    assert found.source is None
    assert all("extra" not in one.hint() for one in found.problems)


def test_no_means_draft_where_both_are_said() -> None:
    found = reading("published: false", "draft: no")
    assert isinstance(found.source, Article)
    assert found.source.draft
    assert [one.name for one in found.problems] == ["draft-contradicted"]


def test_no_field_of_ours_is_a_key_that_hides() -> None:
    ours = {*OF_ARTICLES.names, *OF_FIRMS.names, *OF_ADS.names} - {"veröffentlicht"}
    assert {key for key in ours if foreign_keys.hides(key, "x")} <= {"veroeffentlicht"}


@pytest.mark.parametrize(
    ("key", "field"),
    [("categories", "section"), ("cover", "image"), ("permalink", "aliases"), ("subtitle", "lead")],
)
def test_a_foreign_key_is_told_what_it_is_called_here(key: str, field: str) -> None:
    (one,) = reading(f"{key}: x").problems
    assert f'"{field}"' in one.hint()


def test_nothing_near_is_no_guess() -> None:
    assert [one.name for one in reading("zyxwvu: x").problems] == ["key-unknown"]


@pytest.mark.parametrize(
    ("lines", "right"),
    [
        (["keywords:", "  - IT: Sicherheit"], '  - "IT: Sicherheit"'),
        (["keywords: [IT: Sicherheit, OZG: neu]"], 'keywords: ["IT: Sicherheit", "OZG: neu"]'),
        (["keywords: [@bund, b]"], 'keywords: ["@bund", b]'),
        (["keywords: [*a, b]"], 'keywords: ["*a", b]'),
        (["keywords:", "  - ? b"], '  - "? b"'),
        (["keywords:", "  - - c"], '  - "- c"'),
        (["image: {alt: Foto: M, file: x.jpg}"], 'image: {alt: "Foto: M", file: x.jpg}'),
        (["image:", "\tfile: x.jpg"], "  file: x.jpg"),
    ],
)
def test_a_correction_is_the_line_as_it_should_be_written(lines: list[str], right: str) -> None:
    (one,) = reading(*lines).problems
    assert dict(one.values)["right"] == right


def test_tabs_become_the_indent_of_their_neighbours() -> None:
    found = read_header(b"---\nk:\n    file: x\n\talt: y\n---\n").problems
    assert [dict(one.values)["right"] for one in found] == ["    alt: y"]


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("/2023/03/it-planungsrat/index.html", "alias-of-itself"),
        ("/2023/03/IT-Planungsrat/", "alias-capitals"),
    ],
)
def test_an_old_address_that_is_the_own_one_is_left_out(alias: str, name: str) -> None:
    found = reading(f"aliases: {alias}")
    assert [one.name for one in found.problems] == [name]
    assert isinstance(found.source, Article)
    assert not found.source.aliases


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("/assets/x.html", "address-needed"),
        ("/.stadtschreiber-manifest", "address-needed"),
        ("/feed.xml/", "address-nested"),
        ("/404.html", "address-twice"),
    ],
)
def test_an_old_address_that_the_portal_needs_is_a_mistake(
    small: TestPortal, alias: str, name: str
) -> None:
    written = small.article("2026/05/b.md", aliases=alias).read_text().splitlines()
    line = written.index(f"aliases: {alias}") + 1
    assert [(one.name, one.line) for one in small.mistakes()] == [(name, line)]


def test_an_old_address_that_would_be_a_download_is_told_and_not_made(small: TestPortal) -> None:
    small.article("2026/05/b.md", aliases="[/meldung.php, /Alte_Adresse/]")
    assert "alias-not-html" in [one.name for one in small.build().warnings]
    assert "Alte_Adresse/index.html" in small.files()
    assert "meldung.php" not in small.files()


def test_unknown_initials_are_told_the_nearest() -> None:
    (one,) = reading("author: vs").problems
    assert (one.name, dict(one.values)["nearest"]) == ("initials-unknown", "ve")


@pytest.mark.parametrize("twin", ["Verena Ess", "verena eß", "V. Eß"])
def test_twin_spellings_of_an_author_are_told(twin: str) -> None:
    sources = []
    for number, name in enumerate(["Verena Eß", "Verena Eß", twin]):
        found = reading(f"author: {name}", path=f"{number}.md").source
        assert isinstance(found, Article)
        sources.append((found, {"author": 5}))
    said = [one for one in collisions(sources, str) if one.name == "author-spelling"]
    assert [(one.path, dict(one.values)["usual"]) for one in said] == [("2.md", "Verena Eß")]


def test_what_cannot_be_seen_is_named() -> None:
    assert visible("\u200b") == "U+200B ZERO WIDTH SPACE"
    assert visible("a\u202eb") == "a‹U+202E›b"
    assert visible("40.\u00a0Sitzung") == "40. Sitzung"


def test_many_of_one_kind_are_one_group_with_three_places() -> None:
    found = [problem("key-unknown", f"{n:03}.md", 3, 1, key="layout") for n in range(100)]
    found.append(problem("file-empty", "x.md", 1))
    many, single = groups((one, "error") for one in found)
    assert (many.shown, many.more, single.more) == (3, 97, 0)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bild"], "Meinten Sie build?"),
        (["new"], "es fehlt: TITEL"),
        (["check", "--foo"], "unbekannt: --foo"),
    ],
)
def test_usage_errors_are_german(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    err = capsys.readouterr().err
    assert err.startswith("Aufruf: ")
    assert said in err
