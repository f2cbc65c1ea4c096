"""One generator with its portal, which builds it again and again."""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.count import work
from benchmarks.generators import AGAIN, EDITS, Generator
from benchmarks.measure import cost, peak_memory
from benchmarks.report import Result


class Bench:
    """One generator with its portal; each cold build goes to a folder that never was before.

    Nothing is removed: removing a folder just before a build would burden the build, since file
    systems free blocks late.
    """

    def __init__(self, generator: Generator, portal: Path, sources: Sequence[Path]) -> None:
        """`sources` are the articles of `portal`, from the oldest to the newest."""
        self.result = Result(generator.name, generator.describe())
        self.rows = generator.rows
        self._generator = generator
        self._portal = portal
        self._written = frozenset(portal.iterdir())
        self._scratch = Path(tempfile.mkdtemp(prefix="output-", dir=portal.parent))
        self._sources = sources
        self._built = 0

    @property
    def output(self) -> Path:
        """Where the last build went."""
        return self._scratch / str(self._built)

    def time(self, row: str, turn: int) -> None:
        """Measure the seconds of a build: cold, or a rebuild after the cold one."""
        if row in EDITS:
            EDITS[row](self._sources, turn)
        elif row != AGAIN:
            self._renew()
        say(f"round {turn}: {self._generator.name}, {row}")
        spent = cost(self._command(), self._portal, self._generator.environment)
        self.result.costs[row].append(spent)

    def time_or_note(self, row: str, turn: int) -> None:
        """The same, but a row whose build fails is given up; with the cold one, the first, all."""
        if row in self.result.refused:
            return
        try:
            self.time(row, turn)
        except subprocess.CalledProcessError as error:
            lost = self.rows if row == self.rows[0] else (row,)
            self.result.refused.update(dict.fromkeys(lost, str(error.stderr).strip() or str(error)))

    def weigh(self) -> None:
        """Measure the memory of a cold build and of the next, and count what it wrote."""
        self._renew()
        for row in self.rows[:2]:
            say(f"memory: {self._generator.name}, {row}")
            peak = peak_memory(self._command(), self._portal, self._generator.environment)
            self.result.memory[row] = peak
        self.result.work = work(self.output)

    def _renew(self) -> None:
        """Put aside all that builds left in the portal, and take another folder for the output."""
        for left in set(self._portal.iterdir()) - self._written:
            left.rename(self._scratch / f"{left.name}-{self._built}")
        self._built += 1

    def _command(self) -> list[str]:
        return self._generator.build(self.output)


def say(what: str) -> None:
    """Tell on standard error how far it is."""
    sys.stderr.write(f"{what}\n")
