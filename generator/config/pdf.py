"""The table `[pdf]` of portal.toml: whether articles are offered as PDFs, and which."""

from generator.config.setting import Count, Table


class PdfSettings(Table, frozen=True):
    """Which articles are offered as PDFs."""

    enabled: bool = True
    """Whether articles are offered as PDFs.

    Ob es von Artikeln PDFs gibt.
    """
    newest: Count = 0
    """How many of the newest articles have one; all, where it is not stated.

    Von wie vielen der neuesten Artikel; ohne Angabe von allen.
    """
