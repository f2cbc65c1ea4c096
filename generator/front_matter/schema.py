"""The schema of the front matter: which fields there are, what they are called, what they hold.

A table and nothing else, so that the reader, the messages and the documents say the same.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from generator.front_matter import fields
from generator.front_matter.fields import CORRECTION_PARTS, IMAGE_PARTS, SOURCE_PARTS, Context
from generator.front_matter.header import Node
from generator.model.addresses import spelled_out


class Field(NamedTuple):
    """One field of the front matter.

    `name` as in the front matter, `names` what else it may be called, in small letters, the usual
    German name first; `read` makes its value of what stands there, `default` is its value where it
    is missing or empty.  `attribute` is the article's word for it, where that is another one.
    """

    name: str
    read: Callable[[Node, Context], object]
    names: tuple[str, ...]
    default: object = ""
    required: bool = False
    attribute: str = ""


_TITLE: Final = Field("title", fields.text, ("titel", "überschrift", "headline"), required=True)
_LEAD: Final = Field("lead", fields.text, ("vorspann", "teaser", "description"))
_SLUG: Final = Field("slug", fields.address_part, ("adressteil",))
_ALIASES: Final = Field(
    "aliases", fields.old_addresses,
    ("weiterleitungen", "weiterleitung", "alte_adressen", "alte_adresse", "alias", "redirects"),
    default=(),
)  # fmt: skip
_DRAFT: Final = Field("draft", fields.boolean, ("entwurf",), default=False)
_KEYWORDS: Final = Field(
    "keywords", fields.keywords,
    ("stichwörter", "stichworte", "stichwort", "schlagwörter", "schlagworte", "schlagwort",
     "keyword", "tags"),
    default=(),
)  # fmt: skip
_EXPIRES: Final = Field(
    "expires", fields.expiry,
    ("läuft_ab", "läuft ab", "ablauf", "ablaufdatum", "gültig_bis", "gültig bis", "expirydate"),
    None,
)  # fmt: skip

ARTICLE: Final = (
    _TITLE,
    Field("kicker", fields.text, ("dachzeile", "spitzmarke")),
    _LEAD,
    Field("date", fields.moment, ("datum", "veröffentlicht", "erschienen"), None, required=True),
    Field("updated", fields.moment, ("aktualisiert", "geändert", "lastmod"), None),
    Field(
        "corrections", fields.corrections,
        ("korrekturen", "korrektur", "correction", "berichtigungen", "berichtigung"),
        default=(),
    ),
    Field("section", fields.section, ("rubrik", "bereich", "ressort"), required=True),
    _KEYWORDS,
    Field(
        "author", fields.authors,
        ("autor", "autorin", "autoren", "autorinnen", "authors", "kürzel", "verfasser"),
        default=(), attribute="authors",
    ),
    Field(
        "source", fields.sources, ("quelle", "quellen", "sources"),
        default=(), attribute="sources",
    ),
    Field("image", fields.image, ("bild", "foto", "titelbild"), None),
    Field("kind", fields.kind, ("art", "textsorte", "darstellungsform"), "news"),
    _SLUG,
    _ALIASES,
    _DRAFT,
    Field("guid", fields.text, ("kennung",)),
    _EXPIRES,
)  # fmt: skip
"""The fields of an article."""

STANDING: Final = (_TITLE, _LEAD, _SLUG, _ALIASES, _DRAFT)
"""The fields of a standing page."""

FIRM: Final = (
    Field("name", fields.text, ("firma", "titel", "title"), required=True, attribute="title"),
    Field("lead", fields.text, ("kurz", "vorspann", "description")),
    Field("postcode", fields.postcode, ("plz", "postleitzahl")),
    Field("town", fields.text, ("ort", "stadt"), required=True),
    Field("link", fields.link, ("adresse", "website", "url")),
    Field("logo", fields.image, ("bild",), None),
    Field("fields", fields.keywords, ("felder", "arbeitsfelder", "themen"), default=()),
    _KEYWORDS,
    Field("paid", fields.boolean, ("bezahlt", "anzeige"), default=False),
    _SLUG,
    _ALIASES,
    _DRAFT,
    _EXPIRES,
)
"""The fields of a firm in the directory."""

AD: Final = (
    Field("name", fields.text, ("kunde", "firma", "titel"), required=True, attribute="title"),
    Field("slot", fields.slot, ("platz",), required=True),
    Field("image", fields.image, ("bild",), None, required=True),
    Field("link", fields.link, ("adresse", "url"), required=True),
    Field("from", fields.moment, ("von", "ab"), None, attribute="start"),
    Field("until", fields.expiry, ("bis",), None, attribute="expires"),
    _DRAFT,
)
"""The fields of an advertisement."""

PARTS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = MappingProxyType(
    {"image": IMAGE_PARTS, "source": SOURCE_PARTS, "corrections": CORRECTION_PARTS}
)
"""The parts of the fields that may be maps; the first is meant where the field is mere text."""

_PARTS_BY_THEMSELVES: Final = {
    "alt": "image.alt",
    "alternativtext": "image.alt",
    "bildquelle": "image.credit",
    "bildnachweis": "image.credit",
    "bildunterschrift": "image.caption",
    "bildtext": "image.caption",
}
"""Parts of a field that may stand beside it instead of in it."""


class Schema(NamedTuple):
    """The fields that a kind of source may have.

    `names` has the field, or the part of one, that each key means, in small letters; `suggestions`
    are all names of fields, for "did you mean".
    """

    fields: tuple[Field, ...]
    names: Mapping[str, str]
    suggestions: tuple[str, ...]


def _schema(own: tuple[Field, ...], known: tuple[Field, ...], parts: Mapping[str, str]) -> Schema:
    names = {**parts, **{name: f.name for f in known for name in (f.name, *f.names)}}
    plain = {spelled_out(name): field for name, field in names.items()}
    return Schema(own, MappingProxyType(plain | names), tuple(names))


OF_ARTICLES: Final = _schema(ARTICLE, ARTICLE, _PARTS_BY_THEMSELVES)
OF_STANDING: Final = _schema(STANDING, ARTICLE, _PARTS_BY_THEMSELVES)
"""Standing pages know the names of an article's fields, to say that they have no effect."""

OF_FIRMS: Final = _schema(FIRM, FIRM, {})

OF_ADS: Final = _schema(
    AD, AD, {name: part for name, part in _PARTS_BY_THEMSELVES.items() if part == "image.alt"}
)
