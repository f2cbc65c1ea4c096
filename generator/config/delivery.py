"""The tables `[delivery]` and `[search]` of portal.toml: what is published beside the pages."""

from typing import Annotated, Final, Literal, get_args

from generator.config.setting import Allowed, Table

ANY: Final = "any"
Server = Literal["any", "nginx", "gitlab-pages", "netlify"]
Compression = Literal["gzip", "brotli"]


def _in_order(stated: tuple[Compression, ...]) -> tuple[Compression, ...]:
    return tuple(way for way in get_args(Compression) if way in stated)


class Delivery(Table, frozen=True):
    """How the portal is delivered."""

    server: Server = ANY
    """For what kind of server redirects and headers are written; for "any", redirects are pages.

    Für welchen Server Weiterleitungen und Kopfzeilen aufgeschrieben werden.
    """
    compress: Annotated[tuple[Compression, ...], Allowed(read=_in_order)] = ()
    """The ways in which text files are published a second time.

    Wie Textdateien zusätzlich gepackt werden.
    """
    smallest: bool = False
    """Whether these are as small as can be; with brotli that takes forty times as long.

    Ob sie so klein werden, wie es geht: mit brotli ein Zwölftel kleiner, in der vierzigfachen Zeit.
    """


class Search(Table, frozen=True):
    """Whether readers can search."""

    enabled: bool = False
    """Whether readers can search.

    Ob Leserinnen und Leser suchen können.
    """
