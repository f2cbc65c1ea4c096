"""What `check` and `status` say is the same whether it was kept or is found anew."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from generator.base.problems import PortalError
from generator.base.report import Options
from generator.build import workspace
from generator.build.kept import ASIDE
from generator.check import collect, one_source
from generator.check.check import Finding, check
from generator.cli.status import Status, status
from generator.config import portal as portals
from generator.load.store import FOLDER
from generator.model.entry import Entry
from tests.edits import EDITS, Moment, seeded
from tests.incremental import CALM_EDITS, Step, World
from tests.portals import NOW, TestPortal


def findings(portal: TestPortal, *paths: Path, at: object = NOW) -> tuple[Finding, ...]:
    loaded = portals.load(portal.root / "portal.toml")
    return check(loaded, Options(at=at), paths=paths)  # type: ignore[arg-type]


def names(portal: TestPortal, *paths: Path, at: object = NOW) -> set[str]:
    return {one.problem.name for one in findings(portal, *paths, at=at)}


def settle() -> None:
    """Waits until what was saved cannot be changed any more without its stamp showing it."""
    time.sleep(0.06)


def calls(monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str) -> list[str]:
    """The calls of a function from here on: its name for each."""
    called: list[str] = []
    function = getattr(module, name)

    def counting(*arguments: object) -> object:
        called.append(name)
        return function(*arguments)

    monkeypatch.setattr(module, name, counting)
    return called


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Counts how often a portal is loaded: a text for each time."""
    return calls(monkeypatch, workspace, "aside")


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Counts how often all sources of a portal are looked at: a text for each time."""
    return calls(monkeypatch, collect, "gather")


def test_where_nothing_changed_nothing_is_loaded(portal: TestPortal, idle: list[str]) -> None:
    file = portal.article("a.md", "Ein [toter Link](/nirgends/).")
    settle()
    for paths in ((), (file,)):
        first = findings(portal, *paths)
        assert "link-dead" in {one.problem.name for one in first}
        assert findings(portal, *paths) == first
    loaded = portals.load(portal.root / "portal.toml")
    assert status(loaded, Options(at=NOW)) == status(loaded, Options(at=NOW))
    assert len(idle) == 3


def test_a_file_in_the_output_that_a_link_leads_to_may_come_and_go(portal: TestPortal) -> None:
    portal.article("a.md", "Eine [Karte](/karte.html).")
    portal.build()
    settle()
    assert "link-dead" in names(portal)
    file = portal.write("output/karte.html", "<p>")
    assert "link-dead" not in names(portal)
    file.unlink()
    assert "link-dead" in names(portal)


def test_a_build_may_make_addresses_vanish(portal: TestPortal) -> None:
    file = portal.article("a.md")
    portal.article("b.md")
    text = file.read_text(encoding="utf-8")
    file.unlink()
    settle()
    assert "address-would-vanish" not in names(portal)
    file.write_text(text, encoding="utf-8")
    portal.build()
    file.unlink()
    assert "address-would-vanish" in names(portal)
    portal.build()
    assert "address-would-vanish" not in names(portal)


def test_a_check_of_a_source_knows_what_a_build_has_published_since(
    portal: TestPortal, whole: list[str]
) -> None:
    file = portal.article("a.md", draft="ja")
    settle()
    assert "address-would-vanish" not in names(portal, file)
    portal.build(drafts=True)
    assert "address-would-vanish" in names(portal, file)
    assert len(whole) == 2  # what is said of a page that vanishes is not of its source alone


def test_a_date_that_comes_is_no_date_to_come(portal: TestPortal) -> None:
    portal.article("a.md", updated="2026-06-15 13:00")
    settle()
    for hours, wrong in ((0, True), (2, False), (0.5, True), (1, False)):
        found = names(portal, at=NOW + timedelta(hours=hours))
        assert ("updated-future" in found) == wrong


def test_another_line_in_portal_toml_moves_what_is_said_of_it(portal: TestPortal) -> None:
    file = portal.root / "portal.toml"
    entry = '\n[[navigation]]\nname = "Nichts"\naddress = "/nichts/"\n'
    text = file.read_text(encoding="utf-8") + entry
    file.write_text(text, encoding="utf-8")
    settle()
    before, *_ = findings(portal)
    file.write_text("\n" + text, encoding="utf-8")
    settle()
    after, *_ = findings(portal)
    assert after.problem.line == before.problem.line + 1


@contextmanager
def forgotten(world: World) -> Iterator[None]:
    """The portal as it is without what checks keep; in the end they have that again."""
    store, beside = world.root / FOLDER, world.folder / "beside"
    beside.mkdir(exist_ok=True)
    for file in store.glob(f"{ASIDE}*"):
        file.rename(beside / file.name)
    yield
    for file in store.glob(f"{ASIDE}*"):
        file.unlink()
    for file in beside.iterdir():
        shutil.move(file, store / file.name)


def said(world: World, paths: tuple[Path, ...]) -> object:
    try:
        loaded = portals.load(world.root / "portal.toml")
    except PortalError as error:
        return error.problems
    options = Options(at=world.moment.at)
    found: Status = status(loaded, options)
    return check(loaded, options, paths=paths), found


def test_after_edits_of_a_few_texts_no_other_source_is_read(
    portal: TestPortal, whole: list[str]
) -> None:
    portal.article(
        "a.md", "## Anfang\n\nEin [Verweis](b.md#mitte), [noch einer](/2026/05/b/#mitte)."
    )
    file = portal.article("b.md", "## Mitte\n\nText.")
    settle()
    assert not names(portal, file) & {"link-dead", "anchor-missing"}
    for text, expected in (
        ("## Mitte\n\nEin [toter Link](/nirgends/).", {"link-dead"}),
        ("## Mitte\n\nEin [Anker](a.md#nirgends).", {"anchor-missing"}),
        ("## Mitte\n\nDas ist ist so.", {"word-doubled"}),
        ("## Ende\n\nEin [Verweis](/2026/05/a/#anfang).", set()),
    ):
        portal.article("b.md", text, title=f"Titel {len(text)}")
        assert names(portal, file) - {"lead-missing", "keyword-missing"} == expected, text
    assert len(whole) == 1
    assert "anchor-missing" in names(portal)  # "Mitte" is gone


def test_a_check_of_a_source_knows_what_others_became_since(
    portal: TestPortal, whole: list[str]
) -> None:
    file = portal.article("a.md", "Ein [Verweis](b.md#mitte).")
    portal.article("b.md", "## Mitte")
    settle()
    assert "anchor-missing" not in names(portal, file)
    portal.article("b.md", "## Ende")
    assert "anchor-missing" in names(portal, file)
    assert len(whole) == 1
    portal.article("b.md", "## Ende", draft="ja")
    assert "anchor-missing" in names(portal, file)
    assert len(whole) == 2


def test_what_a_few_sources_do_not_tell_is_told_by_all(
    portal: TestPortal, whole: list[str]
) -> None:
    """Which file is nearest to one that is not there, and which anchors layouts put on a page."""
    portal.article("haushalt.md")
    file = portal.article("b.md")
    settle()
    names(portal, file)
    portal.article("b.md", "Ein [Verweis](haushlat.md).")
    said = [one.problem for one in findings(portal, file) if one.is_error]
    assert [one.name for one in said] == ["link-broken"]
    assert "haushalt.md" in said[0].hint()
    portal.article("b.md", "Ein [Verweis](/2026/05/haushalt/#Inhalt).")
    assert not any(one.is_error for one in findings(portal, file))
    assert len(whole) == 3


def test_a_build_and_a_status_between_two_checks_change_nothing(
    portal: TestPortal, whole: list[str]
) -> None:
    file = portal.article("a.md", "Ein [toter Link](/nirgends/).")
    gone = portal.article("b.md")
    settle()
    portal.build()
    assert "link-dead" in names(portal, file)
    portal.article("a.md", "Ein [Verweis](/2026/05/b/).")
    portal.build()
    assert "link-dead" not in names(portal, file)
    assert len(whole) == 1
    portal.article("a.md", "Ein [Verweis](/2026/05/nirgends/).")
    assert status(portals.load(portal.root / "portal.toml"), Options(at=NOW)).unread == 0
    assert "link-dead" in names(portal, file)
    gone.unlink()
    portal.article("a.md", "Ein [Verweis](/2026/05/b/).")
    assert "link-dead" in names(portal, file)


def test_what_was_found_in_a_source_is_not_looked_for_again(
    portal: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal.article("a.md", "Das ist ist so.", updated="2026-06-15 13:00")
    portal.article("b.md", "Das ist so.")
    looked: list[set[str]] = []
    look = one_source.look

    def noting(workspace: Any, entries: list[Entry], off: frozenset[str]) -> object:
        looked.append({entry.source.path for entry in entries})
        return look(workspace, entries, off)

    monkeypatch.setattr(one_source, "look", noting)
    expected = {"word-doubled", "updated-future"}
    assert names(portal) >= expected
    portal.article("b.md", "Das war so.", aliases="[/neu/]")
    assert names(portal) >= expected
    assert names(portal, at=NOW + timedelta(hours=2)) & expected == {"word-doubled"}
    assert looked == [{"a.md", "b.md"}, {"b.md"}, {"a.md"}]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3, 9))
def test_whatever_is_edited_checks_say_what_they_would_without_a_memory(
    tmp_path: Path, seed: int
) -> None:
    random, world = seeded(seed), World(tmp_path, seed)
    kinds = CALM_EDITS if world.calm else EDITS
    weights = [EDITS[name].weight for name in kinds]
    done: list[str] = []
    for number in range(20):
        (name,) = random.choices(list(kinds), weights)
        before, files = Moment(world.moment.at), dict(world.on_disk)
        done.append(world.take(Step(name, seed * 100 + number)))
        if random.random() < 0.2:
            world.moment.at = before.at + timedelta(hours=random.randint(1, 40))
        if random.random() < 0.3:
            try:
                world.build()
            except PortalError:
                done.append("not built")
        if random.random() < 0.8:
            settle()
        content = world.root / world.model.settings["folders"]["content"]
        edited = [
            content / path
            for path in sorted(world.model.sources)
            if files.get(f"{content.name}/{path}") != world.on_disk[f"{content.name}/{path}"]
        ]
        one = (content / random.choice(sorted(world.model.sources)),)
        for paths in random.sample([(), one, tuple(edited) or one], 2):
            kept = said(world, paths), said(world, paths)
            with forgotten(world):
                anew = said(world, paths)
            assert kept == (anew, anew), done
