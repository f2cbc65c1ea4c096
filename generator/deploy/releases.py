"""A target with releases: whole folders, of which a symbolic link shows one to readers.

`releases/` has numbered folders, which are used again: the oldest is brought up to date, and then
the link `current` leads there.  Beside the lock lies a manifest for each, `manifest-FOLDER-SERIAL`;
its serial is 0 where the folder was left unfinished.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import msgspec

from generator.base.problems import PortalError, Problem, problem
from generator.deploy.in_place import refuse_foreign
from generator.deploy.manifest import (
    CONTROL,
    Manifest,
    difference,
    empty_folders,
    folders_of,
    manifest_of,
    missing_folders,
    packed,
)
from generator.deploy.publication import Publication
from generator.deploy.remote import FOLDER, Remote

CURRENT: Final = "current"
_RELEASES: Final = "releases"
_PREFIX: Final = "manifest"


class Release(NamedTuple):
    """A folder of files, and the publication that it holds."""

    serial: int
    folder: int

    @property
    def manifest(self) -> str:
        """Where its manifest lies."""
        return f"{CONTROL}/{self.name}"

    @property
    def name(self) -> str:
        """The name of its manifest."""
        return f"{_PREFIX}-{self.folder}-{self.serial}"

    @property
    def place(self) -> str:
        """Where its files lie."""
        return f"{_RELEASES}/{self.folder}"


def releases(remote: Remote) -> list[Release]:
    """All releases, the oldest first; those that were left unfinished have no serial."""
    found: dict[int, int] = {}
    for name in remote.names(CONTROL):
        match name.split("-"):
            case [begin, folder, serial] if (
                begin == _PREFIX and folder.isdecimal() and serial.isdecimal()
            ):
                found[int(folder)] = max(int(serial), found.get(int(folder), 0))
    return sorted(Release(serial, folder) for folder, serial in found.items())


def shown(remote: Remote, there: Sequence[Release]) -> Release | None:
    """The release that readers see; None before the first.  PortalError: they see another thing."""
    try:
        goal = remote.linked(CURRENT)
    except FileExistsError as error:
        raise PortalError((problem("target-foreign", CURRENT),)) from error
    if not goal:
        return None
    found = next((one for one in there if one.place == goal.rstrip("/")), None)
    if found is None:
        raise PortalError((problem("target-foreign", f"{CURRENT} → {goal}"),))
    return found


def current(remote: Remote) -> Manifest | None:
    """What readers see; None where nothing was published yet.

    PortalError: something was, and cannot be read.
    """
    release = shown(remote, releases(remote))
    if release is None:
        return None
    found = manifest_of(remote.read(release.manifest))
    if found is None:
        raise PortalError((problem("manifest-damaged", release.manifest),))
    return found


def serials(remote: Remote) -> list[int]:
    """The publications that are there, the oldest first."""
    return [one.serial for one in releases(remote) if one.serial]


def fetch(remote: Remote, serial: int, _before: Manifest) -> Manifest:
    """The manifest of a publication that is there.  PortalError: it is damaged."""
    found = manifest_of(remote.read(_release(remote, serial).manifest))
    if found is None:
        raise PortalError((problem("release-incomplete", str(serial)),))
    return found


def put_back(remote: Remote, serial: int, again: Manifest) -> None:
    """Shows readers a publication that is there; from then on it is the one of `again`."""
    before = _release(remote, serial)
    done = Release(again.serial, before.folder)
    remote.switch(CURRENT, done.place)
    remote.write(done.manifest, packed(again))
    remote.remove([before.manifest])


def _release(remote: Remote, serial: int) -> Release:
    return next(one for one in releases(remote) if one.serial == serial)


def bring(publication: Publication, keep: int, tell: Callable[[Problem], None]) -> int:
    """Makes a release of what is wanted, and shows it; the number of files sent.

    One whose manifest is damaged stays as it is: `tell` hears of it.
    """
    line, lock, before, wanted, output = publication
    remote = line.remote
    there = releases(remote)
    seen = shown(remote, there)
    again, base = None, Manifest()
    others = [release for release in there if release != seen]
    # An unfinished one has no serial, and so is the first.
    while again is None and others and (not others[0].serial or len(others) >= keep - bool(seen)):
        oldest = others.pop(0)
        if found := manifest_of(remote.read(oldest.manifest)):
            base, again = found, oldest
        else:
            tell(problem("release-damaged", oldest.place, manifest=oldest.manifest))
    used = {release.folder for release in there}
    place = again or Release(0, min(set(range(1, len(used) + 2)) - used))
    doubtful = [p for p, f in before.files.items() if not f.digest and p in base.files]
    base = base.doubted(doubtful)
    root = f"{place.place}/"
    brought, gone = difference(base.files, wanted.files)
    refuse_foreign(remote, base.files, brought, root)
    lock.begin(place.name, (*brought, *gone))
    remote.make_folders([place.place])
    remote.remove([root + path for path in (*brought, *gone) if path in base.files])
    remote.make_folders([root + folder for folder in missing_folders(brought, base.files)])
    linked = set(brought).difference(difference(before.files, wanted.files)[0]) if seen else set()
    if seen:
        remote.link([(f"{seen.place}/{path}", root + path) for path in brought if path in linked])
    sent = set(brought).difference(linked)
    line.carry([(output / path, root + path) for path in brought if path in sent])
    remote.remove_folders([root + folder for folder in empty_folders(gone, wanted.files)])
    done = Release(wanted.serial, place.folder)
    remote.write(done.manifest, packed(wanted, remote.packing))
    if again is not None and again != done:
        remote.remove([again.manifest])
    remote.switch(CURRENT, done.place)
    _drop(remote, [*others, *([seen] if seen else [])], keep - 1)
    return len(sent)


def _drop(remote: Remote, others: Sequence[Release], keep: int) -> None:
    """Removes the oldest releases that are too many, when fewer are to be kept than before."""
    for release in others[: max(0, len(others) - keep)]:
        manifest = manifest_of(remote.read(release.manifest))
        if manifest is None:
            continue  # whoever wants its place says so
        doubted = msgspec.structs.replace(manifest, serial=0)
        unfinished = Release(0, release.folder)
        remote.write(unfinished.manifest, packed(doubted))
        root = f"{release.place}/"
        remote.remove([root + path for path in manifest.files])
        remote.remove_folders([root + folder for folder in folders_of(manifest.files)])
        if remote.names(_RELEASES).get(str(release.folder), 0) != FOLDER:
            remote.remove([unfinished.manifest])
        remote.remove([release.manifest] if release != unfinished else [])
