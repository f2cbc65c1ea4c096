"""What was measured, as Markdown."""

import os
import platform
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from benchmarks.count import KINDS, Work
from benchmarks.generators import AGAIN, COLD, EDITS
from benchmarks.measure import Cost

_MEASURE = "Hugo"  # what the others are compared with
_GIGABYTE = 1e9


@dataclass(slots=True)
class Result:
    """All that was measured of one generator: costs and memory by row, and the work done."""

    name: str
    version: str
    costs: dict[str, list[Cost]] = field(default_factory=lambda: defaultdict(list))
    memory: dict[str, int] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)  # by row: what it said instead
    work: Work | None = None

    def seconds(self, row: str) -> list[float]:
        """The seconds of each round; who knows no edits rebuilds as when nothing changed."""
        spent = self.costs.get(row) or self.costs.get(AGAIN if row in EDITS else row) or []
        return [one.wall for one in spent]


def tables(results: Sequence[Result], count: int, rounds: int, scratch: Path) -> str:
    """The tables of costs and of work, and what they were measured on."""
    return "\n".join(
        (
            *_costs(results, count),
            "",
            *_work(results),
            "",
            f"Median of {rounds} rounds, the quickest in brackets; × is the ratio to {_MEASURE}.",
            f"{machine(scratch)}.",
            "",
            *(f"- {result.version}" for result in results),
            "",
        )
    )


def _costs(results: Sequence[Result], count: int) -> list[str]:
    measure = next((result for result in results if result.name == _MEASURE), None)

    def seconds(result: Result, row: str) -> str:
        spent = result.seconds(row)
        if not spent:
            return ""
        middle, least = statistics.median(spent), min(spent)
        told = f"{middle:.2f} s ({least:.2f})"
        base = measure.seconds(row) if measure and measure is not result else []
        if not base:
            return told
        return f"{told} × {middle / statistics.median(base):.2f} ({least / min(base):.2f})"

    def processor(result: Result, row: str) -> str:
        spent = statistics.median(one.cpu for one in result.costs[row])
        base = statistics.median(one.cpu for one in measure.costs[row]) if measure else None
        return f"{spent:.2f} s{_ratio(spent, base, result is measure)}"

    def memory(result: Result, row: str) -> str:
        peak = result.memory.get(row, 0)
        base = measure.memory.get(row) if measure else None
        return f"{peak / _GIGABYTE:.2f} GB{_ratio(peak, base, result is measure)}"

    lines = [(row, [seconds(result, row) for result in results]) for row in (COLD, AGAIN, *EDITS)]
    lines.append(("cold: processor seconds", [processor(result, COLD) for result in results]))
    lines.append(("cold: peak memory", [memory(result, COLD) for result in results]))
    return table(f"build of {count:,} articles", _names(results), lines)


def _work(results: Sequence[Result]) -> list[str]:
    done = [result.work for result in results if result.work]
    lines = [("files", [f"{work.files.total():,}" for work in done])]
    lines.append(("megabytes", [f"{work.size / 1e6:.0f}" for work in done]))
    lines.append(("visible words", [f"{work.words.total():,}" for work in done]))
    for kind in KINDS:
        cells = [f"{work.files[kind]:,} files, {work.words[kind]:,} words" for work in done]
        lines.append((kind, cells))
    return table("work done", _names(results), lines)


def table(
    title: str, names: Sequence[str], lines: Iterable[tuple[str, Sequence[str]]]
) -> list[str]:
    """A table in Markdown: `title` heads the lines' labels, `names` their cells."""
    rows = [[title, *names], ["---", *("---:" for _ in names)]]
    rows.extend([label, *cells] for label, cells in lines)
    return [f"| {' | '.join(row)} |" for row in rows]


def _names(results: Sequence[Result]) -> list[str]:
    return [result.name for result in results]


def _ratio(value: float, base: float | None, itself: bool) -> str:
    return "" if itself or not base else f" × {value / base:.2f}"


def machine(scratch: Path) -> str:
    """The day, processor, memory, system, and the file system that was built on."""
    model = _field(Path("/proc/cpuinfo"), "model name") or platform.processor()
    total = _field(Path("/proc/meminfo"), "MemTotal").removesuffix(" kB")
    memory = f", {int(total) / 1e6:.0f} GB" if total else ""
    return (
        f"{date.today():%Y-%m-%d}; {os.cpu_count()} × {model}{memory}, "
        f"{platform.system()} {platform.release()}, "
        f"{_file_system(scratch)}, Python {platform.python_version()}"
    )


def _field(file: Path, name: str) -> str:
    """What a file of /proc says after `name`; "" if it says nothing."""
    if not file.exists():
        return ""
    for line in file.read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""


def _file_system(folder: Path) -> str:
    """The kind of file system that `folder` lies on; "unknown file system" where none says so."""
    mounts = Path("/proc/mounts")
    best, kind = "", "unknown file system"
    for line in mounts.read_text().splitlines() if mounts.exists() else ():
        _, point, system, *_ = line.split()
        if folder.resolve().is_relative_to(point) and len(point) >= len(best):
            best, kind = point, system
    return kind
