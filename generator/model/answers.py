"""The frozen values with which the site answers what a layout asks."""

from operator import attrgetter
from typing import TypedDict

import msgspec

from generator.model.article import Article, Image, Kind, Mark, When


class Headline(msgspec.Struct, frozen=True, array_like=True):
    """What a bare list of titles shows."""

    path: str
    address: str
    kicker: str
    title: str
    date: When
    kind: Kind
    unpublished: Mark


class Teaser(Headline, frozen=True):
    """What a list with leads and pictures shows."""

    lead: str
    updated: When | None
    section: str
    image: Image | None
    authors: tuple[str, ...]


class ImageSource(msgspec.Struct, frozen=True, array_like=True):
    """One format in which a picture is offered, in several widths: for a `source` element."""

    type: str
    srcset: str


class SocialImage(msgspec.Struct, frozen=True, array_like=True):
    """A picture cut to the shape that social networks show."""

    address: str
    width: int
    height: int


class ImageSet(msgspec.Struct, frozen=True, array_like=True):
    """A picture as it is published, in files that hold nothing but what is to be seen.

    `src` is the address of the one that everything can show; `width`, `height`, `type` and
    `length`, in bytes, are of that file.  `sources` offer better ones, the best first.  `social`
    is None for a drawing, and in previews.
    """

    src: str
    width: int
    height: int
    type: str
    length: int
    sources: tuple[ImageSource, ...]
    social: SocialImage | None


class Filters(TypedDict, total=False):
    """What an article must have to be in a list; "" and 0 stand for "any".

    `kind` "" is every editorial kind, "all" includes sponsored posts.
    """

    section: str
    keyword: str
    author: str
    kind: str
    year: int
    month: int


class KeywordEntry(msgspec.Struct, frozen=True, array_like=True):
    """A keyword in the index: `letter` is the one it stands under, `count` its articles."""

    name: str
    address: str
    letter: str
    count: int


class Credit(msgspec.Struct, frozen=True, array_like=True):
    """Someone whose pictures articles show: `count` articles, of which the newest are named.

    `letter` is the one that the name stands under.
    """

    name: str
    letter: str
    count: int
    articles: tuple[Headline, ...]


class FirmEntry(msgspec.Struct, frozen=True, array_like=True):
    """What lists show of a firm in the directory; `letter` is the one it stands under."""

    path: str
    address: str
    name: str
    letter: str
    lead: str
    postcode: str
    town: str
    link: str
    logo: Image | None
    fields: tuple[str, ...]
    paid: bool
    unpublished: Mark = ""


class FirmGroup(msgspec.Struct, frozen=True, array_like=True):
    """The firms of a field of work or a town; `anchor` is its place on the page that lists them."""

    name: str
    anchor: str
    letter: str
    firms: tuple[FirmEntry, ...]


class Advertisement(msgspec.Struct, frozen=True, array_like=True):
    """What pages show of an ad: `name` is who advertises, `link` where the picture leads."""

    path: str
    slot: str
    name: str
    link: str
    image: Image
    unpublished: Mark = ""


class SitemapEntry(msgspec.Struct, frozen=True, array_like=True):
    """An address in a sitemap; `modified` where an editor said so."""

    address: str
    modified: When | None


class Redirect(msgspec.Struct, frozen=True, array_like=True):
    """An old address, and the one to which it leads; neither is percent-encoded."""

    address: str
    target: str


class Month(msgspec.Struct, frozen=True, array_like=True):
    """A month of the archive."""

    month: int
    address: str
    count: int


class Year(msgspec.Struct, frozen=True, array_like=True):
    """A year of the archive, its months newest first."""

    year: int
    address: str
    count: int
    months: tuple[Month, ...]


# Both have the article's fields of the same names.
_of_headline = attrgetter(*Headline.__struct_fields__)
_of_teaser = attrgetter(*Teaser.__struct_fields__)


def headline(article: Article) -> Headline:
    """What a bare list of titles shows of an article."""
    return Headline(*_of_headline(article))


def teaser(article: Article) -> Teaser:
    """What a list with leads and pictures shows of an article."""
    return Teaser(*_of_teaser(article))
