"""The table `[downloads]` of portal.toml: which kinds of files texts may offer."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from generator.base.problems import Problem
from generator.config.toml_file import Document, Many, Table
from generator.model.downloads import KINDS


class Downloads(msgspec.Struct, frozen=True):
    """The `kinds` of files that texts may offer, by the ends of their names."""

    kinds: tuple[str, ...] = KINDS


SHAPE: Final = Table({"kinds": Many(str)})


def settings(table: Mapping[str, Any]) -> Downloads:
    """What the table says, as far as it can be read."""
    return Downloads(tuple(table.get("kinds", KINDS)))


def mistakes(document: Document, _portal: object) -> Iterator[Problem]:
    """Kinds that nobody can offer here."""
    for kind in document.values.get("downloads", {}).get("kinds", ()):
        if kind not in KINDS:
            yield document.problem(
                "downloads-unknown", "downloads", "kinds", kind=kind, known=", ".join(KINDS)
            )
