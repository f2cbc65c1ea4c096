"""Whether nothing can have changed since the last build: only if all is as it was then."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from generator.base.report import Options
from generator.base.scan import RACY_NS
from generator.build import up_to_date
from generator.build.up_to_date import UpToDateCheck
from generator.config import fingerprint
from generator.config import portal as portals
from generator.config.portal import Portal
from generator.load import portal_files
from tests.portals import NOW, PORTAL, TestPortal


def settle() -> None:
    """Waits until no file is one that was changed just now."""
    time.sleep(2 * RACY_NS / 1e9)


@pytest.fixture
def small(tmp_path: Path) -> TestPortal:
    """A portal that was built, and has not been changed lately."""
    portal = TestPortal.small(tmp_path / "portal")
    portal.article("2026/05/a.md")
    portal.article("2026/05/entwurf.md", draft="true")
    settle()
    portal.build()
    return portal


def inputs(portal: Portal, *, drafts: bool = False) -> bytes:
    found = portal_files.look(portal)
    return up_to_date.inputs(portal, found, Options(at=NOW, drafts=drafts))


@pytest.mark.parametrize("place", ["content/2026/05/a.md", "assets/style.css", "layouts/base.html"])
def test_a_file_that_was_touched_may_have_changed(small: TestPortal, place: str) -> None:
    portal = portals.load(small.root / "portal.toml")
    before = inputs(portal)
    (small.root / place).touch()
    assert inputs(portal) == b""  # just now: another change might not show
    settle()
    assert inputs(portal) not in (b"", before)


def test_what_is_asked_of_a_build_decides(small: TestPortal) -> None:
    portal = portals.load(small.root / "portal.toml")
    ignoring = replace(portal, folders=replace(portal.folders, ignore=("nichts",)))
    found = [
        inputs(portal),
        inputs(portal, drafts=True),
        inputs(replace(portal, title="Anders")),
        inputs(ignoring),
    ]
    assert len(set(found)) == len(found)


def test_what_cannot_be_read_may_become_readable(small: TestPortal) -> None:
    (small.root / "content" / "link.md").symlink_to("nirgends")
    assert inputs(portals.load(small.root / "portal.toml")) == b""


def test_it_holds_from_its_moment_until_the_next_change() -> None:
    now, hour = NOW.timestamp(), timedelta(hours=1)
    known = UpToDateCheck(inputs=b"x", since=now, until=(NOW + hour).timestamp())
    assert known.passes(b"x", NOW)
    assert known.passes(b"x", NOW + hour - timedelta(seconds=1))
    assert not known.passes(b"x", NOW + hour)
    assert not known.passes(b"x", NOW - timedelta(seconds=1))
    assert not known.passes(b"y", NOW)
    assert replace(known, until=None).passes(b"x", NOW + 9999 * hour)


# In builds.


def another_generator(_small: TestPortal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprint, "generator", lambda: b"another")


def another_title(small: TestPortal, _monkeypatch: pytest.MonkeyPatch) -> None:
    small.write("portal.toml", PORTAL.replace("Alltag", "Anderes"))


def a_file_removed_from_the_output(small: TestPortal, _monkeypatch: pytest.MonkeyPatch) -> None:
    (small.output / "robots.txt").unlink()


@pytest.mark.parametrize(
    "change", [another_generator, another_title, a_file_removed_from_the_output]
)
def test_a_change_that_no_source_shows_is_seen(
    small: TestPortal,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[TestPortal, pytest.MonkeyPatch], None],
) -> None:
    assert not small.build().rendered
    change(small, monkeypatch)
    assert small.build().rendered


def test_drafts_come_and_go_without_a_change_of_any_file(small: TestPortal) -> None:
    small.build(drafts=True)
    assert small.has("/2026/05/entwurf/")
    small.build()
    assert not small.has("/2026/05/entwurf/")


def test_a_draft_that_expires_goes_without_a_change_of_any_file(small: TestPortal) -> None:
    small.article("2026/05/entwurf.md", draft="true", expires="2026-06-15 13:00")
    settle()
    small.build(drafts=True)
    assert small.has("/2026/05/entwurf/")
    small.build(drafts=True, at=NOW.replace(hour=13))
    assert not small.has("/2026/05/entwurf/")


def test_a_new_day_comes_without_a_change_of_any_file(small: TestPortal) -> None:
    small.build()
    small.build(at=NOW.replace(day=16, hour=0))
    assert "16. Juni 2026" in (small.output / "index.html").read_text(encoding="utf-8")


def test_a_file_that_portal_toml_ignores_is_no_source(small: TestPortal) -> None:
    small.write("content/README.md", "Kein Artikel.")
    small.write("portal.toml", PORTAL + '\n[folders]\nignore = ["README.md"]\n')
    assert small.build().articles == 1
    small.write("portal.toml", PORTAL)
    assert {found.path for found in small.mistakes()} == {"content/README.md"}
