"""What single fields of a front matter say: from text with its place to checked values.

Each function here reads one shape of value and raises PortalError, with everything that is wrong
in it, where it is not of that shape.  Which field has which shape stands in `schema`.
"""

import html
import posixpath
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias
from urllib.parse import unquote

from generator.base.problems import PortalError, Problem
from generator.base.suggestions import nearest_first
from generator.config.portal import Portal
from generator.front_matter import dates
from generator.front_matter.header import Fields, Items, Node, Scalar, problem_at, shown_line
from generator.front_matter.yaml_mistakes import quoted_parts
from generator.model.addresses import flaw, is_slug, slug, web_flaw
from generator.model.article import (
    KINDS,
    SLOTS,
    Correction,
    Image,
    Kind,
    OpenCorrection,
    Slot,
    SourceLink,
    When,
)


class Context(NamedTuple):
    """Whose value is read: the portal, the source's path, and the key as the editor wrote it."""

    portal: Portal
    path: str
    key: str


class Part(NamedTuple):
    """A part of a field that is a map: what else it may be called, and what editors read of it."""

    names: tuple[str, ...]
    about: str


Parts: TypeAlias = Mapping[str, Part]

IMAGE_PARTS: Final[Parts] = {
    "file": Part(
        ("datei", "src"), "Die Bilddatei: neben dem Artikel, oder mit / am Anfang aus assets/."
    ),
    "alt": Part(
        ("alternativtext", "alternative"), "Was zu sehen ist, für alle, die es nicht sehen."
    ),
    "credit": Part(
        ("bildquelle", "bildnachweis", "nachweis", "quelle", "foto"), "Von wem das Bild ist."
    ),
    "caption": Part(("bildunterschrift", "unterschrift", "bildtext"), "Der Text unter dem Bild."),
}
SOURCE_PARTS: Final[Parts] = {
    "name": Part(("titel",), "Wie die Quelle heißt."),
    "url": Part(("adresse", "link"), "Ihre Adresse, mit https:// am Anfang."),
}
CORRECTION_PARTS: Final[Parts] = {
    "date": Part(("datum", "am"), "Wann es richtiggestellt wurde, etwa 2026-12-01."),
    "text": Part(("korrektur", "berichtigung"), "Was falsch war, und wie es richtig heißt."),
    "open": Part(("offen",), "ja, solange sie noch zu prüfen ist: Leser sehen sie dann nicht."),
}

KIND_NAMES: Final[Mapping[str, Kind]] = {
    **{kind: kind for kind in KINDS},
    "meldung": "news", "nachricht": "news",
    "bericht": "report", "reportage": "report", "hintergrund": "report",
    "kommentar": "comment", "meinung": "comment",
    "anzeige": "sponsored", "firmennews": "sponsored", "advertorial": "sponsored",
}  # fmt: skip
SLOT_NAMES: Final[Mapping[str, Slot]] = {
    **{slot: slot for slot in SLOTS},
    "oben": "top",
    "seite": "side",
    "liste": "list",
}
_YES: Final = frozenset({"true", "yes", "on", "ja", "wahr"})
_NO: Final = frozenset({"false", "no", "off", "nein", "falsch"})

_REFERENCE: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_SEPARATOR: Final = re.compile(r"[,;]")
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]+:(?=\S)|//|www\.", re.IGNORECASE)
_POSTCODE: Final = re.compile(r"[0-9]{4,5}")
_WEB: Final = re.compile(r"https?://[^\s\"<>\\]*", re.IGNORECASE)


def text(node: Node, context: Context) -> str:
    """A line of text; a non-breaking space in it is kept.

    References such as `&#8211;`, which archives of other systems are full of, become what they
    stand for, as they do in the article's text.
    """
    if not isinstance(node, Scalar):
        raise PortalError(tuple(_unquoted((node,), context.key)))
    return _word(node, context)


def _word(node: Node, context: Context) -> str:
    """As `text`, but where no text is meant that may begin with a bracket or have a colon."""
    found = _scalar(node, context).text
    if "&" in found:
        found = _REFERENCE.sub(lambda match: html.unescape(match[0]), found)
        found = unicodedata.normalize("NFC", found)
    return " ".join(filter(None, found.replace("\n", " ").replace("\t", " ").split(" ")))


def boolean(node: Node, context: Context) -> bool:
    """Yes or no, in German or English; nothing at all is neither."""
    scalar = _scalar(node, context)
    word = scalar.text.strip().casefold()
    if word not in _YES | _NO:
        raise _wrong(scalar, "not-yes-or-no", key=context.key, value=scalar.text)
    return word in _YES


def moment(node: Node, context: Context) -> When:
    """A date, with or without a time; see `dates.parse`."""
    scalar = _scalar(node, context)
    try:
        return dates.parse(scalar.text, context.portal.zone)
    except PortalError as error:
        raise PortalError(tuple(_placed(found, scalar) for found in error.problems)) from None


def expiry(node: Node, context: Context) -> When:
    """The first moment after: of a day that is named alone, the midnight at its end."""
    when = moment(node, context)
    return when if when.timed else dates.next_midnight(when, context.portal.zone)


def section(node: Node, context: Context) -> str:
    """The id of a section, which may also be given by its name."""
    given = _word(node, context)
    sections = context.portal.sections
    if any(known.id == given for known in sections):
        return given
    names = {slug(known.name): known.id for known in sections} | {s.id: s.id for s in sections}
    if slug(given) not in names:
        near = nearest_first(slug(given), names)
        known = ", ".join(section.id for section in sections)
        raise _wrong(
            node, "section-unknown", section=given, known=known or "-",
            nearest=names[near[0]] if near else "-",
        )  # fmt: skip
    return names[slug(given)]


def kind(node: Node, context: Context) -> Kind:
    """What sort of article this is."""
    given = _word(node, context)
    if given.casefold() not in KIND_NAMES:
        known = ", ".join(KIND_NAMES)
        raise _wrong(node, "kind-unknown", kind=given, known=known)
    return KIND_NAMES[given.casefold()]


def keywords(node: Node, context: Context) -> tuple[str, ...]:
    """Keywords in the portal's spelling, synonyms merged, each once."""
    portal = context.portal
    found: dict[str, str] = {}
    wrong: list[Problem] = []
    for scalar in _texts(node, context):
        name = " ".join(scalar.text.split())
        address = slug(name)
        if not address or not _possible(portal.addresses.keyword, keyword=address):
            wrong.append(problem_at(scalar, "keyword-no-address", keyword=name))
            continue
        spelling = portal.spellings.get(address, name)
        found.setdefault(slug(spelling), spelling)
    if wrong:
        raise PortalError(tuple(wrong))
    return tuple(found.values())


@lru_cache(maxsize=16384)
def _possible(pattern: str, **parts: str) -> bool:
    return flaw(pattern.format_map(parts)) is None


def authors(node: Node, context: Context) -> tuple[str, ...]:
    """Initials where the portal knows them or the name that belongs to them, else names."""
    initials = context.portal.initials
    found: dict[str, None] = {}
    for scalar in _texts(node, context):
        name = " ".join(scalar.text.split())
        if not (slug(name) and _possible(context.portal.addresses.author, author=slug(name))):
            raise _wrong(scalar, "author-unreadable", author=name)
        found[initials.get(name.casefold(), name)] = None
    return tuple(found)


def sources(node: Node, context: Context) -> tuple[SourceLink, ...]:
    """Where the facts come from: an address, a name, both in a map, or a list of these."""
    if isinstance(node, Items):
        return tuple(link for item in node.items for link in sources(item, context))
    if isinstance(node, Scalar):
        given = node.text.strip()
        if _SCHEME.match(given) or ("//" in given and web_flaw(given)):
            return (SourceLink("", _web_address(node)),)
        name = text(node, context)
        return (SourceLink(name, ""),) if name else ()
    if _is_colon(node) and not _known_parts(node, SOURCE_PARTS):
        raise PortalError(tuple(_unquoted((node,), context.key)))
    parts = _parts(node, SOURCE_PARTS, context)
    link = SourceLink(text(parts["name"], context), _web_address(parts["url"]))
    return (link,) if link != SourceLink("", "") else ()


def _web_address(scalar: Scalar) -> str:
    address = scalar.text.strip()
    wrong = web_flaw(address)
    if wrong and (wrong.name == "web-address-slashes" or _WEB.fullmatch(address)):
        raise PortalError((_placed(wrong, scalar),))
    if address and not _WEB.fullmatch(address):
        bare = address.removeprefix("//")
        right = f"https://{bare}" if address.startswith(("//", "www.")) else "https://…"
        raise _wrong(scalar, "url-wrong", url=address, right=right)
    return address


def corrections(node: Node, context: Context) -> tuple[Correction | OpenCorrection, ...]:
    """What was put right in an article: maps of date and text, one or a list of them.

    One without a text, or that says so, is still open.
    """
    items = node.items if isinstance(node, Items) else (node,)
    found: list[Correction | OpenCorrection] = []
    wrong: list[Problem] = []
    for item in items:
        try:
            found.append(_correction(item, context))
        except PortalError as error:
            wrong += error.problems
    if wrong:
        raise PortalError(tuple(wrong))
    return tuple(found)


def _correction(node: Node, context: Context) -> Correction | OpenCorrection:
    if not isinstance(node, Fields):
        raise _wrong(node, "correction-not-map", key=context.key)
    parts = _parts(node, CORRECTION_PARTS, context)
    date = moment(parts["date"], context) if parts["date"].text.strip() else None
    said, told = text(parts["text"], context), parts["open"]
    is_open = boolean(told, context._replace(key="open")) if told.text.strip() else not said
    if is_open:
        return OpenCorrection(date, said, node.line)
    if not said or date is None:
        raise _wrong(node, "correction-part-missing", part="date" if said else "text")
    return Correction(date, said)


def link(node: Node, context: Context) -> str:
    """An address on the web, with its scheme."""
    return _web_address(_scalar(node, context))


def slot(node: Node, context: Context) -> Slot:
    """Where an advertisement shows."""
    given = _word(node, context)
    if given.casefold() not in SLOT_NAMES:
        raise _wrong(node, "slot-unknown", slot=given, known=", ".join(SLOT_NAMES))
    return SLOT_NAMES[given.casefold()]


def postcode(node: Node, context: Context) -> str:
    """A German or Austrian postcode: digits, the first ones perhaps noughts."""
    given = _word(node, context)
    if not _POSTCODE.fullmatch(given):
        raise _wrong(node, "postcode-wrong", postcode=given)
    return given


def image(node: Node, context: Context) -> Image | None:
    """A picture: its file, or a map of file, alternative text, credit and caption."""
    if isinstance(node, Scalar):
        return Image(_file(node, context))
    if not isinstance(node, Fields):
        raise _wrong(node, "field-not-text", key=context.key, right=f"{context.key}: …")
    parts = _parts(node, IMAGE_PARTS, context)
    texts = {name: text(scalar, context) for name, scalar in parts.items()}
    if not any(texts.values()):
        return None
    if not texts["file"]:
        raise _wrong(node, "image-no-file", key=context.key)
    return Image(**{**texts, "file": _file(parts["file"], context)})


def _file(scalar: Scalar, context: Context) -> str:
    """A path inside the content folder, or in the assets folder where it begins with `/`."""
    given = scalar.text.strip()
    if _SCHEME.match(given):
        raise _wrong(scalar, "image-external", file=given)
    if "\\" in given:
        raise _wrong(scalar, "image-backslash", file=given, right=given.replace("\\", "/"))
    folder = "" if given.startswith("/") else posixpath.dirname(context.path)
    whole = posixpath.normpath(posixpath.join(folder, given.lstrip("/")))
    if whole == ".." or whole.startswith("../"):
        raise _wrong(scalar, "image-outside", file=given)
    return given


def address_part(node: Node, context: Context) -> str:
    """A slug that the editor chose; an old one may be longer than a new one would be."""
    given = _word(node, context)
    if not is_slug(given):
        right = slug(given) or "it-planungsrat"
        alias = f"/…/{given}/" if flaw(f"/{given}/") is None else "/…/"
        raise _wrong(node, "slug-wrong", slug=given, right=f"{context.key}: {right}", alias=alias)
    return given


def old_addresses(node: Node, context: Context) -> tuple[str, ...]:
    """The addresses that lead here, each once, as `addresses.target` wants them."""
    scalars = (node,) if isinstance(node, Scalar) else _texts(node, context)
    return tuple(dict.fromkeys(_old_address(s, context.portal.address) for s in scalars if s.text))


def _old_address(scalar: Scalar, portal: str) -> str:
    given = scalar.text.strip()
    address = unquote(given.removeprefix(portal))
    if not address.startswith("/"):
        raise _wrong(scalar, "alias-wrong", alias=given)
    name = address.rpartition("/")[2]
    if name and "." not in name:
        address += "/"
    if found := flaw(address):
        raise PortalError((_placed(found, scalar),))
    return address


def _scalar(node: Node, context: Context) -> Scalar:
    if not isinstance(node, Scalar):
        raise _wrong(node, "field-not-text", key=context.key, right=f'{context.key}: "…"')
    return node


def _unquoted(nodes: Iterable[Node], key: str) -> Iterator[Problem]:
    """What is wrong with lists and maps where `key` wants texts: one problem for each line.

    Mostly they are texts with a colon, a bracket or the like that nobody put into quotation marks.
    """
    lines: dict[int, list[Items | Fields]] = {}
    for node in nodes:
        if not isinstance(node, Scalar):
            lines.setdefault(node.line, []).append(node)
    for together in lines.values():
        first, written = together[0], together[0].written
        if not written:
            yield problem_at(first, "field-not-text", key=key, right=f'{key}: "…"')
            continue
        spans = [(node.column - 1, node.written.end) for node in together if node.written]
        right = shown_line(quoted_parts(written.text, spans))
        sign = written.text[first.column - 1]
        if sign in "[{":
            yield problem_at(first, "field-not-text", key=key, right=right)
        elif _is_colon(first):
            yield problem_at(first, "value-colon", right=right)
        else:
            yield problem_at(first, "value-sign", right=right)


def _is_colon(node: Node) -> bool:
    """Whether a map in one line is a text with a colon: `IT: Sicherheit`."""
    return (
        isinstance(node, Fields)
        and node.written is not None
        and node.written.text[node.column - 1] not in "{?"
    )


def _texts(node: Node, context: Context) -> Iterator[Scalar]:
    """The items of a list, or of text with commas, that are not empty."""
    if isinstance(node, Scalar):
        parts: Iterable[Scalar] = (
            Scalar(part, node.line, node.column) for part in _SEPARATOR.split(node.text)
        )
    elif isinstance(node, Items):
        if wrong := tuple(_unquoted(node.items, context.key)):
            raise PortalError(wrong)
        parts = (item for item in node.items if isinstance(item, Scalar))
    elif _is_colon(node):
        raise PortalError(tuple(_unquoted((node,), context.key)))
    else:
        raise _wrong(node, "field-not-list", key=context.key)
    return (part for part in parts if part.text.strip())


def _names(parts: Parts) -> dict[str, str]:
    """The English name of each part by all its names."""
    return {other: name for name, part in parts.items() for other in (name, *part.names)}


def _known_parts(node: Node, names: Parts) -> bool:
    english, entries = _names(names), node.entries if isinstance(node, Fields) else ()
    return any(key.text.strip().casefold() in english for key, _ in entries)


def _parts(node: Node, names: Parts, context: Context) -> dict[str, Scalar]:
    """The parts of a map by their English names; empty ones where it does not have them."""
    if not isinstance(node, Fields):
        raise _wrong(node, "field-not-text", key=context.key, right=f'{context.key}: "…"')
    english = _names(names)
    wrong: list[Problem] = []
    keys: dict[str, Scalar] = {}
    found = dict.fromkeys(names, Scalar("", node.line, node.column))
    for key, value in node.entries:
        word = key.text.strip().casefold()
        if (name := english.get(word)) is None:
            known = ", ".join(nearest_first(word, english))
            wrong.append(
                problem_at(key, "part-unknown", part=key.text, key=context.key, known=known)
            )
        elif (first := keys.setdefault(name, key)) is not key:
            twice = {"key": key.text, "field": name, "first": first.text, "other": first.line}
            wrong.append(problem_at(key, "field-twice", **twice))
        elif isinstance(value, Scalar):
            found[name] = value
        else:
            wrong += _unquoted((value,), key.text)
    if wrong:
        raise PortalError(tuple(wrong))
    return found


def _wrong(node: Node, name: str, **values: object) -> PortalError:
    return PortalError((problem_at(node, name, **values),))


def _placed(found: Problem, node: Node) -> Problem:
    """A problem without a place at the place of a value."""
    return found.at("", node.line, node.column)
