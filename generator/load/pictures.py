"""The pictures of articles: made into files once, whatever shows them, and offered to layouts.

What was made is known by the digest of the original.  The files lie beside the store, and are
published where a page asks for their picture; the original never is.
"""

import os
import posixpath
import time
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from generator.base import digests, workers
from generator.base.problems import PortalError, Problem, lost, problem
from generator.base.report import Options
from generator.config import fingerprint
from generator.load.store import Store
from generator.model.addresses import slug
from generator.model.answers import ImageSet, ImageSource, SocialImage
from generator.model.entry import Entry
from generator.site import links
from generator.site.assets import PREFIX, Assets
from generator.site.index import Site

FOLDER: Final = "pictures"
"""The folder beside the store in which the files lie."""

BUDGET: Final = 180.0
"""Seconds for all files of one picture; one of 50 megapixels takes about twenty."""

OLD: Final = 3600.0
"""Seconds after which a file that no picture has is garbage; before, another build may want it."""

UNKNOWN: Final = -1
LOOKED_AT: Final = 0
WHOLE: Final = 1
"""How much was made of a picture: nothing that holds, nothing yet, all files."""

_TYPES: Final = {"svg": "image/svg+xml"}


class File(msgspec.Struct, frozen=True, array_like=True):
    """A file that was made of a picture; its whole name is the picture's stem and `name`."""

    name: str
    width: int
    height: int
    format: str
    use: str
    length: int

    @property
    def type(self) -> str:
        """The media type."""
        return _TYPES.get(self.format, f"image/{self.format}")


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """What became of a picture: how much was made of it, what is wrong with it, the files."""

    extent: int
    problems: tuple[Problem, ...]
    files: tuple[File, ...]


class PictureTask(NamedTuple):
    """A picture to be looked at, and how much is to be made of it; `anew` even if it is there."""

    place: Path
    digest: bytes
    extent: int
    anew: bool


class Pictures:
    """The pictures that published sources show, by their name among the assets."""

    def __init__(
        self, folder: Path, shown: Mapping[str, bytes], seen: Mapping[bytes, Seen]
    ) -> None:
        """`shown` has the digest of each picture's original, `seen` what became of it."""
        self._folder = folder
        self._shown = shown
        self._seen = seen

    def digest(self, name: str) -> bytes:
        """The digest of `image(name)`, which need not be put together for it."""
        return self._shown[name]

    def image(self, name: str) -> ImageSet:
        """What a layout shows of a picture.  LookupError: no published source shows it."""
        if name not in self._shown:
            raise LookupError(f"no article shows the picture {name!r}; site.asset gives its own")
        files, stem = self._files(name), _stem(name)
        fallback = _of_use(files, "fallback")
        social = [SocialImage(stem + f.name, f.width, f.height) for f in files if f.use == "social"]
        offered = [file for file in files if file.use in ("page", "moving")]
        return ImageSet(
            stem + fallback.name,
            fallback.width,
            fallback.height,
            fallback.type,
            fallback.length,
            tuple(
                ImageSource(kind, ", ".join(f"{stem}{f.name} {f.width}w" for f in group))
                for kind, group in groupby(offered, key=lambda file: file.type)
            ),
            social[0] if social else None,
        )

    def fallback(self, name: str) -> tuple[Path, bytes]:
        """Where the file lies that everything can show, and the digest of its picture."""
        file = _of_use(self._files(name), "fallback")
        return _place(self._folder, self._shown[name], file.name), self._shown[name]

    def published(self, names: Iterable[str]) -> dict[str, str]:
        """The files of the pictures called `names`: what `content` knows each by, by address."""
        found: dict[str, str] = {}
        for name in names:
            stem, digest = _stem(name), self._shown[name].hex()
            found |= {stem + file.name: digest + file.name for file in self._files(name)}
        return found

    def content(self, file: str) -> bytes:
        """The bytes of a file that is to be published."""
        return (self._folder / file).read_bytes()

    def _files(self, name: str) -> tuple[File, ...]:
        return self._seen[self._shown[name]].files


class Imagined(Pictures):
    """Pictures of which nothing was made, for trying layouts out: their addresses lead nowhere."""

    def __init__(self) -> None:
        super().__init__(Path(), {}, {})

    def image(self, name: str) -> ImageSet:
        """A picture of some size."""
        return ImageSet(f"{_stem(name)}.jpg", 1200, 800, "image/jpeg", 0, (), None)


def prepare(
    entries: Mapping[str, Entry],
    site: Site,
    assets: Assets,
    known: Mapping[str, bytes],
    store: Store,
    *,
    options: Options,
) -> tuple[Pictures, tuple[Problem, ...]]:
    """The pictures of `site`, all files made, and what is wrong with them, where they are named.

    Those of `entries` that are not published yet are looked at, too: on the day they appear it
    would be too late.  Each source that shows a picture is told what is wrong with it.  `known` has
    the digests of all files that sources may show.
    """
    folder = store.folder(FOLDER)
    wanted, places, shown = _wanted(entries, site, assets, known)
    seen = remembered(store)
    present = {} if options.clean else _lengths(folder)
    tasks = [
        PictureTask(assets.file(name), digest, extent, _was_made(seen.get(digest)) or options.clean)
        for digest, (name, extent) in wanted.items()
        if not _is_made(digest, extent, seen.get(digest), present)
    ]
    fresh = dict(_made(folder, tasks, options=options))
    everything = frozenset(known.values())
    after = {digest: found for digest, found in (seen | fresh).items() if digest in everything}
    if fresh or after.keys() != seen.keys():
        store.put("pictures", after)
        store.commit()
        _sweep(folder, after)
    problems = tuple(
        found.at(assets.folders.in_content(path), line)
        for (name, path), line in places.items()
        for found in after[known[name]].problems
    )
    return Pictures(folder, shown, after), problems


def _wanted(
    entries: Mapping[str, Entry],
    site: Site,
    assets: Assets,
    known: Mapping[str, bytes],
) -> tuple[dict[bytes, tuple[str, int]], dict[tuple[str, str], int], dict[str, bytes]]:
    """How much is wanted of which pictures: by digest, with one of their names.

    Then the line where each is named first, by name and source; and the digests of the published
    ones.
    """
    wanted: dict[bytes, tuple[str, int]] = {}
    places: dict[tuple[str, str], int] = {}
    shown: dict[str, bytes] = {}
    for path, entry in entries.items():
        extent = WHOLE if path in site.entries else LOOKED_AT
        for image, line in links.images(entry):
            name = assets.name_of(path, image.file)
            digest = known[name]
            places.setdefault((name, path), line)
            if extent:
                shown[name] = digest
            if extent > wanted.get(digest, ("", UNKNOWN))[1]:
                wanted[digest] = name, extent
    return wanted, places, shown


def remembered(store: Store) -> dict[bytes, Seen]:
    """What became of pictures under this generator; another one may do it differently."""
    mine = fingerprint.generator()
    found = store.get("pictures", dict[bytes, Seen])
    if store.get("pictures by", bytes) != mine:
        store.put("pictures by", mine)
        store.put("pictures", {})
        return {}
    return found


def _was_made(seen: Seen | None) -> bool:
    return seen is not None and seen.extent == WHOLE


def _is_made(digest: bytes, extent: int, seen: Seen | None, present: Mapping[str, int]) -> bool:
    """Whether so much was made of a picture, and is as long as it was: a crash may empty files."""
    if seen is None or seen.extent < extent:
        return False
    return not extent or all(
        present.get(digest.hex() + file.name) == file.length for file in seen.files
    )


def _made(
    folder: Path, tasks: list[PictureTask], *, options: Options
) -> Iterator[tuple[bytes, Seen]]:
    work = partial(_make, folder)
    results = workers.run(work, tasks, jobs=options.jobs, budget=BUDGET, batch=1)
    for done, (place, result) in enumerate(results, 1):
        yield tasks[place].digest, _lost(result) if isinstance(result, str) else result
        options.progress("pictures", done, len(tasks))


def _lost(why: workers.Lost) -> Seen:
    return Seen(UNKNOWN, (lost(why, "", BUDGET),), ())


def _make(folder: Path, task: PictureTask) -> Seen:
    """What a worker does with one picture: looks at it, and makes the files that are wanted."""
    # Imported here: a build that makes no pictures needs no Pillow.
    from generator.media import images

    try:
        data = images.read(task.place)
        if digests.of_bytes(data) != task.digest:
            return Seen(UNKNOWN, (problem("picture-changing"),), ())
    except PortalError as error:
        return Seen(UNKNOWN, error.problems, ())
    files = []
    try:
        picture = images.look(data, "")
        for variant in images.variants(task.digest, picture, ""):
            if task.extent < WHOLE:
                continue
            place = _place(folder, task.digest, variant.name)
            if task.anew or not (place.is_file() and place.stat().st_size):
                _write(place, images.make(data, picture, variant))
            size, length = (variant.width, variant.height), place.stat().st_size
            files.append(File(variant.name, *size, variant.format, variant.use, length))
    except PortalError as error:
        # Not remembered: a decoder that had no memory says that the picture is damaged.
        return Seen(UNKNOWN, error.problems, ())
    except MemoryError:
        return _lost("died")
    return Seen(task.extent, picture.problems, tuple(files))


def _write(place: Path, data: bytes) -> None:
    """Writes a file whole or not at all."""
    unfinished = place.with_name(f"{place.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(data)
        unfinished.replace(place)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


def _sweep(folder: Path, seen: Mapping[bytes, Seen]) -> None:
    """Removes the files of pictures that are no more."""
    wanted = {digest.hex() + file.name for digest, found in seen.items() for file in found.files}
    for name in _lengths(folder).keys() - wanted:
        if time.time() - (folder / name).stat().st_mtime > OLD:
            (folder / name).unlink(missing_ok=True)


def _lengths(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_size for file in os.scandir(folder)}


def _place(folder: Path, digest: bytes, name: str) -> Path:
    return folder / (digest.hex() + name)


def _of_use(files: Iterable[File], use: str) -> File:
    return next(file for file in files if file.use == use)


def _stem(name: str) -> str:
    """What the addresses of a picture's files begin with: no space or comma, for `srcset`."""
    parts = posixpath.splitext(name)[0].split("/")
    return PREFIX + "/".join(slug(part) or "bild" for part in parts)
