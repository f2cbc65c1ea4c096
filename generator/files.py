"""The files that pages may refer to, with their digests; read only when they changed."""

from collections.abc import Mapping
from pathlib import Path

from generator import digests
from generator.assets import BESIDE
from generator.content_files import is_source, is_stray
from generator.portal import Portal
from generator.problems import PortalError
from generator.scan import Stamp, read_bytes
from generator.situation import Surroundings
from generator.store import Store

Known = dict[str, tuple[Stamp, bytes]]


def known_files(portal: Portal, found: Surroundings, store: Store) -> dict[str, bytes]:
    """The digests, by name, of the files in `assets/` and of those beside the sources."""
    remembered: Known = store.get("files", Known)
    folders = portal.folders
    beside = {path: stamp for path, stamp in found.content.files.items() if not is_source(path)}
    known = {
        **_digested(folders.assets, found.assets.files, remembered, ""),
        **_digested(folders.content, beside, remembered, BESIDE),
    }
    if known != remembered:
        store.put("files", known)
    return {name: digest for name, (_, digest) in known.items()}


def _digested(folder: Path, files: Mapping[str, Stamp], remembered: Known, prefix: str) -> Known:
    known = {}
    for path, stamp in files.items():
        before = remembered.get(prefix + path)
        if before and stamp.proves_unchanged_since(before[0]):
            known[prefix + path] = before
        else:
            try:
                data = read_bytes(folder / path, str(folder / path))
            except PortalError:
                if prefix and is_stray(path):  # a film that nobody asked for stops no portal
                    continue
                raise
            known[prefix + path] = stamp, digests.of_bytes(data)
    return known
