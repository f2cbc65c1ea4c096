"""Spares: files that were replaced, kept beside the output, and written into instead of new ones.

On ext4 to make a file takes 0.4 to 0.8 ms for minutes after many were removed, and to free the
blocks of one a millisecond: 5,000 pages of 25 kB are replaced in 2 to 5 s by new files, in 0.7 to
1.3 s by spares.  Elsewhere nothing is gained, and there are none.

A spare has the name that its page has in a stage, so it is found at once, and whoever comes too
late for one version of a page meets a later one of it.  It is written into only where it has no
other name, so that no hard link is touched, and where nobody has it open.
"""

import os
import shutil
from collections.abc import Sized
from contextlib import suppress
from pathlib import Path
from typing import Final

FEW: Final = 50
"""So many files each process makes new, and of fewer replaced ones none is kept: it is quick."""

_FREE: Final = 1 / 8
"""The part of the disk that must be free for spares to be kept."""


def many(files: Sized) -> bool:
    """Whether `files` are so many that spares pay."""
    return len(files) >= FEW


class Spares:
    """The spares of one output folder; processes may share them."""

    def __init__(self, folder: Path, *, used: bool) -> None:
        self._folder = folder
        self._used = used
        self._there = used and folder.is_dir()
        self._made = 0
        self._usual: tuple[int, ...] | None = None

    def open(self, file: str) -> tuple[int, int]:
        """Opens the staged `file` for writing; how many zeros it has, where it is a spare."""
        if self._there and self._made >= FEW and (spare := self._reused(file)):
            return spare
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        self._made += 1
        if self._there and self._made == FEW:
            self._usual = _nature(descriptor)
        return descriptor, 0

    def _reused(self, file: str) -> tuple[int, int] | None:
        """The spare of `file`, in its place; None where there is none that may be written into."""
        with suppress(OSError, ImportError):
            from generator.base import linux

            os.rename(self._of(file), file)  # noqa: PTH104 (a `Path` costs as much again)
            descriptor = os.open(file, os.O_WRONLY | os.O_NOFOLLOW)
            with suppress(OSError):
                linux.lease(descriptor)
                if self._usual and _nature(descriptor) == self._usual:
                    # The network may send its memory still (`sendfile`), though nobody has it open.
                    return descriptor, linux.renew(descriptor)
            os.close(descriptor)
        with suppress(FileNotFoundError):
            os.unlink(file)  # noqa: PTH108 (as above)
        return None

    def keep(self, old: str, file: str) -> None:
        """Keeps the file `old`, which the staged `file` is about to replace, if it can be.

        To keep what has replaced it does no harm: as long as that is a page, it has two names.
        """
        if self._there:
            with suppress(OSError):
                os.link(old, self._of(file))

    def part(self, stage: Path) -> None:
        """When all files have left the `stage`: no loss of power gives a page its spare back."""
        if self._there:
            settle(stage)

    def take(self, file: str) -> None:
        """Makes a spare of a staged file that is not wanted, if it can be."""
        with suppress(OSError):
            os.rename(file, self._of(file))  # noqa: PTH104 (as above)

    def drop(self, file: str) -> None:
        """Removes the spare of a page that goes, whose staged file would be `file`."""
        with suppress(OSError):
            os.unlink(self._of(file))  # noqa: PTH108 (as above)

    def _of(self, file: str) -> str:
        return f"{self._folder}/{file.rpartition('/')[2]}"

    def expect(self, *, beside: bool) -> None:
        """Before many files are put in place: they are on the disk, and spares can be kept.

        That is so on ext4, and if they would lie `beside` the output, and there is room.  To rename
        a file over another does not flush what was written into a spare, and others one by one.
        """
        if not self._used:
            return
        try:
            from generator.base import linux
        except ImportError:  # another system, or a Python without ctypes
            return
        area = self._folder.parent
        pays = linux.file_system(area) == "ext4"
        if pays or self._there:  # also where they were copied to another disk
            linux.flush(area)
        space = shutil.disk_usage(area)
        if not pays or not beside or space.free < space.total * _FREE:
            self.clear()
        elif not self._there:
            with suppress(OSError):
                self._folder.mkdir(exist_ok=True)
                self._there = True

    def give_way(self) -> bool:
        """Where the disk is full: removes them all; whether there may have been any."""
        were_there = self._there
        self.clear()
        return were_there

    def clear(self) -> None:
        """Removes them all."""
        self._there = False
        shutil.rmtree(self._folder, ignore_errors=True)


def settle(place: Path | str) -> None:
    """Waits until a file's bytes, or a folder's names, would outlive a loss of power."""
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _nature(descriptor: int) -> tuple[int, ...] | None:
    """Owner, permissions and number of names; None with an access list or a label besides."""
    if os.listxattr(descriptor):
        return None
    status = os.fstat(descriptor)
    return status.st_uid, status.st_gid, status.st_mode, status.st_nlink
