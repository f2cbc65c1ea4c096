"""The front matter as a JSON Schema, for editors that complete and check what is typed.

Made from the one table in `schema`, and from what portal.toml adds: sections, authors, other names.
"""

from collections.abc import Iterable
from typing import Any, Final

from generator.config.front_matter import FrontMatterRules
from generator.config.json_schema import DIALECT
from generator.config.portal import Portal
from generator.front_matter import fields, foreign_keys
from generator.front_matter.fields import KIND_NAMES, SLOT_NAMES
from generator.front_matter.schema import OF_ADS, OF_ARTICLES, OF_FIRMS, PARTS, Field

KINDS: Final = {
    "article": ("eines Artikels", OF_ARTICLES),
    "firm": ("einer Firma", OF_FIRMS),
    "ad": ("einer Anzeige", OF_ADS),
}
"""What there is a schema for: what it is called, and its fields."""

_TEXT: Final = {"type": ["string", "number"]}
_DATE: Final = {
    "type": "string",
    "anyOf": [
        {"pattern": r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}([Tt, ].*)?$"},
        {"pattern": r"^\d{1,2}\. ?\d{1,2}\. ?\d{2,4}([, ].*)?$"},
        {"pattern": r"^\d{1,2}\.? [A-Za-zä]+\.? \d{2,4}([, ].*)?$"},
    ],
}
_YES_OR_NO: Final = {"enum": [True, False, "ja", "nein", "yes", "no"]}


def schema(portal: Portal, kind: str = "article") -> dict[str, Any]:
    """The JSON Schema of a portal's sources of one of the KINDS; keys in small letters."""
    name, table = KINDS[kind]
    rules = portal.front_matter if kind == "article" else FrontMatterRules()
    properties: dict[str, Any] = {}
    required = []
    for field in table.fields:
        value = {"description": field.about, **_value(field, portal)}
        others = [key for key, meant in rules.aliases.items() if meant == field.name]
        names = (field.name, *field.names, *others)
        properties |= dict.fromkeys(names, value)
        if field.required and field.name not in rules.defaults:
            required.append({"anyOf": [{"required": [name]} for name in names]})
    for key, meant in {**table.names, **rules.aliases}.items():
        field_name, _, part = meant.partition(".")
        if part:
            properties[key] = {"description": PARTS[field_name][part].about, **_TEXT}
    properties |= {name: {} for name in rules.extra}
    # Taken for what they mean, but nothing that an editor should propose.
    flags = "|".join(name for name in foreign_keys.flags() if name not in properties)
    return {
        "$schema": DIALECT,
        "title": f"{portal.title}: Kopf {name}",
        "type": "object",
        "properties": properties,
        "patternProperties": {f"^(?:{flags})$": _YES_OR_NO},
        "additionalProperties": False,
        "allOf": required,
    }


def _value(field: Field, portal: Portal) -> dict[str, Any]:
    """What may stand in a field."""
    sections = [name for section in portal.sections for name in (section.id, section.name)]
    authors = [*portal.authors, *portal.authors.values()]
    source = {"anyOf": [{"type": ["string", "null"]}, _parts("source")]}
    correction = _parts("corrections")
    values: dict[object, dict[str, Any]] = {
        fields.text: _TEXT if field.required else _empty_or(_TEXT),
        fields.moment: _DATE if field.required else _empty_or(_DATE),
        fields.expiry: _empty_or(_DATE),
        fields.section: {"enum": sections},
        fields.kind: _empty_or({"enum": list(KIND_NAMES)}),
        fields.keywords: _list_of(_one_of(portal.check.keywords)),
        fields.authors: _list_of({"anyOf": [{"enum": authors}, _TEXT]}),
        fields.sources: {"anyOf": [source, {"type": "array", "items": source}]},
        fields.image: {"anyOf": [{"type": ["string", "null"]}, _parts("image")]},
        fields.address_part: _empty_or(
            {"type": ["string", "number"], "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}
        ),
        fields.old_addresses: _list_of({"type": "string"}),
        fields.boolean: _YES_OR_NO,
        fields.slot: {"enum": list(SLOT_NAMES)},
        fields.link: {"type": ["string", "null"], "pattern": "^https?://"},
        fields.postcode: _empty_or({"type": ["string", "number"], "pattern": "^[0-9]{4,5}$"}),
        fields.corrections: _empty_or(
            {"anyOf": [correction, {"type": "array", "items": correction}]}
        ),
    }
    return values[field.read]


def _empty_or(value: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [{"type": "null"}, value]}


def _list_of(value: dict[str, Any]) -> dict[str, Any]:
    """A list, or a text with commas."""
    return {"anyOf": [{"type": "array", "items": value}, {"type": ["string", "null"]}]}


def _one_of(known: Iterable[str]) -> dict[str, Any]:
    names = list(known)
    return {"enum": names} if names else _TEXT


def _parts(field: str) -> dict[str, Any]:
    """The map that a field may be."""
    return {
        "type": "object",
        "properties": {
            name: {"description": part.about, **_empty_or(_YES_OR_NO if key == "open" else _TEXT)}
            for key, part in PARTS[field].items()
            for name in (key, *part.names)
        },
        "additionalProperties": False,
    }
