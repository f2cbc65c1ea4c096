"""Text files a second time, compressed, for servers that send them as they are (`gzip_static`).

What a compressed file holds depends on its original and on the program alone, and is remembered as
the publishing remembers everything: by its target, with the digest of what it was made from.
"""

import gzip
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import brotli

from generator.base import digests, workers
from generator.base.problems import PortalError, problem
from generator.config import fingerprint
from generator.config.delivery import Delivery
from generator.publish.output import OutputFolder, PreviousOutput, Written

TEXTS: Final = (".bin", ".css", ".html", ".js", ".json", ".svg", ".txt", ".webmanifest", ".xml")
"""The endings of files that become much smaller."""

ENDINGS: Final = {"brotli": ".br", "gzip": ".gz"}

SMALL: Final = 256
"""Bytes below which a file fits into one packet of the network anyway."""

LEVELS: Final = {"brotli": 5, "gzip": 9}
"""How hard is tried: with brotli 8 pages would be 1 % smaller, and take half as long again."""

SMALLEST: Final = {"brotli": 11, "gzip": 9}
"""The same where files are to be as small as can be."""

BATCH: Final = 64
"""Files compressed for one message between processes."""

FEW: Final = 2 * BATCH
"""So many files are compressed sooner than other processes are started."""

BUDGET: Final = 300.0
"""Seconds for one batch."""


class CompressionTask(NamedTuple):
    """A file to be made: how, its target, where its original lies, its digest."""

    way: str
    level: int
    target: str
    original: str
    digest: bytes


class Complete(NamedTuple):
    """What is to be published, with the compressed files, and what lies in the stage."""

    planned: list[str]
    staged: dict[str, Written]


def complete(
    planned: Sequence[str],
    staged: Mapping[str, Written],
    previous: PreviousOutput,
    delivery: Delivery,
    *,
    jobs: int,
) -> Complete:
    """Adds a compressed file for each way of `delivery` to each text file, before it.

    Made are those whose originals changed since the `previous` build, or that were damaged; kept
    of them are those that are smaller than their originals.
    """
    if not delivery.compress:
        return Complete([*planned], {**staged})
    held: set[str] = set()
    tasks: list[CompressionTask] = []
    for task in _tasks(planned, staged, previous, delivery):
        if previous.holds(task.target, task.digest):
            held.add(task.target)
        else:
            tasks.append(task)
    made = {written.target: written for written in _made(tasks, previous.folder, jobs)}
    present = held | made.keys()
    beside = [ENDINGS[way] for way in delivery.compress]
    return Complete(
        [
            name
            for target in planned
            for name in (*(target + ending for ending in beside if target + ending in present),
                         target)
        ],
        {**staged, **made},
    )  # fmt: skip


def _tasks(
    planned: Sequence[str],
    staged: Mapping[str, Written],
    previous: PreviousOutput,
    delivery: Delivery,
) -> Iterator[CompressionTask]:
    program, levels = fingerprint.generator(), SMALLEST if delivery.smallest else LEVELS
    for target in planned:
        original = staged.get(target) or previous.known[target]
        if target.endswith(TEXTS) and original.size >= SMALL:
            here = target in staged
            folder = previous.folder
            place = folder.stage.file(target) if here else f"{folder.output}/{target}"
            for way in delivery.compress:
                level = levels[way]
                digest = digests.of_bytes(b"%b%b%d" % (program, original.digest, level))
                yield CompressionTask(way, level, target + ENDINGS[way], place, digest)


def _made(tasks: Sequence[CompressionTask], folder: OutputFolder, jobs: int) -> Iterator[Written]:
    batches = [tasks[start : start + BATCH] for start in range(0, len(tasks), BATCH)]
    work = partial(_make, folder)
    if len(tasks) <= FEW or jobs == 1:
        for batch in batches:
            yield from work(batch)
        return
    for place, result in workers.run(work, batches, jobs=jobs, budget=BUDGET, batch=1):
        if isinstance(result, str):
            raise PortalError((problem("worker-died", batches[place][0].target),))
        yield from result


def _make(folder: OutputFolder, tasks: Sequence[CompressionTask]) -> list[Written]:
    """Stages the files of `tasks` that save something."""
    made = []
    for task in tasks:
        data = Path(task.original).read_bytes()
        compressed = _COMPRESS[task.way](data, task.level)
        if len(compressed) < len(data):
            made.append(folder.stage.write(task.target, compressed, task.digest))
    return made


_COMPRESS: Final[Mapping[str, Callable[[bytes, int], bytes]]] = {
    "brotli": lambda data, level: brotli.compress(data, quality=level),
    "gzip": lambda data, level: gzip.compress(data, compresslevel=level, mtime=0),
}
