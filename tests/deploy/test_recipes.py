"""The workflows in docs/verwaltung.md do what they promise: their lines run as GitHub runs them."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.deploy.hosts import seen, sshd
from tests.portals import PORTAL, ROOT, TestPortal

pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.needs("git", "sshd", "rsync")]

VERWALTUNG: Final = (ROOT / "docs" / "verwaltung.md").read_text(encoding="utf-8")


def workflow(title: str) -> tuple[list[dict[str, Any]], str]:
    """The steps of the workflow below a heading of the document, and the lines for portal.toml."""
    part = VERWALTUNG.partition(f"\n### {title}\n")[2].partition("\n### ")[0].partition("\n## ")[0]
    text = re.findall(r"```yaml\n(.*?)```", part, re.DOTALL)[0]
    steps = yaml.safe_load(text)["jobs"]["publish"]["steps"]
    cached = [step["with"]["path"].split() for step in steps if "cache" in step.get("uses", "")]
    assert cached == [[".stadtschreiber", "output"]]
    tables = re.findall(r"```toml\n(.*?)```", part, re.DOTALL)
    return steps, tables[0] if tables else ""


def run(steps: list[dict[str, Any]], folder: Path, programs: Path, **values: str) -> int:
    """Runs the steps that are lines of the shell; the exit code of the first that fails."""
    programs.mkdir(exist_ok=True)
    for name, line in {
        "stadtschreiber": f'exec "{sys.executable}" -m generator "$@"',
        "pip": "exit 0",
    }.items():
        (programs / name).write_text(f"#!/bin/sh\n{line}\n")
        (programs / name).chmod(0o755)
    environment = {
        **os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT), "GIT_CONFIG_GLOBAL": os.devnull, "HOME": str(programs), **values,
    }  # fmt: skip
    for step in steps:
        if "run" in step:
            assert "${{" not in step["run"]  # what GitHub puts in comes by the environment
            lines = f"trap 'test -z \"$SSH_AGENT_PID\" || kill $SSH_AGENT_PID' EXIT\n{step['run']}"
            done = subprocess.run(
                ["bash", "-e", "-c", lines], cwd=folder, env=environment, check=False
            )
            if done.returncode:
                return done.returncode
    return 0


def git(folder: Path, *arguments: str) -> str:
    named = ["-c", "user.name=x", "-c", "user.email=x@y", "-c", "init.defaultBranch=main"]
    done = subprocess.run(
        ["git", *named, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout


def test_pages_are_handed_over_and_addresses_go_into_git(tmp_path: Path) -> None:
    steps, table = workflow("GitHub Pages")
    made = TestPortal.small(tmp_path / "portal", toml=f"{PORTAL}\n{table}")
    made.article("eins.md")
    made.write(".gitignore", ".stadtschreiber/\noutput/\n_site/\n")
    git(tmp_path, "init", "-q", "--bare", "origin.git")
    git(made.root, "init", "-q")
    git(made.root, "add", ".")
    git(made.root, "commit", "-qm", "Anfang")
    git(made.root, "remote", "add", "origin", "../origin.git")
    git(made.root, "push", "-qu", "origin", "main")
    # Nobody said that it is the first.
    assert run(steps, made.root, tmp_path / "bin", FIRST="") == 1
    assert run(steps, made.root, tmp_path / "bin", FIRST="--first") == 0
    site = made.root / "_site"
    assert (site / "2026/05/eins/index.html").is_file()
    assert not list(site.glob(".stadtschreiber*"))
    # A week later nothing is left in the cache: Git has the addresses.
    git(tmp_path, "clone", "-q", "origin.git", "clone")
    clone = TestPortal(tmp_path / "clone")
    clone.article("eins.md", "Neu.", slug="zwei")
    git(clone.root, "commit", "-qam", "Ein anderer slug")
    git(clone.root, "push", "-q")
    assert run(steps, clone.root, tmp_path / "bin", FIRST="") == 0
    assert "/2026/05/zwei/" in (clone.root / "_site/2026/05/eins/index.html").read_text()
    assert "/2026/05/zwei/" in git(tmp_path / "origin.git", "show", "main:addresses.txt")


def test_a_server_is_reached_with_the_key_and_the_known_host_of_the_secrets(tmp_path: Path) -> None:
    steps, _ = workflow("GitHub Actions, auf einen eigenen Server")
    with sshd(tmp_path / "host") as host:
        target = host.target("rsync", tmp_path / "www")
        table = (
            f'\n[[deploy]]\nname = "server"\nkind = "rsync"\nhost = "127.0.0.1"\n'
            f'port = {host.port}\npath = "{target.path}"\n'
        )
        made = TestPortal.small(tmp_path / "portal", toml=PORTAL + table)
        made.article("eins.md")
        programs = tmp_path / "bin"
        code = run(
            steps, made.root, programs,
            SSH_KEY=(host.folder / "key").read_text(),
            SSH_KNOWN_HOSTS=(host.folder / "known").read_text(),
            STADTSCHREIBER_SSH=f"ssh -F none -o UserKnownHostsFile={programs}/.ssh/known_hosts",
        )  # fmt: skip
        assert code == 0
        assert "2026/05/eins/index.html" in seen(target)
