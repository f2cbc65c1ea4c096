"""A target on this machine."""

import errno
import os
import shutil
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Final

from generator.deploy.remote import FOLDER, HEARTBEAT, OTHER, levels
from generator.publish.spares import settle

# `Path` costs as much as what is done with it, tens of thousands of times: so `os`, and text.
# ruff: noqa: PTH102, PTH105, PTH106, PTH108, PTH115

_FEW: Final = 200
"""So many files are waited for one by one; for more, all that waits to be written is."""


class LocalFolder:
    """A folder of this machine, or of a disk that others share."""

    replaces, packing = True, 0

    def __init__(self, root: Path) -> None:
        self._root = f"{root}/"
        self._alive = ""
        self._signed = time.monotonic()

    def keep_alive(self, path: str) -> None:
        """As of `Remote`."""
        self._alive = path

    def _sign(self) -> None:
        if self._alive and time.monotonic() - self._signed > HEARTBEAT:
            self._signed = time.monotonic()
            self.touch(self._alive)

    def read(self, path: str) -> bytes | None:
        """As of `Remote`."""
        try:
            return Path(self._root + path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def read_all(self, paths: Sequence[str]) -> list[bytes | None]:
        """As of `Remote`."""
        return [self.read(path) for path in paths]

    def write(self, path: str, data: bytes) -> None:
        """As of `Remote`."""
        file = Path(self._root + path)
        new = file.with_name(f"{file.name}.new")
        with new.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())  # it tells of what else is there: not without it
        new.replace(file)

    def create(self, path: str, data: bytes) -> bool:
        """As of `Remote`."""
        file = Path(self._root + path)
        try:
            stream = file.open("xb")
        except FileExistsError:
            return False
        try:
            with stream:
                stream.write(data)
        except OSError:
            file.unlink()  # half of it says nothing, and nobody would know whose it is
            raise
        return True

    def touch(self, path: str) -> None:
        """As of `Remote`."""
        os.utime(self._root + path)

    def stamp(self, path: str) -> int:
        """As of `Remote`."""
        with suppress(OSError):
            return os.lstat(self._root + path).st_mtime_ns
        return 0

    def names(self, folder: str) -> Mapping[str, int]:
        """As of `Remote`."""
        try:
            with os.scandir(self._root + folder) as entries:
                return {e.name: _size(e.stat(follow_symlinks=False)) for e in entries}
        except FileNotFoundError:
            return {}

    def sizes(self, paths: Sequence[str]) -> list[int | None]:
        """As of `Remote`."""
        found: list[int | None] = []
        for path in paths:
            try:
                found.append(_size(os.lstat(self._root + path)))
            except (FileNotFoundError, NotADirectoryError):
                found.append(None)
        return found

    def make_folders(self, folders: Iterable[str]) -> None:
        """As of `Remote`."""
        for folder in (folder for level in levels(folders) for folder in level):
            try:
                os.mkdir(self._root + folder)
            except FileExistsError:
                if not os.path.isdir(self._root + folder):  # noqa: PTH112 (a text, as above)
                    raise

    def put(self, files: Sequence[tuple[Path, str]]) -> None:
        """As of `Remote`."""
        for source, path in files:
            place = self._root + path
            self._sign()
            try:
                shutil.copyfile(source, place)
            except OSError as error:
                # A copy names both its ends, and the source is not what is in the way.
                if error.errno == errno.ENOSPC:
                    raise OSError(error.errno, error.strerror, place) from error
                raise
            if len(files) <= _FEW:
                settle(place)
        if len(files) > _FEW:
            os.sync()

    def link(self, pairs: Sequence[tuple[str, str]], *, if_possible: bool = False) -> None:
        """As of `Remote`."""
        self._pairwise(_link_or_not if if_possible else os.link, pairs)

    def rename(self, pairs: Sequence[tuple[str, str]]) -> None:
        """As of `Remote`."""
        self._pairwise(os.replace, pairs)

    def _pairwise(
        self, act: Callable[[str, str], object], pairs: Sequence[tuple[str, str]]
    ) -> None:
        root = self._root
        for old, new in pairs:
            self._sign()
            act(root + old, root + new)

    def remove(self, paths: Sequence[str]) -> None:
        """As of `Remote`."""
        for path in paths:
            with suppress(FileNotFoundError, NotADirectoryError):
                os.unlink(self._root + path)

    def remove_folders(self, folders: Iterable[str]) -> None:
        """As of `Remote`."""
        for level in reversed(levels(folders)):
            for folder in level:
                with suppress(OSError):
                    os.rmdir(self._root + folder)

    def linked(self, path: str) -> str:
        """As of `Remote`."""
        try:
            return os.readlink(self._root + path)
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path) from error

    def switch(self, path: str, goal: str) -> None:
        """As of `Remote`."""
        new = f"{self._root}{path}.new"
        with suppress(FileNotFoundError):
            os.unlink(new)
        os.symlink(goal, new)  # noqa: PTH211 (as above)
        os.replace(new, self._root + path)
        settle(self._root)

    def room(self) -> int | None:
        """As of `Remote`."""
        return shutil.disk_usage(self._root).free

    def close(self) -> None:
        """As of `Remote`."""


def _link_or_not(old: str, new: str) -> None:
    with suppress(OSError):
        os.link(old, new)


def _size(status: os.stat_result) -> int:
    if S_ISREG(status.st_mode):
        return status.st_size
    return FOLDER if S_ISDIR(status.st_mode) else OTHER
