"""A file to an article: what each field may hold, and what an editor is told who got it wrong."""

import unicodedata
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.base.problems import Problem
from generator.config.front_matter import FIELDS, FrontMatterRules
from generator.config.permalink_patterns import Addresses
from generator.config.portal import Portal, load
from generator.front_matter import header, reader
from generator.front_matter.schema import ARTICLE, OF_ARTICLES, PARTS
from generator.model.article import (
    Article,
    Image,
    OpenCorrection,
    Source,
    SourceLink,
    StandingPage,
)

SETTINGS = """
title = "Kommunalblatt"
address = "https://www.kommunalblatt.example"

[[sections]]
id = "politik"
name = "Politik"

[[sections]]
id = "e-government"
name = "E-Government & Recht"

[authors]
ve = "Vera Eschenbach"
tl = "Tamino Lohse"

[keywords.synonyms]
"Onlinezugangsgesetz" = ["OZG"]
"IT-Planungsrat" = ["IT Planungsrat"]
"""


def load_settings(text: str) -> Portal:
    """The portal of a portal.toml with this text."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for name in ("content", "layouts", "assets"):
            (root / name).mkdir()
        (root / "portal.toml").write_text(text, encoding="utf-8")
        return load(root / "portal.toml")


PORTAL = load_settings(SETTINGS)
PATH = "2023/03/it-planungsrat.md"
WHOLE: Mapping[str, str] = {"title": "Titel", "date": "2023-03-30", "section": "politik"}


def source(*lines: str, **fields: str | None) -> bytes:
    """A source with a title, a date and a section, changed by `fields`, and further `lines`."""
    given = [f"{key}: {value}" for key, value in {**WHOLE, **fields}.items() if value is not None]
    return "\n".join(("---", *given, *lines, "---", "Text", "")).encode()


class Reading(NamedTuple):
    """What a source says, and what is wrong with it."""

    source: Source | None
    problems: tuple[Problem, ...]
    text: str
    first_line: int
    lines: dict[str, int]
    open: tuple[OpenCorrection, ...]


def read(path: str, data: bytes, portal: Portal) -> Reading:
    front = header.read(data)
    entry, problems = reader.read(path, front, portal)
    if entry is None:
        return Reading(None, problems, front.text, front.first_line, {}, ())
    return Reading(entry.source, problems, front.text, front.first_line, entry.lines, entry.open)


def reading(
    *lines: str, portal: Portal = PORTAL, path: str = PATH, **fields: str | None
) -> Reading:
    return read(path, source(*lines, **fields), portal)


def article(
    *lines: str, portal: Portal = PORTAL, path: str = PATH, **fields: str | None
) -> Article:
    """The article that such a source is, without any problem."""
    found = reading(*lines, portal=portal, path=path, **fields)
    assert found.problems == ()
    assert isinstance(found.source, Article)
    return found.source


def mistakes(*lines: str, portal: Portal = PORTAL, path: str = PATH, **fields: str | None) -> Any:
    """The lines and names of what is wrong with such a source."""
    found = reading(*lines, portal=portal, path=path, **fields)
    for problem in found.problems:
        assert problem.path == ""
        assert problem.what("de")
        assert problem.hint("de")
    assert (found.source is None) == any(problem.is_error for problem in found.problems)
    return [(problem.line, problem.name) for problem in found.problems]


def with_rules(**rules: Any) -> Portal:
    return msgspec.structs.replace(PORTAL, front_matter=FrontMatterRules(**rules))


def test_an_article_with_everything() -> None:
    data = b"""---
title: "IT-Planungsrat: 40. Sitzung"
kicker: Gremien
lead: |
  Zwei
  Zeilen.
date: 30.3.2023 10:00
updated: 2023-03-31
section: politik
keywords: [OZG, FITKO]
author: ve
source: {name: IT-Planungsrat, url: https://www.it-planungsrat.de}
image:
  file: halle.jpg
  alt: Ein Saal
  credit: "Foto: Stadt"
  caption: Der Saal
kind: interview
slug: vierzigste-sitzung
aliases: [/alt.html, /2022/03/alt]
draft: ja
expires: 2023-12-31
---
Text
"""
    found = read("2023/03/x.md", data, PORTAL)
    assert found.problems == ()
    assert (found.text, found.first_line) == ("Text\n", 24)
    assert (found.lines["title"], found.lines["date"], found.lines["image"]) == (2, 7, 13)
    made = found.source
    assert isinstance(made, Article)
    assert made.path == "2023/03/x.md"
    assert made.address == "/2023/03/vierzigste-sitzung/"
    assert (made.title, made.kicker) == ("IT-Planungsrat: 40. Sitzung", "Gremien")
    assert made.lead == "Zwei Zeilen."
    assert made.date.at.isoformat() == "2023-03-30T10:00:00+02:00"
    assert made.updated is not None
    assert not made.updated.timed
    assert made.keywords == ("Onlinezugangsgesetz", "FITKO")
    assert made.authors == ("ve",)
    assert made.sources == (SourceLink("IT-Planungsrat", "https://www.it-planungsrat.de"),)
    assert made.image == Image("halle.jpg", "Ein Saal", "Foto: Stadt", "Der Saal")
    assert (made.kind, made.draft) == ("interview", True)
    assert made.aliases == ("/alt.html", "/2022/03/alt/")
    assert made.expires is not None
    assert made.expires.at.isoformat() == "2024-01-01T00:00:00+01:00"


def test_the_same_in_german() -> None:
    data = """---
Titel: Titel
Dachzeile: Gremien
Vorspann: Vorspann
Datum: 30.3.2023
Rubrik: Politik
Stichwörter: KI; Cloud
Autorin: Vera Eschenbach
Quelle: https://www.it-planungsrat.de
Bild: halle.jpg
Bildquelle: Stadt
Bildunterschrift: Der Saal
Alternativtext: Ein Saal
Art: Kommentar
Entwurf: nein
Läuft_ab: 31.12.2023 18:00
---
""".encode()
    found = read(PATH, data, PORTAL)
    assert found.problems == ()
    made = found.source
    assert isinstance(made, Article)
    assert (made.title, made.kicker, made.lead) == ("Titel", "Gremien", "Vorspann")
    assert (made.section, made.authors, made.kind) == ("politik", ("ve",), "comment")
    assert made.keywords == ("KI", "Cloud")
    assert made.sources == (SourceLink("", "https://www.it-planungsrat.de"),)
    assert made.image == Image("halle.jpg", "Ein Saal", "Stadt", "Der Saal")
    assert made.expires is not None
    assert made.expires.at.isoformat() == "2023-12-31T18:00:00+01:00"


def test_umlauts_in_keys_may_be_decomposed_or_spelt_out() -> None:
    decomposed = unicodedata.normalize("NFD", "stichwörter")
    assert article(f"{decomposed}: KI").keywords == ("KI",)
    assert article("stichwoerter: KI").keywords == ("KI",)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("keywords: KI, Cloud , , KI", ("KI", "Cloud")),
        ("keywords: [KI, 'Halle, Saale']", ("KI", "Halle, Saale")),
        ("keywords: ['Smart  City', ' Smart City ', Smart-City]", ("Smart City",)),
        ("keywords: [ozg, Onlinezugangsgesetz]", ("Onlinezugangsgesetz",)),
        ("keywords: [it planungsrat]", ("IT-Planungsrat",)),
        ("keywords: ['C++', 'C#', C]", ("C++", "C#", "C")),
        ("keywords: []", ()),
        ("keywords:", ()),
    ],
)
def test_keywords(line: str, expected: tuple[str, ...]) -> None:
    assert article(line).keywords == expected


def test_a_decomposed_keyword_is_the_same_keyword() -> None:
    decomposed = unicodedata.normalize("NFD", "München")
    assert article(f"keywords: [{decomposed}, München]").keywords == ("München",)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("author: ve", ("ve",)),
        ("author: VE, tl", ("ve", "tl")),
        ("author: [vera eschenbach, Gast Autor]", ("ve", "Gast Autor")),
        ("author: [ve, Vera Eschenbach]", ("ve",)),
    ],
)
def test_authors(line: str, expected: tuple[str, ...]) -> None:
    assert article(line).authors == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["source: https://a.de/x?y=1#z"], (SourceLink("", "https://a.de/x?y=1#z"),)),
        (["source: dpa"], (SourceLink("dpa", ""),)),
        (["source: 'BMI: Meldung'"], (SourceLink("BMI: Meldung", ""),)),
        (["source:", "  url: https://a.de"], (SourceLink("", "https://a.de"),)),
        (
            ["quellen:", "  - https://a.de", "  - {name: B, url: https://b.de}", "  - dpa"],
            (
                SourceLink("", "https://a.de"),
                SourceLink("B", "https://b.de"),
                SourceLink("dpa", ""),
            ),
        ),
        (["source:", "  name:", "  url:"], ()),
    ],
)
def test_sources(lines: list[str], expected: tuple[SourceLink, ...]) -> None:
    assert article(*lines).sources == expected


@pytest.mark.parametrize(
    ("file", "good"),
    [("halle.jpg", True), ("../../bilder/x.jpg", True), ("/bilder/x.jpg", True)],
)
def test_pictures(file: str, good: bool) -> None:
    assert (article(f"image: {file}").image == Image(file)) is good


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("2023/03/haushalt.md", "haushalt"),
        ("2023/03/Haushalt 2024.md", "haushalt-2024"),
        ("2023/03/2023-03-30-haushalt.md", "haushalt"),
        ("2023/03/2023-03-30.md", "2023-03-30"),
        (unicodedata.normalize("NFD", "2023/03/Müllabfuhr.md"), "muellabfuhr"),
        ("2023/03/haushalt/index.md", "haushalt"),
        ("irgendwo.md", "irgendwo"),
    ],
)
def test_the_slug_of_a_file_name(path: str, slug: str) -> None:
    made = article(path=path)
    assert (made.slug, made.address) == (slug, f"/2023/03/{slug}/")


def test_a_chosen_slug_may_be_long() -> None:
    assert article(slug="wort-" * 30 + "ende").slug == "wort-" * 30 + "ende"


def test_the_address_follows_the_portals_pattern() -> None:
    addresses = Addresses(article="/{section}/{year}-{month}-{day}/{slug}/")
    portal = msgspec.structs.replace(PORTAL, addresses=addresses)
    assert article(portal=portal).address == "/politik/2023-03-30/it-planungsrat/"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Was bleibt &#8211; und was nicht", "Was bleibt \N{EN DASH} und was nicht"),
        ("Bund &amp; Länder", "Bund & Länder"),
        ("F&E und A&B;", "F&E und A&B;"),
        ("40.\N{NO-BREAK SPACE}Sitzung", "40.\N{NO-BREAK SPACE}Sitzung"),
        ("'  zu   viel  '", "zu viel"),
        ("x&#0;&#11;x", "x\N{REPLACEMENT CHARACTER}x"),
    ],
)
def test_titles(given: str, expected: str) -> None:
    assert article(title=given).title == expected


def test_corrections_are_in_the_order_of_their_days_and_without_the_open_ones() -> None:
    found = reading(
        "korrekturen:",
        "  - {datum: 2023-04-03, korrektur: Zwei}",
        "  - date: 2023-04-02 10:00",
        "    text: Eins",
        "  - {text: Drei, offen: ja}",
        "  - am: 2023-04-05",
    )
    assert isinstance(found.source, Article)
    assert [each.text for each in found.source.corrections] == ["Eins", "Zwei"]
    assert found.source.changed.local.day == 3
    assert [(each.line, each.text) for each in found.open] == [(9, "Drei"), (10, "")]


@pytest.mark.parametrize(
    ("word", "expected"),
    [("true", True), ("Ja", True), ("on", True), ("false", False), ("no", False), ("NEIN", False)],
)
def test_yes_and_no(word: str, expected: bool) -> None:
    assert article(draft=word).draft is expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["titel: x"], (5, "field-twice")),
        (["Title: x"], (5, "key-twice")),
        (["tilte: x"], (5, "key-misspelt")),
        (["qqq: x"], (5, "key-unknown")),
        (["kicker: [a, b]"], (5, "field-not-text")),
        (["kicker: {a: b}"], (5, "field-not-text")),
        (["draft: vielleicht"], (5, "not-yes-or-no")),
        (["draft:"], (5, "not-yes-or-no")),
        (["kind: roman"], (5, "kind-unknown")),
        (["keywords: ['…']"], (5, "keyword-no-address")),
        (["keywords: [con]"], (5, "keyword-no-address")),
        (["keywords: {a: b}"], (5, "field-not-list")),
        (["keywords:", "  - [a]"], (6, "field-not-text")),
        (["author: '!'"], (5, "author-unreadable")),
        (["source: javascript:alert(1)"], (5, "url-wrong")),
        (["source: JaVaScRiPt:alert(1)"], (5, "url-wrong")),
        (["source: www.a.de"], (5, "url-wrong")),
        (["source: ftp://a.de"], (5, "url-wrong")),
        (["source: https://a b.de"], (5, "url-wrong")),
        (["source: {url: data:text}"], (5, "url-wrong")),
        (["source: {url: a.de}"], (5, "url-wrong")),
        (["source: {adr: a.de}"], (5, "part-unknown")),
        (["source: {url: 'https://a.de', link: 'https://b.de'}"], (5, "field-twice")),
        (["image: https://a.de/x.jpg"], (5, "image-external")),
        (["image: //a.de/x.jpg"], (5, "image-external")),
        (["image: ../../../x.jpg"], (5, "image-outside")),
        (["image: /../x.jpg"], (5, "image-outside")),
        (["image: bilder\\x.jpg"], (5, "image-backslash")),
        (["image: C:\\x.jpg"], (5, "image-backslash")),
        (["image: {alt: x}"], (5, "image-no-file")),
        (["image: [a.jpg]"], (5, "field-not-text")),
        (["image: x.jpg", "image_alt: y"], (6, "key-foreign")),
        (["bildquelle: x"], (5, "image-no-file")),
        (["bild: {datei: x.jpg, quelle: a}", "bildquelle: b"], (6, "field-twice")),
        (["korrekturen: Es waren drei."], (5, "correction-not-map")),
        (["corrections: [[a]]"], (5, "correction-not-map")),
        (["corrections: [{text: a}]"], (5, "correction-part-missing")),
        (
            ["corrections:", "  - date: 2023-04-01", "    offen: nein"],
            (6, "correction-part-missing"),
        ),
        (["corrections:", "  - {date: 31.2.2024, text: a}"], (6, "date-impossible")),
        (["corrections: {date: 2024-02-01, txt: a}"], (5, "part-unknown")),
        (["corrections: {date: 2023-03-29, text: a}"], (5, "correction-before-date")),
        (["corrections: {text: a, open: vielleicht}"], (5, "not-yes-or-no")),
        (["slug: Über uns"], (5, "slug-wrong")),
        (["slug: ../x"], (5, "slug-wrong")),
        (["slug: con"], (5, "address-reserved")),
        (["aliases: alt.html"], (5, "alias-wrong")),
        (["aliases: https://anderswo.de/x/"], (5, "alias-wrong")),
        (["aliases: [/../x/]"], (5, "address-part-edge")),
        (["aliases:", "  - /a/", "  - /alt.php?id=3"], (7, "address-character")),
        (["aliases: [/%2e%2e/x/]"], (5, "address-part-edge")),
        (["aliases: [/2023/03/it-planungsrat/]"], (5, "alias-of-itself")),
        (["updated: 2023-03-29"], (5, "updated-before-date")),
        (["expires: 2023-03-29"], (5, "expires-before-date")),
        (["expires: 31.2.2024"], (5, "date-impossible")),
        (["lead: '**Fett**'"], (5, "text-with-markup")),
        (["lead: 'Ein [Link](https://a.de)'"], (5, "text-with-markup")),
    ],
)
def test_each_mistake_is_named_with_its_line(lines: list[str], expected: tuple[int, str]) -> None:
    assert expected in mistakes(*lines)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"title": None}, (1, "field-missing")),
        ({"title": ""}, (2, "field-empty")),
        ({"title": "[]"}, (2, "field-empty")),
        ({"title": "[Digital]"}, (2, "field-not-text")),
        ({"title": "#Digital"}, (2, "value-hash")),
        ({"date": None}, (1, "field-missing")),
        ({"date": "gestern"}, (3, "date-unreadable")),
        ({"date": "2023-10-29 02:30"}, (3, "date-twice")),
        ({"section": None}, (1, "field-missing")),
        ({"section": "Politk"}, (4, "section-unknown")),
    ],
)
def test_what_every_article_needs(fields: dict[str, str | None], expected: tuple[int, str]) -> None:
    found = read(PATH, source(**fields), PORTAL)
    assert [(problem.line, problem.name) for problem in found.problems] == [expected]


def test_all_mistakes_are_told_at_once() -> None:
    found = mistakes("kicker: a: b", "tilte: x", "draft: jein", title=None, date="31.2.2023")
    assert found == [
        (1, "field-missing"),
        (2, "date-impossible"),
        (4, "value-colon"),
        (5, "key-misspelt"),
        (6, "not-yes-or-no"),
    ]


def test_a_misspelt_key_is_told_its_neighbour() -> None:
    (problem,) = reading("stichwörtr: x").problems
    assert problem.hint("de") == "Meinten Sie „stichwörter“?"


def test_a_misspelt_section_is_told_its_neighbour() -> None:
    (problem,) = reading(section="e-goverment").problems
    assert "„e-government“" in problem.hint("de")
    assert article(section="E-Government & Recht").section == "e-government"


def test_an_old_address_that_is_the_present_one_is_left_out() -> None:
    found = reading("aliases: [/alt/, /2023/03/it-planungsrat/]").source
    assert isinstance(found, Article)
    assert found.aliases == ("/alt/",)


def test_an_old_address_may_be_whole_or_encoded() -> None:
    whole = f"{PORTAL.address}/alt/"
    assert article(f"aliases: [{whole}, /m%C3%BCnchen]").aliases == ("/alt/", "/münchen/")


def test_a_name_that_gives_no_address() -> None:
    assert mistakes(path="2023/03/….md") == [(1, "slug-missing")]


def test_unreadable_files_are_no_articles() -> None:
    found = read(PATH, b"Nur Text", PORTAL)
    assert found.source is None
    assert [problem.name for problem in found.problems] == ["header-missing"]


def test_standing_pages() -> None:
    found = read("seiten/Impressum.md", b"---\ntitel: Impressum\n---\nText", PORTAL)
    assert found.source == StandingPage(
        path="seiten/Impressum.md", address="/impressum/", slug="impressum", title="Impressum",
        lead="", draft=False, aliases=(),
    )  # fmt: skip


def test_a_standing_page_says_what_has_no_effect_on_it() -> None:
    found = read("seiten/a.md", b"---\ntitle: x\ndate: 2023-03-30\nrubrik: y\n---\n", PORTAL)
    assert isinstance(found.source, StandingPage)
    assert [(problem.line, problem.name) for problem in found.problems] == [
        (3, "field-without-effect"),
        (4, "field-without-effect"),
    ]


# An archive that was made for another generator.


def test_an_archives_keys_get_a_meaning() -> None:
    aliases = {"topics": "keywords", "source": "source.name", "source_url": "source.url"}
    portal = with_rules(aliases=aliases)
    made = article("topics: [KI]", "source: dpa", "source_url: https://a.de", portal=portal)
    assert made.keywords == ("KI",)
    assert made.sources == (SourceLink("dpa", "https://a.de"),)
    made = article("source: {name: dpa, url: 'https://a.de'}", portal=portal)
    assert made.sources == (SourceLink("dpa", "https://a.de"),)


@pytest.mark.parametrize(
    ("lines", "lead"),
    [
        (["summary: S", "deck: D"], "D"),
        (["summary: S", "deck:"], "S"),
        (["summary: S"], "S"),
        (["summary: ''", "deck: ''"], ""),
        (["lead: L", "deck: ''"], "L"),
    ],
)
def test_of_several_keys_for_a_field_the_first_in_portal_toml_counts(
    lines: list[str], lead: str
) -> None:
    portal = with_rules(aliases={"deck": "lead", "summary": "lead"})
    assert article(*lines, portal=portal).lead == lead


def test_a_key_of_the_archive_beside_the_fields_own_name_is_a_mistake() -> None:
    portal = with_rules(aliases={"deck": "lead"})
    assert mistakes("lead: L", "deck: D", portal=portal) == [(6, "field-twice")]


def test_defaults_stand_in_for_what_is_missing() -> None:
    portal = with_rules(defaults={"section": "politik", "kind": "meldung", "keywords": "KI, Cloud"})
    made = article(section=None, portal=portal)
    assert (made.section, made.kind, made.keywords) == ("politik", "news", ("KI", "Cloud"))
    assert article(section="e-government", portal=portal).section == "e-government"


def test_extra_keys_are_let_through_as_text() -> None:
    portal = with_rules(extra=("Weight", "tags", "params"))
    made = article("weight: 010", "tags: no", "params: {a: b}", portal=portal)
    assert made.fields == {"Weight": "010", "tags": "no"}
    assert made.keywords == ()


def test_an_extra_key_may_stand_twice_but_is_told() -> None:
    portal = with_rules(extra=("weight",))
    found = reading("weight: 1", "Weight: 2", portal=portal)
    assert [(problem.line, problem.name) for problem in found.problems] == [(6, "extra-twice")]
    assert isinstance(found.source, Article)
    assert found.source.fields == {"weight": "1"}


# The schema.


def test_portal_toml_can_name_the_fields_of_the_schema_and_their_parts() -> None:
    names = {field.name for field in ARTICLE}
    parts = {f"{field}.{part}" for field, of_field in PARTS.items() for part in of_field}
    assert set(FIELDS) == names | parts
    assert set(OF_ARTICLES.names.values()) <= set(FIELDS)


def test_no_name_means_two_fields() -> None:
    names = [name for field in ARTICLE for name in (field.name, *field.names)]
    assert len(names) == len(set(names))
    assert all(name == name.casefold() for name in names)


@given(st.binary(max_size=200))
def test_any_bytes_are_an_article_or_a_mistake(data: bytes) -> None:
    found = read(PATH, data, PORTAL)
    assert (found.source is None) == any(problem.is_error for problem in found.problems)


@given(
    st.dictionaries(
        st.sampled_from(sorted(OF_ARTICLES.names)),
        st.text(alphabet="ab1.: /-_,;&#[]{}\"'äß%\\", max_size=20),
        max_size=8,
    )
)
def test_any_values_are_an_article_or_a_mistake(fields: dict[str, str]) -> None:
    lines = [f"{key}: {value}" for key, value in fields.items()]
    found = read(PATH, "\n".join(("---", *lines, "---")).encode(), PORTAL)
    assert (found.source is None) == any(problem.is_error for problem in found.problems)
