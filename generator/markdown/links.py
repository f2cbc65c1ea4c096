"""Where a link in a text may lead, and what becomes of its address."""

import re
from functools import lru_cache
from typing import Final, Literal, NamedTuple
from urllib.parse import quote

from generator.markdown.notes import Notes, plain, unmarked
from generator.model.addresses import web_flaw
from generator.model.article import FileLink, Link

Kind = Literal["source", "external", "executable", "data", "unknown", "empty", "other"]

SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
"""What an address may begin with, besides those that stay in the portal."""

EXECUTABLE: Final = frozenset({"javascript", "vbscript"})

_IGNORED: Final = re.compile(
    "[\x00-\x20\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]+"
)
"""Browsers skip some of these before or within a scheme; no honest scheme holds any of them."""
_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_ILLEGAL: Final = re.compile(r"""[\x00-\x20"<>\\^`{|}]""")
_SOURCE: Final = re.compile(r"[^?#]+\.(?:md|markdown)(?:#.*)?", re.IGNORECASE | re.DOTALL)
_FILE: Final = re.compile(r"[^?#]*[^./?#]\.[a-z0-9]{1,5}(?:[?#].*)?", re.IGNORECASE | re.DOTALL)
_DOCUMENT: Final = re.compile(r"data:(?:text/html|[a-z]+/[a-z.+-]*xml)", re.IGNORECASE)
"""A file within a link that may hold a program."""


class Address(NamedTuple):
    """An address as it is meant: without character references, and what it leads to."""

    text: str
    kind: Kind
    scheme: str


@lru_cache(maxsize=64)  # of one link this is asked several times
def address(written: str) -> Address:
    """What the address `written` in a link means."""
    text = plain(written).strip()
    bare = _IGNORED.sub("", text)
    scheme = found[1].lower() if (found := _SCHEME.match(bare)) else ""
    if scheme in EXECUTABLE or _DOCUMENT.match(bare):
        return Address(text, "executable", scheme)
    if scheme == "data":
        return Address(text, "data", scheme)
    if scheme and scheme not in SCHEMES:
        return Address(text, "unknown", scheme)
    if scheme in {"http", "https"} or bare.startswith("//"):
        return Address(text, "external", scheme)
    if not bare:
        return Address(text, "empty", "")
    return Address(text, "source" if not scheme and _SOURCE.fullmatch(text) else "other", scheme)


def href(written: str, notes: Notes) -> str | None:
    """What stands in the page for the address `written`; None if nothing may.

    A link to a source is a placeholder, and so is one that may lead to another file.  Links to
    other sites, and why an address is refused, are noted.
    """
    meant = address(written)
    if meant.kind == "source":
        return notes.placeholder(Link(meant.text, notes.place_of_address(written)[0]))
    if meant.kind == "empty":
        notes.report("markdown-link-empty", notes.place_of("]()", "](<>)", 'href=""'))
        return None
    if meant.kind == "external":
        notes.links[_encoded(meant.text)] = None
    elif meant.kind != "other":
        refused(written, notes.place_of_address(written), notes)
        return None
    if flawed(written, notes):
        notes.links.pop(_encoded(meant.text), None)
        return None
    if meant.kind == "other" and not meant.scheme and _FILE.fullmatch(meant.text):
        return notes.placeholder(FileLink(_encoded(meant.text), notes.place_of_address(written)[0]))
    return _encoded(written)


def cite(written: str, notes: Notes) -> str | None:
    """What stands in the page for the address of a quotation's source; None if nothing may.

    Nobody can follow it, so links to sources and to other sites are not noted.
    """
    if refused(written, notes.place_of_address(written), notes) or flawed(written, notes):
        return None
    return written


def flawed(written: str, notes: Notes) -> bool:
    """Whether no browser can follow the address `written`; if so, notes it."""
    found = web_flaw(address(written).text)
    if found:
        notes.add(found, notes.place_of_address(written))
    return found is not None


def _encoded(text: str) -> str:
    """`text` with the signs that no address may hold as `%20` and the like."""
    text = unmarked(text)
    return (
        _ILLEGAL.sub(lambda sign: quote(sign[0], safe=""), text) if _ILLEGAL.search(text) else text
    )


def refused(written: str, place: tuple[int, int], notes: Notes) -> bool:
    """Whether no page may link to the address `written`; if so, notes it."""
    meant = address(written)
    if meant.kind == "executable":
        notes.report("markdown-link-executable", place, scheme=meant.scheme)
    elif meant.kind == "unknown":
        notes.report("markdown-link-scheme", place, scheme=meant.scheme)
    elif meant.kind == "data":
        notes.report("markdown-link-data", place)
    return meant.kind in {"executable", "unknown", "data"}
