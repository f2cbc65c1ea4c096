"""Builds while the machine's clock is wrong, and jumps: no edit is missed, nothing waits."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest

from tests.portals import ROOT, TestPortal

pytestmark = [pytest.mark.system, pytest.mark.needs("faketime")]

CLOCKS: Final = ("-10y", "-2d", "-1h", "-1s", "+0", "+1s", "+1h", "+10y")
"""How wrong the clock may be."""

DAY: Final = 86_400 * 10**9


def build(portal: TestPortal, clock: str, *arguments: str) -> None:
    """Builds while the clock is wrong by so much; for the processes of the build it is."""
    command = [sys.executable, "-m", "generator", "build", "--quiet", *arguments]
    done = subprocess.run(
        ["faketime", "-m", "-f", clock, *command, "--portal", str(portal.root)],
        cwd=ROOT, env=os.environ | {"NO_FAKE_STAT": "1", "DONT_FAKE_MONOTONIC": "1"},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, ": error " in done.stderr) == (0, False), done.stderr


def edit(portal: TestPortal, number: int, chance: random.Random) -> None:
    """Another text of the same length, under the old time or any other."""
    file = portal.root / "content/2026/05/a.md"
    before = file.stat()
    portal.article("2026/05/a.md", f"Text {number:02}")
    shift = chance.choice([0, 0, -DAY, DAY, 9999 * DAY])
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + shift))


def test_no_edit_is_missed_while_the_clock_jumps(tmp_path: Path) -> None:
    portal = TestPortal.small(tmp_path / "portal")
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    portal.article("2026/05/a.md", "Text --")
    for number, clock in enumerate([*CLOCKS, *chance.sample(CLOCKS, 4)]):
        edit(portal, number, chance)
        build(portal, clock, "--at", "2026-06-15 12:00")
        assert f"Text {number:02}" in portal.page("/2026/05/a/"), f"seed {seed}, {clock}"
    found = portal.files()
    portal.build(clean=True)
    assert portal.files() == found


def test_an_article_is_due_by_the_clock_there_is_even_where_it_went_back(tmp_path: Path) -> None:
    portal = TestPortal.small(tmp_path / "portal")
    portal.article("2026/05/a.md", date=f"{time.localtime().tm_year + 5}-01-01")
    for clock, there in (("+0", False), ("+10y", True), ("+0", False), ("+20y", True)):
        build(portal, clock)
        assert portal.output.joinpath("index.html").exists()
        assert (len(list(portal.output.rglob("a/index.html"))) == 1) == there
