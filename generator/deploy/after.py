"""What is called once readers see a change, or to bring it to them: commands of an administrator.

They find lists of addresses, a file each, named by variables of their environment.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from generator.base.problems import Problem, problem
from generator.config.portal import Portal
from generator.deploy.manifest import Changes

PREFIX = "STADTSCHREIBER_"


@contextmanager
def lists(portal: Portal, changes: Changes, **more: Iterable[str]) -> Iterator[Mapping[str, str]]:
    """Files with the absolute addresses of what is new, changed and gone, and with `more` lines,
    while the block runs."""
    with tempfile.TemporaryDirectory(prefix="stadtschreiber-") as folder:
        found = {}
        every = (*changes.new, *changes.changed, *changes.gone)
        told = {"NEW": changes.new, "CHANGED": changes.changed, "GONE": changes.gone, "ALL": every}
        addresses = {n: [address(portal, path) for path in paths] for n, paths in told.items()}
        for name, lines in (addresses | more).items():
            file = Path(folder, name.lower())
            file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
            found[PREFIX + name] = str(file)
        yield found


def address(portal: Portal, path: str) -> str:
    """Where readers find a file of the output."""
    return f"{portal.address}/{path.removesuffix('index.html')}"


def call(
    command: str, portal: Portal, values: Mapping[str, str], *, locks: Sequence[int] = ()
) -> Problem | None:
    """Calls a command in the portal's folder, to hold `locks`; what is to be said if it fails."""
    done = subprocess.run(  # noqa: S603 (a shell's line is what was asked for)
        ["sh", "-c", command],  # noqa: S607 (as above)
        cwd=portal.folders.root, env={**os.environ, **values}, check=False,
        stdin=subprocess.DEVNULL, pass_fds=locks,
    )  # fmt: skip
    if done.returncode == 0:
        return None
    # A command may hold what must not be in a log: only its first word is said.
    return problem("command-failed", command.split(maxsplit=1)[0], code=done.returncode)
