"""A target whose folder is what readers see: files are sent aside, then each takes its place.

Where the server has hard links, the last publications can be put back: what one of them replaced or
removed lies in `earlier/SERIAL/` beside the lock, with the manifest of the publication that it was
of.  The names there, and those of files aside, tell of place and content.
"""

import hashlib
from collections.abc import Iterable, Mapping, Set

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
_EARLIER = f"{CONTROL}/earlier"
_DENIAL = ".htaccess"
"""Keeps Apache from serving what was withdrawn; other servers do not know its folder's name."""


def current(remote: Remote) -> Manifest | None:
    """What stands at the target; None where nothing does yet.

    PortalError: something does, and cannot be read.
    """
    data = remote.read(f"{CONTROL}/{NAME}")
    found = manifest_of(data)
    if data is not None and found is None:
        raise PortalError((problem("manifest-damaged", f"{CONTROL}/{NAME}"),))
    return found


def serials(remote: Remote) -> list[int]:
    """The publications of which something is kept, the oldest first."""
    return _numbers(remote.names(_EARLIER))


def _numbers(names: Iterable[str]) -> list[int]:
    return sorted(int(name) for name in names if name.isdecimal())


def fetch(remote: Remote, serial: int, before: Manifest) -> Manifest:
    """The manifest of an earlier publication, whose files lie aside from then on.

    PortalError: they are not all kept.
    """
    then = manifest_of(remote.read(f"{_EARLIER}/{serial}/{NAME}"))
    if then is None:
        raise PortalError((problem("release-incomplete", str(serial)),))
    wanted = {
        _aside_name(path, then.files[path]): then.files[path].size
        for path in difference(before.files, then.files)[0]
    }
    # What a publication showed was replaced by the next one or later.
    if _lay_aside(remote, wanted, serial) < wanted.keys():
        raise PortalError((problem("release-incomplete", str(serial)),))
    return then


def _lay_aside(remote: Remote, wanted: Mapping[str, int], since: int) -> Set[str]:
    """Lays files aside that were replaced since a publication or are there already, by their names
    with their sizes; which of them there are."""
    kept = {
        name: f"{_EARLIER}/{one}/{name}"
        for one in serials(remote)
        if one >= since
        for name, size in remote.names(f"{_EARLIER}/{one}").items()
        if wanted.get(name) == size
    }
    there = {name for name, size in remote.names(_ASIDE).items() if wanted.get(name) == size}
    fetched = sorted(kept.keys() - there)
    remote.make_folders([_ASIDE])
    remote.remove([f"{_ASIDE}/{name}" for name in fetched])
    remote.link([(kept[name], f"{_ASIDE}/{name}") for name in fetched])
    return kept.keys() | there


def bring(publication: Publication, earlier: int) -> int:
    """Makes the target what is `wanted`, each page whole at each moment; the number of files sent.

    New files come first, assets before pages; what goes, goes last.  So many `earlier` publications
    can be put back from then on.
    """
    line, lock, before, wanted, output = publication
    remote = line.remote
    brought, gone = difference(before.files, wanted.files)
    refuse_foreign(remote, before.files, brought)
    lock.begin(NAME, (*brought, *gone))
    if before.of:  # what comes after it was there before it was put back
        names = {_aside_name(path, wanted.files[path]): wanted.files[path].size for path in brought}
        _lay_aside(remote, names, before.of)
    place = f"{_EARLIER}/{before.serial}"
    remote.make_folders([_ASIDE, place] if earlier and before.serial else [_ASIDE])
    _forget(remote, earlier)
    _keep(remote, before, (*brought, *gone), place)
    aside = {path: f"{_ASIDE}/{_aside_name(path, wanted.files[path])}" for path in brought}
    there = {f"{_ASIDE}/{name}": size for name, size in remote.names(_ASIDE).items()}
    missing = [path for path in brought if there.get(aside[path]) != wanted.files[path].size]
    # A part that was cut off would be taken for the whole by a courier that passes over files.
    whole = set(aside.values()).difference(aside[path] for path in missing)
    remote.remove(sorted(there.keys() - whole))
    line.carry([(output / path, aside[path]) for path in missing])
    remote.make_folders(missing_folders(brought, before.files))
    ordered = sorted(brought, key=lambda path: (path in before.files, not is_asset(path)))
    remote.rename([(aside[path], path) for path in ordered])
    remote.remove(gone)
    remote.remove_folders(empty_folders(gone, wanted.files))
    remote.write(f"{CONTROL}/{NAME}", packed(wanted))
    return len(missing)


def _keep(remote: Remote, before: Manifest, paths: Iterable[str], place: str) -> None:
    """Gives files that are about to go a second name, by which they can be put back."""
    known = ((path, before.files.get(path)) for path in paths)
    # What is in doubt has no name that would tell what is in it.
    sure = ((path, old) for path, old in known if old and old.digest)
    pairs = [(path, f"{place}/{_aside_name(path, old)}") for path, old in sure]
    remote.link([(f"{CONTROL}/{NAME}", f"{place}/{NAME}"), *pairs], if_possible=True)


def _forget(remote: Remote, count: int) -> None:
    """Leaves no more than so many earlier publications, and those to nobody who browses."""
    names = remote.names(_EARLIER)
    if names and _DENIAL not in names:
        remote.write(f"{_EARLIER}/{_DENIAL}", b"Require all denied\n")
    there = _numbers(names)
    for serial in there[: max(0, len(there) - count)]:
        place = f"{_EARLIER}/{serial}"
        # Without its manifest it is not offered any more.
        remote.remove([f"{place}/{NAME}", *(f"{place}/{name}" for name in remote.names(place))])
        remote.remove_folders([place])


def refuse_foreign(
    remote: Remote, known: Mapping[str, File], brought: list[str], folder: str = ""
) -> None:
    """PortalError: where a new file belongs, there is one that nobody knows of here; or a folder
    where one is in doubt."""
    new = [path for path in brought if (old := known.get(path)) is None or not old.digest]
    # In an empty folder nothing can be in the way.
    there = remote.names(folder.rstrip("/")) if new else {}
    doubtful = [path for path in new if path.partition("/")[0] in there]
    sizes = remote.sizes([folder + path for path in doubtful])
    found = [
        path
        for path, size in zip(doubtful, sizes, strict=True)
        if size is not None and (path not in known or size == FOLDER)
    ]
    if found:
        more = "" if len(found) == 1 else f" (+ {len(found) - 1})"
        end = "/" if sizes[doubtful.index(found[0])] == FOLDER else ""
        raise PortalError((problem("target-foreign", found[0] + end + more),))


def _aside_name(path: str, file: File) -> str:
    """A name that tells of place and content: so what an earlier run sent is known again."""
    place = hashlib.blake2b(path.encode(), digest_size=8).hexdigest()
    return f"{place}{file.digest}"
