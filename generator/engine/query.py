"""What a query is: how it is declared, and what its declaration says.

`queries` has the declarations.
"""

import inspect
from collections.abc import Callable, Container, Iterable, Mapping
from datetime import datetime
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, TypeVar

from markupsafe import Markup

from generator.base import digests
from generator.site.assets import Assets
from generator.site.index import Site
from generator.site.pages import Page
from generator.templates.context import Question, Trace

if TYPE_CHECKING:
    from generator.load.pictures import Pictures


class World(Protocol):
    """What queries are answered from: a site, and what of a portal lies beside it."""

    site: Site
    assets: Assets
    pictures: "Pictures"
    pages: Iterable[Page]

    def value(self, question: Question) -> Any:
        """The answer to another query."""

    def derive(self, question: Question) -> Any:
        """An answer with a trace of its own: a fragment, a ranking; a `previous_build.Derived`."""

    def layout_digest(self, name: str) -> bytes:
        """The digest of a layout with all that it includes."""

    def body(self, path: str, absolute: int) -> Markup:
        """A source's text as HTML."""

    def body_digest(self, path: str, absolute: int) -> bytes:
        """Its digest, for which the text need not be made."""


Asked = Container[Question]
"""The questions that pages ask, as far as somebody needs to know."""


class _Anything(Container[Question]):
    """Holds every question."""

    def __contains__(self, _question: object) -> bool:
        return True


ANYTHING: Final = _Anything()
"""For a preview, of which nobody knows which page it will be asked for."""


class Dependency(Enum):
    """What of the sources an answer shows; nothing else of an edit can change it."""

    ARRANGEMENT = auto()
    """In which lists articles are, and where; no headline and no text."""
    LISTED = auto()
    """The headlines of the articles that filters choose."""
    RANKED = auto()
    """The headlines of the articles that a ranking names."""
    MODIFIED = auto()
    """When each article was last changed, as readers are told."""
    HEAD = auto()
    """The front matter of the source that is asked for."""
    TEXT = auto()
    """The text of the source that is asked for."""
    CREDITS = auto()
    """The front matter of any source, and which pictures texts show."""
    ELSEWHERE = auto()
    """Files, the clock, other answers: it is asked again after every edit."""


_OF_MANY: Final = frozenset({Dependency.LISTED, Dependency.MODIFIED, Dependency.CREDITS})


class Query(NamedTuple):
    """One declaration.

    `answer` takes the world and the arguments of a question, in their order.  `parameters` come
    first in a question, then the value of each of `options` (by name, with its default), or pairs
    of a name and a value of those in `filters` (any, where it is empty; None: the query takes no
    pairs).  `until` is the moment from which on answers to what is asked of it may be others.
    """

    name: str
    answer: Callable[..., Any]
    depends: Dependency
    digest: Callable[[World, Question], bytes]
    behind: Callable[[World, Question], Trace]
    until: Callable[[Site, Asked], datetime | None]
    kept: bool
    offered: bool
    parameters: tuple[str, ...]
    options: Mapping[str, int]
    filters: frozenset[str] | None

    @property
    def shows_many(self) -> bool:
        """Whether answers may show the front matter of sources that no question names."""
        return self.name == "recent" or self.depends in _OF_MANY

    def arguments(self, question: Question) -> tuple[tuple[str | int, ...], dict[str, Any]]:
        """The arguments of a question, by place and by name."""
        if self.filters is None:
            return question[1:], {}
        place = 1 + len(self.parameters)
        return question[1:place], named(question[place:])

    def spelled(self, question: Question) -> str:
        """A question as a layout would write it."""
        given, by_name = self.arguments(question)
        parts = [*map(repr, given), *(f"{key}={value!r}" for key, value in by_name.items())]
        return f"site.{self.name}({', '.join(parts)})"


QUERIES: Final[dict[str, Query]] = {}
"""All queries by name, once `queries` has declared them: import it from there."""

_F = TypeVar("_F", bound=Callable[..., Any])


def _of_value(world: World, question: Question) -> bytes:
    return digests.of_value(world.value(question))


def nothing_behind(_world: World, _question: Question) -> Trace:
    """Nothing was asked in order to answer this, but what is noted where it was made."""
    return ()


def query(
    depends: Dependency,
    *,
    digest: Callable[[World, Question], bytes] = _of_value,
    behind: Callable[[World, Question], Trace] = nothing_behind,
    until: Callable[[Site, Asked], datetime | None] = lambda _site, _asked: None,
    filters: frozenset[str] | None = None,
    kept: bool = True,
    offered: bool = True,
) -> Callable[[_F], _F]:
    """Declares the function below it as the query of its name."""

    def declare(answer: _F) -> _F:
        parameters = list(inspect.signature(answer).parameters.values())[1:]
        plain_ones = [p for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
        name = answer.__name__.rstrip("_")
        QUERIES[name] = Query(
            name, answer, depends, digest, behind, until, kept, offered,
            tuple(p.name for p in plain_ones if p.default is p.empty),
            {p.name: p.default for p in plain_ones if p.default is not p.empty},
            filters,
        )  # fmt: skip
        return answer

    return declare


def named(given: Question) -> dict[str, Any]:
    """Arguments by name, of a question that holds names and values one after the other."""
    return {str(name): value for name, value in zip(given[::2], given[1::2], strict=True)}
