"""portal.toml as a JSON Schema, for editors that complete and check what is typed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from generator.base.words import Language
from generator.config.descriptions import descriptions
from generator.config.portal import FILE, Portal
from generator.config.setting import Field, Keyed, Table, keyed, taken_apart

DIALECT: Final = "http://json-schema.org/draft-07/schema#"
"""What editors' extensions for TOML and YAML understand."""

_TYPES: Final = {str: "string", Path: "string", int: "integer", bool: "boolean"}


def schema(language: Language) -> dict[str, Any]:
    """The JSON Schema of portal.toml, its descriptions in a language."""
    return {"$schema": DIALECT, "title": FILE, **_table(Portal, language)}


def _table(table: type[Table], language: Language) -> dict[str, Any]:
    texts = {name: texts[language] for name, texts in descriptions(table).items()}
    return _keyed(keyed(table), texts, language)


def _keyed(known: Keyed, texts: Mapping[str, str], language: Language) -> dict[str, Any]:
    """A table of these keys; `texts` has the descriptions of the fields."""
    properties: dict[str, Any] = {}
    required = []
    for key, field in known.items():
        if not isinstance(field, Field):
            properties[key] = _keyed(field, texts, language)
        elif key == "*":
            properties |= _kind(field.type, language)["properties"]
        else:
            about: dict[str, Any] = {"description": texts[field.name]}
            if isinstance(field.default, bool | int | str) and field.default:
                about["default"] = field.default
            properties[key] = about | _kind(field.type, language)
            required += [key] if field.required else []
    return _object(properties, required=required)


def _kind(kind: Any, language: Language) -> dict[str, Any]:
    """What may stand where a value of a type does."""
    plain, parts, allowed = taken_apart(kind)
    if issubclass(plain, Table):
        return _table(plain, language)
    if plain is tuple:
        return {"type": "array", "items": _kind(parts[0], language)}
    if plain is dict:
        keys, value = _kind(parts[0], language), _kind(parts[1], language)
        if "enum" in keys:
            return _object(dict.fromkeys(keys["enum"], value))
        return {"type": "object", "additionalProperties": value}
    choices = sorted(allowed.choices()) if allowed.choices else None
    more = {"enum": choices, "pattern": allowed.pattern or None, "minimum": allowed.minimum}
    return {"type": _TYPES[plain]} | {key: said for key, said in more.items() if said is not None}


def _object(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A table that has these keys and no others."""
    return {"type": "object", "properties": properties, "additionalProperties": False, **more}
