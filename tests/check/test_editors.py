"""What docs/editoren.md tells editors to use does what it says."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.portals import ROOT, TestPortal

pytestmark = pytest.mark.system

PAGE: Final = (ROOT / "docs" / "editoren.md").read_text(encoding="utf-8")
VSCODE: Final = ROOT / "generator" / "build" / "starter" / "portal" / ".vscode"


def script(beginning: str) -> str:
    """The shell script of the page whose comment begins so."""
    blocks: list[str] = re.findall(r"```sh\n(#!/bin/sh\n.*?)```", PAGE, re.DOTALL)
    (found,) = (block for block in blocks if beginning in block)
    return found


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment in which the command can be called by its name."""
    command = tmp_path / "bin" / "stadtschreiber"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m generator "$@"\n')
    command.chmod(0o755)
    path = f"{command.parent}{os.pathsep}{os.environ['PATH']}"
    mail = {"GIT_AUTHOR_NAME": "x", "GIT_COMMITTER_NAME": "x"}
    mail |= {"GIT_AUTHOR_EMAIL": "x@x.example", "GIT_COMMITTER_EMAIL": "x@x.example"}
    return {**os.environ, **mail, "PATH": path, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}


def git(portal: TestPortal, environment: dict[str, str], *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        ["git", *arguments], cwd=portal.root, env=environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.mark.needs("git")
def test_the_hook_stops_a_mistake_and_lets_the_rest_pass(
    portal: TestPortal, environment: dict[str, str]
) -> None:
    git(portal, environment, "init", "-q")
    hook = portal.write(".git/hooks/pre-commit", script("Prüft die Artikel"))
    hook.chmod(0o755)
    portal.article("2026/05/kein titel.md", title=None)
    portal.article("2026/05/gut.md")
    git(portal, environment, "add", "-A")
    code, said = git(portal, environment, "commit", "-qm", "a")
    assert code
    assert "kein titel.md:1: error F146" in said
    assert "gut.md:1: warning C201" in said
    portal.article("2026/05/kein titel.md")
    git(portal, environment, "add", "-A")
    code, said = git(portal, environment, "commit", "-qm", "a")
    assert code == 0, said
    assert git(portal, environment, "commit", "-q", "--allow-empty", "-m", "b")[0] == 0


def test_the_timer_script_plans_the_next_build(
    portal: TestPortal, environment: dict[str, str], tmp_path: Path
) -> None:
    portal.article("a.md", date="2199-12-01 08:00")
    stub = tmp_path / "bin" / "systemd-run"
    stub.write_text('#!/bin/sh\necho "$@"\n')
    stub.chmod(0o755)
    done = subprocess.run(
        ["sh", "-c", script("plant den nächsten")], cwd=portal.root, env=environment,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == (
        "--user --on-calendar=2199-12-01 07:00:00 UTC --property=SuccessExitStatus=3 "
        "stadtschreiber build --keep-going\n"
    )


def test_vs_code_finds_every_message(portal: TestPortal) -> None:
    tasks = json.loads((VSCODE / "tasks.json").read_text(encoding="utf-8"))["tasks"]
    error, warning = (m["pattern"]["regexp"] for m in tasks[0]["problemMatcher"])
    portal.article("a.md", "[x](/nichts/) [hier](/politik/)")
    for language in ("en", "de"):
        lines = portal.run("check", "--lang", language).stdout.splitlines()
        errors = [found.groups() for line in lines if (found := re.match(error, line))]
        warnings = [found.groups() for line in lines if (found := re.match(warning, line))]
        assert [found[:4] for found in errors] == [("content/a.md", "7", "5", "C106")]
        assert {found[3] for found in warnings} == {"C201", "C204", "C207"}


def test_a_new_portal_has_what_vs_code_needs(tmp_path: Path, environment: dict[str, str]) -> None:
    subprocess.run(["stadtschreiber", "init", str(tmp_path / "neu")], env=environment, check=True)
    assert json.loads((tmp_path / "neu" / ".vscode" / "settings.json").read_text())
    done = subprocess.run(
        ["stadtschreiber", "check"], cwd=tmp_path / "neu", env=environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "Nothing to say.\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_take_the_script_for_completion(
    shell: str, tmp_path: Path, environment: dict[str, str]
) -> None:
    done = subprocess.run(
        ["stadtschreiber", "completion", shell],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert {"fish": "-l format"}.get(shell, "--format") in done.stdout
    if shutil.which(shell):
        file = tmp_path / "script"
        file.write_text(done.stdout, encoding="utf-8")
        subprocess.run([shell, "-n", str(file)], check=True)


@pytest.mark.needs("bash")
@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("ch", "check"),
        ("check --form", "--format"),
        ("check --format s", "sarif"),
        ("check con", "content"),
        ("check portal.t", "portal.toml"),
        ("build --portal con", "content"),
        ("init con", "content"),
        ("new X --kind com", "comment"),
        ("build --portal portal.t", ""),  # no folder
    ],
)
def test_bash_completes_a_command(
    typed: str, completed: str, tmp_path: Path, environment: dict[str, str]
) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "portal.toml").touch()
    words = ["stadtschreiber", *typed.split()]
    lines = (
        f"source <(stadtschreiber completion bash); COMP_WORDS=({' '.join(words)});"
        f' COMP_CWORD={len(words) - 1}; _shtab_stadtschreiber "" {words[-1]} {words[-2]};'
        ' echo "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "-c", lines],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.strip() == completed, done.stderr
