"""Addresses: the pattern that most old ones have, one for all spellings, and which are free."""

import posixpath
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

from generator.config.permalink_patterns import Addresses
from generator.model.addresses import flaw, slug

DEFAULT: Final = Addresses().article

_FIXED: Final = (
    "/", "/assets/", "/tag/", "/category/", "/author/", "/anzeigen/", "/bildnachweise/",
    "/it-guide/", "/it-guide/themen/", "/it-guide/orte/", "/suche/", "/archiv/", "/suchindex/",
    "/stichwort/", "/autor/", "/druck/", "/content/", "/feed.xml/",
)  # fmt: skip
"""Addresses of pages that every portal has."""


def common_pattern(articles: Iterable[tuple[str, ...]]) -> str:
    """The pattern that gives most of the articles their old address, or the usual one.

    Each article is its old path, its slug and section, and year, month, day as digits.
    """
    counts: Counter[str] = Counter()
    total = 0
    for path, own, section, year, month, day in articles:
        total += 1
        parts = path.strip("/").split("/")
        names = {"{slug}": own, "{year}": year, "{month}": month, "{day}": day}
        made: list[str] = []
        for place, part in enumerate(parts):
            last = place == len(parts) - 1
            named = [name for name, value in names.items() if value == part and name not in made]
            if last and "{slug}" not in named:
                break
            if last:
                made.append("{slug}")
            elif part.isdigit():
                made += named[:1] or [part]
            else:
                is_section = part == section and "{section}" not in made
                made.append("{section}" if is_section else part)
        else:
            if path.endswith("/"):
                counts["/" + "/".join(made) + "/"] += 1
    best, often = max(counts.items(), key=lambda each: each[1], default=(DEFAULT, 0))
    return best if often * 2 > total else DEFAULT


def spellings_and_synonyms(
    names: Iterable[str],
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """The spelling of each keyword that counts, by its address, and the others as synonyms.

    Those that are alike but for hyphens are one keyword; the one that is written most often counts.
    """
    counts: dict[str, Counter[str]] = {}
    for name in names:
        counts.setdefault(slug(name).replace("-", ""), Counter())[name] += 1
    chosen: dict[str, str] = {}
    synonyms: dict[str, tuple[str, ...]] = {}
    for alike in counts.values():
        counting = min(alike, key=lambda name: (-alike[name], name))
        chosen |= {slug(name): counting for name in alike}
        if len(alike) > 1:
            synonyms[counting] = tuple(sorted(set(alike) - {counting}))
    return chosen, synonyms


class Taken:
    """Addresses and paths that are given away; names that differ in capitals alone are one."""

    def __init__(self) -> None:
        self._addresses = {address.casefold() for address in _FIXED}
        self._paths: set[str] = set()

    def name(self, wanted: str, address: Callable[[str], str]) -> str:
        """`wanted`, or with a number, so that it can be an address and is nobody else's."""
        name, number = wanted, 1
        while address(name).casefold() in self._addresses or flaw(address(name)):
            number += 1
            name = f"{wanted}-{number}"
        self._addresses.add(address(name).casefold())
        return name

    def path(self, wanted: str) -> str:
        """`wanted`, or with a number, so that no other source lies there."""
        stem, ending = posixpath.splitext(wanted)
        path, number = wanted, 1
        while path.casefold() in self._paths:
            number += 1
            path = f"{stem}-{number}{ending}"
        self._paths.add(path.casefold())
        return path

    def alias(self, address: str) -> bool:
        """Whether an old address may still lead somewhere; from then on it is taken."""
        if address.casefold() in self._addresses:
            return False
        self._addresses.add(address.casefold())
        return True
