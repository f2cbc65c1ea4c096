"""How long a save takes from the disk to the screen, in Debian's Chromium.

    python -m benchmarks.preview 1000 [--saves 15] [--folder DIR]

Measured for a text and for a headline of an article of the middle of the archive, whose page is
open: from the moment in which the file is written to that in which the page shows it.  And how long
the preview takes to serve its first page, when it has never seen the portal and when it has.
"""

import argparse
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Page, sync_playwright

from benchmarks import corpus

ROOT: Final = Path(__file__).resolve().parent.parent
CHROMIUM: Final = "/usr/bin/chromium"
FLAGS: Final = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures as the command line says, and prints a table in Markdown."""
    parser = argparse.ArgumentParser(description="Measure the live preview.")
    parser.add_argument("count", type=int, metavar="N", help="articles")
    parser.add_argument("--saves", type=int, default=15, help="saves of each sort")
    parser.add_argument("--starts", type=int, default=5, help="starts of each sort")
    parser.add_argument("--folder", type=Path, help="where to write the articles")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        portal = Path(folder, "portal")
        corpus.main([str(asked.count), str(portal)])
        print(f"{asked.count} articles; load at the start {os.getloadavg()[0]:.1f}\n")
        print("| | median | quickest | slowest | in the preview itself |")
        print("|---|---|---|---|---|")
        _say("first page, cold", [_start(portal, cold=True) for _ in range(asked.starts)])
        with _preview(portal) as preview:
            preview.settle()
            _measure_saves(preview, portal, asked.saves)
        _say("first page, warm", [_start(portal, cold=False) for _ in range(asked.starts)])
        print(f"\nload at the end {os.getloadavg()[0]:.1f}")


class Preview:
    """A running preview: its address, when it served its first page, and what it says."""

    def __init__(self, portal: Path) -> None:
        start = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "generator", "serve", "--portal", str(portal), "--port", "0"],
            cwd=portal, env=os.environ | {"PYTHONPATH": str(ROOT), "LC_ALL": "C"},
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        said = self.line()
        self.address = re.findall(r"http://\S+/", said)[0]
        while not _is_up(self.address):
            time.sleep(0.01)
        self.first = time.perf_counter() - start

    def settle(self) -> None:
        """Waits until it has nothing more to do."""
        before = -1
        while (now := _ticks(self.process.pid)) != before:
            before = now
            time.sleep(2)

    def line(self) -> str:
        """The next line that it says."""
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def taken_in(self) -> float:
        """How long it says that it took to take in the latest save."""
        while not (found := re.search(r"\.md: ([\d.]+) s$", self.line())):
            pass
        return float(found[1])


@contextmanager
def _preview(portal: Path) -> Iterator[Preview]:
    preview = Preview(portal)
    try:
        yield preview
    finally:
        preview.process.send_signal(signal.SIGINT)
        preview.process.wait(20)


def _start(portal: Path, *, cold: bool) -> float:
    """Seconds from the command to the first page."""
    if cold:
        shutil.rmtree(portal / ".stadtschreiber", ignore_errors=True)
    with _preview(portal) as preview:
        return preview.first


def _ticks(pid: int) -> int:
    """The processor time that the children of a process have used."""
    spent = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[1]) == pid:
                spent += int(fields[11]) + int(fields[12])
    return spent


def _is_up(address: str) -> bool:
    try:
        with urlopen(address, timeout=60) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _measure_saves(preview: Preview, portal: Path, saves: int) -> None:
    sources = sorted((portal / "content").rglob("*.md"))
    source = sources[len(sources) // 2]
    before = source.read_text(encoding="utf-8")
    year, month = source.parent.parent.name, source.parent.name
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        page.goto(f"{preview.address}{year}/{month}/{source.stem}/")
        for name, edit in (("text", _change_text), ("headline", _change_title)):
            found = [
                _save(preview, page, source, edit(before, f"{name}{turn}"), f"{name}{turn}")
                for turn in range(saves)
            ]
            _say(f"{name}, saved to seen", [seen for seen, _ in found], [took for _, took in found])
        browser.close()


def _save(preview: Preview, page: Page, source: Path, text: str, mark: str) -> tuple[float, float]:
    """Seconds from a save to the screen, and those of them that the preview took."""
    time.sleep(1.0)  # an editor thinks before the next one
    start = time.perf_counter()
    source.write_text(text, encoding="utf-8")
    page.get_by_text(mark).first.wait_for()
    return time.perf_counter() - start, preview.taken_in()


def _change_text(source: str, mark: str) -> str:
    header, text = source.split("\n---\n\n", 1)
    return f"{header}\n---\n\nNachtrag {mark}: {text}"


def _change_title(source: str, mark: str) -> str:
    return source.replace('title: "', f'title: "{mark} ', 1)


def _say(name: str, seconds: list[float], inside: Sequence[float] = ()) -> None:
    cells = [f"{f(seconds):.2f} s" for f in (statistics.median, min, max)]
    cells.append(f"{statistics.median(inside):.2f} s" if inside else "")
    print(f"| {name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
