"""A portal as it is loaded: the same for every command, and no more of it than is asked for."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.base.report import Options
from generator.build.workspace import Update, Workspace, aside
from generator.config import portal as portals
from generator.load import file_digests, sources
from generator.load.store import FOLDER, Store
from tests.portals import NOW, TestPortal


@pytest.fixture
def portal(tmp_path: Path) -> TestPortal:
    """One article that is published, one that waits, a draft and a mistake."""
    made = TestPortal.small(tmp_path / "portal")
    made.article("2026/05/da.md")
    made.article("2026/07/kommt.md", date="2026-07-01")
    made.article("2026/05/entwurf.md", draft="true")
    made.article("2026/05/falsch.md", section="sport")
    return made


@pytest.fixture
def workspace(portal: TestPortal) -> Iterator[Workspace]:
    store = Store.open(portal.root / FOLDER / "store.sqlite")
    with Workspace(portals.load(portal.root / "portal.toml"), Options(at=NOW), store) as made:
        yield made
    store.close()


def test_each_part_is_made_from_the_one_before(workspace: Workspace) -> None:
    assert {*workspace.sources.records} == {*workspace.entries} | {"2026/05/falsch.md"}
    assert workspace.sources.broken == {"2026/05/falsch.md"}
    assert {*workspace.everything.entries} == {*workspace.entries}
    assert {*workspace.site.entries} == {"2026/05/da.md"}
    assert "/2026/05/da/" in {page.address for page in workspace.pages}


def test_who_asks_for_layouts_reads_no_source_and_no_picture(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "read_one", None)  # would fail
    monkeypatch.setattr(file_digests, "read_pieces", None)
    assert workspace.layouts.problems() == ()
    assert not {"sources", "digests", "site"} & vars(workspace).keys()


def test_who_begins_with_files_that_are_known_looks_for_none(portal: TestPortal) -> None:
    store = Store.open(portal.root / FOLDER / "store.sqlite")
    loaded, options = portals.load(portal.root / "portal.toml"), Options(at=NOW)
    found = Workspace(loaded, options, store).found
    portal.article("2026/05/neu.md")
    with Workspace(loaded, options, store, found=found) as workspace:
        assert "2026/05/neu.md" not in workspace.entries
    store.close()


def test_without_a_source_is_the_portal_in_which_nobody_wrote_it(workspace: Workspace) -> None:
    pages, ever = workspace.pages, workspace.everything
    other = workspace.without({"2026/05/da.md"})
    assert "2026/05/da.md" not in other.entries
    assert not other.site.entries
    assert "/2026/05/da/" not in {page.address for page in other.pages}
    assert "2026/05/da.md" not in other.everything.entries
    assert "2026/05/da.md" in workspace.site.entries
    assert (workspace.pages, workspace.everything) == (pages, ever)


def test_without_what_is_not_published_the_site_is_the_same(workspace: Workspace) -> None:
    site = workspace.site
    assert workspace.without({"2026/05/falsch.md"}) is workspace
    other = workspace.without({"2026/05/entwurf.md"})
    assert other.site is site
    assert "2026/05/entwurf.md" not in other.everything.entries


def test_aside_of_a_build_nothing_of_it_is_touched(portal: TestPortal) -> None:
    """A running build has locked its store; where a damaged one lies, another one is taken."""
    (portal.root / "content" / "2026" / "05" / "falsch.md").unlink()
    portal.build()
    file = portal.root / FOLDER / "store.sqlite"
    before = file.read_bytes()
    running = Store.open(file)
    running.put("reading", b"")
    loaded = portals.load(portal.root / "portal.toml")

    def ask(workspace: Workspace) -> set[str]:
        return {*workspace.site.entries}

    assert aside(loaded, Options(at=NOW), ask) == {"2026/05/da.md"}
    running.close()
    (portal.root / FOLDER / "check.sqlite").write_bytes(b"Das ist keine Datenbank. " * 400)
    assert aside(loaded, Options(at=NOW), ask) == {"2026/05/da.md"}
    assert file.read_bytes() == before


# After something was saved.


@pytest.fixture
def saved(portal: TestPortal) -> Iterator[Callable[..., Update]]:
    """Saves something and says what an update made of it."""
    (portal.root / "content" / "2026" / "05" / "falsch.md").unlink()
    portal.article("2026/05/neben.md", title="Daneben")
    store = Store.open(portal.root / FOLDER / "store.sqlite")
    with Workspace(portals.load(portal.root / "portal.toml"), Options(at=NOW), store) as made:
        made.load(60)
        assert made.pages  # else nobody was told of what is there, nor of layouts:
        assert not made.layout_problems

        def save(path: str, text: str | None, *, everywhere: bool = False) -> Update:
            file = portal.root / path
            if text is None:
                file.unlink()
            else:
                file.write_text(text)
            return made.update(None if everywhere else [str(file)], NOW)

        save.workspace = made  # type: ignore[attr-defined]
        yield save
    store.close()


DA = "content/2026/05/da.md"


def changed(portal: TestPortal, old: str, new: str) -> str:
    text = (portal.root / DA).read_text()
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize("everywhere", [True, False])
def test_an_update_says_what_became_another(
    portal: TestPortal, saved: Any, everywhere: bool
) -> None:
    def save(path: str, text: str | None) -> Update:
        update: Update = saved(path, text, everywhere=everywhere)
        return update

    same = (portal.root / DA).read_text()
    assert save(DA, same) == Update()
    assert save(DA, f"{same}\nMehr.\n") == Update((DA,), texts=True)
    assert save(DA, changed(portal, "title: ", "title: Neu ")) == Update((DA,), heads=True)
    assert save(DA, None) == Update((DA,), heads=True)
    assert save(DA, same) == Update((DA,), heads=True)
    layout = (portal.root / "layouts/base.html").read_text()
    comment = f"{layout}<!-- anders -->"
    assert save("layouts/base.html", comment) == Update(("layouts/base.html",), looks=True)
    assert save("assets/neu.txt", "Neu") == Update(("assets/neu.txt",), looks=True)


def test_an_updated_portal_is_the_one_that_would_be_loaded_anew(
    portal: TestPortal, saved: Any
) -> None:
    """Whether the site is made anew or an article takes the place of another in it."""
    for old, new in (("title: ", "title: Neu "), ("Ein Satz.", "Zwei."), ("politik", "technik")):
        saved(DA, changed(portal, old, new))
    saved("content/2026/05/neben.md", None)
    store = Store.open(portal.root / FOLDER / "check.sqlite")
    with Workspace(saved.workspace.portal, Options(at=NOW), store) as anew:
        assert dict(saved.workspace.entries) == dict(anew.entries)
        assert saved.workspace.site.outline == anew.site.outline
        assert saved.workspace.pages == anew.pages
    store.close()


def test_what_cannot_be_read_stays_as_it_was(portal: TestPortal, saved: Any) -> None:
    workspace = saved.workspace
    site, layouts = workspace.site, workspace.layouts
    assert saved(DA, changed(portal, "date: ", "date: am ")).heads is False
    assert workspace.site is site
    assert [one.name for one in workspace.sources.problems] == ["date-unreadable"]
    assert not workspace.sources.broken
    saved("layouts/base.html", "{% if %}")
    assert workspace.layouts is layouts
    assert [one.name for one in workspace.layout_problems] == ["layout-syntax"]


def test_in_little_time_the_newest_headers_are_read_and_texts_when_they_are_asked_for(
    portal: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "AT_ONCE", 1)
    monkeypatch.setattr(sources, "MANY", 0)
    store = Store.open(portal.root / FOLDER / "store.sqlite")
    with Workspace(portals.load(portal.root / "portal.toml"), Options(at=NOW), store) as made:
        made.load(0)
        assert not made.entries
        made.sources.read_pending()
        assert list(made.entries) == ["2026/07/kommt.md"]
        assert not made.entries["2026/07/kommt.md"].text
        made.sources.read_texts(["2026/07/kommt.md"])
        assert store.texts(made.entries["2026/07/kommt.md"].text).html
    store.close()
