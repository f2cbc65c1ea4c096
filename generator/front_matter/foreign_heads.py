"""Heads of texts that other generators wrote: YAML, TOML, JSON, Pelican's and Nikola's lines."""

import json
import re
import tomllib
import unicodedata
from collections.abc import Collection
from datetime import date, datetime
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from generator.base.problems import PortalError, problem
from generator.config.front_matter import HeadStyle
from generator.front_matter import header
from generator.front_matter.header import Fields, FrontMatter, Items, Node, Scalar

Value: TypeAlias = str | list["Value"] | dict[str, "Value"]

_TOML: Final = re.compile(r"\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_NIKOLA: Final = re.compile(r"\s*(?:<!--\s*\n)?((?:\.\. [a-z_-]+:.*\n)+)(?:\s*-->)?\s*\n?")
_NIKOLA_LINE: Final = re.compile(r"\.\. ([a-z_-]+):(.*)")
_PELICAN: Final = re.compile(r"((?:[A-Za-z][A-Za-z_-]*:.*\n(?:[ \t]+\S.*\n)*)+)(?:[ \t]*\n|\Z)")
_PELICAN_LINE: Final = re.compile(r"([A-Za-z][A-Za-z_-]*):(.*(?:\n[ \t]+\S.*)*)")
_PELICAN_KEYS: Final = frozenset({
    "date", "slug", "category", "tags", "author", "authors", "summary", "status", "modified",
    "save_as", "url", "template", "lang",
})  # fmt: skip
"""What, beside a title, tells a head from a text that begins with a colon."""


class Head(NamedTuple):
    """A text without its head; the keys of the head are in small letters."""

    fields: dict[str, Value]
    text: str
    style: HeadStyle | Literal["yaml", ""]


def split(data: bytes) -> Head:
    """The head of a text and the rest; without one there are no fields.

    PortalError: what looks like a head cannot be read; its problems have no path.
    """
    return _split(_decoded(data))


def _decoded(data: bytes) -> str:
    text = data.decode("utf-8-sig", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _split(text: str) -> Head:
    bare = text.lstrip("\n")
    if bare.startswith("---"):
        read = header.read(bare.encode())
        errors = tuple(p for p in read.problems if p.is_error)
        if read.header is None:
            raise PortalError(errors or read.problems)
        if errors := tuple(p for p in errors if p.name != "key-twice"):
            raise PortalError(errors)
        return Head(_mapped(read.header), read.text, "yaml")
    if found := _TOML.match(bare):
        return Head(_toml(found[1]), bare[found.end() :], "toml")
    if bare.startswith("{") and not bare.startswith(("{{", "{%")):
        return _json(bare)
    if found := _NIKOLA.match(bare):
        lines = _NIKOLA_LINE.findall(found[1])
        return Head({key: value.strip() for key, value in lines}, bare[found.end() :], "nikola")
    found = _PELICAN.match(bare)
    if found:
        lines = _PELICAN_LINE.findall(found[1])
        keys = {key.lower() for key, _ in lines}
        if "title" in keys and keys & _PELICAN_KEYS:
            said = {key.lower(): " ".join(value.split()) for key, value in lines}
            return Head(dict(said), bare[found.end() :], "pelican")
    return Head({}, text, "")


def read(data: bytes, styles: Collection[str] = ()) -> FrontMatter:
    """As `header.read`, for heads in one of these `styles` as well; never raises."""
    if not styles or data.lstrip().startswith(b"---"):
        return header.read(data)
    source = _decoded(data)
    try:
        head = _split(source)
    except PortalError as error:
        return FrontMatter(None, "", 1, error.problems)
    if head.style not in styles:
        return header.read(data)
    whole, text = (unicodedata.normalize("NFC", each) for each in (source, head.text))
    above = whole[: len(whole) - len(text)]
    fields = _node(head.fields, above, 1)
    assert isinstance(fields, Fields)  # noqa: S101 - a map becomes a map
    return FrontMatter(fields, text, above.count("\n") + 1, ())


def _node(value: Value, head: str, line: int) -> Node:
    """A value with its place, as far as the lines of the head tell."""
    if isinstance(value, list):
        return Items(tuple(_node(each, head, line) for each in value), line, 1)
    if isinstance(value, str):
        return Scalar(value, line, 1)
    entries: list[tuple[Scalar, Node]] = []
    for key, each in value.items():
        pattern = rf"^[ \t.{{,]*\"?{re.escape(key)}\"?\s*[:=]"
        found = re.search(pattern, head, re.MULTILINE | re.IGNORECASE)
        own = head.count("\n", 0, found.end()) + 1 if found else line
        entries.append((Scalar(key, own, 1), _node(each, head, own)))
    return Fields(tuple(entries), line, 1)


def _toml(written: str) -> dict[str, Value]:
    try:
        return _plain(tomllib.loads(written))
    except tomllib.TOMLDecodeError as error:
        raise PortalError((problem("head-toml", line=1, reason=error),)) from error


def _json(text: str) -> Head:
    try:
        found, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError) as error:
        raise PortalError((problem("head-json", line=1, reason=error),)) from error
    return Head(_plain(found), text[end:], "json")


def _plain(found: dict[str, Any]) -> dict[str, Value]:
    """Values as text, with dates as they are written."""
    return {
        str(key).lower(): value
        for key, each in found.items()
        if (value := _value(each)) is not None
    }


def _value(found: object) -> Value | None:
    if isinstance(found, dict):
        return _plain(found)
    if isinstance(found, list):
        return [value for each in found if (value := _value(each)) is not None]
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, datetime):
        return found.isoformat(sep=" ")
    return found.isoformat() if isinstance(found, date) else None if found is None else str(found)


def _mapped(fields: Fields) -> dict[str, Value]:
    """The keys of a head; of one that stands twice the first counts that says something."""
    found: dict[str, Value] = {}
    for key, node in fields.entries:
        name, value = key.text.strip().lower(), _of_node(node)
        if not found.get(name):
            found[name] = value
    return found


def _of_node(node: Node) -> Value:
    if isinstance(node, Fields):
        return _mapped(node)
    return [_of_node(each) for each in node.items] if isinstance(node, Items) else node.text.strip()
