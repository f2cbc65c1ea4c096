"""The output folder as it goes out: its files with their digests."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

import msgspec

from generator.base import digests
from generator.base.problems import PortalError, problem
from generator.base.scan import Stamp, look_at
from generator.config.portal import Portal
from generator.deploy.manifest import File
from generator.load.store import FOLDER
from generator.publish.manifest import Manifest

T = TypeVar("T")

_REMEMBERED: Final = "deploy-files"
"""The file in the store's folder that knows the digests; it may be deleted."""

_SIZE: Final = 12
"""Bytes of a digest at a target: enough to tell the files of one portal apart."""


class Output(NamedTuple):
    """The files of the output folder, in the order of publishing."""

    folder: Path
    files: Mapping[str, File]


class _Known(msgspec.Struct, frozen=True, array_like=True):
    stamp: Stamp
    file: File


def look(portal: Portal) -> Output:
    """The output folder; files that are as they were when last looked at are not read.

    PortalError: nothing was built there, or a file of the portal is missing.
    """
    folder, cache = portal.folders.output, portal.folders.root / FOLDER / _REMEMBERED
    targets = Manifest.read(folder).targets
    if not targets:
        raise PortalError((problem("nothing-built", str(folder)),))
    remembered = recalled(cache, dict[str, _Known])
    known: dict[str, _Known] = {}
    root = f"{folder}/"
    for target in targets:
        stamp = look_at(root + target)
        if stamp is None:
            raise PortalError((problem("output-incomplete", str(folder / target)),))
        old = remembered.get(target)
        if old is not None and stamp.proves_unchanged_since(old.stamp):
            known[target] = old
        else:
            data = Path(root + target).read_bytes()
            known[target] = _Known(stamp, File(digest_of(data), stamp.size))
    if known != remembered:
        remember(cache, known)
    return Output(folder, {target: one.file for target, one in known.items()})


def digest_of(data: bytes) -> str:
    """The digest by which a target knows a file."""
    return digests.of_bytes(data)[:_SIZE].hex()


def recalled(cache: Path, kind: type[T]) -> T:
    """What was remembered in a file of the store's folder; an empty one where nothing was."""
    try:
        return msgspec.msgpack.decode(cache.read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError):
        return kind()


def remember(cache: Path, value: object) -> None:
    """Remembers a value in a file of the store's folder."""
    cache.parent.mkdir(exist_ok=True)
    new = cache.with_suffix(".new")
    new.write_bytes(msgspec.msgpack.encode(value))
    new.replace(cache)
