"""Rules about picture files: too small for their place, or larger than anybody can use."""

from collections.abc import Collection, Iterator
from functools import partial
from typing import Final

import msgspec

from generator.base import digests, workers
from generator.base.problems import PortalError, Problem, lost, problem
from generator.build.workspace import Workspace
from generator.check import rules_header
from generator.config.portal import Folders
from generator.load.pictures import BUDGET
from generator.media import images
from generator.model.article import Image
from generator.model.entry import Entry
from generator.site import links
from generator.site.assets import Assets

WIDTH: Final = 800
"""Pixels that a picture fills on a screen; a narrower one looks coarse there."""
MEGABYTES: Final = 20
SIDE: Final = 12_000
"""Pixels; no camera of a newsroom makes larger pictures."""


class Looked(msgspec.Struct, frozen=True, array_like=True):
    """What is known of a picture file; `problems` is why it cannot be published, or will lack."""

    width: int
    height: int
    drawing: bool
    megabytes: float
    problems: tuple[Problem, ...] = ()


def look(folders: Folders, name: str) -> Looked:
    """What there is to know of the picture `name`; its problems have the path ""."""
    try:
        data = images.read(Assets(folders, {}).file(name))
        seen = images.look(data, "")
    except PortalError as error:
        return unseen(*error.problems)
    size = round(len(data) / 1_000_000, 1)
    return Looked(seen.width, seen.height, seen.format == "svg", size, seen.problems)


def unseen(*problems: Problem) -> Looked:
    """What is known of a picture that cannot be looked at, because of `problems`."""
    return Looked(0, 0, drawing=True, megabytes=0, problems=problems)


def sizes(image: Image, line: int, seen: Looked) -> Iterator[Problem]:
    """Whether the file of a picture that stands in a line is too small, or huge."""
    if seen.drawing:
        return
    if seen.width < WIDTH:
        yield problem("picture-small", "", line, file=image.file, width=seen.width, limit=WIDTH)
    if seen.megabytes > MEGABYTES or max(seen.width, seen.height) > SIDE:
        yield problem(
            "picture-heavy", "", line, file=image.file, megabytes=seen.megabytes,
            width=seen.width, height=seen.height,
        )  # fmt: skip


def of_sources(workspace: Workspace, entries: Collection[Entry]) -> Iterator[Problem]:
    """What is wrong with the picture files that sources show; each file is looked at once."""
    assets, store = workspace.assets, workspace.store

    def name_of(entry: Entry, image: Image) -> str:
        return assets.name_of(entry.source.path, image.file)

    names = {name_of(entry, image) for entry in entries for image, _ in links.images(entry)}
    digest = {
        name: digests.of_value((images.VERSION, assets.asset(name).digest)).hex()
        for name in names
        if assets.exists(name)
    }
    known = store.get("looked", dict[str, Looked])
    tasks = sorted({key: name for name, key in digest.items() if key not in known}.values())
    work = partial(look, workspace.portal.folders)
    refused: dict[str, Looked] = {}  # not remembered: it may be read, or decoded, another time
    jobs = workspace.options.jobs
    for place, result in workers.run(work, tasks, jobs=jobs, budget=BUDGET, batch=1):
        key = digest[tasks[place]]
        if isinstance(result, str):
            refused[key] = unseen(lost(result, "", BUDGET))
        elif any(found.is_error for found in result.problems):
            refused[key] = result
        else:
            known[key] = result
    store.put("looked", known)
    store.commit()
    looked = {name: refused.get(key) or known[key] for name, key in digest.items()}
    for entry in entries:
        path = workspace.portal.folders.in_content(entry.source.path)
        for image, line in links.images(entry):
            if seen := looked.get(name_of(entry, image)):
                yield from (one.at(path, line) for one in seen.problems)
        for image, line in rules_header.pictures(entry):
            if seen := looked.get(name_of(entry, image)):
                yield from (one.in_file(path) for one in sizes(image, line, seen))
