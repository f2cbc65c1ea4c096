"""The table `[crawlers]` of portal.toml: what programs may do with the texts."""

from typing import Annotated

from generator.config.setting import Allowed, Table

Agent = Annotated[str, Allowed("crawler-name", r"^[A-Za-z0-9_.!+ -]*[A-Za-z0-9_.!+-]$")]
"""A crawler's name, such as robots.txt can hold."""


class Crawlers(Table, frozen=True):
    """What crawlers may do."""

    mining: bool = True
    """Whether texts and data may be mined; `false` reserves that right, as § 44b UrhG allows.

    `false` behält Text und Data Mining vor (§ 44b UrhG): in jeder Seite und in
    `/.well-known/tdmrep.json`.
    """
    refused: tuple[Agent, ...] = ()
    """The names of crawlers that may read nothing: `["GPTBot", "CCBot"]`.

    Crawler, denen `robots.txt` alles verbietet: `["GPTBot", "CCBot"]`.
    """
