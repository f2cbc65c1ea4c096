"""The files that pages may refer to, with their digests; read only when they changed."""

from collections.abc import Iterator, Mapping

from generator.base import digests
from generator.base.problems import PortalError
from generator.base.scan import Stamp, read_pieces
from generator.config.portal import Portal
from generator.load.portal_files import Surroundings
from generator.load.store import Store
from generator.site.assets import BESIDE

Known = dict[str, tuple[Stamp, bytes]]


class FileDigests(Mapping[str, bytes]):
    """The digests of the files in `assets/` and of those beside the sources, by their names among
    the assets; found out when they are asked for.  PortalError, then: a file cannot be read.

    An archive may have thousands of pictures, and an editor looks at ten.
    """

    def __init__(
        self, portal: Portal, found: Surroundings, remembered: Known | None = None
    ) -> None:
        """What is `remembered` of files that did not change since is known."""
        self._folders = folders = portal.folders
        sources = found.sources
        self._files = {name: (folders.assets / name, s) for name, s in found.assets.files.items()}
        for path, stamp in found.content.files.items():
            if path not in sources:
                self._files[BESIDE + path] = folders.content / path, stamp
        self.known = {
            name: digest
            for name, (stamp, digest) in (remembered or {}).items()
            if name in self._files and self._files[name][1].proves_unchanged_since(stamp)
        }

    def __getitem__(self, name: str) -> bytes:
        if name not in self.known:
            file, _ = self._files[name]
            shown = f"{self._folders.shown(file.parent)}/{file.name}"
            self.known[name] = digests.of_pieces(read_pieces(file, shown))
        return self.known[name]

    def __contains__(self, name: object) -> bool:
        return name in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def to_remember(self) -> Known:
        """All that is known."""
        return {name: (self._files[name][1], digest) for name, digest in self.known.items()}

    def say_the_same_as(self, before: Mapping[str, bytes]) -> bool:
        """Whether who asked `before` would be told the same now."""
        if self.keys() != before.keys():
            return False
        told = before.known if isinstance(before, FileDigests) else before
        try:
            return all(self[name] == digest for name, digest in told.items())
        except PortalError:  # a file cannot be read any more: the page that shows it will say so
            return False


def known_files(portal: Portal, found: Surroundings, store: Store) -> dict[str, bytes]:
    """The digests, by name, of all these files, which `store` remembers.

    What cannot be read beside the sources has the digest b"": it is a mistake of those alone that
    show or offer it.  PortalError: a file in `assets/` cannot be read.
    """
    remembered: Known = store.get("files", Known)
    lazy = FileDigests(portal, found, remembered)
    known: dict[str, bytes] = {}
    for name in lazy:
        try:
            known[name] = lazy[name]
        except PortalError:
            if not name.startswith(BESIDE):
                raise
            known[name] = b""
    if (readable := lazy.to_remember()) != remembered:
        store.put("files", readable)
    return known
