"""The staging area of an output folder: staged files, and the journal of what is done with them.

The journal is written before the first file of the output folder is touched.  To carry it out
twice does no harm, so whoever finds one carries it out.
"""

import errno
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from hashlib import blake2b
from itertools import takewhile
from os.path import lexists
from pathlib import Path
from stat import S_IRWXU
from typing import Final, NamedTuple, Self, TypeVar

import msgspec

from generator.base import aside
from generator.base.problems import PortalError, Problem, problem
from generator.publish.spares import Spares, many

T = TypeVar("T")

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
"""What the system says where there is no room."""

_LIMITS: Final = frozenset(
    {errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ENOMEM, errno.EFBIG, errno.EIO}
)
"""What the system says where nothing is wrong with the place that is written to."""


_NO_CHANCE: Final = frozenset({errno.EINVAL, errno.EOPNOTSUPP, errno.ENOSYS})
"""What it says where room cannot be had before it is needed."""

_NAME: Final = 16
"""Bytes that a name takes in a folder besides its own."""

_BLOCK: Final = 4096
"""Bytes by which a folder grows at a time."""

_SPARE: Final = 4
"""Blocks that a folder may take besides when it has grown large."""


MANY: Final = 4096
"""So many files are looked at, and replaced, by two processes: two thirds of the time of one."""


class Written(NamedTuple):
    """A file as it was left; `target` is its path in the output folder, `digest` the caller's."""

    target: str
    digest: bytes
    size: int
    mtime_ns: int


class Stage:
    """A folder for new files, on the file system of the output; processes may share it.

    It has the folders of the output in it, so that whole ones can be moved; or, where most of these
    are there already, it is `flat`: folders cost more than the files in them.
    """

    def __init__(self, path: Path, *, flat: bool) -> None:
        self.path = path
        self.flat = flat
        self._root = str(path)
        self._folders = {""}
        self.spares = Spares(path.with_name("spares"), used=flat)

    def file(self, target: str) -> str:
        """Where the staged file for `target` lies: text, since a `Path` costs as much as a move."""
        if self.flat:
            return f"{self._root}/{blake2b(target.encode(), digest_size=16).hexdigest()}"
        return f"{self._root}/{target}" if target else self._root

    def write(self, target: str, data: bytes | Iterable[bytes], digest: bytes) -> Written:
        """Writes what is to become the file `target`, in one or piece by piece.

        PortalError: it cannot be written.  ValueError: `target` does not lie in the output folder.
        """
        if not lies_inside(target):
            raise ValueError(target)
        file = self.file(target)
        try:
            if not self.flat:
                self._make(target.rpartition("/")[0])
            descriptor, zeros = self.spares.open(file)
            size = 0
            try:
                for piece in (data,) if isinstance(data, bytes) else data:
                    rest = memoryview(piece)
                    size += len(rest)
                    while rest:
                        rest = rest[os.write(descriptor, rest) :]
                if size < zeros:
                    os.ftruncate(descriptor, size)
            finally:
                os.close(descriptor)
            left = os.lstat(file)  # not before: some file systems set the time on closing
        except OSError as error:
            if error.errno in _FULL and self.spares.give_way() and isinstance(data, bytes):
                return self.write(target, data, digest)
            raise PortalError((refusal(error, self.path),)) from error
        return Written(target, digest, left.st_size, left.st_mtime_ns)

    def _make(self, folder: str) -> None:
        if folder not in self._folders:
            self._make(folder.rpartition("/")[0])
            with suppress(FileExistsError):  # another process was first
                os.mkdir(f"{self._root}/{folder}")  # noqa: PTH102 (a `Path` costs half as much again)
            self._folders.add(folder)

    def prepare(self, new: Sequence[str], is_missing: Callable[[str], bool]) -> tuple[str, ...]:
        """All that has to be moved to put the `new` targets in place, in order, folders included.

        `is_missing` tells which folders the output does not have.
        """
        if not self.flat:
            return _gathered(new, is_missing)
        placed = tuple(dict.fromkeys(_with_folders(new, is_missing)))
        for folder in set(placed).difference(new):
            Path(self.file(folder)).mkdir()  # now, while nothing is touched: the disk may be full
        return placed


class Journal(NamedTuple):
    """The steps of one publishing, in the order in which they are taken.

    Paths are relative to the output folder, with `/`; "" is the whole of it.  `placed` are files
    and folders that it does not have yet, `replaced` are files that it has.  `cleared` are files
    that stand where new ones belong, `removed` are the others that no longer belong to the portal.
    `stage` and `flat` say where the new files lie.
    """

    stage: str
    flat: bool
    cleared: tuple[str, ...]
    placed: tuple[str, ...]
    replaced: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """All that is touched."""
        return self.cleared + self.placed + self.replaced + self.removed


class StagingArea:
    """The folder in which a publishing is prepared: the lock, the stages, the journal."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = path / "lock"
        self._journal = path / "journal"

    @classmethod
    def of(cls, output: Path) -> Self:
        """The staging area for `output`, a real path: beside it, or inside where need be."""
        beside, inside = cls.all_of(output)
        return inside if output.exists() and _stands_apart(output) else beside

    @classmethod
    def all_of(cls, output: Path) -> tuple[Self, Self]:
        """The staging areas that `output` may have had."""
        beside = output.with_name(f".{output.name}.staging")
        return cls(beside), cls(output / ".stadtschreiber-staging")

    def new_stage(self, output: Path, *, flat: bool) -> Stage:
        """An empty stage, whose files will be as if they had been made in `output`."""
        # No name is used twice, so that an orphaned worker of a killed build cannot disturb.
        path = self.path / f"stage-{os.urandom(4).hex()}"
        path.mkdir()
        if output.exists():
            # Group, permissions and labels come from the folder in which a file is made.
            with suppress(OSError):
                os.chown(path, -1, output.stat().st_gid)
            shutil.copystat(output, path)
            path.chmod(path.stat().st_mode | S_IRWXU)
        return Stage(path, flat=flat)

    def write(self, journal: Journal) -> None:
        """Writes the journal so that, whatever happens, all of it is there or nothing.

        It is on the disk when this returns: it has to survive a loss of power, too.  OSError: there
        is no room for it, or not for the names that will be put into folders.
        """
        new = self._journal.with_suffix(".new")
        with new.open("wb") as stream:
            stream.write(msgspec.json.encode(journal))
            stream.flush()
            _try_for_room(self._journal.with_suffix(".room"), _growth(journal))
            os.fsync(stream.fileno())  # which gives back that room, too, where that takes a commit
        new.replace(self._journal)

    def read(self) -> Journal | None:
        """The journal; None where there is none that is whole."""
        try:
            return msgspec.json.decode(self._journal.read_bytes(), type=Journal)
        except (FileNotFoundError, NotADirectoryError, msgspec.MsgspecError):
            return None

    def carry_out(self, journal: Journal, output: Path) -> None:
        """Takes the steps of `journal` that are not taken yet, and forgets it.

        New files come first, so that whatever a replaced one links to is there; what nothing
        links to any longer goes last.  PortalError: a step failed; those before it are taken.
        """
        try:
            stage = Stage(self.path / journal.stage, flat=journal.flat)
            _take(journal, stage, output)
            if many(journal.replaced):
                stage.spares.part(stage.path)
            self._journal.unlink(missing_ok=True)
            if "" not in journal.placed:  # which moves the stage itself
                stage.path.stat()  # where it is gone, what it held was not moved, nor will be
        except OSError as error:
            place = str(error.filename2 or error.filename or output)
            stopped = problem("publishing-stopped", place, reason=error.strerror)
            raise PortalError((stopped,)) from error

    def sweep(self) -> None:
        """Removes the journal and all that is staged."""
        for journal in self.path.glob("journal*"):
            journal.unlink()
        for stage in self.path.glob("stage-*"):
            shutil.rmtree(stage, ignore_errors=True)

    def close(self) -> None:
        """Sweeps, unless there is a journal that the next build has to carry out."""
        if self.read() is None:
            self.sweep()


def links(journal: Journal, output: Path) -> Iterator[str]:
    """The symbolic links in `output` that a step of `journal` would follow out of it."""
    for folder in sorted({folder for path in journal.paths for folder in above(path)} - {""}):
        if (output / folder).is_symlink():
            yield folder


def halved(files: Sequence[T]) -> tuple[Sequence[T], Sequence[T]]:
    """What of many files another process looks at or replaces, and what this one does."""
    half = len(files) // 2 if len(files) >= MANY else 0
    return files[:half], files[half:]


def above(path: str) -> Iterator[str]:
    """The folders that `path` lies in, from the nearest to "": `a/b/c` → `a/b`, `a`, ""."""
    while path:
        path = path.rpartition("/")[0]
        yield path


def nested(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The paths in a folder that would have to be the file of another of them, and that one."""
    # In this order what is in a folder comes right behind a file with its name.
    around: list[str] = []
    for path in sorted(path.replace("/", "\0") + "\0" for path in paths):
        while around and not path.startswith(around[-1]):
            around.pop()
        for file in around:
            yield path[:-1].replace("\0", "/"), file[:-1].replace("\0", "/")
        around.append(path)


def lies_inside(path: str) -> bool:
    """Whether `path`, relative to a folder, does not lead out of it."""
    return not path.startswith("/") and ".." not in path.split("/")


def refusal(error: OSError, place: Path) -> Problem:
    """Why nothing could be written at `place`, as users are told."""
    if error.errno in _FULL:
        return problem("disk-full", str(place))
    if error.errno in _LIMITS:
        return problem("system-refuses", str(place), reason=error.strerror)
    return problem("not-writable", str(error.filename or place), reason=error.strerror)


def _growth(journal: Journal) -> int:
    """Bytes by which folders grow at most when the new names are put into them.

    Two halves of a block that was full have room for as much again; a first index takes some more.
    """
    places = [path.rpartition("/") for path in journal.placed]
    names = sum(len(name.encode()) + _NAME for _, _, name in places)
    grown = {folder for folder, _, _ in places}.difference(journal.placed)
    return 2 * names + _BLOCK * (len(grown) + _SPARE) if grown else 0


def _try_for_room(file: Path, size: int) -> None:
    """OSError: there is no room for so many bytes."""
    if size and hasattr(os, "posix_fallocate"):
        with file.open("wb") as stream:
            try:
                os.posix_fallocate(stream.fileno(), 0, size)
            except OSError as error:
                if error.errno not in _NO_CHANCE:
                    raise
        file.unlink()


def _with_folders(targets: Sequence[str], is_missing: Callable[[str], bool]) -> Iterator[str]:
    for target in targets:
        yield from reversed([*takewhile(is_missing, above(target))])
        yield target


def _gathered(targets: Sequence[str], is_missing: Callable[[str], bool]) -> tuple[str, ...]:
    """`targets` in their order, a missing folder in place of its files where these are a run.

    To move such a folder is one step, and brings no file before its turn.
    """
    if is_missing(""):
        return ("",)
    within: dict[str, list[int]] = {}
    for number, target in enumerate(targets):
        for folder in takewhile(is_missing, above(target)):
            within.setdefault(folder, []).append(number)
    runs = {folder for folder, at in within.items() if at[-1] - at[0] + 1 == len(at)}

    def outermost(target: str) -> str:
        return [target, *filter(runs.__contains__, above(target))][-1]

    return tuple(dict.fromkeys(map(outermost, targets)))


def _stands_apart(output: Path) -> bool:
    """Whether nothing can be made beside `output` and then renamed into it."""
    if not os.access(output.parent, os.W_OK | os.X_OK):
        return True
    if output.stat().st_dev != output.parent.stat().st_dev:
        return True
    nothing = os.urandom(8).hex()
    try:
        # A mounted folder of the same file system (Docker's volumes) is known only by refusing.
        (output.parent / nothing).rename(output / nothing)
    except OSError as error:
        return error.errno == errno.EXDEV
    return False


def _take(steps: Journal, stage: Stage, output: Path) -> None:
    moved = steps.placed + steps.replaced
    # Once the first file is moved the cleared ones are gone, and their names may be in use.
    if moved and lexists(stage.file(moved[0])):
        _remove(steps.cleared, output)
    for path in steps.placed:
        _refuse_to_overwrite(stage.file(path), _at(output, path))
        _move(stage.file(path), _at(output, path))
    # None of them needs another, and to take a step twice does no harm.
    theirs, ours = halved(steps.replaced)
    replace = partial(_replace, stage=stage, output=output, kept=many(steps.replaced))
    other = aside.call(partial(replace, theirs)) if theirs else None
    try:
        replace(ours)
    finally:  # nobody else may publish while it moves files
        if other:
            other()
    _remove(steps.removed, output)
    for path in steps.cleared + steps.removed:
        stage.spares.drop(stage.file(path))


def _replace(paths: Iterable[str], *, stage: Stage, output: Path, kept: bool) -> None:
    """Puts staged files in the place of others, which are `kept` as spares where that pays."""
    for path in paths:
        staged, there = stage.file(path), _at(output, path)
        if kept:
            stage.spares.keep(there, staged)
        _move(staged, there)


def _at(output: Path, path: str) -> str:
    return f"{output}/{path}" if path else str(output)


def _refuse_to_overwrite(source: str, target: str) -> None:
    if lexists(target) and lexists(source):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target)


def _move(source: str, target: str) -> None:
    try:
        os.replace(source, target)  # noqa: PTH105
    except FileNotFoundError:
        if lexists(source):  # otherwise it was moved already
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            os.replace(source, target)  # noqa: PTH105


def _remove(targets: tuple[str, ...], output: Path) -> None:
    for target in targets:
        (output / target).unlink(missing_ok=True)
        with suppress(OSError):  # a folder that is not empty stays, and so do those above it
            for folder in filter(None, above(target)):
                with suppress(FileNotFoundError):
                    (output / folder).rmdir()
