"""The table `[front_matter]` of portal.toml: what a portal calls fields, and what it adds."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final

import msgspec

from generator.base.problems import Problem
from generator.config.toml_file import Document, Many, Map, Table, folded

FIELDS: Final = (
    "title", "kicker", "lead", "date", "updated", "section", "keywords", "author",
    "source", "source.name", "source.url", "image", "image.file", "image.alt", "image.credit",
    "image.caption", "kind", "slug", "aliases", "draft", "expires",
    "guid", "corrections", "corrections.date", "corrections.text", "corrections.open",
)  # fmt: skip
"""The fields of a front matter, and the parts of fields, that portal.toml can name."""

STYLES: Final = ("toml", "json", "pelican", "nikola")
"""How heads may be written besides YAML, where portal.toml says so."""

DATE_FROM: Final = ("file name",)
"""Whence a date comes that the front matter does not name, where portal.toml says so."""

SHAPE: Final = Table(
    {
        "extra": Many(str), "aliases": Map(str), "defaults": Map(str), "styles": Many(str),
        "date_from": str,
    }
)  # fmt: skip


class FrontMatterRules(msgspec.Struct, frozen=True):
    """What a portal adds to the schema of the front matter.

    `aliases` maps a key, in small letters, to the field it stands for or to a part of one
    ("source.url").  Where a source has several keys for one field, the first in the order of
    portal.toml that is not empty counts.  `defaults` are taken where a field is missing; `extra`
    are keys to be let through.  `styles` are those of heads besides YAML; `date_from` says whence
    a date comes that a source does not name, "" for nowhere.
    """

    aliases: dict[str, str] = {}
    defaults: dict[str, str] = {}
    extra: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    date_from: str = ""


def settings(table: Mapping[str, Any]) -> FrontMatterRules:
    """What the table says, as far as it can be read."""
    return FrontMatterRules(
        {folded(key).casefold(): field for key, field in table.get("aliases", {}).items()},
        table.get("defaults", {}),
        tuple(map(folded, table.get("extra", ()))),
        tuple(table.get("styles", ())),
        table.get("date_from", ""),
    )


def mistakes(document: Document, _portal: object) -> Iterator[Problem]:
    """Names that no field has, and defaults that cannot be."""
    table, place = document.values.get("front_matter", {}), ("front_matter", "aliases")
    rules = settings(table)
    targets = {(*place, key): field for key, field in rules.aliases.items()}
    targets |= {("front_matter", "defaults", field): field for field in rules.defaults}
    for where, field in targets.items():
        if field not in FIELDS or ("defaults" in where and "." in field):
            nearest = get_close_matches(field, FIELDS, n=1, cutoff=0)[0]
            yield document.problem("field-unknown", *where, field=field, nearest=nearest)
    for key in set(rules.extra).intersection((*FIELDS, *rules.aliases)):
        yield document.problem("extra-known", "front_matter", "extra", key=key)
    stated = {("styles", style): ", ".join(STYLES) for style in rules.styles if style not in STYLES}
    if rules.date_from not in ("", *DATE_FROM):
        stated["date_from", rules.date_from] = ", ".join(DATE_FROM)
    for (key, value), known in stated.items():
        place = ("front_matter", key)
        yield document.problem("head-setting", *place, key=key, value=value, known=known)
    section = rules.defaults.get("section", "")
    ids = [known["id"] for known in document.values.get("sections", ()) if "id" in known]
    if section and section not in ids:
        yield document.problem(
            "default-section", "front_matter", "defaults", "section",
            section=section, known=", ".join(ids) or "-",
        )  # fmt: skip
