"""A state of the project's own code as a generator: its tree, and an environment of its own."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.generators import PLAIN, Generator, stadtschreiber

ROOT = Path(__file__).resolve().parent.parent


class NotMeasurableError(Exception):
    """There is nothing to measure; the text says why, in the words of the program that refused."""


@dataclass(frozen=True, slots=True)
class Commit:
    """One state of the project: its sources in `tree`, and the `generator` that they make."""

    tree: Path
    generator: Generator


def here(folder: Path) -> Commit:
    """The working tree as it stands, copied to `folder`: edits during a measurement do no harm.

    Files that git ignores stay behind, as they do for another commit.
    """
    tree = folder / "tree"
    names = _run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", at=ROOT)
    for name in filter(None, names.split("\0")):
        source, target = ROOT / name, tree / name
        if source.is_relative_to(folder.parent):  # somebody builds inside of the working tree
            continue
        if source.is_symlink() or source.is_file():  # git also lists what was removed meanwhile
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    version = ("git", "-C", str(ROOT), "describe", "--always", "--dirty")
    return _installed("here", tree, folder, version)


def other(revision: str, folder: Path) -> Commit:
    """The commit that git knows as `revision`, written out to `folder`."""
    full = _run("git", "rev-parse", "--verify", f"{revision}^{{commit}}", at=ROOT).strip()
    short = _run("git", "rev-parse", "--short", full, at=ROOT).strip()
    tree = folder / "tree"
    tree.mkdir(parents=True)
    packed = folder / "tree.tar"
    _run("git", "archive", "--format=tar", f"--output={packed}", full, at=ROOT)
    _run("tar", "-xf", str(packed), at=tree)
    name = revision if full.startswith(revision) else f"{revision} ({short})"
    version = ("git", "-C", str(ROOT), "log", "-1", "--format=%h, %cs, %s", full)
    return _installed(name, tree, folder, version)


def _installed(name: str, tree: Path, folder: Path, version: tuple[str, ...]) -> Commit:
    """Install `tree` with the dependencies that it locks itself, compiled, not editable."""
    environment = folder / "venv"
    options = ("--quiet", "--frozen", "--no-dev", "--no-editable", "--compile-bytecode")
    command = (_uv(), "sync", *options, "--python", sys.executable)
    _run(*command, at=tree, UV_PROJECT_ENVIRONMENT=str(environment))
    program = (str(environment / "bin" / "stadtschreiber"),)
    return Commit(tree, replace(stadtschreiber(name, program, PLAIN), version=version))


def _uv() -> str:
    """A development dependency, so it stands beside this Python, if nowhere else."""
    return shutil.which("uv") or str(Path(sys.executable).parent / "uv")


def _run(*command: str, at: Path, **environment: str) -> str:
    """Run a command in the folder `at`, and return what it says on standard output."""
    variables = {**os.environ, **PLAIN, **environment}
    try:
        done = subprocess.run(
            command, cwd=at, env=variables, capture_output=True, text=True, check=True
        )
    except FileNotFoundError as error:
        raise NotMeasurableError(f"--against needs {command[0]}, which is not there") from error
    except subprocess.CalledProcessError as error:
        raise NotMeasurableError(f"{' '.join(command)}\n{error.stderr.strip()}") from error
    return done.stdout
