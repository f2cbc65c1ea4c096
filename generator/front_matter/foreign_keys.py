"""Keys of other systems: those that hide an article there, and what others are called here.

Archives bring them along, and editors type them out of habit.  Each kind has one table, in which a
key stands without hyphens, underscores and umlauts; whoever misses one adds it there.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Literal

from generator.model.addresses import spelled_out

Verdict = Literal["hidden", "shown", "unclear"]

_YES: Final = frozenset({"true", "yes", "on", "1", "y", "ja", "wahr"})
_NO: Final = frozenset({"false", "no", "off", "0", "n", "nein", "falsch", "never"})

_SHOWS: Final = frozenset({
    "published", "ispublished", "publish", "public", "ispublic", "visible", "isvisible", "live",
    "released", "approved", "listed", "online", "active", "enabled", "permalink", "render",
    "veroeffentlicht", "veroeffentlichen", "oeffentlich", "sichtbar", "freigegeben", "freigabe",
    "publiziert", "anzeigen", "aktiv",
})  # fmt: skip
"""Keys that hide an article with "no"."""

_HIDES: Final = frozenset({
    "hidden", "ishidden", "hide", "private", "isprivate", "unlisted", "unpublished", "unpublish",
    "isdraft", "wip", "internal", "offline", "archived", "deleted", "trashed", "disabled",
    "exclude", "excluded", "ignore", "ignored", "skip", "headless", "secret", "confidential",
    "protected", "membersonly", "eleventyexcludefromcollections",
    "versteckt", "verborgen", "verbergen", "ausgeblendet", "ausblenden", "unsichtbar", "privat",
    "intern", "gesperrt", "geheim", "vertraulich", "archiviert", "geloescht", "deaktiviert",
    "unveroeffentlicht", "nichtveroeffentlichen", "nichtoeffentlich",
})  # fmt: skip
"""Keys that hide an article with "yes"."""

_STATES: Final = frozenset({
    "status", "poststatus", "state", "visibility", "access", "workflow", "workflowstate",
    "publishstate", "publicationstate", "publishstatus", "publicationstatus",
    "sichtbarkeit", "zustand", "zugang", "freigabestatus", "veroeffentlichungsstatus",
})  # fmt: skip
"""Keys that hide an article with a word."""

_HIDDEN_WORDS: Final = _NO | {
    "draft", "drafts", "autodraft", "pending", "pendingreview", "inreview", "review", "private",
    "hidden", "unlisted", "unpublished", "notpublished", "trash", "trashed", "deleted", "archived",
    "internal", "restricted", "disabled", "inactive", "offline", "wip", "inprogress",
    "entwurf", "privat", "intern", "versteckt", "verborgen", "unsichtbar", "gesperrt", "geheim",
    "wartend", "papierkorb", "geloescht", "archiviert", "inarbeit", "inpruefung",
    "nichtoeffentlich", "unveroeffentlicht",
}  # fmt: skip
_SHOWN_WORDS: Final = _YES | {
    "publish", "published", "public", "live", "online", "open", "visible", "active", "enabled",
    "veroeffentlicht", "oeffentlich", "sichtbar", "freigegeben", "erschienen", "everyone",
}  # fmt: skip

_PROTECTS: Final = frozenset({
    "password", "postpassword", "passwort", "kennwort", "build", "publishdate", "embargo",
    "embargountil", "sperrfrist", "unpublishdate", "unpublishat", "tiers",
})  # fmt: skip
"""Keys that hide an article from some readers, or for a time, whatever stands there."""
_TELLING: Final = _SHOWS | _HIDES | _STATES | _PROTECTS

FOREIGN: Final[Mapping[str, tuple[str, ...]]] = {
    "title": ("posttitle", "seotitle", "metatitle"),
    "kicker": ("overline", "eyebrow", "rubrikzeile", "oberzeile"),
    "lead": (
        "summary", "excerpt", "abstract", "intro", "introduction", "subtitle", "subhead",
        "subheading", "subline", "dek", "standfirst", "postexcerpt", "seodescription",
        "metadescription", "beschreibung", "zusammenfassung", "untertitel", "unterzeile", "anriss",
        "einleitung",
    ),
    "date": (
        "published", "publishedat", "publishedon", "publisheddate", "datepublished", "pubdate",
        "publishdate", "publicationdate", "postdate", "posted", "created", "createdat", "embargo",
        "embargountil", "erstellt", "erscheinungsdatum", "veroeffentlichungsdatum", "sperrfrist",
    ),
    "updated": (
        "modified", "modifiedat", "lastmodified", "lastmodifiedat", "lastupdated", "lastupdate",
        "datemodified", "updatedat", "updateddate", "dateupdated", "postmodified", "edited",
        "bearbeitet", "letzteaenderung", "aenderungsdatum",
    ),
    "section": (
        "categories", "category", "channel", "department", "kategorie", "kategorien", "sparte",
    ),
    "keywords": ("tag", "topics", "topic", "labels", "subjects", "thema", "schlagworter"),
    "author": ("creator", "byline", "writer", "writtenby", "postauthor", "redakteur", "redaktion"),
    "source": (
        "canonical", "canonicalurl", "originalurl", "references",
    ),
    "source.url": ("sourceurl",),
    "source.name": ("sourcename",),
    "image": (
        "cover", "coverimage", "thumbnail", "thumb", "featuredimage", "featureimage", "headerimage",
        "heroimage", "hero", "banner", "ogimage", "socialimage", "images", "picture", "photo",
        "postthumbnail", "beitragsbild", "vorschaubild", "aufmacherbild",
    ),
    "image.alt": ("imagealt", "alttext", "coveralt", "thumbnailalt", "featuredimagealt"),
    "image.credit": ("imagecredit", "photocredit", "imagesource", "copyright", "bildrechte"),
    "image.caption": ("imagecaption", "photocaption", "covercaption", "featureimagecaption"),
    "aliases": (
        "permalink", "url", "link", "oldurl", "oldurls", "redirectfrom", "redirect", "saveas",
        "path",
    ),
    "slug": ("postname", "basename"),
    "expires": (
        "expiration", "expirationdate", "expires_at", "expiresat", "unpublishdate", "unpublishat",
        "enddate", "validuntil", "gueltigbis",
    ),
    "guid": ("uuid", "postid"),
    "draft": ("isdraft",),
}  # fmt: skip
"""What other systems call a field that has another name here (Hugo, Jekyll, WordPress, Eleventy,
Pelican, Decap, Ghost)."""

_JOINTS: Final = str.maketrans("", "", "_- ")
_FIELD_OF: Final = {name: field for field, names in FOREIGN.items() for name in names}


def hides(key: str, value: str | None) -> Verdict | None:
    """Whether other systems hide an article with the value (None: a list or map) of this key.

    "shown": they do not with this value, "unclear": nobody can say; None: the key does no such
    thing, or its value is something else, such as the date of a key `published`.
    """
    name = bare(key)
    if name not in _TELLING:  # as nearly all: not to look at their values saves a tenth of reading
        return None
    word = None if value is None else bare(value)
    if name in _STATES:
        return _verdict(word, _HIDDEN_WORDS, _SHOWN_WORDS | {""})
    if name in _HIDES:
        return _verdict(word, _YES, _NO)
    if name in _PROTECTS:
        return "shown" if word == "" else "unclear"
    if name in _FIELD_OF and word not in _YES | _NO | {""}:
        return None
    return _verdict(word, _NO, _YES)


def _verdict(word: str | None, hidden: frozenset[str], shown: frozenset[str]) -> Verdict:
    if word is None:
        return "unclear"
    return "hidden" if word in hidden else "shown" if word in shown else "unclear"


def is_state(key: str) -> bool:
    """Whether a key hides an article with some words only, and may say something else with others.

    So a portal may have a use of its own for it.
    """
    return bare(key) in _STATES


def flags() -> tuple[str, ...]:
    """The keys, as `bare` gives them, by which other systems hide an article with yes or no."""
    return tuple(sorted(_SHOWS | _HIDES))


def is_flag(value: str) -> bool:
    """Whether a value is yes, no, or a word for an article that is hidden or is not."""
    word = bare(value)
    return len(word) > 1 and word in _HIDDEN_WORDS | _SHOWN_WORDS


def is_no(value: str) -> bool:
    """Whether a value says no."""
    return bare(value) in _NO


def field_of(key: str) -> str | None:
    """The field, or the part of one, that other systems call `key`; None where none is known."""
    return _FIELD_OF.get(bare(key))


def names() -> tuple[str, ...]:
    """All keys that are known here, for guesses at misspelt ones."""
    return (*_FIELD_OF, *sorted(_TELLING))


@lru_cache(maxsize=1024)  # sources have the same keys: a twentieth of reading
def bare(text: str) -> str:
    """A key or value in small letters, without what is written now so, now so."""
    return spelled_out(text.strip().casefold()).translate(_JOINTS)
