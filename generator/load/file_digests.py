"""The files that pages may refer to, with their digests; read only when they changed."""

from collections.abc import Callable, Mapping
from pathlib import Path

from generator.base import digests
from generator.base.problems import PortalError, Problem
from generator.base.scan import Stamp, read_pieces
from generator.config.portal import Portal
from generator.load.portal_files import Surroundings
from generator.load.store import Store
from generator.model.content_files import is_source, is_stray
from generator.site.assets import BESIDE

Known = dict[str, tuple[Stamp, bytes]]


def known_files(
    portal: Portal, found: Surroundings, store: Store
) -> tuple[dict[str, bytes], tuple[Problem, ...]]:
    """The digests, by name, of the files in `assets/` and of those beside the sources.

    Then what cannot be read beside the sources, with paths below the content folder: such a file
    has the digest b"".  PortalError: a file in `assets/` cannot be read.
    """
    remembered: Known = store.get("files", Known)
    folders = portal.folders
    beside = {path: stamp for path, stamp in found.content.files.items() if not is_source(path)}
    problems: list[Problem] = []

    def note(path: str, error: PortalError) -> bytes | None:
        if is_stray(path):  # a film that nobody asked for stops no portal
            return None
        problems.extend(one.moved(path) for one in error.problems)
        return b""

    known = {
        **_digested(folders.assets, found.assets.files, remembered, "", _fail),
        **_digested(folders.content, beside, remembered, BESIDE, note),
    }
    readable = {name: pair for name, pair in known.items() if pair[1]}
    if readable != remembered:
        store.put("files", readable)
    return {name: digest for name, (_, digest) in known.items()}, tuple(problems)


def _fail(_path: str, error: PortalError) -> bytes:
    raise error


def _digested(
    folder: Path,
    files: Mapping[str, Stamp],
    remembered: Known,
    prefix: str,
    otherwise: Callable[[str, PortalError], bytes | None],
) -> Known:
    """The files of a folder; `otherwise` gives the digest of one that cannot be read, or leaves
    it out."""
    known = {}
    for path, stamp in files.items():
        before = remembered.get(prefix + path)
        if before and stamp.proves_unchanged_since(before[0]):
            known[prefix + path] = before
        else:
            digest: bytes | None
            try:
                digest = digests.of_pieces(read_pieces(folder / path, str(folder / path)))
            except PortalError as error:
                digest = otherwise(path, error)
            if digest is not None:
                known[prefix + path] = stamp, digest
    return known
