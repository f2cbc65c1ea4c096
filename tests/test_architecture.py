"""The packages stand as pyproject.toml puts them, and import only downwards."""

import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from importlib import import_module
from pathlib import Path
from typing import Final

import grimp
import pytest

from tests.portals import ROOT

PACKAGE: Final = ROOT / "generator"
MODULES: Final = sorted(path.relative_to(ROOT).as_posix() for path in PACKAGE.rglob("*.py"))

SETTINGS: Final = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES: Final[list[str]] = SETTINGS["tool"]["importlinter"]["contracts"][0]["layers"]
"""From the top down."""


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """Which package imports which, wherever in a module."""
    found = grimp.build_graph("generator", cache_dir=None)
    for name in PACKAGES:
        found.squash_module(f"generator.{name}")
    return found


def may_import(package: str) -> set[str]:
    """What the docstring of a package allows it."""
    text = " ".join((import_module(f"generator.{package}").__doc__ or "").split())
    (said,) = re.findall(r"(?:May import|Imports) ([^.]+)\.", text)
    named = re.findall(r"`(\w+)`", said)
    if said == "everything":
        named, said = PACKAGES[1:2], "and below"
    below = PACKAGES[PACKAGES.index(named[-1]) :] if said.endswith("and below") else []
    return {*named, *below}


def test_no_folder_of_tests_is_passed_over(pytestconfig: pytest.Config) -> None:
    folders = {path.parent.name for path in (ROOT / "tests").rglob("test_*.py")}
    patterns = pytestconfig.getini("norecursedirs")
    assert [f for f in sorted(folders) if any(fnmatch(f, pattern) for pattern in patterns)] == []


def test_imports_go_downwards_only_and_every_package_has_its_place() -> None:
    lint = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [lint, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_what_its_docstring_allows(
    graph: grimp.ImportGraph, package: str
) -> None:
    imported = graph.find_modules_directly_imported_by(f"generator.{package}") - {"generator"}
    assert {name.removeprefix("generator.") for name in imported} <= may_import(package)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_can_be_read_at_a_sitting(module: str) -> None:
    assert len((ROOT / module).read_text(encoding="utf-8").splitlines()) <= 500
