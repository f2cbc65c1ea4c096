"""Builds of one portal at once: they take turns, all end well, and the output is right."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from generator.load.store import FOLDER
from tests.portals import ROOT, TestPortal, files_of
from tests.previews import previewing
from tests.publish.test_output import STAYS

pytestmark = pytest.mark.system

BUILD = [sys.executable, "-m", "generator", "build", "--quiet", "--at", "2026-06-15 12:00"]


def start(portal: TestPortal, *arguments: str) -> "subprocess.Popen[str]":
    command = [*BUILD, "--jobs", "2", "--portal", str(portal.root), *arguments]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)


def filled(root: Path) -> TestPortal:
    portal = TestPortal.small(root)
    for number in range(20):
        portal.article(f"2026/05/a{number}.md", f"Text {number}", keywords=f"Rat, {number}")
    return portal


def test_twenty_builds_at_once_end_well(tmp_path: Path) -> None:
    """Some into the same folder, some into others, some anew, while an article is being edited."""
    portal = filled(tmp_path / "portal")
    outputs = [portal.output, portal.output, tmp_path / "eins", tmp_path / "zwei"]
    builds = []
    for number in range(20):
        anew = ["--clean"] if number == 9 else []
        builds.append(start(portal, "--output", str(outputs[number % 4]), *anew))
        portal.article("2026/05/a3.md", f"Fassung {number}", title=f"Titel {number}")
    said = [build.communicate()[1] for build in builds]
    assert [build.returncode for build in builds] == [0] * 20, said
    assert set(said) == {""}
    last = [start(portal, "--output", str(output)) for output in dict.fromkeys(outputs)]
    assert [build.communicate()[1] for build in last] == [""] * 3
    shutil.rmtree(portal.root / FOLDER)
    assert start(portal, "--output", str(tmp_path / "clean")).communicate()[1] == ""
    wanted = files_of(tmp_path / "clean")
    assert b"Titel 19" in wanted["2026/05/a3/index.html"]
    assert all(files_of(output) == wanted for output in outputs)
    workshops = [output.with_name(f".{output.name}.staging") for output in outputs]
    assert all({file.name for file in shop.iterdir()} <= STAYS for shop in workshops)


def test_builds_and_two_previews_of_a_portal_do_not_wait_for_each_other(tmp_path: Path) -> None:
    portal = filled(tmp_path / "portal")
    with previewing(portal.root) as one, previewing(portal.root) as two:
        for number in range(2):
            text = f"Fassung {number}."
            portal.article("2026/05/a3.md", text)
            builds = [start(portal), start(portal, *(["--clean"] if number else []))]
            for preview in (one, two):
                preview.wait_for("/2026/05/a3/", text)
            assert [build.communicate(timeout=60)[1] for build in builds] == ["", ""]
            assert text in portal.page("/2026/05/a3/")
        shutil.rmtree(portal.root / FOLDER)
        portal.article("2026/05/a4.md", "Nachgereicht.")
        for preview in (one, two):
            preview.wait_for("/2026/05/a4/", "Nachgereicht.")
