"""A target whose folder is what readers see: files are sent aside, then each takes its place."""

import hashlib
from collections.abc import Mapping

from generator.base.problems import PortalError, problem
from generator.deploy.manifest import (
    CONTROL,
    File,
    Manifest,
    difference,
    empty_folders,
    is_asset,
    manifest_of,
    missing_folders,
    packed,
)
from generator.deploy.publication import Publication
from generator.deploy.remote import FOLDER, Remote

NAME = "manifest"
_ASIDE = f"{CONTROL}/new"


def current(remote: Remote) -> Manifest | None:
    """What stands at the target; None where nothing does yet.

    PortalError: something does, and cannot be read.
    """
    data = remote.read(f"{CONTROL}/{NAME}")
    found = manifest_of(data)
    if data is not None and found is None:
        raise PortalError((problem("manifest-damaged", f"{CONTROL}/{NAME}"),))
    return found


def bring(publication: Publication) -> int:
    """Makes the target what is `wanted`, each page whole at each moment; the number of files sent.

    New files come first, assets before pages; what goes, goes last.
    """
    line, lock, before, wanted, output = publication
    remote = line.remote
    brought, gone = difference(before.files, wanted.files)
    refuse_foreign(remote, before.files, brought)
    lock.begin(NAME, (*brought, *gone))
    remote.make_folders([_ASIDE])
    aside = {path: f"{_ASIDE}/{_aside_name(path, wanted.files[path])}" for path in brought}
    there = remote.names(_ASIDE)
    missing = [
        path
        for path in brought
        if there.get(aside[path].rpartition("/")[2]) != wanted.files[path].size
    ]
    left = set(there).difference(place.rpartition("/")[2] for place in aside.values())
    remote.remove([f"{_ASIDE}/{name}" for name in sorted(left)])
    # A part that was cut off would be taken for the whole by a courier that passes over files.
    cut = {aside[path] for path in missing}.intersection(f"{_ASIDE}/{name}" for name in there)
    remote.remove(sorted(cut))
    line.carry([(output / path, aside[path]) for path in missing])
    remote.make_folders(missing_folders(brought, before.files))
    new = [path for path in brought if path not in before.files]
    ordered = sorted(brought, key=lambda path: not is_asset(path))
    first = set(new)
    remote.rename(
        [(aside[path], path) for path in ordered if path in first]
        + [(aside[path], path) for path in ordered if path not in first]
    )
    remote.remove(gone)
    remote.remove_folders(empty_folders(gone, wanted.files))
    remote.write(f"{CONTROL}/{NAME}", packed(wanted))
    return len(missing)


def refuse_foreign(
    remote: Remote, known: Mapping[str, File], brought: list[str], folder: str = ""
) -> None:
    """PortalError: where a new file belongs, there is one that nobody knows of here."""
    new = [path for path in brought if path not in known]
    # In an empty folder nothing can be in the way.
    there = remote.names(folder.rstrip("/")) if new else {}
    doubtful = [path for path in new if path.partition("/")[0] in there]
    sizes = remote.sizes([folder + path for path in doubtful])
    found = [path for path, size in zip(doubtful, sizes, strict=True) if size is not None]
    if found:
        more = "" if len(found) == 1 else f" (+ {len(found) - 1})"
        kind = "folder" if sizes[doubtful.index(found[0])] == FOLDER else "file"
        raise PortalError((problem("target-foreign", found[0] + more, target=kind),))


def _aside_name(path: str, file: File) -> str:
    """A name that tells of place and content: so what an earlier run sent is known again."""
    place = hashlib.blake2b(path.encode(), digest_size=8).hexdigest()
    return f"{place}{file.digest}"
