"""The program in docs/verwaltung.md that publishes and sets the alarm for the next article."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from generator.publish.output import MANIFEST
from tests.portals import ROOT, TestPortal

VERWALTUNG = (ROOT / "docs" / "verwaltung.md").read_text(encoding="utf-8")

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(os.name == "nt" or not shutil.which("sh"), reason="there is no shell"),
]


def script() -> str:
    """The program as the document has it."""
    (found,) = re.findall(r"```sh\n(#!/bin/sh\n.*?)```", VERWALTUNG, re.DOTALL)
    return str(found)


def run(portal: TestPortal, folder: Path, code: int = 0) -> list[str]:
    """What it tells systemd, in whose place there are programs that note what they are told.

    It has to end with that exit code, and to say something only where that is not 0.
    """
    toml = portal.root / "portal.toml"
    if "[[deploy]]" not in toml.read_text():
        with toml.open("a") as stream:
            stream.write(f'\n[[deploy]]\nname = "live"\nkind = "folder"\npath = "{folder}/www"\n')
    notes = folder / "notes"
    notes.write_text("")
    programs = {
        "stadtschreiber": f'exec "{sys.executable}" -m generator "$@"',
        "systemctl": f'echo systemctl "$@" >> "{notes}"',
        "systemd-run": f'echo systemd-run "$@" >> "{notes}"',
    }
    for name, line in programs.items():
        file = folder / name
        file.write_text(f"#!/bin/sh\n{line}\n")
        file.chmod(0o755)
    place = folder / "portal-bauen"
    place.write_text(script().replace("/srv/portal", str(portal.root)))
    environment = {
        **os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    done = subprocess.run(
        ["sh", place], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout, bool(done.stderr)) == (code, "", bool(code))
    return notes.read_text().splitlines()


def test_it_publishes_and_is_called_again_when_the_next_article_is_due(
    portal: TestPortal, tmp_path: Path
) -> None:
    portal.article("alt.md", date="2026-05-01")
    portal.article("neu.md", date="2199-05-01 10:00")
    told = run(portal, tmp_path)
    assert (tmp_path / "www/current/2026/05/alt/index.html").is_file()
    assert told[0] == "systemctl --user stop portal-wecker.timer"
    assert "--on-calendar=2199-05-01 08:00:00 UTC" in told[1]
    assert told[1].endswith("systemctl --user start --no-block portal.service")
    assert len(told) == 2


def test_it_sets_no_alarm_where_nothing_is_due(portal: TestPortal, tmp_path: Path) -> None:
    portal.article("alt.md", date="2026-05-01")
    assert run(portal, tmp_path) == ["systemctl --user stop portal-wecker.timer"]


def test_an_article_with_a_mistake_stops_neither_the_others_nor_the_alarm(
    portal: TestPortal, tmp_path: Path
) -> None:
    portal.article("alt.md", date="2026-05-01")
    run(portal, tmp_path)
    portal.article("neu.md", date="2026-05-01")
    portal.article("falsch.md", section="sport")
    portal.article("bald.md", date="2199-05-01 10:00")
    told = run(portal, tmp_path, code=3)
    assert portal.has("/2026/05/neu/")
    assert "--on-calendar=2199-05-01 08:00:00 UTC" in told[1]


def test_where_nothing_was_published_no_alarm_is_set(portal: TestPortal, tmp_path: Path) -> None:
    portal.write("layouts/front.html", "{% if %}")
    assert run(portal, tmp_path, code=1) == []


def test_the_unit_takes_the_exit_code_of_the_program_for_success() -> None:
    assert "\nSuccessExitStatus=3\n" in VERWALTUNG


def test_the_recipe_for_gitlab_takes_it_for_success_and_delivers_no_manifest() -> None:
    (line,) = re.findall(r"^ *- (stadtschreiber publish pages --keep-going .*)$", VERWALTUNG, re.M)
    for code, result in ((0, 0), (3, 0), (1, 1), (2, 1)):
        shell = f"stadtschreiber() {{ return {code}; }}; set -e; {line}"
        assert subprocess.run(["sh", "-c", shell], check=False).returncode == result
    assert f"exclude: [public/{MANIFEST}]" in VERWALTUNG
