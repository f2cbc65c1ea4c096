"""The table `[crawlers]` of portal.toml: what programs may do with the texts."""

import re
from collections.abc import Iterator, Mapping
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


SHAPE: Final = Table({"mining": bool, "refused": Many(str)})

_AGENT: Final = re.compile(r"[\w.!+ -]*[\w.!+-]", re.ASCII)


def settings(table: Mapping[str, Any]) -> Crawlers:
    """What the table says, as far as it can be read."""
    return Crawlers(table.get("mining", True), tuple(table.get("refused", ())))


def mistakes(document: Document, _portal: object) -> Iterator[Problem]:
    """Names of crawlers that robots.txt cannot hold."""
    for agent in document.values.get("crawlers", {}).get("refused", ()):
        if not _AGENT.fullmatch(agent):
            yield document.problem("crawler-name", "crawlers", "refused", agent=agent)
