"""`build --keep-going`: a source with mistakes stays away, all others are published."""

import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from generator.base.problems import Problem
from generator.base.report import Report
from generator.cli.main import main
from generator.publish.output import MANIFEST
from tests.build.test_up_to_date import settle
from tests.odd_pictures import quarters, saved
from tests.portals import NOW, PORTAL, TestPortal

pytestmark = pytest.mark.slow

AD = """\
---
name: Firma
platz: oben
link: https://www.firma.example/
bild:
  datei: {}
  alt: Ein Haus
---
"""
HEAD = "---\ntitle: Neu\ndate: 2026-05-01\nsection: politik\n---\n\n## Ziel\n\n"


@pytest.fixture
def small(tmp_path: Path) -> TestPortal:
    """A portal with two articles that nothing is wrong with, and one that links to others."""
    portal = TestPortal.small(tmp_path / "portal")
    portal.article("2026/05/gut.md", keywords="Haushalt")
    portal.article("2026/05/auch-gut.md", keywords="Haushalt, Glasfaser")
    return portal


def going(portal: TestPortal, **options: object) -> Report:
    """The report of a first build that leaves out what is refused."""
    return portal.build(keep_going=True, first=True, **options)


def names(problems: tuple[Problem, ...] | list[Problem]) -> list[str]:
    return sorted({one.name for one in problems})


def drafted(portal: TestPortal, path: str) -> None:
    """Makes a valid draft of the source at `path`."""
    if path.startswith("anzeigen/"):
        portal.write(f"content/{path}", AD.format("/pictures/logo.svg")[:-4] + "draft: ja\n---\n")
    elif path.startswith("firmen/"):
        portal.write(f"content/{path}", "---\nname: Entwurf\nort: Amt\ndraft: ja\n---\n\n## Ziel\n")
    elif path.startswith("seiten/"):
        portal.write(f"content/{path}", "---\ntitle: Entwurf\ndraft: ja\n---\n\n## Ziel\n")
    else:
        portal.article(path, "## Ziel\n", title="Entwurf", draft="ja")


BROKEN: dict[str, tuple[str, str, str]] = {
    "unreadable header": ("2026/05/neu.md", "---\ntitle: a: b\n---\n\nText\n", "value-colon"),
    "no date": ("2026/05/neu.md", "---\ntitle: Neu\nsection: politik\n---\n\nText\n", ""),
    "no article": ("2026/05/neu.md", "---\n", ""),
    "empty": ("2026/05/neu.md", "", ""),
    "not UTF-8": ("2026/05/neu.md", "\udcff", ""),
    "unknown section": (
        "2026/05/neu.md", "---\ntitle: Neu\ndate: 2026-05-01\nsection: x\n---\n\nText\n", "",
    ),
    "broken link": (
        "2026/05/neu.md",
        HEAD + "[hier](fehlt.md)\n",
        "link-broken",
    ),
    "missing picture": (
        "2026/05/neu.md",
        HEAD + '![A](fehlt.jpg "B")\n',
        "picture-missing",
    ),
    "broken picture": (
        "2026/05/neu.md",
        HEAD + '![A](kaputt.jpg "B")\n',
        "picture-broken",
    ),
    "an address of the portal's own": (
        "2026/05/neu.md",
        "---\ntitle: Neu\ndate: 2026-05-01\nsection: politik\naliases: /archiv/\n---\n\n## Ziel\n",
        "address-twice",
    ),
    "an address inside a page": (
        "2026/05/neu.md",
        HEAD.replace("\n---\n\n", "\naliases: /archiv/index.html/x/\n---\n\n"),
        "address-nested",
    ),
    "an address inside a file": (
        "2026/05/neu.md",
        HEAD.replace("\n---\n\n", "\naliases: /sitemap.xml/x/\n---\n\n"),
        "address-nested",
    ),
    "standing page": ("seiten/neu.md", "---\ntitel: Neu\nbla: x\n---\n\nText\n", ""),
    "firm": ("firmen/neu.md", "---\nname: Firma\nlogo: fehlt.svg\nort: Amt\n---\n\n## Ziel\n", ""),
    "ad": ("anzeigen/neu.md", AD.format("fehlt.svg"), ""),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_a_source_with_a_mistake_is_left_out_as_a_draft_is(small: TestPortal, kind: str) -> None:
    path, text, name = BROKEN[kind]
    small.write("content/2026/05/kaputt.jpg", b"\xff\xd8\xff nichts")
    if not path.startswith("anzeigen/"):
        way = f"../../{path}"
        small.article("2026/05/verweist.md", f"Siehe [dort]({way}) und [da]({way}#ziel).")
    small.write(f"content/{path}", text.encode("utf-8", "surrogateescape"))
    report = going(small)
    assert report.left_out == (f"content/{path}",)
    assert {one.path for one in report.refused} == {f"content/{path}"}
    assert not name or name in names(report.refused)
    found = small.files()
    drafted(small, path)
    small.build(clean=True)
    assert small.files() == found
    assert not any(b"neu" in name.encode() + page for name, page in found.items())


def test_without_it_one_mistake_stops_all(small: TestPortal) -> None:
    small.article("2026/05/neu.md", section="sport")
    small.mistakes()
    assert not small.output.exists()


def test_mistakes_of_the_portal_and_its_layouts_stop_it_all_the_same(small: TestPortal) -> None:
    small.article("2026/05/neu.md", section="sport")
    small.write("layouts/front.html", "{% if %}")
    found = small.mistakes(keep_going=True, first=True)
    assert {one.path for one in found} == {
        "content/2026/05/neu.md",
        "layouts/front.html",
    }
    assert not small.output.exists()


def test_a_picture_that_is_broken_takes_all_with_it_that_show_it(small: TestPortal) -> None:
    small.write("content/2026/05/kaputt.jpg", b"\xff\xd8\xff nichts")
    for name in "abc":
        small.article(f"2026/05/{name}.md", '![A](kaputt.jpg "B")')
    report = going(small)
    assert report.left_out == tuple(f"content/2026/05/{name}.md" for name in "abc")
    assert small.has("/2026/05/gut/")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("2026/05/neu.md", "file-huge"),
        ("2026/05/bild.jpg", "picture-unreadable"),
        ("2026/05/satzung.pdf", "download-unreadable"),
    ],
)
def test_a_file_that_cannot_be_read_is_the_mistake_of_who_shows_it(
    small: TestPortal, path: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("base.scan", "site.downloads", "media.images"):
        monkeypatch.setattr(f"generator.{module}.LONGEST", 1_000_000)
    small.article("2026/05/neu.md", '![A](bild.jpg "B")\n\n[Satzung](satzung.pdf)')
    small.write("content/2026/05/bild.jpg", saved(quarters(), "JPEG"))
    small.write("content/2026/05/satzung.pdf", b"%PDF-1.7\n")
    small.write(f"content/{path}", b"%PDF-" + bytes(1_000_001))
    report = going(small)
    assert report.left_out == ("content/2026/05/neu.md",)
    assert [(one.name, one.path) for one in report.refused] == [(name, "content/2026/05/neu.md")]
    assert small.has("/2026/05/gut/")
    assert not small.has("/2026/05/neu/")


def test_a_picture_that_cannot_be_read_and_that_nobody_shows_stops_nobody(
    small: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.base.scan.LONGEST", 1_000_000)
    small.write("content/2026/05/uebrig.jpg", bytes(1_000_001))
    assert small.build().articles == 2


def test_a_folder_that_cannot_be_read_stops_nobody_unless_it_has_something_published(
    small: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.article("2026/06/neu.md")
    scandir, locked = os.scandir, True

    def guarded(place: str) -> object:
        if locked and str(place).endswith("content/2026/06"):
            raise PermissionError(13, "Permission denied", place)
        return scandir(place)

    monkeypatch.setattr("generator.base.scan.os.scandir", guarded)
    assert going(small).left_out == ("content/2026/06",)
    assert small.has("/2026/05/gut/")
    locked = False
    small.build()
    locked = True
    found = small.mistakes(keep_going=True)
    assert ("content/2026/06", "left-out-published") in {(one.path, one.name) for one in found}
    assert small.has("/2026/05/neu/") or small.has("/2026/06/neu/")


def test_a_link_out_of_the_content_stops_nobody(small: TestPortal) -> None:
    (small.root / "content/fremd.md").symlink_to("/etc/hostname")
    assert going(small).left_out == ("content/fremd.md",)
    assert small.has("/2026/05/gut/")


# What is published stays.


def test_what_is_published_is_never_taken_off_by_a_slip(small: TestPortal) -> None:
    small.build()
    before = small.files()
    small.article("2026/05/gut.md", "Ein anderer Satz.", section="sport")
    small.article("2026/05/drittes.md")
    found = small.mistakes(keep_going=True)
    assert names(found) == ["left-out-published", "section-unknown"]
    (told,) = [one for one in found if one.name == "left-out-published"]
    assert (told.path, "/2026/05/gut/" in told.what()) == ("content/2026/05/gut.md", True)
    assert small.files() == before
    small.mistakes(keep_going=True, first=True)  # what is known is known
    assert small.files() == before


def test_a_page_that_an_editor_takes_off_goes_whatever_else_is_wrong(small: TestPortal) -> None:
    small.build()
    small.article("2026/05/gut.md", "[hier](fehlt.md)", draft="ja")
    report = small.build(keep_going=True)
    assert report.left_out == ("content/2026/05/gut.md",)
    assert not small.has("/2026/05/gut/")
    assert small.has("/2026/05/auch-gut/")


def test_a_page_that_another_source_makes_now_is_no_loss(small: TestPortal) -> None:
    small.build()
    small.article("2026/05/nachfolger.md", "Neu geschrieben.", slug="gut")
    small.write("content/2026/05/gut.md", "---\ntitle: Alt\n")
    report = small.build(keep_going=True)
    assert report.left_out == ("content/2026/05/gut.md",)
    assert "Neu geschrieben" in small.page("/2026/05/gut/")


@pytest.mark.parametrize(
    ("new", "text"),
    [("2026/05/neu.md", "[hier](fehlt.md)"), ("archiv/gut.md", "Ein Satz.\n\n{: onclick=x")],
    ids=["another name", "another folder"],
)
def test_a_source_that_was_renamed_is_the_one_that_was_published(
    small: TestPortal, new: str, text: str
) -> None:
    small.build()
    (small.root / "content/2026/05/gut.md").unlink()
    small.article(new, text, slug="gut", section="politik" if "neu" in new else "sport")
    found = small.mistakes(keep_going=True)
    assert f"content/{new}" in {one.path for one in found if one.name == "left-out-published"}
    assert small.has("/2026/05/gut/")


def test_a_deleted_source_goes_although_another_one_is_wrong(small: TestPortal) -> None:
    small.build()
    (small.root / "content/2026/05/gut.md").unlink()
    small.article("2026/05/neu.md", section="sport")
    small.build(keep_going=True)
    assert not small.has("/2026/05/gut/")


def test_where_nothing_tells_what_is_published_it_has_to_be_said(small: TestPortal) -> None:
    small.build(keep_going=True)  # nothing is left out: no need to know
    small.article("2026/05/neu.md", section="sport")
    (small.output / MANIFEST).unlink()
    before = small.files()
    assert names(small.mistakes(keep_going=True)) == ["first-unknown", "section-unknown"]
    assert small.files() == before
    going(small)
    small.build(keep_going=True)  # by now it is known


def test_a_manifest_of_an_earlier_version_is_read(small: TestPortal) -> None:
    small.build()
    file = small.output / MANIFEST
    wanted, lines = file.read_bytes(), file.read_text(encoding="utf-8").split("\n")
    assert json.loads(lines[-2])["2026/05/gut.md"] == "2026/05/gut/index.html"
    file.write_text("\n".join([*lines[:-2], ""]), encoding="utf-8")
    small.article("2026/05/neu.md", section="sport")
    assert "first-unknown" in names(small.mistakes(keep_going=True))
    going(small)
    assert file.read_bytes() == wanted
    (small.root / "content/2026/05/gut.md").unlink()
    small.build(keep_going=True)
    assert not small.has("/2026/05/gut/")


def test_the_manifest_names_the_sources_of_pages_alone(small: TestPortal) -> None:
    small.article("2026/05/entwurf.md", draft="ja")
    small.article("2026/05/neu.md", section="sport")
    going(small)
    last = (small.output / MANIFEST).read_text(encoding="utf-8").split("\n")[-2]
    assert list(json.loads(last)) == ["2026/05/auch-gut.md", "2026/05/gut.md"]


# Two that want one address.


def test_of_two_that_want_one_address_the_newcomer_stays_away(small: TestPortal) -> None:
    small.build()
    before = small.page("/2026/05/gut/")
    for name in ("aaa", "zzz"):
        small.article(f"2026/05/{name}.md", slug="gut")
    report = small.build(keep_going=True)
    assert report.left_out == ("content/2026/05/aaa.md", "content/2026/05/zzz.md")
    assert small.page("/2026/05/gut/") == before


def test_where_none_of_them_is_published_all_stay_away(small: TestPortal) -> None:
    small.article("2026/05/zzz.md", slug="gut")
    report = going(small)
    assert report.left_out == ("content/2026/05/gut.md", "content/2026/05/zzz.md")
    assert small.has("/2026/05/auch-gut/")
    again = small.build(keep_going=True, clean=True)
    assert again.left_out == report.left_out


def test_who_wants_it_as_an_old_address_alone_takes_no_other_along(small: TestPortal) -> None:
    small.article("2026/05/zzz.md", aliases="/2026/05/gut/")
    report = going(small)
    assert report.left_out == ("content/2026/05/zzz.md",)
    assert small.has("/2026/05/gut/")
    again = small.build(keep_going=True, clean=True)
    assert again.left_out == report.left_out


def test_two_published_articles_that_meet_are_both_kept(small: TestPortal) -> None:
    small.build()
    before = small.files()
    small.article("2026/05/auch-gut.md", slug="gut")
    assert "left-out-published" in names(small.mistakes(keep_going=True))
    assert small.files() == before


def test_an_address_is_free_again_when_its_source_expires(small: TestPortal) -> None:
    small.article("2026/05/a.md", slug="x", expires="2026-06-15 18:00")
    small.article("2026/05/b.md", slug="x")
    report = going(small)
    assert len(report.left_out) == 2
    assert report.due is None  # what was left out does not appear
    assert report.until == NOW.replace(hour=18)
    later = small.build(keep_going=True, at=NOW + timedelta(days=2))
    assert (later.left_out, small.has("/2026/05/x/")) == ((), True)


# Again and again.


def test_a_build_that_has_nothing_to_do_says_the_same_again(
    small: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.article("2026/05/neu.md", section="sport")
    monkeypatch.setattr("generator.base.scan.RACY_NS", -(10**12))
    first = going(small)
    again = small.build(keep_going=True)
    assert "read" not in again.seconds  # it did not look
    assert (again.left_out, again.refused) == (first.left_out, first.refused)
    small.mistakes()  # without the option it is refused as ever


@pytest.mark.parametrize("wrong", [{"section": "sport"}, {"text": "[x](fehlt.md)"}])
def test_what_was_mended_appears(small: TestPortal, wrong: dict[str, str]) -> None:
    small.article("2026/05/neu.md", **wrong)
    settle()
    going(small)
    small.article("2026/05/neu.md")
    report = small.build(keep_going=True)
    assert (report.left_out, small.has("/2026/05/neu/")) == ((), True)
    found = small.files()
    small.build(clean=True)
    assert small.files() == found


def test_drafts_are_shown_and_what_is_refused_is_not(small: TestPortal) -> None:
    small.article("2026/05/entwurf.md", draft="ja")
    small.article("2026/05/neu.md", draft="ja", section="sport")
    report = going(small, drafts=True)
    assert report.left_out == ("content/2026/05/neu.md",)
    assert small.has("/2026/05/entwurf/")


def test_an_expired_or_waiting_article_with_a_mistake_is_left_out_too(small: TestPortal) -> None:
    small.article("2026/05/alt.md", "[x](fehlt.md)", expires="2026-05-02")
    small.article("2026/07/bald.md", "[x](fehlt.md)", date="2026-07-01")
    report = going(small)
    assert report.left_out == ("content/2026/05/alt.md", "content/2026/07/bald.md")
    assert report.due is None


@pytest.mark.parametrize("order", [sorted, lambda names: sorted(names, reverse=True)])
def test_the_order_of_files_decides_nothing(
    tmp_path: Path, order: Callable[[list[str]], list[str]]
) -> None:
    portal = TestPortal.small(tmp_path / "portal", toml=PORTAL)
    texts = {"a": {"slug": "x"}, "b": {"slug": "x"}, "c": {"aliases": "/2026/05/a-/"}, "d": {}}
    for name in order([*texts]):
        portal.article(f"2026/05/{name}.md", "[a](a.md)", **texts[name])
    assert going(portal).left_out == ("content/2026/05/a.md", "content/2026/05/b.md")


# The command.


def test_the_command_says_what_is_wrong_and_what_was_left_out(
    small: TestPortal, capsys: pytest.CaptureFixture[str]
) -> None:
    small.article("2026/05/neu.md", section="sport")
    done = small.run("build", "--keep-going", "--at", "2026-06-15")
    assert done.returncode == 1
    assert "B131 first-unknown" in done.stderr
    done = small.run("build", "--keep-going", "--first", "--at", "2026-06-15")
    assert done.returncode == 3
    assert "content/2026/05/neu.md:4" in done.stderr
    assert done.stderr.endswith(
        "Published without these, which have mistakes:\n    content/2026/05/neu.md\n"
    )
    elsewhere = os.path.relpath(small.root / "content/2026/05/neu.md")
    main(["build", "--portal", str(small.root), "--keep-going", "--at", "2026-06-15"])
    assert capsys.readouterr().err.endswith(f"mistakes:\n    {elsewhere}\n")
    again = small.run("build", "--keep-going", "--quiet", "--at", "2026-06-15")
    assert (again.returncode, again.stdout, again.stderr) == (3, "", done.stderr)
    german = small.run("build", "--keep-going", "--lang", "de", "--at", "2026-06-15", "--explain")
    assert german.returncode == 3
    assert "Veröffentlicht, aber ohne diese" in german.stderr
