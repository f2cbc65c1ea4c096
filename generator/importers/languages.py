"""Texts that hold several languages beside each other, as qTranslate and its kin write them."""

import re
from typing import Final

_MARK: Final = re.compile(r"\[:([a-z]{2})?\]|<!--:([a-z]{2})?-->|\{:([a-z]{2})?\}")


def in_language(said: str, language: str) -> tuple[str, dict[str, str]]:
    """What `said` says in `language`, or in its first one; and what it says in the others."""
    if ":" not in said or not any(any(mark.groups()) for mark in _MARK.finditer(said)):
        return said, {}
    place, own = 0, ""
    parts: list[tuple[str, str]] = []
    for mark in _MARK.finditer(said):
        parts.append((own, said[place : mark.start()]))
        own, place = next(filter(None, mark.groups()), ""), mark.end()
    parts.append((own, said[place:]))
    named = list(dict.fromkeys(own for own, _ in parts if own))
    chosen = language if language in named else named[0]
    said_in = {own: "".join(s for name, s in parts if name in ("", own)) for own in named}
    return said_in.pop(chosen), said_in
