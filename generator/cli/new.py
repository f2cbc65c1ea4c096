"""The beginning of an article: a draft in which every field is explained."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Final

from generator.base.problems import PortalError, problem
from generator.config.portal import FILE, Portal
from generator.front_matter import fields, header, reader
from generator.front_matter.fields import Context
from generator.front_matter.header import Node, Scalar
from generator.front_matter.schema import ARTICLE, PARTS, Field
from generator.model import content_files
from generator.model.addresses import slug

_LEFT_OUT: Final = ("guid",)
"""Fields that only articles need that had another name before."""

_LISTS: Final = (fields.keywords, fields.old_addresses, fields.corrections)
"""How fields are read that are mostly several things."""

_CORRECTION: Final = '[{datum: 2026-12-01, text: "In einer früheren Fassung …"}]'
_TEXT: Final = (
    "Hier beginnt der Text. Eine leere Zeile trennt Absätze; eine Zwischenüberschrift beginnt mit"
    " `## `."
)


def write(
    portal: Portal, title: str, *, day: date, section: str | None = None, kind: str | None = None
) -> Path:
    """Writes a draft for an article with that title, and returns its path; overwrites nothing.

    PortalError: the portal has no such section or kind, the title has no letters, the file exists.
    """
    title = " ".join(title.split())
    name = slug(title)
    if not name:
        raise PortalError((problem("title-without-letters", "", title=title),))
    path = f"{day.year:04}/{day.month:02}/{name}.md"
    text = draft(portal, title, day=day, section=section, kind=kind)
    _, problems = reader.read(path, header.read(text.encode()), portal)
    if any(one.is_error for one in problems):
        shown = portal.folders.in_content(path)
        raise PortalError(tuple(one.in_file(shown) for one in problems))
    file = portal.folders.content / path
    if twin := _twin(file):
        raise PortalError((problem("file-exists", str(twin)),))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8", newline="\n") as opened:
            opened.write(text)
    except FileExistsError as error:
        raise PortalError((problem("file-exists", str(file)),)) from error
    except OSError as error:
        reason = error.strerror or error
        raise PortalError((problem("not-writable", str(file), reason=reason),)) from error
    return file


def _twin(file: Path) -> Path | None:
    """The source beside `file` with its name but for ending and capitals; None: there is none."""
    folder, wanted = file.parent, content_files.stem(file.name).casefold()
    beside = sorted(folder.iterdir()) if folder.is_dir() else ()
    named = (one for one in beside if content_files.stem(one.name).casefold() == wanted)
    return next((one for one in named if content_files.is_source(one.name)), None)


def draft(portal: Portal, title: str, *, day: date, section: str | None, kind: str | None) -> str:
    """The text of a draft."""
    quoted = title.replace("\\", "\\\\").replace('"', '\\"')
    values = {
        "title": f'"{quoted}"',
        "date": day.isoformat(),
        "section": _section(portal, section),
        "kind": _converted(fields.kind, kind, "--kind", portal) if kind is not None else "news",
        "draft": "ja",
    }
    sections = ", ".join(known.id for known in portal.sections)
    authors = ", ".join(f"{initials} ({name})" for initials, name in portal.authors.items())
    more = {
        "corrections": f"\n# Zum Beispiel: {_CORRECTION}",
        "section": f" Es gibt: {sections}.",
        "author": f" Es gibt: {authors}." if authors else "",
        "draft": " Ist alles fertig, löschen Sie diese Zeile.",
    }
    header = "\n\n".join(
        f"# {field.about}{more.get(field.name, '')}\n{field.names[0]}:{_value(field, values)}"
        for field in ARTICLE
        if field.name not in _LEFT_OUT
    )
    return f"---\n{header}\n---\n\n{_TEXT}\n"


def _value(field: Field, values: Mapping[str, str]) -> str:
    """What stands behind the name of a field."""
    if field.name in PARTS and field.read not in _LISTS:
        parts = PARTS[field.name].values()
        return "".join(f"\n  # {part.about}\n  {part.names[0]}:" for part in parts)
    value = values.get(field.name, "[]" if field.read in _LISTS else "")
    return f" {value}".rstrip()


def _section(portal: Portal, given: str | None) -> str:
    """The id of the section that is meant: the portal's usual or first one, if none is given."""
    if not portal.sections:
        raise PortalError((problem("portal-without-sections", FILE),))
    if given is None:
        return portal.front_matter.defaults.get("section", portal.sections[0].id)
    return _converted(fields.section, given, "--section", portal)


def _converted(
    convert: Callable[[Node, Context], str], given: str, option: str, portal: Portal
) -> str:
    """What an option says, read as the field of the same name would be."""
    try:
        return convert(Scalar(given, 0, 0), Context(portal, "", option))
    except PortalError as error:
        raise PortalError(tuple(one.at(option) for one in error.problems)) from None
