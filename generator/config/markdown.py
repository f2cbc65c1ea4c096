"""The table `[markdown]` of portal.toml: what in a text becomes more than it is."""

from generator.config.setting import Table


class MarkdownSettings(Table, frozen=True):
    """What in a text becomes more than it is."""

    bare_links: bool = True
    """Whether addresses that stand in a text by themselves become links.

    Ob Adressen, die für sich im Text stehen, Links werden.
    """
