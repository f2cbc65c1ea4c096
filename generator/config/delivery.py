"""The tables `[delivery]` and `[search]` of portal.toml: what is published beside the pages."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final

import msgspec

from generator.base.problems import Problem
from generator.config.toml_file import Document, Many, Table

ANY: Final = "any"
SERVERS: Final = (ANY, "nginx", "gitlab-pages", "netlify")
COMPRESSIONS: Final = ("gzip", "brotli")


class Delivery(msgspec.Struct, frozen=True):
    """How the portal is delivered.

    `server` is for what kind of server redirects and headers are written down; for "any", redirects
    are pages.  `compress` names the ways in which text files are published a second time.
    """

    server: str = ANY
    compress: tuple[str, ...] = ()


class Search(msgspec.Struct, frozen=True):
    """Whether readers can search."""

    enabled: bool = False


SHAPES: Final = {
    "delivery": Table({"server": str, "compress": Many(str)}),
    "search": Table({"enabled": bool}),
}


def settings(values: Mapping[str, Any]) -> dict[str, Any]:
    """What both tables say, by name, as far as it can be read."""
    delivery, search = values.get("delivery", {}), values.get("search", {})
    stated = delivery.get("compress", ())
    compress = tuple(way for way in COMPRESSIONS if way in stated)
    return {
        "delivery": Delivery(delivery.get("server", ANY), compress),
        "search": Search(search.get("enabled", False)),
    }


def mistakes(document: Document, _portal: object) -> Iterator[Problem]:
    """Servers and ways of compressing that nobody knows of here."""
    table = document.values.get("delivery", {})
    stated = {"server": (table.get("server", ANY),), "compress": table.get("compress", ())}
    known = {"server": SERVERS, "compress": COMPRESSIONS}
    for key, values in stated.items():
        for value in values:
            if value not in known[key]:
                nearest = get_close_matches(value, known[key], n=1, cutoff=0)[0]
                yield document.problem(
                    "delivery-unknown", "delivery", key,
                    key=key, value=value, nearest=nearest, known=", ".join(known[key]),
                )  # fmt: skip
