"""The files that texts offer for download: where they are published, and what may be wrong.

A link to a file publishes it, where its source is published: below the address of that, or below
`FOLDER` if the file lies in `assets/`.  The address does not change when the bytes do.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from generator.base.problems import PortalError, Problem, problem
from generator.base.scan import LONGEST, look_at, read_pieces
from generator.model.addresses import flaw, slug
from generator.model.article import FileLink, Source
from generator.model.downloads import HEAD, begins_like, download_kind, published_name
from generator.model.entry import Entry
from generator.site.assets import BESIDE, Assets

FOLDER: Final = "/dateien/"
"""Below this the files of `assets/` are offered."""


def address(source: Source, name: str) -> str:
    """The address of the file called `name` among the assets that the text of `source` offers."""
    *folders, file = name.split("/")
    if name.startswith(BESIDE):
        return source.address + published_name(file)
    parts = (slug(folder) or "ordner" for folder in folders)
    return FOLDER + "/".join((*parts, published_name(file)))


def linked(entries: Iterable[Entry]) -> frozenset[str]:
    """The paths below `content/` of all files that texts link to, published or not."""
    names = (link.name for entry in entries for link in links_of(entry))
    return frozenset(name.removeprefix(BESIDE) for name in names if name.startswith(BESIDE))


def mistakes(
    entries: Mapping[str, Entry], assets: Assets, kinds: Collection[str]
) -> Iterator[Problem]:
    """Every link to a file that is missing, of none of the `kinds`, or not what its name says.

    A link whose name tells of no kind is an address where there is no such file.
    """
    shown = assets.folders.in_content
    for path, entry in entries.items():
        for link in links_of(entry):
            if found := _mistake(link, path, assets, kinds):
                yield found.at(shown(path), link.line)
            elif link.name in entry.downloads and (wrong := flaw(address(entry.source, link.name))):
                yield wrong.at(shown(path), link.line)


def _mistake(link: FileLink, path: str, assets: Assets, kinds: Collection[str]) -> Problem | None:
    name, kind, file = link.name, download_kind(link.name), link.file
    there = assets.exists(name)
    if (kind or there) and kind not in kinds:
        offered = ", ".join(each.upper() for each in kinds) or "–"
        return problem("download-kind", file=file, kinds=offered)
    if not kind:
        return None
    try:
        head = next(read_pieces(assets.file(name), "", size=HEAD), b"")
    except PortalError:
        if look_at(assets.file(name)):
            return problem("download-unreadable", file=file, limit=LONGEST // 1_000_000)
    else:
        if there:
            right = begins_like(kind, head)
            return None if right else problem("download-content", file=file, kind=kind.upper())
    return problem(
        "download-missing", file=file, nearest=assets.spelling(path, assets.nearest(name))
    )


def links_of(entry: Entry) -> Iterable[FileLink]:
    """The links of a text to what may be files."""
    return (one for one in entry.placeholders if isinstance(one, FileLink))
