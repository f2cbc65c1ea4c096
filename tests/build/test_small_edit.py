"""Another text or headline costs what it changes; what is more than that is built as a whole."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest

from generator.base import scan
from generator.base.problems import PortalError
from generator.build import last_build, small_edit
from generator.config import portal as portals
from generator.load.store import FOLDER
from generator.site.ledger import FILE, digest_of_text
from tests.build.test_up_to_date import settle
from tests.portals import NOW, PORTAL, SVG, TestPortal

TEXT = "Eins. " * 60 + "\n\n## Lage {#lage}\n\n[zu b](b.md) und [Datei](/plan.pdf)."
TOML = PORTAL.replace(
    "[pages]",
    '[delivery]\ncompress = ["gzip"]\n\n[search]\nenabled = true\n\n'
    '[front_matter]\nextra = ["ort"]\n\n[pages]',
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> TestPortal:
    """A portal, built, of whose articles several name each other in lists."""
    portal = TestPortal.small(tmp_path_factory.mktemp("built") / "portal", toml=TOML)
    portal.write("assets/plan.pdf", b"%PDF-1.4\n")
    portal.write("content/2026/05/bild.svg", SVG)
    for name in "abcdefgh":
        portal.article(f"2026/05/{name}.md", "Ein Satz.", keywords="Rat, Haushalt")
    portal.article("2026/05/g.md", "Ein Satz.", keywords="Rat, Haushalt", ort="Hof\nOrt: Amt")
    portal.article("2026/05/h.md", "[^9] fehlt", ort="Hof", keywords="Rat, Haushalt")
    portal.article("2026/05/a.md", TEXT, keywords="Rat, Haushalt", author="ve")
    portal.article("2026/05/c.md", "[zur Lage](a.md#lage)", keywords="Rat")
    portal.article("2026/05/p.md", "![x](bild.svg)", image="{file: bild.svg, alt: x, credit: Foto}")
    portal.article("2026/05/entwurf.md", "Noch nicht.", draft="true")
    portal.article("2026/05/w.md", "Hier.", keywords="rat")
    portal.article("2026/06/neues.md", "Ein Satz.", date="2026-06-14")
    portal.write("content/seiten/impressum.md", "---\ntitle: Impressum\n---\n\nWir.\n")
    portal.build()
    return portal


@pytest.fixture
def portal(built: TestPortal, tmp_path: Path) -> TestPortal:
    shutil.copytree(built.root, tmp_path / "portal", symlinks=True)
    copied = TestPortal(tmp_path / "portal")
    settle()
    copied.build()  # it lies elsewhere now
    return copied


@pytest.fixture
def small() -> Iterator[list[bool]]:
    """Whether each build that tried was a small one."""
    tried: list[bool] = []
    real = small_edit.tried

    def noted(*given: object) -> object:
        made = real(*given)  # type: ignore[arg-type]
        tried.append(made is not None)
        return made

    with mock.patch.object(small_edit, "tried", noted):
        yield tried


Edit = Callable[[TestPortal], object]


def a(text: str = TEXT, **fields: object) -> Edit:
    return lambda portal: portal.article(
        "2026/05/a.md", text, **({"keywords": "Rat, Haushalt", "author": "ve"} | fields)
    )


SMALL: dict[str, Edit] = {
    "a text": a(f"Neu. {TEXT}"),
    "a headline": a(title="Anders"),
    "a lead": a(lead="Anders"),
    "a day of change": a(updated="2026-06-01"),
    "a correction": a(corrections="[{date: 2026-06-01, text: Es waren drei.}]"),
    "a link more": a(f"{TEXT} [zu d](d.md)"),
    "a link less": a(TEXT.replace("[zu b](b.md)", "b")),
    "a link to itself": a(f"{TEXT} [oben](#lage)"),
    "a heading more": a(f"{TEXT}\n\n## Neu"),
    "two at once": lambda portal: (
        a(title="Anders")(portal), portal.article("2026/05/c.md", "C.", keywords="Rat")
    ),
    "the headline of an article with a picture": lambda portal: portal.article(
        "2026/05/p.md", "![x](bild.svg)", title="P", image="{file: bild.svg, alt: x, credit: Foto}"
    ),
    "the headline of one of the last two days": lambda portal: portal.article(
        "2026/06/neues.md", "Ein Satz.", date="2026-06-14", title="Anders"
    ),
    "a draft": lambda portal: portal.article("2026/05/entwurf.md", "Bald.", draft="true"),
    "a standing page": lambda portal: portal.write(
        "content/seiten/impressum.md", "---\ntitle: Impressum\n---\n\nWir, anders.\n"
    ),
    "a warning less, and nothing else": lambda portal: portal.article(
        "2026/05/g.md", "Ein Satz.", keywords="Rat, Haushalt", ort="Hof"
    ),
    "a line more above what is warned of": lambda portal: portal.article(
        "2026/05/h.md", "[^9] fehlt", **{"ort": "Hof", "# Notiz": ""}, keywords="Rat, Haushalt"
    ),
    "nothing but the time": lambda portal: (portal.root / "content/2026/05/a.md").touch(),
}  # fmt: skip

LARGER: dict[str, Edit] = {
    "a day": a(date="2026-05-02"),
    "a keyword": a(keywords="Rat"),
    "a section": a(section="technik"),
    "a slug": a(slug="anders"),
    "an embargo": a(date="2026-07-01"),
    "a picture": a(image="{file: bild.svg, alt: a}"),
    "a picture in the text": a(f"{TEXT}\n\n![x](bild.svg)"),
    "a text that is too short to be compressed": a(TEXT.replace("Eins. " * 60, "Eins. ")),
    "a download less": a(TEXT.replace("[Datei](/plan.pdf)", "Datei")),
    "the caption of a picture": lambda portal: portal.article(
        "2026/05/p.md", '![x](bild.svg "Neu")', image="{file: bild.svg, alt: x, credit: Foto}"
    ),
    "a standing page's headline": lambda portal: portal.write(
        "content/seiten/impressum.md", "---\ntitle: Anders\n---\n\nWir.\n"
    ),
    "a warning on another line": lambda portal: portal.article(
        "2026/05/w.md", "Hier.", lead="Neu", keywords="rat"
    ),
    "a new one": lambda portal: portal.article("2026/05/neu.md"),
    "one less": lambda portal: (portal.root / "content/2026/05/d.md").unlink(),
    "another layout": lambda portal: portal.write("layouts/article.html", "{{ page.article }}"),
    "a file of the output": lambda portal: (
        a(f"Neu. {TEXT}")(portal), (portal.output / "robots.txt").write_text("x")
    ),
}  # fmt: skip


@pytest.mark.parametrize("edit", [*SMALL, *LARGER])
def test_what_is_built_is_as_if_it_were_the_first_build(
    portal: TestPortal, small: list[bool], edit: str
) -> None:
    (SMALL | LARGER)[edit](portal)
    done = portal.build()
    assert (edit in SMALL) == (small == [True])
    found = portal.files()
    clean = portal.build(clean=True)
    assert found == portal.files()
    assert (done.articles, done.pages, done.due) == (clean.articles, clean.pages, clean.due)
    assert done.until == clean.until
    # A clean build knows of no address that was.
    assert [one for one in done.warnings if one.name != "address-vanishes"] == [*clean.warnings]


AD = """\
---
name: Werbung
slot: top
link: https://www.x.example/
image: {file: /pictures/logo.svg, alt: x}
---
"""
ASKS_ALL = """
{{ site.keywords()|map(attribute="name")|join(",") }} {{ site.years()|length }}
{% for each in site.year(2026).months %}{{ each.month }}: {{ each.count }} {% endfor %}
{{ site.newest_page(author="ve")|map(attribute="title")|join }} {{ site.redirects()|length }}
{{ site.headlines(kind="sponsored")|map(attribute="title")|join }} {{ site.gone()|join }}
{{ site.count(keyword="Rat", kind="all") }} {{ site.count(kind="sponsored", section="technik") }}
{{ site.credits()|map(attribute="name")|join }} {{ site.sitemap(1)|map(attribute="address")|join }}
{{ site.firms()|map(attribute="name")|join }} {{ site.firm_fields()|map(attribute="name")|join }}
{{ site.firm_towns()|map(attribute="name")|join }} {% set ad = site.ad("top") %}{{ ad.name if ad }}
{{ site.recent()|map(attribute="title")|join }} {{ site.standing("seiten/impressum.md").title }}
{{ site.pdf(page.article) }} {{ site.lasting_id(page.article) }} {{ site.body("2026/05/b.md") }}
"""


def test_a_page_that_shows_all_there_is_shows_it_after_an_edit_of_its_text(
    portal: TestPortal, small: list[bool]
) -> None:
    layout = portal.root / "layouts/article.html"
    main = "{% block main %}"
    layout.write_text(layout.read_text().replace(main, f"{main}{ASKS_ALL}"))
    portal.write(
        "content/firmen/f.md",
        "---\nname: Firma\ntown: Ort\nfields: IT\nkeywords: Rat\n---\n\nIT.\n",
    )
    portal.write("content/anzeigen/w.md", AD)
    portal.article("2026/05/s.md", kind="sponsored", section="technik", aliases="/alt/")
    settle()
    portal.build()
    a(f"Neu. {TEXT}")(portal)
    portal.build()
    assert small == [True]
    found = portal.files()
    portal.build(clean=True)
    assert found == portal.files()
    shown = portal.page("/2026/05/a/")
    assert all(one in shown for one in ("Haushalt", "Firma", "Ort", "Werbung", "Foto"))


ASSET = '{{ site.asset("pictures/kicker.svg") }}'


@pytest.mark.parametrize(
    ("shown", "fragment", "is_small"),
    [
        (ASSET, "", True),
        ('{{ site.fragment("kicker", of=item.kicker) }}', ASSET, False),
        (
            '{% endif %}{{ site.fragment("kicker", path=item.path) }}{% if 0 %}',
            f"{{% if site.article(path).kicker %}}{ASSET}{{% endif %}}",
            True,
        ),
    ],
)
def test_a_file_that_a_page_shows_no_more_goes_unless_another_shows_it(
    portal: TestPortal, small: list[bool], shown: str, fragment: str, *, is_small: bool
) -> None:
    """The layout has a picture on articles with a kicker."""
    portal.write("layouts/fragments/kicker.html", fragment)
    layout, main = portal.root / "layouts/article.html", "{% block main %}"
    shown = f"{main}{{% if item.kicker %}}{shown}{{% endif %}}"
    layout.write_text(layout.read_text().replace(main, shown))
    portal.write("assets/pictures/kicker.svg", SVG.replace("M0", "M1"))
    settle()
    published = []
    for of_a, of_b in (("", ""), ("Ja", ""), ("Ja", "Ja"), ("", "Ja"), ("", "Ja."), ("", "")):
        a(kicker=of_a)(portal)
        portal.article("2026/05/b.md", "Ein Satz.", keywords="Rat, Haushalt", kicker=of_b)
        settle()
        portal.build()
        published.append(any("/kicker." in name for name in portal.files()))
    assert published == [False, True, True, True, True, False]
    assert small == [False, True, True, is_small, False]


def test_a_picture_in_a_text_shows_the_headline_that_its_layout_asks_for(
    portal: TestPortal, small: list[bool]
) -> None:
    figure = portal.root / "layouts/fragments/figure.html"
    newest = '{{ site.headlines(limit=1)|map(attribute="title")|join }}'
    figure.write_text(f"{figure.read_text()}{newest}")
    settle()
    portal.build()
    portal.article("2026/06/neues.md", "Ein Satz.", date="2026-06-14", title="Anders")
    portal.build()
    assert small == [False]
    found = portal.files()
    portal.build(clean=True)
    assert found == portal.files()


def test_a_source_whose_stamp_proves_nothing_is_read_again(
    portal: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two changes within a tick of the file system's clock leave the same times."""
    inode, real = (portal.root / "content/2026/05/a.md").stat().st_ino, scan._stamp

    def coarse(status: os.stat_result, now: int) -> scan.Stamp:
        found = real(status, now)
        return scan.Stamp(0, 0, 0, inode, trusted=False) if status.st_ino == inode else found

    monkeypatch.setattr(scan, "_stamp", coarse)
    for text in ("Zuvor.", "Danach."):
        a(f"{text} {TEXT}")(portal)
        portal.build()
        assert text in portal.page("/2026/05/a/")


def test_a_heading_that_others_link_to_is_missed(portal: TestPortal) -> None:
    a(TEXT.replace("## Lage {#lage}", "Lage"))(portal)  # and nothing else, which would be larger
    told = [(one.name, Path(one.path).name) for one in portal.mistakes() if one.is_error]
    assert told == [("anchor-missing", "c.md")]


def test_a_heading_is_missed_that_goes_while_a_link_to_it_comes(portal: TestPortal) -> None:
    portal.article("2026/05/c.md", "C.", keywords="Rat")
    portal.build()
    a(TEXT.replace("## Lage {#lage}", ""))(portal)
    portal.article("2026/05/d.md", "[zur Lage](a.md#lage)", keywords="Rat, Haushalt")
    told = [(one.name, Path(one.path).name) for one in portal.mistakes() if one.is_error]
    assert told == [("anchor-missing", "d.md")]


def test_an_address_of_another_is_a_sources_as_long_as_it_has_that_text(
    portal: TestPortal,
) -> None:
    known = last_build.built(portals.load(portal.root / "portal.toml")).entries
    text = digest_of_text(known["2026/05/a.md"].text)
    portal.write(FILE, f"/2026/05/a/\tarticle\tb\t{text}\t2026/05/b.md\n")
    settle()
    portal.build()
    a(f"Neu. {TEXT}")(portal)
    told = portal.mistakes()
    assert "address-of-other" in {one.name for one in told}
    assert told == portal.mistakes(clean=True)


@pytest.mark.parametrize("text", ["[x](fehlt.md)", "[x](b.md#fehlt)", "[x](/anzeigen/w.md)"])
def test_a_mistake_is_told_and_nothing_remembered(portal: TestPortal, text: str) -> None:
    portal.write("content/anzeigen/w.md", AD)
    settle()
    portal.build()
    a(f"{TEXT} {text}")(portal)
    before = portal.files()
    told = portal.mistakes()
    assert told == portal.mistakes(clean=True)
    assert portal.files() == before


def test_edits_add_up(portal: TestPortal, small: list[bool]) -> None:
    for turn in range(4):
        a(f"{turn}. {TEXT}", title=f"Titel {turn}")(portal)
        portal.article(
            "2026/05/c.md", f"{turn} [zur Lage](a.md#lage)", title=f"C {turn}", keywords="Rat"
        )
        done = portal.build()
        assert done.reasons
    a(keywords="Haushalt", title="Zuletzt")(portal)
    portal.build()
    assert small == [True] * 4 + [False]
    found = portal.files()
    portal.build(clean=True)
    assert found == portal.files()


def test_it_reads_of_other_sources_only_what_pages_show(
    portal: TestPortal, small: list[bool]
) -> None:
    with closing(sqlite3.connect(portal.root / FOLDER / "store.sqlite")) as store:
        store.execute("UPDATE sources SET record = x'93' WHERE path = '2026/05/entwurf.md'")
        store.commit()
    a(title="Anders")(portal)
    portal.build()
    assert small == [True]


@pytest.mark.parametrize(
    "lost",
    [
        "sources WHERE path = '2026/05/b.md'",
        "indexed WHERE number % 2 = 0",
        "meta WHERE key = 'indexes'",
    ],
)
def test_what_the_store_lost_is_on_no_page(portal: TestPortal, lost: str) -> None:
    with closing(sqlite3.connect(portal.root / FOLDER / "store.sqlite")) as store:
        store.execute(f"DELETE FROM {lost}")  # noqa: S608 (the texts above)
        store.commit()
    a(f"Neu. {TEXT}", title="Anders")(portal)
    portal.build()
    assert "Neu." in portal.page("/2026/05/a/")
    portal.article("2026/05/neu.md", "Mehr.")
    portal.build()
    found = portal.files()
    portal.build(clean=True)
    assert found == portal.files()


def test_a_mistake_before_makes_the_next_build_a_whole_one(
    portal: TestPortal, small: list[bool]
) -> None:
    a(f"{TEXT} [x](fehlt.md)")(portal)
    with pytest.raises(PortalError):
        portal.build()
    a(f"Gut. {TEXT}")(portal)
    portal.build()
    assert not any(small)
    found = portal.files()
    portal.build(clean=True)
    assert found == portal.files()


def test_texts_that_sources_share_are_kept_until_the_day_of_the_last_one(
    portal: TestPortal, small: list[bool]
) -> None:
    for name, fields in (("bald", {"date": "2026-06-16"}), ("spaeter", {"draft": "true"})):
        portal.article(f"2026/05/{name}.md", "Folgt.", **fields)
    settle()
    portal.build()
    portal.article("2026/05/spaeter.md", "Da.", draft="true")
    portal.build()
    assert small == [False, True]
    done = portal.build(at=NOW + timedelta(days=1))
    assert done.rendered < done.pages
    assert "Folgt." in portal.page("/2026/06/bald/")


def test_warnings_come_in_the_order_of_places_whatever_finds_them(
    tmp_path: Path, small: list[bool]
) -> None:
    toml = PORTAL.replace("enabled = false", "newest = 9")
    portal = TestPortal.make(tmp_path / "portal", toml=toml)
    for name, text in (("a", "Ein Zeichen: ꙮ"), ("b", "Ein Satz."), ("c", "Ein Satz.")):
        portal.article(f"2026/05/{name}.md", text, keywords="Rat")
    portal.article("2026/05/w.md", "Hier.", keywords="rat")
    settle()
    portal.build()
    portal.article("2026/05/b.md", "Noch ein Satz.", keywords="Rat")
    done = portal.build()
    assert small == [True]
    assert {Path(one.path).name for one in done.warnings} == {"a.md", "w.md"}
    assert done.warnings == portal.build(clean=True).warnings


def test_what_a_layout_of_pdfs_is_warned_of_goes_with_the_headline_for_which_it_came(
    tmp_path: Path, small: list[bool]
) -> None:
    toml = PORTAL.replace("enabled = false", "newest = 9")
    portal = TestPortal.make(tmp_path / "portal", toml=toml)
    layout, head = portal.root / "layouts/pdf/article.typ", "#let masthead(article) = {\n"
    odd = '  if "Lang" in article.title { text(font: "Nirgends", "x") }\n'
    layout.write_text(layout.read_text().replace(head, head + odd))
    for name in "ab":
        portal.article(f"2026/05/{name}.md")
    settle()
    portal.build()
    warned = []
    for name, title in (("a", "Lang"), ("b", "Kurz"), ("a", "Kurz")):
        portal.article(f"2026/05/{name}.md", title=title)
        warned.append([(one.name, Path(one.path).name) for one in portal.build().warnings])
        settle()
    there = [("pdf-layout-doubtful", "article.typ")]
    assert warned == [there, there, []]
    assert small == [False, True, False]


def test_what_a_pdf_to_come_will_lack_is_told_when_its_text_is_edited(tmp_path: Path) -> None:
    toml = PORTAL.replace("enabled = false", "newest = 9")
    portal = TestPortal.make(tmp_path / "portal", toml=toml)
    for name, date in (("da", "2026-05-01"), ("bald", "2026-07-01")):
        portal.article(f"2026/05/{name}.md", date=date)
    settle()
    portal.build()
    portal.article("2026/05/bald.md", "Ein Zeichen: ꙮ", date="2026-07-01")
    assert [Path(one.path).name for one in portal.build().warnings] == ["bald.md"]


def test_an_edit_after_an_articles_moment_brings_that_article_too(portal: TestPortal) -> None:
    portal.article("2026/05/bald.md", date="2026-06-16")
    settle()
    portal.build()
    a(f"Neu. {TEXT}")(portal)
    portal.build(at=NOW + timedelta(days=1))
    assert portal.has("/2026/06/bald/")


def test_the_store_does_not_grow_with_edits(portal: TestPortal) -> None:
    sizes = []
    for turn in range(6):
        a(f"{turn % 2}. {TEXT}")(portal)
        portal.build()
        with closing(sqlite3.connect(portal.root / FOLDER / "store.sqlite")) as store:
            sizes.append(store.execute("SELECT count(*) FROM bodies").fetchone()[0])
    assert len(set(sizes)) == 1
