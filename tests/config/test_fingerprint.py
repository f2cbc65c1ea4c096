"""What every page depends on: another program, or another version of a library, is noticed."""

import re
import tomllib
from pathlib import Path

import pytest

from generator.config import fingerprint
from generator.config.fingerprint import LIBRARIES
from tests.portals import ROOT

SHAPELESS = {"livereload", "msgspec", "selectolax", "shtab", "watchfiles"}
"""Whatever these do, no file of an output is another one."""


def program() -> bytes:
    """The digest of the program as it is now."""
    return fingerprint.generator.__wrapped__()


def test_all_libraries_count_but_those_that_shape_no_output() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {re.split("[<>=]", dependency)[0] for dependency in project["dependencies"]}
    assert needed - SHAPELESS <= set(LIBRARIES)


@pytest.mark.parametrize("library", LIBRARIES)
def test_another_version_of_a_library_is_another_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    before = program()
    (tmp_path / f"{library.replace('-', '_')}-99.9.dist-info").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    assert program() != before


def test_another_line_of_code_is_another_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fingerprint, "__file__", str(tmp_path / "config" / "fingerprint.py"))
    module = tmp_path / "module.py"
    module.write_text("a = 1")
    before = program()
    assert program() == before
    module.write_text("a = 2")
    assert program() != before


def test_another_python_is_another_program(monkeypatch: pytest.MonkeyPatch) -> None:
    before = program()
    monkeypatch.setattr("generator.config.fingerprint.sys.version_info", (3, 99, 0, "final", 0))
    assert program() != before
