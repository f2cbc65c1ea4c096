"""The table `[security]` of portal.toml: whom to tell of a weakness, for security.txt."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from generator.base.problems import Problem
from generator.config.toml_file import Document, Table


class Security(msgspec.Struct, frozen=True):
    """Whom to tell of a weakness (RFC 9116), until when that holds, and under which rules."""

    contact: str = ""
    expires: str = ""
    policy: str = ""


SHAPE: Final = Table(dict.fromkeys(Security.__struct_fields__, str), ("contact", "expires"))

_CONTACT: Final = re.compile(r"(?:mailto:|tel:|https://)\S+")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")


def settings(table: Mapping[str, Any]) -> Security:
    """What the table says, as far as it can be read."""
    return Security(**table)


def mistakes(document: Document, _portal: object) -> Iterator[Problem]:
    """Addresses and moments that RFC 9116 does not know."""
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
