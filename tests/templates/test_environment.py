"""Layouts that another process compiles: the same, and what is wrong with them is told as ever."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from generator.config.portal import load
from generator.load.portal_files import look
from generator.templates.environment import Layouts
from tests.portals import TestPortal

EXPECT: Final[Callable[[Layouts], None]] = Layouts.expect
"""Other tests do without; see `tests.compiling`."""


def layouts_of(portal: TestPortal, compiled: Path) -> Layouts:
    toml = load(portal.root / "portal.toml")
    return Layouts(toml, look(toml).layouts.files, compiled=compiled, references={})


def test_expected_layouts_are_compiled_before_a_page_asks_for_them(
    portal: TestPortal, tmp_path: Path
) -> None:
    expected, others = layouts_of(portal, tmp_path / "a"), layouts_of(portal, tmp_path / "b")
    EXPECT(expected)
    assert expected.closures == others.closures
    assert expected.spliceable == others.spliceable
    assert expected.references == others.references
    assert len(list((tmp_path / "a").iterdir())) == len(others.closures)
    assert not (tmp_path / "b").exists()


def test_all_mistakes_in_expected_layouts_are_told(portal: TestPortal, tmp_path: Path) -> None:
    for name in ("article.html", "list.html"):
        (portal.root / "layouts" / name).write_text("{% if %}", encoding="utf-8")
    expected, others = layouts_of(portal, tmp_path / "a"), layouts_of(portal, tmp_path / "b")
    EXPECT(expected)
    assert len(expected.problems()) == 2
    assert expected.problems() == others.problems()
