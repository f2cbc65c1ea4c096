"""portal.toml: what it gives, and what an editor is told who made a mistake in it."""

from pathlib import Path
from typing import Final

import pytest

from generator.base.problems import PortalError
from generator.config.front_matter import FIELDS
from generator.config.permalink_patterns import Addresses
from generator.config.portal import NavigationItem, Portal, Section, find, load

HEAD = 'title = "Kommunalblatt"\naddress = "https://www.kommunalblatt.example"\n'


def write(folder: Path, text: str) -> Path:
    """A portal.toml with `text` in `folder`, with the folders that a portal has."""
    for name in ("content", "layouts", "assets"):
        (folder / name).mkdir(exist_ok=True)
    file = folder / "portal.toml"
    file.write_text(text, encoding="utf-8")
    return file


def read(folder: Path, text: str) -> Portal:
    return load(write(folder, text))


def mistakes(folder: Path, text: str) -> list[tuple[str, int]]:
    """The names and lines of what is wrong in `text`."""
    with pytest.raises(PortalError) as error:
        read(folder, text)
    assert {problem.path for problem in error.value.problems} == {"portal.toml"}
    assert all(problem.what("de") and problem.hint("de") for problem in error.value.problems)
    return [(problem.name, problem.line) for problem in error.value.problems]


def test_two_lines_are_a_portal(tmp_path: Path) -> None:
    portal = read(tmp_path, HEAD)
    assert (portal.title, portal.address) == ("Kommunalblatt", "https://www.kommunalblatt.example")
    assert (portal.language, portal.time_zone, portal.feed_length) == ("de", "Europe/Berlin", 20)
    assert portal.addresses == Addresses()
    assert portal.folders.root == tmp_path
    assert portal.folders.output == tmp_path / "output"


EVERYTHING: Final = """\ufefftitle = "Kommunalblatt"
address = "https://www.kommunalblatt.example/"
description = "Nachrichten aus\\n Städten"
publisher = "Verlag"
language = "de-AT"
time_zone = "Europe/Vienna"
[folders]
output = "../out"
[addresses]
article = "/{year}/{slug}/"
[[sections]]
id = "politik"
name = "Politik"
[authors]
ve = "Vera Eschenbach"
[[navigation]]
name = "Politik"
address = "/politik/"
[[footer]]
name = "Impressum"
address = "/impressum/"
[pages]
section = 7
[feeds]
length = 3
[front_matter]
extra = ["weight"]
[front_matter.aliases]
Deck = "lead"
source_url = "source.url"
[front_matter.defaults]
section = "politik"
[keywords.synonyms]
"Onlinezugangsgesetz" = ["OZG", "OZG 2.0"]
"""


def test_everything_that_can_be_set(tmp_path: Path) -> None:
    portal = read(tmp_path, EVERYTHING)
    assert portal.address == "https://www.kommunalblatt.example"
    assert portal.description == "Nachrichten aus Städten"
    assert portal.zone.key == "Europe/Vienna"
    assert portal.folders.output == tmp_path.parent / "out"
    assert portal.addresses.article == "/{year}/{slug}/"
    assert portal.sections == (Section("politik", "Politik"),)
    assert portal.initials == {"ve": "ve", "vera eschenbach": "ve"}
    assert portal.navigation == (NavigationItem("Politik", "/politik/"),)
    assert portal.footer == (NavigationItem("Impressum", "/impressum/"),)
    assert (portal.page_sizes.section, portal.page_sizes.keyword, portal.feed_length) == (7, 20, 3)
    assert portal.front_matter.aliases == {"deck": "lead", "source_url": "source.url"}
    assert portal.front_matter.defaults == {"section": "politik"}
    assert portal.front_matter.extra == ("weight",)
    assert portal.synonyms == dict.fromkeys(("OZG", "OZG 2.0"), "Onlinezugangsgesetz")
    assert portal.spellings == dict.fromkeys(
        ("onlinezugangsgesetz", "ozg", "ozg-2-0"), "Onlinezugangsgesetz"
    )


WRONG: Final = (
    ('title = "A\n', ("toml-syntax", 1)),
    ('title = "A"\ntitle = "B"\n', ("toml-syntax", 2)),
    ("title = \n", ("toml-syntax", 1)),
    ("[[sections]\n", ("toml-syntax", 1)),
    ('title = "A"', ("setting-missing", 1)),
    ('title = " "\naddress = "https://a.de"', ("setting-empty", 1)),
    ('title = 2023\naddress = "https://a.de"', ("setting-not-text", 1)),
    ('title = "A"\naddress = "a.de"', ("portal-address", 2)),
    ('title = "A"\naddress = "ftp://a.de"', ("portal-address", 2)),
    ('title = "A"\naddress = "https://a.de/news/"', ("portal-address", 2)),
    ('title = "A"\naddress = "https://müller.de"', ("portal-address", 2)),
    (HEAD + 'titel = "B"', ("setting-misspelt", 3)),
    (HEAD + 'xyz = "B"', ("setting-unknown", 3)),
    (HEAD + 'time_zone = "Europe/Berlni"', ("portal-time-zone", 3)),
    (HEAD + 'time_zone = "Europe"', ("portal-time-zone", 3)),
    (HEAD + 'time_zone = "../../etc/passwd"', ("portal-time-zone", 3)),
    (HEAD + 'language = "Deutsch"', ("portal-language", 3)),
    (HEAD + "pages = 3", ("setting-not-table", 3)),
    (HEAD + "[pages]\nsection = 0", ("setting-too-small", 4)),
    (HEAD + "[pages]\nsection = true", ("setting-not-number", 4)),
    (HEAD + '[feeds]\nlength = "20"', ("setting-not-number", 4)),
    (HEAD + '[folders]\ncontent = "nowhere"', ("folder-missing", 4)),
    (HEAD + '[folders]\noutput = "content/out"', ("output-overlaps", 4)),
    (HEAD + '[folders]\noutput = "content"', ("output-overlaps", 4)),
    (HEAD + '[folders]\noutput = "layouts/../assets/x"', ("output-overlaps", 4)),
    (HEAD + '[sections]\nid = "a"', ("setting-not-list", 3)),
    (HEAD + '[[sections]]\nid = "a"', ("setting-missing", 3)),
    (HEAD + '[[sections]]\nname = "A"\nid = "Öl"', ("section-id", 5)),
    (HEAD + '[[sections]]\nid = "stichwort"\nname = "S"', ("section-address", 4)),
    (HEAD + '[[sections]]\nid = "autor"\nname = "S"', ("section-address", 4)),
    (HEAD + '[[sections]]\nid = "archiv"\nname = "S"', ("section-address", 4)),
    (HEAD + '[[sections]]\nid = "it-guide"\nname = "S"', ("section-address", 4)),
    (HEAD + '[authors]\nve = "A"\nVE = "B"', ("author-twice", 5)),
    (HEAD + '[authors]\n"…" = "A"', ("author-no-address", 4)),
    (HEAD + '[authors]\nve = ""', ("setting-empty", 4)),
    (HEAD + '[[navigation]]\naddress = "/"', ("setting-missing", 3)),
    (HEAD + '[[navigation]]\nname = " "\naddress = "/"', ("setting-empty", 4)),
    (HEAD + '[[footer]]\nname = "A"\naddress = "impressum"', ("menu-address", 5)),
    (HEAD + '[[footer]]\nname = "A"\naddress = "javascript:x"', ("menu-address", 5)),
    (HEAD + '[[footer]]\nname = "A"\naddress = "//b.example"', ("menu-address", 5)),
    (HEAD + '[[footer]]\nname = "A"\naddress = "/a b/"', ("menu-address", 5)),
    (HEAD + '[[footer]]\nname = "A"\naddress = "https://a b.de"', ("web-address-host", 5)),
    (HEAD + '[[footer]]\nname = "A"\naddress = "https://[b]/"', ("web-address-host", 5)),
    (HEAD + '[[footer]]\nname = "A"\naddress = "https//b.de"', ("web-address-slashes", 5)),
    (HEAD + '[[footer]]\nname = "A"\naddress = "http://b:x"', ("web-address-port", 5)),
    (HEAD + '[[footer]]\nname = "A"\naddress = "/b%zz"', ("web-address-percent", 5)),
    (HEAD + '[addresses]\narticle = "/{year}/{title}/{slug}/"', ("pattern-placeholder", 4)),
    (HEAD + '[addresses]\narticle = "/{year}/"', ("pattern-incomplete", 4)),
    (HEAD + '[addresses]\narticle = "/{slug}"', ("pattern-slashes", 4)),
    (HEAD + '[addresses]\narticle = "/../{slug}/"', ("address-part-edge", 4)),
    (HEAD + '[addresses]\nnumbered = "{list}seite/"', ("pattern-incomplete", 4)),
    (HEAD + '[[sections]]\nid = ""\nname = "S"', ("section-id", 4)),
    (HEAD + "[folders]\noutput = 7", ("setting-not-text", 4)),
    (HEAD + '[folders]\noutput = "a\\u0000"', ("setting-control", 4)),
    (HEAD + 'publisher = "a\\u0007"', ("setting-control", 3)),
    (HEAD + '[keywords.synonyms]\n"A" = ["\\u0000"]', ("setting-control", 4)),
    (HEAD + '[search]\nenabled = "ja"', ("setting-not-boolean", 4)),
    (HEAD + "[pdf]\nnewest = 0", ("setting-too-small", 4)),
    (HEAD + '[delivery]\nserver = "apache"', ("setting-choice", 4)),
    (HEAD + '[delivery]\ncompress = ["gzip", "zip"]', ("setting-choice", 4)),
    (HEAD + '[crawlers]\nrefused = ["*\\nAllow: /"]', ("crawler-name", 4)),
    (HEAD + '[security]\ncontact = "a@b.example"', ("security-address", 4)),
    (HEAD + '[security]\nexpires = "2027-13-01T00:00:00Z"', ("security-expires", 4)),
    (HEAD + '[security]\nexpires = "2027-02-30T00:00:00Z"', ("security-expires", 4)),
    (HEAD + '[security]\nexpires = "2027-01-01"', ("security-expires", 4)),
    (HEAD + "[security]\nexpires = 2027-01-01T00:00:00Z", ("setting-not-text", 4)),
    (HEAD + '[security]\npolicy = "https://a.example/"', ("setting-missing", 3)),
    (HEAD + '[check]\nleed-missing = "off"', ("rule-unknown", 4)),
    (HEAD + '[check]\nlead-missing = "aus"', ("rule-level", 4)),
    (HEAD + '[front_matter]\nextra = ["title"]', ("extra-known", 4)),
    (HEAD + '[front_matter]\nextra = "title"', ("setting-not-list", 4)),
    (HEAD + '[front_matter.aliases]\ndeck = "leed"', ("field-unknown", 4)),
    (HEAD + '[front_matter.aliases]\nDeck = "lead"\ndeck = "kicker"', ("setting-twice", 5)),
    (HEAD + '[authors]\n"v e" = "A"\n"v  e" = "B"', ("setting-twice", 5)),
    (HEAD + '[front_matter.defaults]\nsektion = "a"', ("field-unknown", 4)),
    (HEAD + '[front_matter.defaults]\n"source.url" = "a"', ("field-unknown", 4)),
    (HEAD + '[front_matter.defaults]\nsection = "a"', ("default-section", 4)),
    (HEAD + "keywords = 3", ("setting-not-table", 3)),
    (HEAD + "[keywords]\nsynonym = 3", ("setting-misspelt", 4)),
    (HEAD + '[keywords.synonyms]\n"A" = "B"', ("setting-not-list", 4)),
    (HEAD + '[keywords.synonyms]\n"A" = ["…"]', ("synonym-no-address", 4)),
    (HEAD + '[keywords.synonyms]\n"A" = ["C"]\n"B" = ["C"]', ("synonym-twice", 5)),
)
"""A portal.toml with a mistake, and the name and the line of what is said of it."""


@pytest.mark.parametrize(("text", "expected"), WRONG)
def test_each_mistake_is_named_with_its_line(
    tmp_path: Path, text: str, expected: tuple[str, int]
) -> None:
    assert expected in mistakes(tmp_path, text)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = 'titel = "A"\naddress = 3\ntime_zone = "Mars"\n[pages]\nsection = -1\n[[sections]]\n'
    assert mistakes(tmp_path, text) == [
        ("setting-missing", 1),
        ("setting-misspelt", 1),
        ("setting-not-text", 2),
        ("portal-time-zone", 3),
        ("setting-too-small", 5),
        ("setting-missing", 6),
        ("setting-missing", 6),
    ]


def test_a_misspelt_setting_is_told_its_neighbour(tmp_path: Path) -> None:
    with pytest.raises(PortalError) as error:
        read(tmp_path, HEAD + '[folders]\nlayout = "x"')
    assert [problem.hint() for problem in error.value.problems] == ['Did you mean "layouts"?']


@pytest.mark.parametrize("output", [".", "..", "/"])
def test_output_never_holds_the_portal_itself(tmp_path: Path, output: str) -> None:
    assert ("output-overlaps", 4) in mistakes(tmp_path, HEAD + f'[folders]\noutput = "{output}"')


def test_output_is_recognised_through_a_link(tmp_path: Path) -> None:
    file = write(tmp_path, HEAD + '[folders]\noutput = "link"')
    (tmp_path / "link").symlink_to(tmp_path / "content")
    with pytest.raises(PortalError) as error:
        load(file)
    assert [problem.name for problem in error.value.problems] == ["output-overlaps"]


def test_sections_of_one_name_are_told_where_the_other_stands(tmp_path: Path) -> None:
    one = '[[sections]]\nid = "politik"\nname = "P"\n'
    with pytest.raises(PortalError) as error:
        read(tmp_path, HEAD + one + one)
    (found,) = error.value.problems
    assert (found.name, found.line, dict(found.values)["other"]) == ("section-twice", 7, "4")


def test_a_section_may_have_any_id_where_its_address_is_apart(tmp_path: Path) -> None:
    text = (
        HEAD + '[addresses]\nsection = "/thema/{section}/"\n[[sections]]\nid = "archiv"\nname = "A"'
    )
    assert read(tmp_path, text).sections[0].id == "archiv"


@pytest.mark.parametrize(
    "entries",
    [
        '"A" = ["B"]\n"B" = ["C"]',  # a chain
        '"A" = ["B"]\n"B" = ["A"]',  # a circle
        '"A b" = ["C"]\n"A-B" = ["D"]',  # two spellings, each said to be the one that counts
    ],
)
def test_a_keyword_belongs_to_one_entry(tmp_path: Path, entries: str) -> None:
    assert "synonym-twice" in dict(mistakes(tmp_path, HEAD + "[keywords.synonyms]\n" + entries))


def test_a_file_that_is_missing_or_not_utf_8(tmp_path: Path) -> None:
    with pytest.raises(PortalError) as error:
        load(tmp_path / "portal.toml")
    assert [problem.name for problem in error.value.problems] == ["toml-unreadable"]
    file = write(tmp_path, "")
    file.write_bytes("#\ntitle = 'Städte'".encode("cp1252"))
    with pytest.raises(PortalError) as error:
        load(file)
    assert [(problem.name, problem.line) for problem in error.value.problems] == [
        ("toml-not-utf-8", 2)
    ]


def test_the_nearest_portal_upward_is_found(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    file = write(tmp_path, HEAD)
    assert find(inner) == file
    nearer = write(tmp_path / "a", HEAD)
    assert find(inner) == nearer


def test_the_portal_toml_of_the_document_on_moving_can_be_used(tmp_path: Path) -> None:
    document = Path(__file__).parents[2] / "docs" / "umzug.md"
    text = document.read_text(encoding="utf-8").partition("```toml\ntitle")[2].partition("```")[0]
    for folder in ("archiv/content", "portal"):
        (tmp_path / folder).mkdir(parents=True)
    portal = read(tmp_path / "portal", f"title{text}")
    assert list(portal.front_matter.aliases)[:2] == ["deck", "summary"]
    assert portal.folders.content == tmp_path / "archiv" / "content"


def test_the_parts_of_a_field_belong_to_a_field() -> None:
    assert {name.partition(".")[0] for name in FIELDS} <= set(FIELDS)


@pytest.mark.parametrize("name", ["../draußen", ".", "a/b", "", " "])
def test_a_target_is_called_by_what_can_be_a_folder(tmp_path: Path, name: str) -> None:
    target = f'[[deploy]]\nname = "{name}"\nkind = "folder"\npath = "/srv/www"\n'
    assert mistakes(tmp_path, HEAD + target) == [("deploy-name-odd", 4)]
