"""What a build makes of edits that once were, or might be, made too little of."""

from pathlib import Path

import pytest

from generator.base.problems import PortalError
from generator.config import fingerprint
from generator.engine.queries import QUERIES
from generator.engine.query import World
from generator.engine.render import Answers
from generator.load.store import FOLDER
from generator.markdown import convert
from generator.site import pages, related
from generator.templates.context import Question
from generator.templates.environment import Layouts, Parsed
from tests.portals import NOW, PORTAL, SVG, TestPortal, files_of


@pytest.fixture
def small(tmp_path: Path) -> TestPortal:
    return TestPortal.small(tmp_path / "portal")


def equals_clean(portal: TestPortal) -> bool:
    """Whether the output is that of a clean build."""
    found = portal.files()
    portal.build(clean=True)
    return found == portal.files()


# Settings.


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"Amt & Alltag"', '"Amt & Alltag neu"'),
        ("https://www.amt.example", "https://www.alltag.example"),
    ],
)
def test_a_portal_may_get_another_title_or_address(small: TestPortal, old: str, new: str) -> None:
    small.article("2026/05/a.md", aliases="/alt/")
    small.build()
    small.write("portal.toml", PORTAL.replace(old, new))
    report = small.build()
    assert report.rendered
    assert equals_clean(small)


def test_an_old_address_with_the_address_of_the_portal_in_front_is_one_of_the_portal(
    small: TestPortal,
) -> None:
    small.article("2026/05/a.md", aliases="https://www.alltag.example/alt/")
    with pytest.raises(PortalError):
        small.build()
    small.write("portal.toml", PORTAL.replace("www.amt.example", "www.alltag.example"))
    small.build()
    assert small.has("/alt/")


def test_the_order_of_authors_in_portal_toml_shows_where_a_layout_shows_it(
    small: TestPortal,
) -> None:
    small.article("2026/05/a.md", author="ve")
    small.build()
    one, other = 've = "Vera Eschenbach"\n', 'tl = "Tamino Lohse"\n'
    small.write("portal.toml", PORTAL.replace(one + other, other + one))
    small.build()
    assert "tl=Tamino Lohse ve=Vera" in small.page("/autor/ve/")


def test_the_order_of_names_for_a_field_in_portal_toml_decides(small: TestPortal) -> None:
    rules = '[front_matter.aliases]\nkopf = "title"\nzeile = "title"\n'
    small.write("portal.toml", PORTAL + rules)
    small.article("2026/05/a.md", title=None, zeile="Die Zeile", kopf="Der Kopf")
    small.build()
    assert "Der Kopf" in small.page("/2026/05/a/")
    small.write("portal.toml", PORTAL + '[front_matter.aliases]\nzeile = "title"\nkopf = "title"\n')
    small.build()
    assert "Die Zeile" in small.page("/2026/05/a/")


def test_the_order_of_extra_fields_shows_where_a_layout_shows_it(small: TestPortal) -> None:
    small.write("portal.toml", PORTAL + '[front_matter]\nextra = ["ort", "zeichen"]\n')
    small.article("2026/05/a.md", ort="Aach", zeichen="x")
    small.build()
    small.article("2026/05/a.md", zeichen="x", ort="Aach")
    small.build()
    assert equals_clean(small)


def test_several_spellings_of_a_synonym_have_one_redirect(small: TestPortal) -> None:
    small.write(
        "portal.toml", PORTAL + '[keywords.synonyms]\nRat = ["IT-Planungsrat", "IT Planungsrat"]\n'
    )
    small.article("2026/05/a.md", keywords="IT Planungsrat")
    small.build()
    assert "/stichwort/rat/" in small.page("/stichwort/it-planungsrat/")


# What is withdrawn.


@pytest.mark.parametrize("change", [{"draft": "true"}, {"expires": "2026-06-01"}, {"image": None}])
def test_the_picture_of_an_article_goes_with_it(
    small: TestPortal, change: dict[str, object]
) -> None:
    small.write("content/2026/05/bild.svg", SVG)
    small.article("2026/05/a.md", image="{file: bild.svg, alt: x}")
    small.article("2026/05/b.md")
    small.build()
    assert list(small.output.glob("assets/inhalt/2026/05/bild*"))
    small.article("2026/05/a.md", "Text.", **({"image": "{file: bild.svg, alt: x}"} | change))
    small.build()
    assert not list(small.output.glob("assets/inhalt/2026/05/bild*"))
    assert equals_clean(small)


def test_the_picture_in_a_text_goes_with_it(small: TestPortal) -> None:
    small.write("content/2026/05/bild.svg", SVG)
    small.article("2026/05/a.md", "![x](bild.svg)")
    small.article("2026/05/b.md")
    small.build()
    small.article("2026/05/a.md", "Ohne Bild.")
    small.build()
    assert equals_clean(small)


def test_an_asset_goes_when_no_layout_asks_for_it_any_more(small: TestPortal) -> None:
    small.write("assets/extra.svg", SVG)
    small.write("layouts/fragments/extra.html", '{{ site.asset("extra.svg") }}')
    small.write("layouts/robots.txt", '{{ site.fragment("extra") }}')
    small.build()
    assert list(small.output.glob("assets/extra*"))
    small.write("layouts/robots.txt", "")
    small.build()
    assert not list(small.output.glob("assets/extra*"))


# Texts.


@pytest.mark.parametrize("text", ["", "[b](b.md)"], ids=["plain", "with a link to a source"])
def test_links_of_an_article_that_becomes_an_advertisement_say_so(
    small: TestPortal, text: str
) -> None:
    """Also where a layout asks for the text and for nothing else."""
    small.write("layouts/print.html", "{{ site.body(page.article) }}")
    small.article("2026/05/a.md", f"[x](https://x.example/) {text}")
    small.article("2026/05/b.md")
    small.build()
    small.article("2026/05/a.md", f"[x](https://x.example/) {text}", kind="sponsored")
    small.build()
    assert 'rel="sponsored"' in small.page("/2026/05/a/druck/")


def test_what_a_text_refers_to_is_said_anew_where_its_article_has_moved(small: TestPortal) -> None:
    small.write("layouts/robots.txt", '{{ site.body("2026/05/a.md", absolute=true) }}')
    small.article("2026/05/a.md", "[x](../b/)")
    small.build()
    small.article("2026/05/a.md", "[x](../b/)", date="2025-12-01")
    small.build()
    assert "https://www.amt.example/2025/12/b/" in (small.output / "robots.txt").read_text()


@pytest.mark.parametrize(
    ("method", "edit", "spared"),
    [
        ("_fragment", {"text": "Ein anderer Satz."}, "fragment"),
        ("_ranking", {"title": "Ein anderer Titel"}, "ranking"),
    ],
)
def test_what_an_edit_does_not_concern_is_not_made_anew(
    small: TestPortal,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    edit: dict[str, str],
    spared: str,
) -> None:
    small.article("2026/05/a.md", keywords="Rat")
    small.article("2026/05/b.md", keywords="Rat")
    small.build()
    made: list[str | int] = []
    make = getattr(Answers, method)

    def noted(answers: Answers, question: Question) -> object:
        made.append(question[0])
        return make(answers, question)

    monkeypatch.setattr(Answers, method, noted)
    small.article("2026/05/a.md", **({"keywords": "Rat"} | edit))
    assert small.build().rendered
    assert spared not in made


def test_a_list_that_shows_no_texts_is_not_asked_for_after_an_edit_of_one(
    small: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.article("2026/05/a.md")
    small.build()
    asked: list[Question] = []
    headlines = QUERIES["headlines"]

    def noted(world: World, question: Question) -> bytes:
        asked.append(question)
        return headlines.digest(world, question)

    monkeypatch.setitem(QUERIES, "headlines", headlines._replace(digest=noted))
    small.article("2026/05/a.md", "Ein anderer Satz.")
    assert small.build().rendered
    assert asked == []
    small.article("2026/05/a.md", "Ein anderer Satz.", title="Ein anderer Titel")
    assert small.build().rendered
    assert asked


# Related articles.


def test_related_articles_change_places_with_their_dates(small: TestPortal) -> None:
    """Two that share different keywords with the article, and nothing with each other."""
    small.article("2026/05/it.md", date="2026-05-09", section="technik", keywords="Rat, Amt")
    small.article("2026/05/rat.md", date="2026-05-02", keywords="Rat")
    small.article("2026/05/amt.md", date="2026-05-01", keywords="Amt")
    small.build()
    small.article("2026/05/rat.md", date="2026-05-01", keywords="Rat")
    small.article("2026/05/amt.md", date="2026-05-02", keywords="Amt")
    small.build()
    assert equals_clean(small)


def test_a_keyword_more_finds_other_related_articles(small: TestPortal) -> None:
    """Nothing of what ranked them before is another: not the section, not who has the keyword."""
    small.article("2026/05/it.md", date="2026-05-09", keywords="Rat")
    small.article("2026/05/rat.md", date="2026-05-02", keywords="Rat", section="technik")
    small.article("2026/05/amt.md", date="2026-05-01", keywords="Amt", section="technik")
    small.build()
    small.article("2026/05/it.md", date="2026-05-09", keywords="Rat, Amt")
    small.build()
    assert equals_clean(small)


def test_a_keyword_that_becomes_common_counts_less(
    small: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the article that makes it common is too old to be a related one itself."""
    monkeypatch.setattr(related, "CANDIDATES", 1)
    small.article("2026/05/it.md", date="2026-05-01", keywords="Rat, Amt")
    small.article("2026/05/rat.md", date="2026-05-09", keywords="Rat", section="technik")
    small.article("2026/05/amt.md", date="2026-05-08", keywords="Amt", section="technik")
    small.build()
    small.article("2025/05/alt.md", date="2025-05-01", keywords="Rat", section="technik")
    small.build()
    assert equals_clean(small)


# Time.


def test_a_preview_with_drafts_marks_an_article_until_it_is_due(small: TestPortal) -> None:
    small.article("2026/05/a.md", date="2026-06-15 13:00", kicker="Neu")
    small.build(drafts=True)
    assert "scheduled" in small.page("/2026/06/a/")
    small.build(drafts=True, at=NOW.replace(hour=13))
    assert "scheduled" not in small.page("/2026/06/a/")


# Mistakes.


def test_a_link_to_a_source_with_a_mistake_is_no_second_mistake(small: TestPortal) -> None:
    small.article("2026/05/a.md", "[x](b.md) [y](../06/c.md#anker)")
    small.article("2026/05/b.md", titel_x="x")
    small.article("2026/06/c.md", datum="gestern")
    assert {found.path for found in small.mistakes()} == {
        "content/2026/05/b.md",
        "content/2026/06/c.md",
    }


# The generator itself.


def test_another_version_of_the_generator_reads_and_renders_all_anew(
    small: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.article("2026/05/a.md")
    small.article("2026/05/b.md")
    report = small.build()
    monkeypatch.setattr(fingerprint, "generator", lambda: b"another")
    again = small.build()
    assert again.read == report.read
    assert again.rendered == report.rendered
    assert again.written == 0


def test_another_version_of_the_generator_may_make_other_html_of_a_text(
    small: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.article("2026/05/a.md", "Ein *Satz*.")
    small.build()
    original = convert.convert
    monkeypatch.setattr(fingerprint, "generator", lambda: b"another")
    monkeypatch.setattr(
        convert, "convert", lambda text, **how: original(text.replace("*", "**"), **how)
    )
    small.build()
    assert "<strong>Satz</strong>" in small.page("/2026/05/a/")


def test_another_version_of_the_generator_may_have_other_pages(
    small: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.article("2026/05/a.md")
    small.build()
    assert small.has("/archiv/")
    monkeypatch.setattr(fingerprint, "generator", lambda: b"another")
    monkeypatch.setattr(pages, "KINDS", [k for k in pages.KINDS if k is not pages.archive_pages])
    small.build()
    assert not small.has("/archiv/")


def test_nothing_is_done_where_nothing_changed(small: TestPortal) -> None:
    small.article("2026/05/a.md")
    small.build()
    before = files_of(small.root)
    for _ in range(2):
        report = small.build()
        assert (report.read, report.rendered, report.written, report.removed) == (0, 0, 0, 0)
    output = {path: data for path, data in before.items() if path.startswith("output/")}
    assert output == {f"output/{path}": data for path, data in small.files().items()}


# What Jinja made of layouts.


def test_layouts_that_did_not_change_are_not_parsed_again(
    small: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.article("2026/05/a.md")
    small.build()
    parse, parsed = Layouts._parsed, list[str]()

    def noted(layouts: Layouts, name: str, source: bytes) -> Parsed:
        parsed.append(name)
        return parse(layouts, name, source)

    monkeypatch.setattr(Layouts, "_parsed", noted)
    small.article("2026/05/a.md", title="Neu")
    small.write("layouts/robots.txt", "neu")
    small.build()
    assert parsed == ["robots.txt"]


def test_fragments_are_made_anew_with_other_settings(small: TestPortal) -> None:
    """What filters know of these is in no trace."""
    small.write("layouts/fragments/name.html", '{{ "politik"|section_name }}')
    small.write("layouts/robots.txt", '{{ site.fragment("name") }}')
    small.build()
    small.write("portal.toml", PORTAL.replace('"Politik"', '"Rathaus"'))
    small.build()
    assert (small.output / "robots.txt").read_text(encoding="utf-8") == "Rathaus"


def test_what_jinja_computed_from_settings_is_computed_anew_with_other_settings(
    small: TestPortal,
) -> None:
    """`"/"|absolute` is computed when a layout is compiled, and that is kept."""
    small.write("layouts/robots.txt", '{{ "/"|absolute }} {{ "politik"|section_name }}')
    small.build()
    small.write(
        "portal.toml", PORTAL.replace("www.amt.", "www.rat.").replace('"Politik"', '"Rathaus"')
    )
    small.build()
    text = (small.output / "robots.txt").read_text(encoding="utf-8")
    assert text == "https://www.rat.example/ Rathaus"


@pytest.mark.parametrize("damage", ["empty", "short", "garbage", "flipped", "folder"])
def test_damaged_compiled_layouts_are_compiled_anew(small: TestPortal, damage: str) -> None:
    small.article("2026/05/a.md")
    small.build()
    before = small.files()
    compiled = [path for path in (small.root / FOLDER / "layouts").rglob("*") if path.is_file()]
    assert compiled
    for file in compiled:
        data = file.read_bytes()
        middle = len(data) // 2
        flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
        short = data[:middle]
        file.unlink()
        if damage == "folder":
            file.mkdir()
        else:
            damaged = {"empty": b"", "short": short, "garbage": b"x" * 99, "flipped": flipped}
            file.write_bytes(damaged[damage])
    small.write("layouts/robots.txt", "neu")
    small.article("2026/05/a.md", title="Neu")
    small.build()
    after = small.files()
    assert after["robots.txt"] == b"neu"
    assert b"Neu" in after["2026/05/a/index.html"]
    assert equals_clean(small)
    assert before.keys() == after.keys()
