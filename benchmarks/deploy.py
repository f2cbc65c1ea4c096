"""How long a deploy takes, to a real sshd of this machine, near and far away.

    python -m benchmarks.deploy 10000 [--rounds 7] [--delay 0.03] [--folder DIR] [KIND …]

Far away is the same sshd behind a relay, which holds up each byte for `--delay` seconds each way.
Measured is the whole command: the first deploy, beside rsync alone; then one text of the archive's
middle changed, while the target has not all its releases yet, and when it has; nothing changed; and
back by one.  The targets take turns.  The build before is not measured.
"""

import argparse
import os
import re
import resource
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks import corpus
from benchmarks.edits import change_text
from tests.deploy.hosts import Host, Relay, sshd

ROOT: Final = Path(__file__).resolve().parent.parent
KINDS: Final = ("folder", "rsync", "rsync in place", "sftp")
KEEP: Final = 3

FIRST, EARLY, LATER, AGAIN, BACK = (
    "first deploy",
    "one text changed, early",
    "one text changed",
    "nothing changed",
    "back by one",
)


class Run(NamedTuple):
    """What one command took, in seconds, and how many files it says to have sent."""

    wall: float
    cpu: float
    sent: int


class Place(NamedTuple):
    """A target: its kind, its name in portal.toml, and the port of sshd or of the relay."""

    kind: str
    name: str
    port: int
    far: bool

    @property
    def shown(self) -> str:
        """As the table calls it."""
        return f"{self.kind}, far away" if self.far else self.kind

    def table(self, folder: Path) -> str:
        """Its table of portal.toml."""
        kind, path = self.kind.partition(" ")[0], folder / "targets" / self.name
        more = "" if kind == "folder" else f'host = "127.0.0.1"\nport = {self.port}\n'
        more += "in_place = true\n" if self.kind.endswith("in place") else ""
        head = f'name = "{self.name}"\nkind = "{kind}"\npath = "{path}"\nkeep = {KEEP}\n'
        return f"\n[[deploy]]\n{head}{more}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures as the command line says, and prints tables in Markdown."""
    parser = argparse.ArgumentParser(description="Measure deploys.")
    parser.add_argument("count", type=int, metavar="N", help="articles")
    parser.add_argument("kinds", nargs="*", default=KINDS, help="; ".join(KINDS))
    parser.add_argument("--rounds", type=int, default=7, help="texts that are changed")
    parser.add_argument("--delay", type=float, default=0.03, help="seconds each way, far away")
    parser.add_argument("--folder", type=Path, help="where to write articles and targets")
    asked = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=asked.folder)))
        folder.chmod(0o755)  # sshd wants to read the keys in it
        (folder / "targets").mkdir()
        host = stack.enter_context(sshd(folder / "host"))
        relay = Relay(host.port, asked.delay)
        stack.callback(relay.close)
        _trust(host, relay.port)
        places = [
            Place(kind, f"{kind.replace(' ', '-')}-{'far' if far else 'near'}", port, far)
            for kind in asked.kinds
            for far, port in ((False, host.port), (True, relay.port))
            if not (far and kind == "folder")
        ]
        _measure(folder, asked.count, places, asked.rounds, host)


def _trust(host: Host, port: int) -> None:
    """Lets the client know sshd's key behind another port as well."""
    known = host.folder / "known"
    line = known.read_text(encoding="ascii")
    known.write_text(line + line.replace(f":{host.port}", f":{port}"), encoding="ascii")


def _measure(folder: Path, count: int, places: list[Place], rounds: int, host: Host) -> None:
    portal = folder / "portal"
    corpus.main([str(count), str(portal)])
    sources = sorted((portal / "content").rglob("*.md"))
    with (portal / "portal.toml").open("a", encoding="utf-8") as toml:
        toml.write("".join(place.table(folder) for place in places))
    environment = {"STADTSCHREIBER_SSH": host.call, "PYTHONPATH": str(ROOT), "LC_ALL": "C"}
    command = [sys.executable, "-m", "generator"]
    runs: dict[tuple[str, str], list[Run]] = defaultdict(list)
    changed: list[int] = []

    def build() -> int:
        """Builds; how many files are otherwise than before."""
        before = _stamps(portal / "output")
        _run([*command, "build", "--quiet"], portal, environment)
        after = _stamps(portal / "output")
        return sum(before.get(path) != stamp for path, stamp in after.items())

    def deploy(row: str, *options: str) -> None:
        for place in places:
            sys.stderr.write(f"{row}: {place.shown}\n")
            run = _run([*command, "deploy", place.name, *options], portal, environment)
            runs[row, place.shown].append(run)

    files = build()
    print(f"{count} articles, {files} files; load at the start {os.getloadavg()[0]:.1f}\n")
    deploy(FIRST)
    for place in places:
        if place.kind == "rsync":
            runs[FIRST, f"rsync alone{', far away' * place.far}"].append(
                _rsync_alone(portal / "output", folder / f"alone-{place.name}", place, host)
            )
    for turn in range(rounds):
        change_text(sources, turn)
        changed.append(build())
        deploy(EARLY if turn < KEEP else LATER)
    deploy(AGAIN)
    deploy(BACK, "--back")
    _print(runs, changed)
    print(f"\nload at the end {os.getloadavg()[0]:.1f}")


def _stamps(output: Path) -> Mapping[str, int]:
    found = {
        str(path.relative_to(output)): path.stat().st_ctime_ns
        for path in output.rglob("*")
        if path.is_file()
    }
    return {path: stamp for path, stamp in found.items() if not path.startswith(".stadtschreiber")}


def _rsync_alone(output: Path, goal: Path, place: Place, host: Host) -> Run:
    """What anybody's rsync takes for the same files."""
    shell = f"{host.call} -p {place.port}"
    command = ["rsync", "-a", "-e", shell, f"{output}/", f"127.0.0.1:{shlex.quote(str(goal))}/"]
    return _run(command, output, {})


def _run(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Run:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    sent = re.search(r"([\d,]+) sent", done.stdout)
    return Run(wall, cpu, int(sent[1].replace(",", "")) if sent else 0)


def _print(runs: Mapping[tuple[str, str], list[Run]], changed: Sequence[int]) -> None:
    print("| | target | median | quickest | processor here | files sent |")
    print("|---|---|---:|---:|---:|---:|")
    for (row, place), found in runs.items():
        wall = statistics.median(run.wall for run in found)
        quickest = min(run.wall for run in found)
        cpu = statistics.median(run.cpu for run in found)
        sent = ", ".join(str(n) for n in dict.fromkeys(run.sent for run in found))
        print(f"| {row} | {place} | {wall:.2f} s | {quickest:.2f} s | {cpu:.2f} s | {sent} |")
    said = ", ".join(str(n) for n in dict.fromkeys(changed))
    print(f"\nFiles of the output that one changed text changes: {said}.")


if __name__ == "__main__":
    main()
