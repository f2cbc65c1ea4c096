"""Stadtschreiber beside Hugo and Pelican, building the same articles: tables in Markdown.

python -m benchmarks.compare 10000 [--rounds 5] [--folder DIR] [--without pelican]

Nothing is judged here, and nothing fails for being slow.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import report
from benchmarks.articles import articles
from benchmarks.count import work
from benchmarks.dialects import write
from benchmarks.generators import AGAIN, COLD, EDITS, Generator, available
from benchmarks.measure import cost, peak_memory
from benchmarks.report import Result


class Bench:
    """One generator with its portal; each cold build goes to a folder that never was before.

    Removing a folder just before a build would burden the build: file systems free blocks late.
    """

    def __init__(self, generator: Generator, scratch: Path, sources: Sequence[Path]) -> None:
        """`sources` are the articles of its portal, from the oldest to the newest."""
        self.result = Result(generator.name, generator.describe())
        self._generator = generator
        self._portal = scratch / generator.dialect
        self._outputs = Path(tempfile.mkdtemp(prefix="output-", dir=scratch))
        self._sources = sources
        self._built = 0

    def time(self, turn: int) -> None:
        """Measure the seconds of a cold build and of the rebuilds that follow it."""
        for row in self._generator.rows:
            if row == COLD:
                self._renew()
            elif row in EDITS:
                EDITS[row](self._sources, turn)
            _say(f"round {turn}: {self._generator.name}, {row}")
            spent = cost(self._command(), self._portal, self._generator.environment)
            self.result.costs[row].append(spent)

    def weigh(self) -> None:
        """Measure the memory of a cold build and of the next, and count what it wrote."""
        self._renew()
        for row in self._generator.rows:
            if row in {COLD, AGAIN}:
                _say(f"memory: {self._generator.name}, {row}")
                peak = peak_memory(self._command(), self._portal, self._generator.environment)
                self.result.memory[row] = peak
        self.result.work = work(self._output)

    @property
    def _output(self) -> Path:
        return self._outputs / str(self._built)

    def _renew(self) -> None:
        self._built += 1
        self._generator.forget(self._portal)

    def _command(self) -> list[str]:
        return self._generator.build(self._output)


def compare(asked: argparse.Namespace, scratch: Path) -> str:
    """Build as `asked`, below `scratch`, and return the tables."""
    benches = []
    sources: dict[str, tuple[Path, ...]] = {}
    for short, generator in available().items():
        if short in asked.without:
            continue
        dialect = generator.dialect
        if dialect not in sources:
            _say(f"writing {asked.count} articles for {generator.name}")
            sources[dialect] = write(
                articles(asked.count, asked.seed),
                scratch / dialect,
                dialect,
                layouts=asked.layouts.resolve(),
                assets=asked.assets.resolve(),
            )
        benches.append(Bench(generator, scratch, sources[dialect]))
    for turn in range(asked.rounds):
        first = turn % len(benches)  # so that none always follows the same one
        for bench in benches[first:] + benches[:first]:
            bench.time(turn + 1)
    for bench in benches:
        bench.weigh()
    return report.tables([bench.result for bench in benches], asked.count, asked.rounds, scratch)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure as the command line says, and write the tables to standard output."""
    root = Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description="Build N articles with each generator.")
    parser.add_argument("count", type=int, metavar="N")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without", action="append", default=[], metavar="NAME")
    parser.add_argument("--folder", type=Path, help="where to build; default: the system's own")
    parser.add_argument("--layouts", type=Path, default=root / "layouts")
    parser.add_argument("--assets", type=Path, default=root / "assets")
    asked = parser.parse_args(arguments)
    scratch = Path(tempfile.mkdtemp(prefix="benchmark-", dir=asked.folder))
    try:
        sys.stdout.write(compare(asked, scratch))
    except subprocess.CalledProcessError as error:
        sys.exit(f"{error}; what it said stands above")
    finally:
        shutil.rmtree(scratch)


def _say(what: str) -> None:
    sys.stderr.write(f"{what}\n")


if __name__ == "__main__":
    main()
