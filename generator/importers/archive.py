"""What comes out of an archive, whatever made it: frozen values on their way to sources."""

import json
import re
from typing import Final, Literal

import msgspec

from generator.base.problems import Problem
from generator.importers.reasons import Reason
from generator.importers.reduced_html import Loss
from generator.model.article import Image, SourceLink

Status = Literal["article", "page", "draft", "used", "left-out"]
"""What became of an item: a source, a draft, a part of others (a picture, a menu), or nothing."""


class Account(msgspec.Struct, frozen=True):
    """What became of an item of an archive, and of each part of it.

    `key` is what a second run knows it by, `origin` where it stands in the archive, `path` the
    source below `content/` that it became.  `missing` are visible words that are on no page,
    `pictures` and `links` are those that were not taken as they were, each with the reason; links
    within the archive with the source that they lead to.  `refused` is what a build would say of
    the source, for which it was left out.
    """

    key: str
    origin: str
    title: str
    status: Status
    path: str = ""
    address: str = ""
    old_address: str = ""
    why: Reason | None = None
    words: int = 0
    missing: tuple[str, ...] = ()
    pictures: tuple[tuple[str, Reason], ...] = ()
    links: tuple[tuple[str, str | Reason], ...] = ()
    losses: tuple[Loss, ...] = ()
    comments: int = 0
    leads_on: bool = True
    """Whether the old address is the new one, or leads there."""
    refused: tuple[Problem, ...] = ()
    outcome: str = ""
    """What the file's own state led to: new, unchanged, updated, edited here, changed twice."""


class Item(msgspec.Struct, frozen=True):
    """A source that is to be written, and the account of what it was."""

    account: Account
    fields: dict[str, object]
    text: str


class Source(msgspec.Struct, frozen=True):
    """A source as it is to be written, its item's account, and the files that it refers to."""

    account: Account
    data: bytes
    files: frozenset[str]


class Section(msgspec.Struct, frozen=True):
    """A section of the portal that is to be."""

    id: str
    name: str
    description: str = ""


class Settings(msgspec.Struct, frozen=True):
    """What an archive says of the publication as a whole, as portal.toml is to say it."""

    title: str
    address: str
    description: str = ""
    language: str = "de"
    time_zone: str = "Europe/Berlin"
    sections: tuple[Section, ...] = ()
    authors: dict[str, str] = {}
    navigation: tuple[tuple[str, str], ...] = ()
    footer: tuple[tuple[str, str], ...] = ()
    addresses: dict[str, str] = {}
    synonyms: dict[str, tuple[str, ...]] = {}
    content: str = ""
    extra: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    date_from: str = ""
    aliases: dict[str, str] = {}
    defaults: dict[str, str] = {}


ORDER: Final = (
    "title", "kicker", "lead", "date", "updated", "section", "keywords", "author", "source",
    "image", "kind", "slug", "aliases", "draft", "guid", "expires",
)  # fmt: skip
"""The fields of a front matter in the order of the schema."""

_ONE: Final = frozenset({"author"})
"""Lists that are written as one value where there is but one."""
_PLAIN: Final = re.compile(
    r"(?!(?:true|false|yes|no|on|off|null|ja|nein|y|n)\Z)[^\W\d_](?:[\w/. –-]*[\w.])?",
    re.IGNORECASE,
)
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?(?: ?[+-]\d\d:\d\d)?)?")


def source_file(fields: dict[str, object], text: str) -> bytes:
    """A source: front matter in the order of the schema, empty fields left out, then the text."""
    ordered = [name for name in ORDER if name in fields] + [n for n in fields if n not in ORDER]
    lines: list[str] = []
    for name in ordered:
        value = fields[name]
        if value in ("", (), None, False):
            continue
        if isinstance(value, Image | SourceLink):
            lines.append(f"{name}:")
            parts = msgspec.structs.asdict(value)
            lines += [f"  {part}: {_scalar(said)}" for part, said in parts.items() if said]
        elif isinstance(value, tuple) and (len(value) > 1 or name not in _ONE):
            lines.append(f"{name}: [{', '.join(_scalar(str(each)) for each in value)}]")
        else:
            value = value[0] if isinstance(value, tuple) else value
            lines.append(f"{name}: {'yes' if value is True else _scalar(str(value))}")
    head = "\n".join(lines)
    return f"---\n{head}\n---\n\n{text}".encode()


def _scalar(said: str) -> str:
    """A text as YAML reads it: bare where that is sure, else in quotation marks."""
    if _MOMENT.fullmatch(said) or (_PLAIN.fullmatch(said) and not re.search(r"\s[#]|:\s", said)):
        return said
    return json.dumps(said, ensure_ascii=False)
