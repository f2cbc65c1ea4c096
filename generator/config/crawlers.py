"""The tables `[crawlers]` and `[security]` of portal.toml: what programs are told, and by whom."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from generator.base.problems import Problem
from generator.config.toml_file import Document, Many, Table


class Crawlers(msgspec.Struct, frozen=True):
    """What crawlers may do.

    `mining`: whether texts and data may be mined, as § 44b UrhG allows unless it is reserved.
    `refused` are the names of crawlers that may read nothing.
    """

    mining: bool = True
    refused: tuple[str, ...] = ()


class Security(msgspec.Struct, frozen=True):
    """Whom to tell of a weakness (RFC 9116), until when that holds, and under which rules."""

    contact: str = ""
    expires: str = ""
    policy: str = ""


CRAWLERS: Final = Table({"mining": bool, "refused": Many(str)})
SECURITY: Final = Table(dict.fromkeys(Security.__struct_fields__, str), ("contact", "expires"))

_CONTACT: Final = re.compile(r"(?:mailto:|tel:|https://)\S+")
_AGENT: Final = re.compile(r"[\w.!+ -]*[\w.!+-]", re.ASCII)
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")


def crawlers(table: Mapping[str, Any]) -> Crawlers:
    """What the table says, as far as it can be read."""
    return Crawlers(table.get("mining", True), tuple(table.get("refused", ())))


def security(table: Mapping[str, Any]) -> Security:
    """What the table says, as far as it can be read."""
    return Security(**table)


def check(document: Document, _portal: object) -> Iterator[Problem]:
    """What programs would not understand."""
    for agent in document.values.get("crawlers", {}).get("refused", ()):
        if not _AGENT.fullmatch(agent):
            yield document.problem("crawler-name", "crawlers", "refused", agent=agent)
    table = document.values.get("security", {})
    for key in ("contact", "policy"):
        address = table.get(key)
        if address is not None and not _CONTACT.fullmatch(address):
            yield document.problem("security-address", "security", key, key=key, address=address)
    expires = table.get("expires")
    if expires is not None and not _is_moment(expires):
        yield document.problem("security-expires", "security", "expires", expires=expires)


def _is_moment(text: str) -> bool:
    """Whether `text` is a moment as RFC 3339 writes it."""
    if not _MOMENT.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
