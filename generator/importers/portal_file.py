"""portal.toml from what an archive says: a whole one, or what one that is there still lacks."""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from generator.importers.archive import Settings
from generator.model.addresses import slug


def whole(settings: Settings) -> str:
    """A portal.toml that says what an archive does."""
    lines = ["# One publication, from an archive. docs/verwaltung.md explains every setting."]
    stated = ("title", "address", "description", "language", "time_zone")
    lines += _pairs({name: getattr(settings, name) for name in stated})
    if settings.content:
        lines += ["", "[folders]", f"content = {_quoted(settings.content)}"]
    if settings.addresses:
        lines += ["", "# The addresses of the old site."]
        lines += ["[addresses]", *_pairs(settings.addresses)]
    lines += _sections(settings, ())
    lines += _table("authors", settings.authors)
    lines += _front_matter(settings)
    lines += _table("keywords.synonyms", settings.synonyms)
    lines += ["", "[search]", "enabled = true"]
    for name, entries in (("navigation", settings.navigation), ("footer", settings.footer)):
        for label, address in entries:
            lines += ["", f"[[{name}]]", *_pairs({"name": label, "address": address})]
    return "\n".join(lines) + "\n"


def added_to(there: str, settings: Settings) -> str:
    """A portal.toml that is there, with the sections, authors and synonyms that it lacks.

    All else stays as it was written, comments too.
    """
    values: dict[str, Any] = tomllib.loads(there)
    ids = [section.get("id", "") for section in values.get("sections", ())]
    there = there.rstrip("\n") + "\n" + "\n".join(_sections(settings, ids)) + "\n"
    known = {slug(initials) for initials in values.get("authors", {})}
    names = {str(name).casefold() for name in values.get("authors", {}).values()}
    authors = {
        initials: name
        for initials, name in settings.authors.items()
        if slug(initials) not in known and name.casefold() not in names
    }
    there = _into(there, "authors", authors)
    stated = values.get("keywords", {}).get("synonyms", {})
    taken = {slug(name) for keyword, others in stated.items() for name in (keyword, *others)}
    synonyms = {
        keyword: others
        for keyword, others in settings.synonyms.items()
        if taken.isdisjoint(map(slug, (keyword, *others)))
    }
    there = _into(there, "keywords.synonyms", synonyms)
    return re.sub(r"\n{3,}", "\n\n", there)


def _sections(settings: Settings, known: Iterable[str]) -> Iterator[str]:
    for section in settings.sections:
        if section.id not in known:
            said = msgspec.structs.asdict(section)
            yield from ("", "[[sections]]", *_pairs({k: v for k, v in said.items() if v}))


def _front_matter(settings: Settings) -> Iterator[str]:
    stated = {name: getattr(settings, name) for name in ("styles", "date_from", "extra")}
    yield from _table("front_matter", {name: value for name, value in stated.items() if value})
    yield from _table("front_matter.aliases", settings.aliases)
    yield from _table("front_matter.defaults", settings.defaults)


def _table(name: str, values: Mapping[str, object]) -> list[str]:
    return ["", f"[{name}]", *_pairs(values)] if values else []


def _pairs(values: Mapping[str, Any]) -> list[str]:
    return [f"{_key(key)} = {_quoted(value)}" for key, value in values.items()]


def _into(there: str, table: str, values: dict[str, Any]) -> str:
    """`there` with `values` at the beginning of a table, or in one at the end."""
    if not values:
        return there
    pairs = "\n".join(_pairs(values))
    head = re.search(rf"^[ \t]*\[{re.escape(table)}\][^\n]*\n", there, re.MULTILINE)
    if head:
        return f"{there[: head.end()]}{pairs}\n{there[head.end() :]}"
    return f"{there}\n[{table}]\n{pairs}\n"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quoted(name)


def _quoted(value: object) -> str:
    """A value as TOML writes it: strings and lists of strings, as JSON does."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
