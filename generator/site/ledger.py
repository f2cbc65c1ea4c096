"""The ledger of addresses: every one that was ever published, and which article it belongs to."""

from collections.abc import Mapping
from typing import Final

from generator.site.pages import Page

_KINDS: Final[Mapping[str, str]] = {
    "article.html": "article", "print.html": "print", "pdf/article.typ": "pdf",
    "standing.html": "standing", "firm.html": "firm", "section.html": "section",
    "keyword.html": "keyword", "author.html": "author", "sponsored.html": "sponsored",
    "archive.html": "archive", "year.html": "year", "month.html": "month",
    "keywords.html": "keywords", "credits.html": "credits", "firms.html": "firms",
    "firm-fields.html": "firm-fields", "firm-towns.html": "firm-towns", "front.html": "front",
}  # fmt: skip
"""The pages whose addresses last: those of sources, and the first ones of lists; by layout."""


def kind_of(page: Page) -> str:
    """What kind of lasting page it is; "" for none."""
    return "" if page.number or page.redirect_target else _KINDS.get(page.layout, "")
