"""Pictures and documents of an archive: where they are to be had, and where they lie here."""

import re
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from generator.importers.reasons import Reason, reason
from generator.importers.web_addresses import split
from generator.model.downloads import HEAD, begins_like, download_kind

FOLDER: Final = "bilder"
"""Where pictures lie below the assets of the portal."""
DOCUMENTS: Final = "dokumente"
"""Where the other files lie that texts offer."""

_NAME: Final = re.compile(r"[^\w.-]+")
_ENDING: Final = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg)$", re.IGNORECASE)
_SIZE: Final = re.compile(r"-\d{1,5}x\d{1,5}(?=\.[A-Za-z0-9]+$)|-scaled(?=\.[A-Za-z0-9]+$)")


def is_picture(address: str) -> bool:
    """Whether an address is that of a picture, by its ending."""
    return _ENDING.search(split(address).path) is not None


class Pictures:
    """Finds the pictures of an archive in a folder; without one there are none.

    `failed` has the reasons why some could not be fetched into the folder.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.failed: dict[str, Reason] = {}
        self._by_end: dict[str, list[str]] = {}
        self.look()

    def look(self) -> None:
        """Looks through the folder, again if need be."""
        self._by_end.clear()
        if self.folder is None or not self.folder.is_dir():
            return
        for file in sorted(self.folder.rglob("*")):
            known = _ENDING.search(file.name) or download_kind(file.name)
            if known and file.is_file() and not file.is_symlink():
                own = file.relative_to(self.folder).as_posix()
                self._by_end.setdefault(file.name.casefold(), []).append(own)

    def find(self, url: str) -> str:
        """The file below the folder that the address means, or ""; the largest there is of it."""
        path = unquote(split(url).path)
        for name in (_SIZE.sub("", path), path):
            parts = [part for part in name.split("/") if part not in ("", ".", "..")]
            found = self._by_end.get(parts[-1].casefold(), []) if parts else []
            for depth in range(len(parts)):
                end = "/".join(parts[depth:]).casefold()
                same = [f for f in found if f.casefold() == end or f.casefold().endswith(f"/{end}")]
                if same and (len(same) == 1 or depth == 0):
                    return same[0]
        return ""

    def place(self, url: str) -> str:
        """Where the picture at an address lies in the portal, as a text refers to it, or ""."""
        found = self.find(url)
        if not found:
            return ""
        parts = [_NAME.sub("-", part).strip(".-") or "x" for part in found.split("/")]
        return "/".join(("", FOLDER if is_picture(found) else DOCUMENTS, *parts))

    def document(self, url: str) -> str:
        """Where a document at an address lies in the portal, "" where it is none to be offered."""
        kind, found = download_kind(split(url).path), self.find(url)
        if not kind or not found or self.folder is None:
            return ""
        with (self.folder / found).open("rb") as file:
            return self.place(url) if begins_like(kind, file.read(HEAD)) else ""

    def why_not(self, url: str) -> Reason:
        """Why a picture is not to be had."""
        if url in self.failed:
            return self.failed[url]
        if not self.folder:
            return reason("import-no-pictures")
        if not _ENDING.search(split(url).path):
            return reason("import-no-picture")
        return reason("import-not-in-pictures")

    def copy(self, assets: Path, wanted: Collection[str]) -> int:
        """Copies the pictures that texts refer to below `assets`; the number of new ones."""
        copied = 0
        for own in (own for files in self._by_end.values() for own in files):
            place = self.place(own)
            target = assets / place.lstrip("/")
            if self.folder and place in wanted and not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(self.folder / own, target)
                copied += 1
        return copied
