"""The schema of the front matter: which fields there are, what they are called, what they hold.

A table and nothing else, so that the reader, the messages and the documents say the same.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from generator.front_matter import fields
from generator.front_matter.fields import (
    CORRECTION_PARTS,
    IMAGE_PARTS,
    SOURCE_PARTS,
    Context,
    Parts,
)
from generator.front_matter.header import Node
from generator.model.addresses import spelled_out


class Field(NamedTuple):
    """One field of the front matter.

    `name` as in the front matter, `names` what else it may be called, in small letters, the usual
    German name first; `read` makes its value of what stands there, `about` is what editors read of
    it.  `default` is its value where it is missing or empty.  `attribute` is the article's word for
    it, where that is another one.
    """

    name: str
    read: Callable[[Node, Context], object]
    names: tuple[str, ...]
    about: str
    default: object = ""
    required: bool = False
    attribute: str = ""


_TITLE: Final = Field("title", fields.text, ("titel", "überschrift", "headline"),
    "Die Überschrift. Mit einem Doppelpunkt darin gehört sie in Anführungszeichen.",
    required=True)  # fmt: skip
_LEAD: Final = Field("lead", fields.text, ("vorspann", "teaser", "description"),
    "Ein bis drei Sätze, die auch in Listen, Feeds und bei Suchmaschinen stehen.")  # fmt: skip
_SLUG: Final = Field("slug", fields.address_part, ("adressteil",),
    "Der letzte Teil der Adresse, wenn er nicht wie die Datei heißen soll.")  # fmt: skip
_ALIASES: Final = Field("aliases", fields.old_addresses,
    ("weiterleitungen", "weiterleitung", "alte_adressen", "alte_adresse", "alias", "redirects"),
    "Frühere Adressen, die hierher führen sollen: [/meldungen/1234.html].", default=())  # fmt: skip
_DRAFT: Final = Field("draft", fields.boolean, ("entwurf",),
    "ja, solange der Artikel nicht erscheinen darf.", default=False)  # fmt: skip
_KEYWORDS: Final = Field("keywords", fields.keywords,
    ("stichwörter", "stichworte", "stichwort", "schlagwörter", "schlagworte", "schlagwort",
     "keyword", "tags"), "Stichwörter in eckigen Klammern: [Glasfaser, Förderung]. Eines bis fünf.",
    default=())  # fmt: skip
_EXPIRES: Final = Field("expires", fields.expiry,
    ("läuft_ab", "läuft ab", "ablauf", "ablaufdatum", "gültig_bis", "gültig bis", "expirydate"),
    "Der letzte Tag, an dem der Artikel zu sehen ist.", default=None)  # fmt: skip

ARTICLE: Final = (
    _TITLE,
    Field("kicker", fields.text, ("dachzeile", "spitzmarke"),
        "Ein, zwei Wörter über der Überschrift: Ort, Behörde oder Thema."),
    _LEAD,
    Field("date", fields.moment, ("datum", "veröffentlicht", "erschienen"),
        "Wann der Artikel erscheint, etwa 2026-12-01 08:00. Vorher ist er nirgends zu sehen.",
        default=None, required=True),
    Field("updated", fields.moment, ("aktualisiert", "geändert", "lastmod"),
        "Wann er zuletzt geändert wurde; leer, solange nichts geändert ist.", default=None),
    Field("corrections", fields.corrections,
        ("korrekturen", "korrektur", "correction", "berichtigungen", "berichtigung"),
        "Was im Artikel falsch war und richtiggestellt ist; Leser sehen es mit Datum.", default=()),
    Field("section", fields.section, ("rubrik", "bereich", "ressort"),
        "Der Bereich, so wie er in portal.toml heißt.", required=True),
    _KEYWORDS,
    Field("author", fields.authors,
        ("autor", "autorin", "autoren", "autorinnen", "authors", "kürzel", "verfasser"),
        "Kürzel aus portal.toml oder Namen, einer oder mehrere.", default=(), attribute="authors"),
    Field("source", fields.sources, ("quelle", "quellen", "sources"),
        "Woher die Fakten sind: Name und Adresse.", default=(), attribute="sources"),
    Field("image", fields.image, ("bild", "foto", "titelbild"), "Das Bild über dem Text.", None),
    Field("kind", fields.kind, ("art", "textsorte", "darstellungsform"),
        "Meldung, Interview, Reportage, Kommentar oder Anzeige (bezahlt).", default="news"),
    _SLUG,
    _ALIASES,
    Field("guid", fields.text, ("kennung",),
        "Woran Feedreader ihn wiedererkennen; wurde die Datei umbenannt: ihr früherer Pfad."),
    _EXPIRES,
    _DRAFT,
)  # fmt: skip
"""The fields of an article."""

STANDING: Final = (_TITLE, _LEAD, _SLUG, _ALIASES, _DRAFT)
"""The fields of a standing page."""

FIRM: Final = (
    Field("name", fields.text, ("firma", "titel", "title"), "Wie die Firma heißt.",
        required=True, attribute="title"),
    Field("lead", fields.text, ("kurz", "vorspann", "description"),
        "Ein Satz darüber, was sie macht."),
    Field("postcode", fields.postcode, ("plz", "postleitzahl"),
        "Die Postleitzahl; mit einer Null am Anfang in Anführungszeichen."),
    Field("town", fields.text, ("ort", "stadt"), "Wo sie sitzt.", required=True),
    Field("link", fields.link, ("adresse", "website", "url"),
        "Ihre Website, mit https:// am Anfang."),
    Field("logo", fields.image, ("bild",),
        "Die Bilddatei: neben dem Eintrag, oder mit / am Anfang aus assets/.", default=None),
    Field("fields", fields.keywords, ("felder", "arbeitsfelder", "themen"),
        "Woran sie arbeitet: [Glasfaser, Tiefbau]. Danach steht sie im Verzeichnis.", default=()),
    _KEYWORDS._replace(about="Weitere Stichwörter, bei denen sie unter Artikeln stehen soll."),
    Field("paid", fields.boolean, ("bezahlt", "anzeige"),
        "ja, wenn die Firma für den Eintrag bezahlt: Er heißt dann Anzeige.", default=False),
    _SLUG,
    _ALIASES,
    _DRAFT._replace(about="ja, solange der Eintrag nicht erscheinen darf."),
    _EXPIRES._replace(about="Der letzte Tag, an dem der Eintrag zu sehen ist."),
)  # fmt: skip
"""The fields of a firm in the directory."""

AD: Final = (
    Field("name", fields.text, ("kunde", "firma", "titel"), "Wer wirbt.",
        required=True, attribute="title"),
    Field("slot", fields.slot, ("platz",), "Wo die Anzeige steht: oben, seite oder liste.",
        required=True),
    Field("image", fields.image, ("bild",), "Das Bild, mit alt: den Worten, die darin stehen.",
        default=None, required=True),
    Field("link", fields.link, ("adresse", "url"), "Wohin es führt, mit https:// am Anfang.",
        required=True),
    Field("from", fields.moment, ("von", "ab"), "Ab wann die Anzeige zu sehen ist.",
        default=None, attribute="start"),
    Field("until", fields.expiry, ("bis",), "Der letzte Tag, an dem sie zu sehen ist.",
        default=None, attribute="expires"),
    _DRAFT._replace(about="ja, solange sie nicht erscheinen darf."),
)  # fmt: skip
"""The fields of an advertisement."""

PARTS: Final[Mapping[str, Parts]] = MappingProxyType(
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
