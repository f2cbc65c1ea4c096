"""Files that readers may download: of which kinds they are, and what they are called.

A kind is known by the end of a file's name, and proved by its first bytes: what a browser would run
is not published under the name of a document.
"""

from typing import Final, Literal, get_args

from generator.model.addresses import slug

Kind = Literal["pdf", "odt", "ods", "docx", "xlsx", "csv", "zip", "ics", "epub"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""What can be offered; a name ends in its kind, in capitals or not."""

HEAD: Final = 1024
"""So many bytes of a file show whether it is of its kind."""

_ZIPPED: Final = {
    "odt": b"application/vnd.oasis.opendocument.text",
    "ods": b"application/vnd.oasis.opendocument.spreadsheet",
    "epub": b"application/epub+zip",
    "docx": b"",
    "xlsx": b"",
    "zip": b"",
}
"""Kinds that are ZIP archives, and the type that the first file in one tells, where it tells it."""
_PACKED: Final = (b"PK\x03\x04", b"PK\x05\x06")
_TELLS: Final = slice(30, 38)
"""Where `mimetype` stands, the name of the first file in an archive; behind it its text."""
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_NO_TABLE: Final = (b"<!", b"<?", b"<html", b"<svg", b"<script", b"#!", b"%pdf-", b"begin:v")
"""How text begins that is something else than a table."""


def download_kind(name: str) -> str:
    """The kind of the file called `name`, "" where it is none that can be offered."""
    kind = name.rpartition(".")[2].lower() if "." in name else ""
    return kind if kind in KINDS else ""


def begins_like(kind: str, head: bytes) -> bool:
    """Whether a file of a kind may begin with the bytes `head`: `HEAD` of them, or all."""
    if kind in _ZIPPED:
        told = _ZIPPED[kind] if head[_TELLS] == b"mimetype" else b""
        return head.startswith(_PACKED) and head[_TELLS.stop :].startswith(told)
    if kind == "csv" and head.startswith(_UTF_16):
        return True
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if kind == "csv":
        return b"\0" not in text and not text.startswith(_NO_TABLE)
    return text.startswith(b"%pdf-" if kind == "pdf" else b"begin:vcalendar")


def published_name(name: str) -> str:
    """What a file called `name` is called where it is published."""
    stem, _, ending = name.rpartition(".")
    return f"{slug(stem) or 'datei'}.{ending.lower()}"
