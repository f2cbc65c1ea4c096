"""Publishing that is killed at any moment: whole files, no dead link, and a right next build.

By hand, with more kills:  python -m tests.publish.test_publish_kill --kills 500 --seed 7
With files that are written into again (`--spares`), if the temporary folder lies on ext4; with a
second process that helps (`--shared`), as it does where thousands of files are replaced.
"""

import argparse
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from unittest import mock

import msgspec
import pytest

from generator.publish import journal, spares
from generator.publish.output import Written, opened
from tests.publish.test_output import Newsroom, left_behind, tree

pytestmark = pytest.mark.system

Site = dict[str, str]

ROOT: Final = Path(__file__).parents[2]
MEMORY: Final = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
"""Where no disk is waited for: a kill loses nothing that was written."""

START: Final = "index.html"
STEPS: Final = ("replace", "rename", "link", "unlink", "rmdir", "mkdir", "open")
"""The functions of `os` that change a folder."""


def site(first: int, last: int, name: str) -> Site:
    """A portal of the articles `first` to `last`; `name` is on every page that is not old news.

    A page links to those that stand before it, lists and the start page also to all others; two
    new articles link to each other, as no order can have it.
    """
    articles = {n: f"2026/{n % 7}/artikel-{n}/index.html" for n in range(first, last)}
    newest = list(articles.values())[-5:]
    pages = {f"css/{name}.css": name, "css/alle.css": name}
    for n, target in articles.items():
        older = [articles[n - 1]] if n > first else []
        old_news = n % 2 == 0 and first + 1 < n < last - 20
        links = older if old_news else [*older, "css/alle.css", f"css/{name}.css"]
        pages[target] = page("" if old_news else name, links)
        pages[f"2026/{n % 7}/artikel-{n}/druck/index.html"] = page(str(n), [])
    twins = [f"zwilling/{name}-1/index.html", f"zwilling/{name}-2/index.html"]
    pages |= {twin: page(name, twins) for twin in twins}
    for section in ("politik", "kultur", name):
        pages[f"{section}/index.html"] = page(name, [*articles.values(), *twins])
    lists = [f"{section}/index.html" for section in ("politik", "kultur", name)]
    return pages | {START: page(name, [*lists, *newest, *twins])}


def page(name: str, links: list[str]) -> str:
    return "\n".join([name, *(f"-> {link}" for link in links), "the end"])


def mistakes(output: Path, sites: tuple[Site, Site]) -> Iterator[str]:
    """What is wrong in a folder in which one site was replacing the other."""
    files = {name: text for name, text in found(output).items() if not name.endswith("/")}
    for target, text in files.items():
        if text not in (sites[0].get(target), sites[1].get(target)):
            yield f"neither old nor new: {target}"
        linked_to_itself = target.startswith("zwilling/")
        if not linked_to_itself or target in within_reach(files):
            yield from (f"{target} has a dead link: {to}" for to in links(text) if to not in files)


def found(output: Path) -> Site:
    return tree(output) if output.exists() else {}


def links(text: str) -> list[str]:
    return [line[3:] for line in text.splitlines() if line.startswith("-> ")]


def within_reach(files: Site) -> set[str]:
    """The pages to which links lead from the start page."""
    reached: set[str] = set()
    waiting = [START]
    while waiting:
        target = waiting.pop()
        if target in files and target not in reached:
            reached.add(target)
            waiting += links(files[target])
    return reached


def check_next_build(output: Path, sites: tuple[Site, Site], known: dict[str, Written]) -> None:
    """Checks that opening makes one whole generation, and that the next build is right."""
    # On a busy machine a process forked just before the kill lets go of the lock a little later.
    with opened(output, wait=30):
        assert found(output) in (*sites, {})
    assert not left_behind(output)
    newsroom = Newsroom(output)
    newsroom.known = known
    newsroom.publish(sites[1])
    assert tree(output) == sites[1]


# -- killed before each step, one after the other


def run_to_step(number: int, work: Callable[[], Any]) -> bool:
    """Does `work` in a process that ends without warning before its step `number`; if it ended."""
    child = os.fork()
    if child == 0:
        left = number

        def counted(step: Callable[..., Any]) -> Callable[..., Any]:
            def take(*arguments: Any, **options: Any) -> Any:
                nonlocal left
                left -= 1
                if left < 0:
                    os._exit(9)
                return step(*arguments, **options)

            return take

        for name in STEPS:
            setattr(os, name, counted(getattr(os, name)))
        work()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def kill_before_each_step(folder: Path, before: Site, after: Site, *, empty: bool) -> int:
    """Publishes `after` over `before`, killed before the first, the second, … step; how many."""
    first = Newsroom(folder / "first" / "output")
    if empty:
        first.output.mkdir(parents=True)
    for known in (before, after, before) if before else ():  # and each page has a spare
        first.publish(known)
    for number in range(10_000):
        here = folder / f"killed-{number}"
        if first.output.exists():
            shutil.copytree(first.output.parent, here)
        newsroom = Newsroom(here / "output")
        newsroom.known = dict(first.known)
        ended = run_to_step(number, lambda newsroom=newsroom: newsroom.publish(after))  # type: ignore[misc]
        wrong = list(mistakes(newsroom.output, (before, after)))
        assert not wrong, f"killed before step {number}: {wrong}"
        check_next_build(newsroom.output, (before, after), first.known)
        if not ended:
            return number
        shutil.rmtree(here)
    raise AssertionError("it never came to an end")


# -- killed at any moment


def publish_for_ever(
    output: Path, memory: Path, sites: tuple[Site, Site], ready: "Connection[None, None]"
) -> None:
    """Publishes the two sites in turn, and remembers what it wrote in `memory`."""
    move = journal._move

    def move_slowly(source: str, target: str) -> None:
        move(source, target)
        time.sleep(0.0002)  # otherwise few of the kills would come while files are moved

    journal._move = move_slowly
    newsroom = Newsroom(output)
    newsroom.known = recall(memory)
    ready.send(None)
    while True:
        for turn in (1, 0):
            newsroom.publish(sites[turn])
            new = memory.with_suffix(".new")
            new.write_bytes(msgspec.msgpack.encode(newsroom.known))
            new.replace(memory)


def recall(memory: Path) -> dict[str, Written]:
    with suppress(FileNotFoundError):
        return msgspec.msgpack.decode(memory.read_bytes(), type=dict[str, Written])
    return {}


def kill_at_random(folder: Path, kills: int, seed: int) -> int:
    """Kills a process that publishes, `kills` times; how often it was moving files."""
    chance = random.Random(seed)
    output, memory = folder / "output", folder / "memory"
    forking = multiprocessing.get_context("fork")  # all is loaded, and there are no threads
    amid = 0
    for _ in range(kills):
        ready, theirs = forking.Pipe(duplex=False)
        child = forking.Process(target=publish_for_ever, args=(output, memory, SITES, theirs))
        child.start()
        ready.recv()
        time.sleep(chance.uniform(0, 0.25))
        child.kill()
        child.join()
        wrong = list(mistakes(output, SITES))
        assert not wrong, wrong
        amid += "journal" in left_behind(output)
        if chance.random() < 0.5:
            check_next_build(output, SITES, recall(memory) if chance.random() < 0.7 else {})
        if chance.random() < 0.1:
            shutil.rmtree(output, ignore_errors=True)
    return amid


SITES: Final = (site(0, 60, "montag"), site(8, 75, "dienstag"))
SMALL: Final = (site(0, 5, "montag"), site(2, 8, "dienstag"))
STARTS: Final[tuple[tuple[tuple[Site, Site], bool], ...]] = (
    (SMALL, False),
    ((SMALL[1], SMALL[0]), False),
    (({}, SMALL[0]), False),
    (({}, SMALL[0]), True),
)
"""What replaces what, and whether the folder is there before; for spares the first will do."""


def main() -> None:
    """Runs what the command line names; ends with an AssertionError where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", action="store_true")
    parser.add_argument("--spares", action="store_true")
    parser.add_argument("--shared", action="store_true")
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    asked = parser.parse_args()
    few = 1 if asked.spares else spares.FEW
    place = None if asked.spares else MEMORY
    many = mock.patch.object(journal, "MANY", 2 if asked.shared else journal.MANY)
    with TemporaryDirectory(dir=place) as folder, mock.patch.object(spares, "FEW", few), many:
        if asked.steps:
            counts = [
                kill_before_each_step(Path(folder, str(number)), *sites, empty=empty)
                for number, (sites, empty) in enumerate(STARTS[: 1 if asked.spares else None])
            ]
            sys.stdout.write(f"killed before each of {counts} steps: all right\n")
        else:
            sys.stdout.write(f"seed {asked.seed}\n")
            sys.stdout.flush()
            amid = kill_at_random(Path(folder), asked.kills, asked.seed)
            sys.stdout.write(f"{asked.kills} kills, {amid} amid the moves: all right\n")


def run(*options: str) -> str:
    command = [sys.executable, "-m", __name__, *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


needs_kill = pytest.mark.skipif(not hasattr(os, "fork"), reason="kill -9 and fork are of Unix")


@needs_kill
@pytest.mark.parametrize("options", [[], ["--spares"]])
def test_killed_before_any_step_it_leaves_no_dead_link_and_the_next_build_is_right(
    options: list[str],
) -> None:
    assert "all right" in run("--steps", *options)


@needs_kill
@pytest.mark.parametrize("options", [[], ["--spares"], ["--shared"], ["--spares", "--shared"]])
def test_killed_at_random_it_leaves_no_dead_link_and_the_next_build_is_right(
    options: list[str],
) -> None:
    seed = random.randrange(10**6)
    assert "all right" in run("--kills", "30", "--seed", str(seed), *options)


if __name__ == "__main__":
    main()
