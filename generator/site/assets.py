"""Style, fonts and pictures: what is published of them, under addresses that hold their digest.

An asset is published when a page asks for its address, or a published stylesheet or script refers
to it.  So the picture of an article that may not appear yet does not appear either.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from generator.base import digests
from generator.base.problems import PortalError, placed, problem
from generator.base.scan import look_at, read_bytes, read_pieces
from generator.config.portal import Folders
from generator.model.downloads import download_kind

PREFIX: Final = "/assets/"
BESIDE: Final = "inhalt/"
"""Where pictures that lie beside articles are published, below PREFIX."""

_REFERENCES: Final = {
    ".css": re.compile(
        r"""(url\(\s*|@import\s+(?!url\())(["']?)(?!data:|https?:|/|#)([^"')\s;]+)\2"""
    ),
    ".js": re.compile(r"""(\bfrom\s+|\bimport\s*\(?\s*)(["'])(\.\.?/[^"'\s]+)\2"""),
}
"""How files refer to others, by their endings: what leads there, a quotation mark, the file."""


class Asset(msgspec.Struct, frozen=True):
    """A file to be published: its address and the digest of its published bytes."""

    address: str
    digest: bytes


_PICTURES: Final = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".svg")


def _is_picture(name: str) -> bool:
    return name.lower().endswith(_PICTURES)


def _refers(name: str) -> re.Pattern[str] | None:
    return _REFERENCES.get(posixpath.splitext(name)[1])


class Assets:
    """The files that a page may refer to: those in `assets/` by their path, those beside articles
    by "inhalt/" and their path below `content/`.
    """

    def __init__(self, folders: Folders, known: Mapping[str, bytes]) -> None:
        """`known` maps the name of each file there is to the digest of its bytes.

        `asset` gives an asset by its name.  PortalError, where it has no path: there is none.
        """
        self.folders = folders
        self._known = known
        self._open: set[str] = set()
        self.asset = cache(self._asset)

    @staticmethod
    def name_of(article: str, file: str) -> str:
        """The name of what the source at the path `article` calls `file`."""
        if file.startswith("/"):
            return posixpath.normpath(file.lstrip("/"))
        return BESIDE + posixpath.normpath(posixpath.join(posixpath.dirname(article), file))

    def spelling(self, article: str, name: str) -> str:
        """How the source at the path `article` would call the file `name`: undoes `name_of`."""
        if name.startswith(BESIDE):
            return posixpath.relpath(name.removeprefix(BESIDE), posixpath.dirname(article) or ".")
        return "/" + name

    def exists(self, name: str) -> bool:
        """Whether there is such a file."""
        return name in self._known

    def file(self, name: str) -> Path:
        """Where the file lies."""
        if name.startswith(BESIDE):
            return self.folders.content / name.removeprefix(BESIDE)
        return self.folders.assets / name

    def digest(self, name: str) -> bytes:
        """The digest of the file's bytes.  LookupError: there is no such file."""
        return self._known[name]

    def length(self, name: str) -> int:
        """How many bytes the file has; 0 where it is gone by now."""
        stamp = look_at(self.file(name))
        return stamp.size if stamp else 0

    def nearest(self, name: str) -> str:
        """The name most like `name` that exists, or "".

        Where there are some, it is one of those that are called so in another folder, or else one
        of the same sort.
        """
        sort = next((sort for sort in (_is_picture, download_kind) if sort(name)), bool)
        names = list(filter(sort, self._known)) or self._known
        file = posixpath.basename(name).lower()
        names = [one for one in names if posixpath.basename(one).lower() == file] or names
        return (get_close_matches(name, names, n=1, cutoff=0.0) or [""])[0]

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of a file that is published as it is, piece by piece."""
        file = self.file(name)
        return read_pieces(file, str(file))

    def content(self, name: str) -> bytes:
        """The bytes to be published."""
        data = self._read(name)
        return self._with_addresses(name, data) if _refers(name) else data

    def _asset(self, name: str) -> Asset:
        if name not in self._known:
            raise PortalError((problem("asset-missing", file=name, nearest=self.nearest(name)),))
        digest = self._known[name]
        if _refers(name):
            digest = digests.of_bytes(self.content(name))
        stem, ending = posixpath.splitext(name)
        return Asset(f"{PREFIX}{stem}.{digest.hex()[:10]}{ending}", digest)

    def published(self, asked: Iterable[str]) -> dict[str, Asset]:
        """What has to be published for those who asked: what they refer to comes first."""
        names = sorted(asked)
        referred = sorted(frozenset().union(*map(self.references, names)))
        return {name: self.asset(name) for name in (*referred, *names)}

    def references(self, name: str) -> frozenset[str]:
        """The names of the assets that a stylesheet or script refers to, and those refer to."""
        pattern = _refers(name)
        if not pattern:
            return frozenset()
        text = self._read(name).decode("utf-8", "replace")
        own = {self._resolved(name, match[3]) for match in pattern.finditer(text)}
        return frozenset(own).union(*(self.references(other) for other in own if other != name))

    def _with_addresses(self, name: str, data: bytes) -> bytes:
        """A file in which each reference is the address under which the other one is published."""
        text, file = data.decode("utf-8", "replace"), str(self.file(name))

        def replaced(match: re.Match[str]) -> str:
            other, line = self._resolved(name, match[3]), text.count("\n", 0, match.start()) + 1
            if other in self._open:
                raise PortalError((problem("styles-in-a-circle", file, line, file=other),))
            try:
                return f"{match[1]}{match[2]}{self.asset(other).address}{match[2]}"
            except PortalError as error:
                raise PortalError(placed(error.problems, file, line)) from error

        self._open.add(name)
        try:
            pattern = _refers(name)
            return pattern.sub(replaced, text).encode() if pattern else data
        finally:
            self._open.remove(name)

    def _resolved(self, name: str, reference: str) -> str:
        path = re.split("[?#]", reference)[0]
        return posixpath.normpath(posixpath.join(posixpath.dirname(name), path))

    def _read(self, name: str) -> bytes:
        file = self.file(name)
        return read_bytes(file, str(file))


class SettledAssets(Assets):
    """The same for a build, which takes some time: what is saved meanwhile is a mistake.

    Otherwise pages would get one version, and another would be published under its address.
    """

    def pieces(self, name: str) -> Iterator[bytes]:
        """As without a build; PortalError, behind the last piece: it has been saved meanwhile."""
        digest = digests.Running()
        for piece in super().pieces(name):
            digest.add(piece)
            yield piece
        self._check(name, digest.value())

    def _read(self, name: str) -> bytes:
        data = super()._read(name)
        self._check(name, digests.of_bytes(data))
        return data

    def _check(self, name: str, digest: bytes) -> None:
        if digest != self._known.get(name, digest):
            raise PortalError((problem("file-changing", str(self.file(name))),))
