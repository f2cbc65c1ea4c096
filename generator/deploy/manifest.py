"""What stands at a target: a file there says it, so that nothing has to be listed."""

import gzip
from collections.abc import Iterable, Mapping
from typing import Final, TypeVar

import msgspec

T = TypeVar("T")

CONTROL: Final = ".stadtschreiber-deploy"
"""The folder at a target in which all lies that is not the portal's."""


class File(msgspec.Struct, frozen=True, array_like=True):
    """A file: the digest of its bytes, "" where they are in doubt; its size; for how many deploys
    the portal has not had it any more."""

    digest: str
    size: int
    age: int = 0


class PublishedPage(msgspec.Struct, frozen=True, array_like=True):
    """What readers notice of a page: where it is, which article it is by its lasting `id`, its
    headline, the digests of its text and of its picture's name and words, and the source's path
    where that is not the id."""

    address: str
    id: str
    kind: str
    title: str = ""
    text: str = ""
    picture: str = ""
    path: str = ""


class Changes(msgspec.Struct, frozen=True, array_like=True):
    """Files that a publication brought, replaced and took away, and that are no assets."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.gone)

    def then(self, later: "Changes") -> "Changes":
        """Both, one after the other, as one."""
        new, changed, gone = map(dict.fromkeys, (self.new, self.changed, self.gone))
        back = set(gone).intersection(later.new)
        brought = dict.fromkeys([*new, *later.new])
        new_ones = [t for t in brought if t not in later.gone and t not in back]
        altered = dict.fromkeys([*changed, *later.changed, *sorted(back)])
        lost = dict.fromkeys([*gone, *later.gone])
        return Changes(
            tuple(new_ones),
            tuple(t for t in altered if t not in new_ones and t not in later.gone),
            tuple(t for t in lost if t not in later.new and t not in new),
        )


class Manifest(msgspec.Struct, frozen=True):
    """The files of a publication, in the order in which they appear, and what it was.

    `packed_pages` are its pages, which are seldom asked for; `ledger` is the digest of the ledger
    that knows them all.

    `owner` is the portal's address; `serial` counts the publications of a target, and is 0 for
    what was left unfinished; `moment` is that for which the portal was built (POSIX).  `changes`
    are those against the publication before.  `of` is the serial of the publication that was put
    back with this one; 0 where it is one of its own.
    """

    owner: str = ""
    serial: int = 0
    moment: float = 0.0
    files: dict[str, File] = {}
    packed_pages: msgspec.Raw = msgspec.field(default=msgspec.Raw(b"[]"), name="pages")
    changes: Changes = Changes()
    of: int = 0
    ledger: str = ""

    @property
    def pages(self) -> tuple[PublishedPage, ...]:
        """What readers notice of its pages."""
        return msgspec.json.decode(self.packed_pages, type=tuple[PublishedPage, ...])

    def doubted(self, paths: Iterable[str]) -> "Manifest":
        """The same after something was begun with `paths`, and not known to be done."""
        doubtful = {path: File("", 0) for path in paths}
        return msgspec.structs.replace(self, files={**self.files, **doubtful})


def packed(value: object, level: int = 1) -> bytes:
    """A value as it is kept at a target, made smaller so far."""
    return gzip.compress(msgspec.json.encode(value), compresslevel=level, mtime=0)


def unpacked(data: bytes | None, kind: type[T]) -> T | None:
    """The value in a file; None where there is none, or a damaged one."""
    try:
        return msgspec.json.decode(gzip.decompress(data), type=kind) if data is not None else None
    except (OSError, EOFError, ValueError):
        return None


def manifest_of(data: bytes | None) -> Manifest | None:
    """The manifest in a file; None where there is none, or a damaged one."""
    return unpacked(data, Manifest)


def packed_pages(pages: tuple[PublishedPage, ...]) -> msgspec.Raw:
    """Pages as a manifest has them."""
    return msgspec.Raw(msgspec.json.encode(pages))


_LASTING: Final = "assets/"


def is_asset(path: str) -> bool:
    """Whether a file's name says what is in it, so that old pages may still ask for it."""
    return path.startswith(_LASTING)


def with_earlier_assets(
    files: Mapping[str, File], earlier: Mapping[str, File], keep: int
) -> dict[str, File]:
    """`files`, assets first, with those assets of the last `keep` publications before that the
    portal has no more: a reader may have one of its pages open."""
    over = ((path, file) for path, file in earlier.items() if path not in files)
    kept = {
        path: msgspec.structs.replace(file, age=file.age + 1)
        for path, file in over
        if is_asset(path) and file.digest and file.age < keep
    }
    assets = {path: file for path, file in files.items() if is_asset(path)}
    return {**kept, **assets, **files}


def difference(
    before: Mapping[str, File], after: Mapping[str, File]
) -> tuple[list[str], list[str]]:
    """What is to be brought, in the order of `after`, and what goes, the last first."""
    brought = [
        path
        for path, file in after.items()
        if (old := before.get(path)) is None or old.digest != file.digest
    ]
    gone = before.keys() - after.keys()
    return brought, [path for path in reversed(list(before)) if path in gone] if gone else []


def folders_of(paths: Iterable[str]) -> set[str]:
    """The folders in which files lie."""
    return {path.rpartition("/")[0] for path in paths}


def missing_folders(brought: Iterable[str], there: Mapping[str, File]) -> set[str]:
    """The folders of files to be brought that may not be there: no file is in them for sure."""
    wanted = folders_of(p for p in brought if (old := there.get(p)) is None or not old.digest)
    sure = (path for path, file in there.items() if file.digest) if wanted else ()
    return wanted - folders_of(sure)


def empty_folders(gone: Iterable[str], left: Mapping[str, File]) -> set[str]:
    """The folders of files that went in which no file is left."""
    folders = folders_of(gone)
    return folders - folders_of(left) if folders else folders


def changes(before: Mapping[str, File], brought: Iterable[str], gone: Iterable[str]) -> Changes:
    """What readers find changed, as far as it is no asset."""
    pages = [path for path in brought if not is_asset(path)]
    return Changes(
        tuple(path for path in pages if path not in before),
        tuple(path for path in pages if path in before),
        tuple(path for path in gone if not is_asset(path)),
    )
