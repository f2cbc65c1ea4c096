"""What may happen to a portal's output and store behind the generator's back."""

import os
import shutil
import sqlite3
from contextlib import closing
from copy import deepcopy
from random import Random
from typing import TYPE_CHECKING

from msgspec.structs import replace

from generator.config import portal as portals
from generator.deploy import ledger
from generator.deploy.pages import published_pages
from generator.publish.output import MANIFEST
from generator.site.ledger import GONE, parse
from tests.edits import EDITS, MISHAPS, edit

if TYPE_CHECKING:
    from pathlib import Path

    from tests.incremental import World


def _some_file(random: Random, world: "World") -> "Path | None":
    """A file of the output that the generator wrote, not its manifest."""
    files = [
        path
        for path in sorted(world.output.rglob("*"))
        if path.is_file()
        and not path.name.startswith(".")
        and path.relative_to(world.output).as_posix() not in world.foreign
    ]
    if not files:
        return None
    file = random.choice(files)
    world.disturbed.add(file.relative_to(world.output).as_posix())
    return file


@edit(3, MISHAPS)
def delete_output_file(random: Random, world: "World") -> str:
    if file := _some_file(random, world):
        file.unlink()
    return str(file)


@edit(4, MISHAPS)
def change_output_file(random: Random, world: "World") -> str:
    if world.damaged_manifest is not None:
        return "none: what nobody says is the generator's would be somebody's own"
    if file := _some_file(random, world):
        data = file.read_bytes()
        file.write_bytes(random.choice([b"", b"x" + data[1:], data + b"x", data]))
    return str(file)


@edit(1, MISHAPS)
def delete_output(_random: Random, world: "World") -> str:
    shutil.rmtree(world.output, ignore_errors=True)
    world.foreign.clear()
    return "all of it"


@edit(3, MISHAPS)
def put_foreign_file(random: Random, world: "World") -> str:
    path = random.choice(["fremd/datei.txt", "google1.html", "2026/05/fremd.html", ".well-known/x"])
    file = world.output / path
    if file.parent.is_dir() or not file.parent.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"fremd")
        world.foreign[path] = b"fremd"
    return path


@edit(2, MISHAPS)
def damage_manifest(random: Random, world: "World") -> str:
    file = world.output / MANIFEST
    if file.exists() and not world.failed:
        world.disturbed.add(file.name)
        data = file.read_bytes()
        match random.randrange(3):
            case 0:
                file.unlink()
            case 1:
                file.write_bytes(data[: len(data) // 2])
            case _:
                file.write_bytes(b"\xff\xfe nonsense")
        world.damaged_manifest = file.read_bytes() if file.exists() else b""
    return "of the output"


@edit(2, MISHAPS)
def delete_store(random: Random, world: "World") -> str:
    if world.damaged_manifest is not None:
        return "none: then nothing would say whose the output is"
    world.store_suspect = True
    if random.random() < 0.5:
        shutil.rmtree(world.store.parent, ignore_errors=True)
        return "its folder"
    world.store.unlink(missing_ok=True)
    return "the file, not what SQLite keeps beside it"


@edit(3, MISHAPS)
def damage_store(random: Random, world: "World") -> str:
    if not world.store.exists() or world.damaged_manifest is not None:
        return "none"
    world.store_suspect = True
    data = bytearray(world.store.read_bytes())
    match random.randrange(4):
        case 0:
            data = data[: random.randrange(len(data) + 1)]
        case 1:
            place = random.randrange(len(data))
            data[place : place + 200] = random.randbytes(200)
        case 2:
            data = bytearray(random.randbytes(5000))
        case _:
            for _ in range(30):
                data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    if random.random() < 0.7:
        for leftover in world.store.parent.glob("store.sqlite-*"):
            leftover.unlink()
    world.store.write_bytes(data)
    return f"{len(data)} bytes"


@edit(2, MISHAPS)
def take_store_of_another_version(random: Random, world: "World") -> str:
    """Its format is another one, or it is the same, written by another generator."""
    if random.random() < 0.5:
        world.version = random.randbytes(4)
        return "another generator"
    if not world.store.exists() or world.damaged_manifest is not None:
        return "none"
    world.store_suspect = True
    with closing(sqlite3.connect(world.store)) as store, store:
        store.execute("UPDATE meta SET value = ? WHERE key = 'identity'", (b"Stadtschreiber 0",))
    return "another format"


@edit(2, MISHAPS)
def build_anew(_random: Random, world: "World") -> str:
    if world.damaged_manifest is not None:
        return "none: then nothing would say whose the output is"
    world.anew = True
    return "with --clean"


@edit(2, MISHAPS)
def build_elsewhere(_random: Random, world: "World") -> str:
    """What that remembers is not so here; and some of it is forgotten."""
    if world.damaged_manifest is not None or world.failed:
        return "none"
    world.build_elsewhere()
    return "with the same store"


@edit(1, MISHAPS)
def damage_compiled(random: Random, world: "World") -> str:
    """What Jinja made of the layouts."""
    files = [path for path in sorted((world.store.parent / "layouts").rglob("*")) if path.is_file()]
    for file in random.sample(files, min(3, len(files))):
        file.write_bytes(random.choice([b"", file.read_bytes()[:40], b"nonsense"]))
    return f"{len(files)} files"


@edit(2, MISHAPS)
def keep_store(_random: Random, world: "World") -> str:
    """As CI does; it comes back some time later."""
    kept = world.folder / "kept"
    shutil.rmtree(kept, ignore_errors=True)
    if world.store.parent.is_dir():
        shutil.copytree(world.store.parent, kept)
    return "aside"


@edit(3, MISHAPS)
def bring_back_store(random: Random, world: "World") -> str:
    kept = world.folder / "kept"
    if not kept.is_dir() or world.damaged_manifest is not None:
        return "none"
    shutil.rmtree(world.store.parent, ignore_errors=True)
    shutil.copytree(kept, world.store.parent)
    world.store_suspect = True
    if random.random() < 0.3:
        shutil.rmtree(world.output, ignore_errors=True)
        world.foreign.clear()
        return "an old one, without the output"
    return "an old one"


@edit(2, MISHAPS)
def touch_sources(random: Random, world: "World") -> str:
    some = random.sample(sorted(world.on_disk), min(4, len(world.on_disk)))
    for path in some:
        os.utime(world.root / path)
    return ", ".join(some)


@edit(1, MISHAPS)
def move_portal(_random: Random, world: "World") -> str:
    """To another folder, with store and output, as a copy with new times."""
    new = world.root.with_name("portal2" if world.root.name == "portal" else "portal")
    shutil.copytree(world.root, new)
    shutil.rmtree(world.root)
    world.root = new
    world.disturbed.update(
        path.relative_to(world.output).as_posix()
        for path in world.output.rglob("*")
        if path.is_file()
    )
    return str(new.name)


@edit(4, MISHAPS)
def publish(_random: Random, world: "World") -> str:
    """The ledger knows then each address that there is."""
    if world.failed or not world.built:
        return "none"
    portal = portals.load(world.root / portals.FILE)
    own = ledger.own(portal)
    known = ledger.Ledgers(own, world.model.ledger, b"", own)
    world.model.ledger = ledger.entered(known, published_pages(portal))
    return f"{len(parse(world.model.ledger.decode()).written)} addresses"


@edit(4, MISHAPS)
def change_ledger(random: Random, world: "World") -> str:
    """A decision, a line less, or one that says nothing."""
    lines = world.model.ledger.decode().splitlines()
    known = [n for n, line in enumerate(lines) if line.startswith("/")]
    if not known:
        return "none"
    place = random.choice(known)
    match random.randrange(8):
        case 0:
            lines[place] = "Nichts"
        case 1 | 2:
            del lines[place]
        case _:
            one = parse(lines[place]).lines.popitem()[1]
            other = lines[random.choice(known)].partition("\t")[0]
            lines[place] = replace(one, decision=random.choice([GONE, other, ""])).written
    world.model.ledger = "\n".join([*lines, ""]).encode()
    return (lines[place : place + 1] or ["the last line is gone"])[0]


@edit(4, MISHAPS)
def go_back(random: Random, world: "World") -> str:
    """All files become what they were at an earlier build, as by `git checkout`."""
    back = random.randrange(1, len(world.history) + 1)
    world.model = deepcopy(world.history[-back])
    return f"to what was built {back} builds ago"


@edit(4, MISHAPS)
def kill_build(random: Random, world: "World") -> str:
    if world.damaged_manifest is not None or world.failed:
        return "none"
    kind = random.choice(list(EDITS.values()))
    said = kind(random, world.model, world.moment)
    world.sync(random)
    step = random.choice([random.randrange(12), random.randrange(60), random.randrange(400)])
    killed = world.build_killed(step)
    return f"{kind.__name__}: {said}; {'killed at step' if killed else 'done before step'} {step}"
