"""The front matter as a JSON Schema, for editors that complete and check what is typed.

Made from the one table in `schema`, and from what portal.toml adds: sections, authors, other names.
"""

import json
from collections.abc import Iterable
from typing import Any, Final

from generator.config.front_matter import FrontMatterRules
from generator.config.portal import Portal
from generator.front_matter import fields, foreign_keys
from generator.front_matter.fields import KIND_NAMES, SLOT_NAMES
from generator.front_matter.schema import OF_ADS, OF_ARTICLES, OF_FIRMS, PARTS, Field, Schema

DIALECT: Final = "http://json-schema.org/draft-07/schema#"
"""What the editors' YAML extensions understand."""

EXPLANATIONS: Final = {
    "title": "Die Überschrift. Mit einem Doppelpunkt darin gehört sie in Anführungszeichen.",
    "kicker": "Ein, zwei Wörter über der Überschrift: Ort, Behörde oder Thema.",
    "lead": "Ein bis drei Sätze, die auch in Listen, Feeds und bei Suchmaschinen stehen.",
    "date": "Wann der Artikel erscheint, etwa 2026-12-01 08:00. Vorher ist er nirgends zu sehen.",
    "updated": "Wann er zuletzt geändert wurde; leer, solange nichts geändert ist.",
    "corrections": "Was im Artikel falsch war und richtiggestellt ist; Leser sehen es mit Datum.",
    "section": "Der Bereich, so wie er in portal.toml heißt.",
    "keywords": "Stichwörter in eckigen Klammern: [Glasfaser, Förderung]. Eines bis fünf.",
    "author": "Kürzel aus portal.toml oder Namen, einer oder mehrere.",
    "source": "Woher die Fakten sind: Name und Adresse.",
    "image": "Das Bild über dem Text.",
    "kind": "Meldung, Interview, Reportage, Kommentar oder Anzeige (bezahlt).",
    "slug": "Der letzte Teil der Adresse, wenn er nicht wie die Datei heißen soll.",
    "aliases": "Frühere Adressen, die hierher führen sollen: [/meldungen/1234.html].",
    "draft": "ja, solange der Artikel nicht erscheinen darf.",
    "expires": "Der letzte Tag, an dem der Artikel zu sehen ist.",
    "guid": "Woran Feedreader ihn wiedererkennen; wurde die Datei umbenannt: ihr früherer Pfad.",
    "image.file": "Die Bilddatei: neben dem Artikel, oder mit / am Anfang aus assets/.",
    "image.alt": "Was zu sehen ist, für alle, die es nicht sehen.",
    "image.credit": "Von wem das Bild ist.",
    "image.caption": "Der Text unter dem Bild.",
    "source.name": "Wie die Quelle heißt.",
    "source.url": "Ihre Adresse, mit https:// am Anfang.",
    "corrections.date": "Wann es richtiggestellt wurde, etwa 2026-12-01.",
    "corrections.text": "Was falsch war, und wie es richtig heißt.",
    "corrections.open": "ja, solange sie noch zu prüfen ist: Leser sehen sie dann nicht.",
}
"""What each field of an article is for; docs/redaktion.md says it at length."""

ABOUT_FIRMS: Final = {
    "name": "Wie die Firma heißt.",
    "lead": "Ein Satz darüber, was sie macht.",
    "postcode": "Die Postleitzahl; mit einer Null am Anfang in Anführungszeichen.",
    "town": "Wo sie sitzt.",
    "link": "Ihre Website, mit https:// am Anfang.",
    "logo": "Die Bilddatei: neben dem Eintrag, oder mit / am Anfang aus assets/.",
    "fields": "Woran sie arbeitet: [Glasfaser, Tiefbau]. Danach steht sie im Verzeichnis.",
    "keywords": "Weitere Stichwörter, bei denen sie unter Artikeln stehen soll.",
    "paid": "ja, wenn die Firma für den Eintrag bezahlt: Er heißt dann Anzeige.",
    "draft": "ja, solange der Eintrag nicht erscheinen darf.",
    "expires": "Der letzte Tag, an dem der Eintrag zu sehen ist.",
}
"""What each field of a firm is for, where that is not what it is for an article."""

ABOUT_ADS: Final = {
    "name": "Wer wirbt.",
    "slot": "Wo die Anzeige steht: oben, seite oder liste.",
    "image": "Das Bild, mit alt: den Worten, die darin stehen.",
    "link": "Wohin es führt, mit https:// am Anfang.",
    "from": "Ab wann die Anzeige zu sehen ist.",
    "until": "Der letzte Tag, an dem sie zu sehen ist.",
    "draft": "ja, solange sie nicht erscheinen darf.",
}
"""What each field of an advertisement is for."""

KINDS: Final[dict[str, tuple[str, Schema, dict[str, str]]]] = {
    "article": ("eines Artikels", OF_ARTICLES, EXPLANATIONS),
    "firm": ("einer Firma", OF_FIRMS, EXPLANATIONS | ABOUT_FIRMS),
    "ad": ("einer Anzeige", OF_ADS, ABOUT_ADS),
}
"""What there is a schema for: what it is called, its fields, and what each is for."""

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


def as_json(portal: Portal, kind: str = "article") -> str:
    """The schema of a portal's sources of a kind as JSON."""
    return json.dumps(schema(portal, kind), ensure_ascii=False, indent=2)


def schema(portal: Portal, kind: str = "article") -> dict[str, Any]:
    """The JSON Schema of a portal's sources of one of the KINDS; keys in small letters."""
    name, table, explanations = KINDS[kind]
    rules = portal.front_matter if kind == "article" else FrontMatterRules()
    properties: dict[str, Any] = {}
    required = []
    for field in table.fields:
        value = {"description": explanations[field.name], **_value(field, portal)}
        others = [key for key, meant in rules.aliases.items() if meant == field.name]
        names = (field.name, *field.names, *others)
        properties |= dict.fromkeys(names, value)
        if field.required and field.name not in rules.defaults:
            required.append({"anyOf": [{"required": [name]} for name in names]})
    for key, meant in {**table.names, **rules.aliases}.items():
        if "." in meant:
            properties[key] = _described(meant, _TEXT)
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


def _described(name: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"description": EXPLANATIONS[name], **value}


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
            name: _described(f"{field}.{part}", _empty_or(_YES_OR_NO if part == "open" else _TEXT))
            for part, others in PARTS[field].items()
            for name in (part, *others)
        },
        "additionalProperties": False,
    }
