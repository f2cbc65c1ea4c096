"""The table `[addresses]` of portal.toml: the pattern of the address of each kind of page."""

from collections.abc import Iterator
from typing import Final

import msgspec

from generator.base.problems import Problem
from generator.config.toml_file import Document, Table
from generator.model.addresses import check_pattern


class Addresses(msgspec.Struct, frozen=True):
    """The patterns of the addresses of pages; each begins and ends with `/`."""

    article: str = "/{year}/{month}/{slug}/"
    print: str = "{article}druck/"
    section: str = "/{section}/"
    keywords: str = "/stichwort/"
    keyword: str = "/stichwort/{keyword}/"
    author: str = "/autor/{author}/"
    sponsored: str = "/anzeigen/"
    credits: str = "/bildnachweise/"
    firms: str = "/it-guide/"
    firm: str = "/it-guide/{slug}/"
    firm_fields: str = "/it-guide/themen/"
    firm_towns: str = "/it-guide/orte/"
    search: str = "/suche/"
    archive: str = "/archiv/"
    year: str = "/archiv/{year}/"
    month: str = "/archiv/{year}/{month}/"
    standing: str = "/{slug}/"
    numbered: str = "{list}seite-{number}/"


SHAPE: Final = Table(dict.fromkeys(Addresses.__struct_fields__, str))

_REQUIRED: Final[dict[str, tuple[str, ...]]] = {
    "article": ("slug",),
    "print": ("article",),
    "section": ("section",),
    "keyword": ("keyword",),
    "author": ("author",),
    "year": ("year",),
    "month": ("year", "month"),
    "standing": ("slug",),
    "firm": ("slug",),
    "numbered": ("list", "number"),
}
"""The placeholders that a pattern must have; the others are fixed addresses."""
_OPTIONAL: Final = {"article": ("year", "month", "day", "section")}


def mistakes(document: Document, patterns: Addresses) -> Iterator[Problem]:
    """Every pattern that no address can be made from."""
    for name, pattern in msgspec.structs.asdict(patterns).items():
        required = _REQUIRED.get(name, ())
        allowed = (*required, *_OPTIONAL.get(name, ()))
        for found in check_pattern(pattern, allowed=allowed, required=required):
            yield document.placed(found, "addresses", name)
