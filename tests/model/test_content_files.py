"""What lies in content/: articles whatever their ending's capitals, and what is none is named."""

import time

import pytest

from generator.base.problems import Problem
from generator.base.report import Options
from generator.check import check
from generator.config import portal
from generator.model import content_files
from tests.portals import NOW, TestPortal
from tests.serve.test_preview import Session

COPIES = (
    "text.sync-conflict-20260101-120000-ABCDEFG.md",
    "text.sync-conflict-20260101-120000.md",
    "text (conflicted copy 2026-01-01 120000).md",
    "text (conflicted copy 2026-01-01 120000) 2.md",
    "text (conflicted copy anna 2026-01-01 120000).markdown",
    "text_conflict-20180101-120000.md",
    "text (Anna's conflicted copy 2026-01-01).md",
    "text (Büro-PC's conflicted copy 2026-01-01 (1)).md",
    "text (Anna’s conflicted copy).MD",
    "text (In Konflikt stehende Kopie von Anna 2026-01-01).md",
    "text (Annas in Konflikt stehende Kopie 2026-01-01).md",
    "text (LAPTOP-7 conflict 2026-01-01-12-00).md",
    "text (Konflikt 2026-01-01).md",
    "text (Konflikt-Kopie).md",
    "text [conflicted].md",
    "text (Case Conflict).md",
    "text (Unicode Encoding Conflict 1).md",
    "text (case clash from Anna).md",
    "text (SFConflict anna@amt.example 2026-01-01-12-00-00).md",
)
ARTICLES = (
    "konflikt-um-das-breitband.md",
    "text (Konflikt um Netze).md",
    "sync-conflict-2026.md",
    "conflicted copy.md",
    "text (1).md",
    "LIES.MD",
    "a.b.Markdown",
)
STRAYS = (
    "a.md.txt", "a.html", "a.txt", "a.docx", "a.mdx", "a.md.orig", "a.md~", "#a.md#", "~$a.docx",
    "a.pdf", "README", "a.md.", "a.md ", "a md",
)  # fmt: skip
SILENT = (
    "a.jpg", "A.JPEG", "a.svg", "a.heic", "a.psd", "Thumbs.db", "desktop.ini", "4913", "a.md.tmp",
    "a.md___jb_tmp___", "a.md.swp",
)  # fmt: skip


def named(found: TestPortal) -> list[Problem]:
    return [one for one in found.build().warnings if one.name.startswith("content-")]


@pytest.mark.parametrize("name", COPIES)
def test_a_conflict_copy_is_no_article(name: str) -> None:
    for path in (name, f"2026/05/{name}"):
        assert not content_files.is_source(path)
        (found,) = content_files.problems([path, "2026/05/text.md"], str)
        assert (found.name, found.path) == ("content-conflict-copies", path)


@pytest.mark.parametrize("name", ARTICLES)
def test_an_article_is_one_whatever_it_is_about(name: str) -> None:
    assert content_files.is_source(f"2026/{name}")
    assert list(content_files.problems([name], str)) == []


@pytest.mark.parametrize("name", STRAYS)
def test_what_is_no_article_is_named(name: str) -> None:
    (found,) = content_files.problems([f"2026/{name}"], str)
    assert (found.name, found.path) == ("content-strays", f"2026/{name}")
    assert name in found.what("de")


@pytest.mark.parametrize("name", SILENT)
def test_pictures_and_what_is_there_for_a_moment_are_not_named(name: str) -> None:
    assert list(content_files.problems([f"2026/{name}"], str)) == []


def test_many_are_one_warning_at_their_common_folder() -> None:
    (found,) = content_files.problems(
        [f"2026/0{n % 3 + 1}/notiz-{n:03}.txt" for n in range(100)], str
    )
    assert found.path == "2026"
    assert "(100)" in found.what("de")
    assert "2026/01/notiz-000.txt" in found.what("de")
    assert "(+ 88)" in found.what("de")
    assert not found.is_error


def test_names_with_odd_letters_make_a_message_of_one_line() -> None:
    (found,) = content_files.problems(["a\nb\x1b[31m.txt"], str)
    assert found.what().isprintable()


def test_a_conflict_copy_is_not_published_and_a_build_that_does_nothing_says_so_again(
    portal: TestPortal,
) -> None:
    portal.article("2026/05/text.md", title="Ein Text")
    copy = portal.article("2026/05/text (conflicted copy 2026-05-02 101500).md", title="Zweimal")
    time.sleep(0.1)
    first = named(portal)
    assert [one.name for one in first] == ["content-conflict-copies"]
    assert first[0].path == f"content/2026/05/{copy.name}"
    assert not any(b"Zweimal" in data for data in portal.files().values())
    assert named(portal) == first
    assert portal.build().read == 0
    copy.unlink()
    assert named(portal) == []


def test_builds_checks_and_previews_name_the_same(portal: TestPortal) -> None:
    portal.article("2026/05/text.md")
    portal.write("content/2026/05/text.md.txt", "Text")
    portal.write("content/2026/05/notiz.docx", b"PK")
    portal.write("content/2026/05/bild.jpg", b"")
    portal.article("2026/05/text (Annas in Konflikt stehende Kopie 2026-05-01).md")
    built = named(portal)
    assert {one.name for one in built} == {"content-conflict-copies", "content-strays"}
    checked = check.check(loaded(portal), Options(at=NOW))
    assert [f.problem for f in checked if f.problem.name.startswith("content-")] == sorted(built)
    session = Session(portal)
    try:
        session.settle()
        assert in_preview(session) == sorted(built)
        portal.write("content/2026/05/noch.txt", "Text")
        session.save(portal.root / "content/2026/05/noch.txt")
        assert in_preview(session) == sorted(named(portal))
    finally:
        session.backend.close()


def in_preview(session: Session) -> list[Problem]:
    shown = session.backend._shown
    assert shown is not None
    return [one for one in shown.problems if one.name.startswith("content-")]


def loaded(found: TestPortal) -> portal.Portal:
    return portal.load(found.root / "portal.toml")


def test_a_check_of_some_files_names_those(portal: TestPortal) -> None:
    portal.article("2026/05/text.md")
    files = [portal.write(f"content/2026/05/{name}", "x") for name in ("a.txt", "b.txt", "c.txt")]
    for asked, paths in (
        (files[:1], ["content/2026/05/a.txt"]),
        (files[:2], ["content/2026/05/a.txt", "content/2026/05/b.txt"]),
        ([files[0].parent], ["content/2026/05"]),
        ([portal.root / "content/2026/05/text.md"], []),
    ):
        found = check.check(loaded(portal), Options(at=NOW), paths=tuple(asked))
        assert [f.problem.path for f in found if f.problem.name == "content-strays"] == paths


def test_what_portal_toml_passes_over_is_not_named(portal: TestPortal) -> None:
    toml = (portal.root / "portal.toml").read_text(encoding="utf-8")
    portal.write("portal.toml", toml + '\n[folders]\nignore = ["*.txt", "alt/*"]\n')
    portal.write("content/notiz.txt", "x")
    portal.article("alt/text.markdown")
    assert named(portal) == []
    assert portal.build().articles == 0


def test_an_article_may_end_in_markdown_and_in_capitals(portal: TestPortal) -> None:
    portal.article("2026/05/eins.markdown", "Siehe [zwei](ZWEI.MD#stand).")
    portal.article(
        "2026/05/ZWEI.MD", "## Stand\n\nSiehe [eins](eins.markdown) und [drei](drei.md)."
    )
    portal.article("2026/05/drei.md", "Siehe [eins](/2026/05/eins.markdown).")
    report = portal.build()
    assert (report.articles, named(portal)) == (3, [])
    assert '<a href="/2026/05/zwei/#stand">' in portal.page("/2026/05/eins/")
    assert '<a href="/2026/05/eins/">' in portal.page("/2026/05/zwei/")
    assert '<a href="/2026/05/eins/">' in portal.page("/2026/05/drei/")


def test_folders_that_differ_in_capitals_hold_no_twins() -> None:
    assert list(content_files.problems(["Amt/text.md", "amt/text.md"], str)) == []
    assert list(content_files.problems([], str)) == []


def test_two_names_that_differ_in_the_ending_alone_are_told(portal: TestPortal) -> None:
    portal.article("2026/05/text.md")
    portal.article("2026/05/text.markdown", date="2026-04-01")
    (found,) = named(portal)
    assert (found.name, found.path) == ("content-twins", "content/2026/05/text.md")
    assert "text.markdown" in found.what("de")
    portal.article("2026/05/text.markdown")
    assert "address-shared" in [one.name for one in portal.mistakes()]


def test_new_overwrites_no_article_of_another_ending(portal: TestPortal) -> None:
    portal.article("2026/06/neues-amt.markdown")
    done = portal.run("new", "Neues Amt", "--at", "2026-06-01")
    assert done.returncode != 0, done.stdout
    assert "neues-amt.markdown" in done.stdout + done.stderr


def test_a_preview_shows_an_article_with_another_ending(portal: TestPortal) -> None:
    portal.article("2026/05/eins.markdown", "Erster Stand.")
    session = Session(portal)
    try:
        assert "Erster Stand." in session.text("/2026/05/eins/")
        session.save(portal.article("2026/05/eins.markdown", "Zweiter Stand."))
        assert "Zweiter Stand." in session.text("/2026/05/eins/")
    finally:
        session.backend.close()


def test_a_film_beside_the_articles_stops_nothing(
    portal: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.base.scan.LONGEST", 1_000_000)
    portal.article("2026/05/text.md")
    portal.write("content/2026/05/film.mp4", b"\0" * 1_000_001)
    assert [one.name for one in named(portal)] == ["content-strays"]
    assert portal.has("/2026/05/text/")


def test_another_name_is_another_file_for_the_next_build(portal: TestPortal) -> None:
    file = portal.article("2026/05/eins.md", "Siehe [zwei](zwei.md).")
    portal.article("2026/05/zwei.md", title="Zweites")
    names = (
        "zwei.MARKDOWN",
        "zwei (conflicted copy 2026-05-02 101500).md",
        "zwei.md.txt",
        "zwei.md",
    )
    portal.build()
    for before, name in zip(("zwei.md", *names), names, strict=False):
        (file.parent / before).rename(file.parent / name)
        published = content_files.is_source(name)
        file.write_text(
            file.read_text(encoding="utf-8").rpartition("\n\n")[0]
            + (f"\n\nSiehe [zwei]({name}).\n" if published else "\n\nEin Satz.\n"),
            encoding="utf-8",
        )
        warnings = named(portal)
        files = portal.files()
        assert portal.has("/2026/05/zwei/") == published
        assert any(b"Zweites" in data for data in files.values()) == published
        again = portal.build(clean=True)
        assert [one for one in again.warnings if one.name.startswith("content-")] == warnings
        assert portal.files() == files
