"""The frozen values that sources become: articles, standing pages, firms, ads, their bodies.

The names of the fields are those of the front matter.  `front_matter.reader` makes articles,
`markdown.convert` bodies.
"""

import re
from datetime import datetime, timedelta, timezone
from functools import cache, cached_property
from typing import ClassVar, Literal, Self, TypeAlias, get_args
from urllib.parse import unquote

import msgspec

from generator.base.problems import Problem

Kind = Literal["news", "interview", "report", "comment", "sponsored"]
KINDS: tuple[Kind, ...] = get_args(Kind)

Mark = Literal["", "draft", "scheduled"]
"""What a build with drafts shows beside what is not published: why it is not."""


class When(msgspec.Struct, frozen=True, array_like=True, dict=True):
    """A moment in the portal's time zone; `timed` is False where the editor gave only a day.

    A day begins at midnight.  Kept as what the clock on the wall shows and its distance from UTC
    in seconds: packed as an aware datetime it would become UTC, and the day might be another.
    """

    local: datetime
    offset: int
    timed: bool

    @classmethod
    def of(cls, at: datetime, *, timed: bool) -> Self:
        """The moment `at`, which knows its zone."""
        distance = at.utcoffset() or timedelta()
        return cls(at.replace(tzinfo=None), int(distance.total_seconds()), timed)

    @cached_property
    def at(self) -> datetime:
        """The moment, with its distance from UTC; asked for several times in each build."""
        return self.local.replace(tzinfo=_zone(self.offset))

    def __lt__(self, other: "When") -> bool:
        return self.at < other.at


@cache
def _zone(offset: int) -> timezone:
    return timezone(timedelta(seconds=offset))


class SourceLink(msgspec.Struct, frozen=True, array_like=True):
    """Where an article's facts come from: a name, an address, or both; "" where not given."""

    name: str
    url: str


class Image(msgspec.Struct, frozen=True, array_like=True):
    """A picture with all that has to stand beside it.

    `file` is a path: from the article's folder, or from `assets/` where it begins with `/`.
    """

    file: str
    alt: str = ""
    credit: str = ""
    caption: str = ""


class Correction(msgspec.Struct, frozen=True, array_like=True):
    """What was wrong in an article, and since when it is put right."""

    date: When
    text: str


class OpenCorrection(msgspec.Struct, frozen=True, array_like=True):
    """A correction that editors still owe: no reader sees it.  `line` is where it stands."""

    date: When | None
    text: str
    line: int


class _WithPage(msgspec.Struct, frozen=True, array_like=True):
    """What all sources say that have a page of their own.

    `path` is the source's path below `content/` with `/`, and is its identity; `address` follows
    from the portal's permalink pattern.
    """

    path: str
    address: str
    slug: str
    title: str
    lead: str
    aliases: tuple[str, ...]
    draft: bool


class Article(_WithPage, frozen=True, tag="article"):
    """What an article's front matter says, validated; never its text.

    `keywords` are names in the portal's spelling, synonyms merged; `authors` are initials where
    portal.toml knows them, else names.
    `expires` is the first moment at which the article is no longer published.
    `guid` is what feed readers know the article by if its file was renamed; "" stands for `path`.
    `fields` holds the extra keys that portal.toml allows, as text.  `unpublished` is set by the
    gate, and only in a build with drafts.  `corrections` are in the order of their dates.
    """

    kicker: str
    date: When
    updated: When | None
    section: str
    keywords: tuple[str, ...]
    authors: tuple[str, ...]
    sources: tuple[SourceLink, ...]
    image: Image | None
    kind: Kind
    expires: When | None
    guid: str = ""
    fields: dict[str, str] = {}
    unpublished: Mark = ""
    corrections: tuple[Correction, ...] = ()

    @property
    def changed(self) -> When:
        """When an editor last changed it, as far as readers are told; its date if nobody did."""
        return max((self.updated or self.date, *(each.date for each in self.corrections)))


def arrangement(article: Article) -> Article:
    """The article without what lists only show: the rest decides in which lists it is, and where.

    Two articles with equal arrangements have the same pages, neighbours and places in lists.
    """
    return msgspec.structs.replace(
        article, title="", kicker="", lead="", updated=None, sources=(), image=None, fields={},
        corrections=(), unpublished="",
    )  # fmt: skip


class StandingPage(_WithPage, frozen=True, tag="standing"):
    """A page outside the news, such as the Impressum; `unpublished` as in `Article`."""

    unpublished: Mark = ""


class Firm(_WithPage, frozen=True, tag="firm"):
    """A firm in the directory; `expires` and `unpublished` as in `Article`.

    `title` is its name.  An article matches it whose keywords are among its `fields` of work or
    its `keywords`.  `paid`: the firm pays for its entry.
    """

    postcode: str
    town: str
    link: str
    logo: Image | None
    fields: tuple[str, ...]
    keywords: tuple[str, ...]
    paid: bool
    expires: When | None
    unpublished: Mark = ""


Slot = Literal["top", "side", "list"]
"""Where an advertisement shows: above a page, beside it, within a list."""

SLOTS: tuple[Slot, ...] = get_args(Slot)


class Ad(msgspec.Struct, frozen=True, array_like=True, tag="ad"):
    """An advertisement: a picture that leads to another website; no page of its own.

    `title` is who advertises.  It shows from `start` until before `expires`.
    """

    path: str
    title: str
    slot: Slot
    image: Image
    link: str
    start: When | None
    draft: bool
    expires: When | None
    unpublished: Mark = ""

    address: ClassVar[str] = ""
    aliases: ClassVar[tuple[str, ...]] = ()
    """Nobody can go there."""
    lead: ClassVar[str] = ""
    """The picture says it all."""


Source: TypeAlias = Article | StandingPage | Firm | Ad
"""What a file of an editor may become."""


def begins(source: Source) -> When | None:
    """The first moment at which a source may be published; None: any."""
    if isinstance(source, Article):
        return source.date
    return source.start if isinstance(source, Ad) else None


def ends(source: Source) -> When | None:
    """The first moment at which a source is no longer published; None: never."""
    return None if isinstance(source, StandingPage) else source.expires


class Heading(msgspec.Struct, frozen=True, array_like=True):
    """A heading of a body: `level` 2 to 6, `id` its anchor, `text` without markup."""

    level: int
    id: str
    text: str


class Link(msgspec.Struct, frozen=True, array_like=True, tag="link"):
    """A link to another source's file; its address takes the placeholder's place.

    `target` is as the editor wrote it; `source` the path of the source that it means and `anchor`
    the place in it, known when it is known in which file the link stands.
    """

    target: str
    line: int
    source: str = ""
    anchor: str = ""


class Picture(msgspec.Struct, frozen=True, array_like=True, tag="picture"):
    """A picture in a text; a whole figure takes the placeholder's place."""

    image: Image
    line: int


class FileLink(msgspec.Struct, frozen=True, array_like=True, tag="file"):
    """A link to what may be a file beside the source or in `assets/`, by the end of its name.

    `target` is as the editor wrote it, percent-encoded; `name` what the file is called among the
    assets, known when it is known in which file the link stands.
    """

    target: str
    line: int
    name: str = ""

    @property
    def file(self) -> str:
        """The file, as a picture's: from the source's folder, or from `assets/` after a `/`."""
        return unquote(re.split("[?#]", self.target, maxsplit=1)[0])

    @property
    def rest(self) -> str:
        """What follows the file in `target`, from `?` or `#` on."""
        return self.target[len(re.split("[?#]", self.target, maxsplit=1)[0]) :]


Placeholder: TypeAlias = Link | Picture | FileLink
"""What only the site can fill in."""


class Body(msgspec.Struct, frozen=True, array_like=True):
    """What an article's Markdown became; depends on its source alone.

    `html` has the mark `\\x02N\\x03` for each `placeholders[N]`: what stands there is known only
    when the site is.  `problems` have lines counted from the first line of the text, and no path.
    `links` are the external addresses that the text links to.
    """

    html: str
    placeholders: tuple[Placeholder, ...]
    headings: tuple[Heading, ...]
    links: tuple[str, ...]
    problems: tuple[Problem, ...]
