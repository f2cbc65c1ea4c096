"""Links from source to source, and pictures: what they mean, and whether it exists."""

import posixpath
from collections.abc import Iterator, Mapping, Sequence, Set
from difflib import get_close_matches
from urllib.parse import unquote

from generator.base.problems import Problem, problem
from generator.model.article import Ad, Article, Firm, Image, Link, Picture
from generator.model.entry import Entry
from generator.site.assets import Assets
from generator.site.index import Site


def resolve(path: str, target: str) -> tuple[str, str]:
    """The source that a link in the source `path` means, and the anchor in it or "".

    Relative to the folder of the source; from the content's folder where it begins with `/`.  A
    space may stand as `%20`, as in any address.
    """
    file, anchor = (unquote(part) for part in target.partition("#")[::2])
    folders = [] if file.startswith("/") else path.split("/")[:-1]
    for part in file.split("/"):
        if part == "..":
            folders = folders[:-1]
        elif part not in ("", "."):
            folders.append(part)
    return "/".join(folders), anchor


def address(site: Site, link: Link) -> str:
    """The address that a link leads to; "" where that is not published."""
    entry = site.entries.get(link.source)
    if entry is None:
        return ""
    return f"{entry.source.address}#{link.anchor}" if link.anchor else entry.source.address


def broken_links(
    entries: Mapping[str, Entry], assets: Assets, unread: Set[str] = frozenset()
) -> tuple[Problem, ...]:
    """Every link and picture of the sources that leads nowhere.

    Unpublished sources count as existing: a link to them waits for the day they appear.  So do
    those at the paths `unread`, which have mistakes of their own.
    """
    pages = {path: entry for path, entry in entries.items() if not isinstance(entry.source, Ad)}
    return tuple(
        found
        for entry in entries.values()
        for found in (*_links(entry, pages, assets, unread), *_pictures(entry, assets))
    )


def _links(
    entry: Entry, entries: Mapping[str, Entry], assets: Assets, unread: Set[str]
) -> Iterator[Problem]:
    path = entry.source.path
    shown = assets.folders.in_content
    for link in entry.placeholders:
        if not isinstance(link, Link) or link.source in unread:
            continue
        source, anchor = link.source, link.anchor
        if source not in entries:
            nearest = posixpath.relpath(_nearest(source, entries), posixpath.dirname(path) or ".")
            yield problem(
                "link-broken", shown(path), link.line, target=link.target, nearest=nearest
            )
        elif anchor and anchor not in entries[source].anchors:
            anchors = ", ".join(entries[source].anchors) or "–"
            values = {"target": shown(source), "anchor": anchor, "anchors": anchors}
            yield problem("anchor-missing", shown(path), link.line, 0, **values)


def _pictures(entry: Entry, assets: Assets) -> Iterator[Problem]:
    path = entry.source.path
    for image, line in images(entry):
        name = assets.name_of(path, image.file)
        if not assets.exists(name):
            nearest = assets.spelling(path, assets.nearest(name))
            shown = assets.folders.in_content(path)
            yield problem("picture-missing", shown, line, file=image.file, nearest=nearest)


def images(entry: Entry) -> Sequence[tuple[Image, int]]:
    """The pictures that a source shows, each with the line that names it."""
    source = entry.source
    found = [(one.image, one.line) for one in entry.placeholders if isinstance(one, Picture)]
    if isinstance(source, (Article, Ad)) and source.image:
        found.insert(0, (source.image, entry.lines.get("image", 0)))
    if isinstance(source, Firm) and source.logo:
        found.insert(0, (source.logo, entry.lines.get("logo", 0)))
    return found


def _nearest(source: str, entries: Mapping[str, Entry]) -> str:
    """The source whose path is most like `source`; a file of the same name first."""
    name = posixpath.basename(source)
    same = sorted(path for path in entries if posixpath.basename(path) == name)
    if same:
        return same[0]
    by_name = {posixpath.basename(path): path for path in sorted(entries)}
    return by_name[get_close_matches(name, by_name, n=1, cutoff=0.0)[0]]
