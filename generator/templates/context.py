"""What a layout calls `site` and `portal`: two desks that hand questions on and keep the trace.

A `Question` is a tuple, its name first, then its arguments; keyword arguments as name and value in
the order of their names, those for "any" left out.  Equal questions are equal tuples.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Set
from typing import Any, Final

from generator.config.portal import Portal
from generator.model.addresses import sort_key
from generator.model.answers import Filters

Question = tuple[str | int, ...]
Trace = tuple[Question, ...]

CONSTANTS: Final = frozenset(Portal.__struct_fields__) - {"folders"}
"""What a layout may know of the portal; where its folders lie is no business of a page."""

FILTERS: Final = frozenset((*Filters.__annotations__, "number", "limit"))
FIRM_FILTERS: Final = frozenset({"field", "town", "keyword", "limit"})


class SiteDesk:
    """The `site` of a layout: each method is a question, its answer a frozen value.

    ARCHITECTURE.md and docs/layouts.md list the questions.
    """

    def __init__(
        self,
        answer: Callable[[Question], Any],
        mark: Callable[[Question, Any], Any] = lambda _question, fragment: fragment,
    ) -> None:
        """`answer` answers a question; `mark` gives what a layout gets as a fragment."""
        self._answer = answer
        self._mark = mark
        self._asked: dict[Question, None] = {}

    def ask(self, *question: str | int) -> Any:
        """The answer to a question, which is noted in the trace."""
        self._asked[question] = None
        return self._answer(question)

    def trace(self) -> Trace:
        """All that was asked, in the order of asking."""
        return tuple(self._asked)

    def article(self, path: str) -> Any:
        """An article's front matter."""
        return self.ask("article", path)

    def standing(self, path: str) -> Any:
        """A standing page's front matter."""
        return self.ask("standing", path)

    def body(self, path: str, *, absolute: bool = False) -> Any:
        """A source's text as HTML; `absolute` for feeds: no relative address is left."""
        return self.ask("body", path, int(absolute))

    def articles(self, **filters: str | int) -> Any:
        """The teasers of what matches, newest first."""
        return self.ask("articles", *_flat(filters))

    def headlines(self, **filters: str | int) -> Any:
        """The headlines of what matches, newest first."""
        return self.ask("headlines", *_flat(filters))

    def newest_page(self, **filters: str | int) -> Any:
        """The teasers on the first page of a numbered list."""
        return self.ask("newest_page", *_flat(filters))

    def count(self, **filters: str | int) -> Any:
        """How many articles match."""
        return self.ask("count", *_flat(filters))

    def among(self, path: str, **filters: str | int) -> Any:
        """Whether an article is one that matches, or of the newest so many of these."""
        return self.ask("among", path, *_flat(filters))

    def related(self, path: str, *, limit: int = 5) -> Any:
        """The teasers of related articles, best first."""
        return self.ask("related", path, _plain("limit", limit))

    def keywords(self) -> Any:
        """All keywords in German order."""
        return self.ask("keywords")

    def years(self) -> Any:
        """The years and months of the archive, newest first."""
        return self.ask("years")

    def firm(self, path: str) -> Any:
        """What the directory says of a firm."""
        return self.ask("firm", path)

    def has_firms(self) -> Any:
        """Whether the portal has a directory of firms."""
        return self.ask("has_firms")

    def firms(self, **filters: str | int) -> Any:
        """The firms in the directory that match, in German order."""
        return self.ask("firms", *_flat(filters, FIRM_FILTERS))

    def firm_fields(self) -> Any:
        """The firms by field of work."""
        return self.ask("firm_fields")

    def firm_towns(self) -> Any:
        """The firms by town."""
        return self.ask("firm_towns")

    def firms_about(self, keywords: Iterable[str], *, limit: int = 3) -> list[Any]:
        """The firms that match the most of `keywords`, in German order among equals.

        No question of its own: one for each keyword is answered once for all pages that have it.
        """
        if not self.has_firms():
            return []
        matches = [firm for keyword in keywords for firm in self.firms(keyword=keyword)]
        counts = Counter(firm.path for firm in matches)
        firms = {firm.path: firm for firm in matches}
        order = sorted(firms, key=lambda path: (-counts[path], sort_key(firms[path].name), path))
        return [firms[path] for path in order[:limit]]

    def ad(self, slot: str) -> Any:
        """The advertisement that shows in a slot today, none where the slot is empty."""
        return self.ask("ad", slot)

    def sitemap(self, number: int) -> Any:
        """The addresses in the sitemap's part of that number."""
        return self.ask("sitemap", number)

    def redirects(self) -> Any:
        """All old addresses, each with the one to which it leads."""
        return self.ask("redirects")

    def recent(self) -> Any:
        """The headlines of the last two days, without what firms paid for."""
        return self.ask("recent")

    def credits(self) -> Any:
        """Everyone whose pictures articles show."""
        return self.ask("credits")

    def today(self) -> Any:
        """The day for which the site is built."""
        return self.ask("today")

    def asset(self, name: str) -> Any:
        """The address of a file in `assets/`."""
        return self.ask("asset", name)

    def image(self, path: str, file: str) -> Any:
        """A picture that the source at `path` shows, as it is published."""
        return self.ask("image", path, file)

    def pdf(self, path: str) -> Any:
        """The address of an article's PDF, "" where there is none."""
        return self.ask("pdf", path)

    def fragment(self, name: str, **values: str | int) -> Any:
        """The text of a fragment, made once a build for the same values."""
        question = ("fragment", name, *_pairs(values))
        return self._mark(question, self.ask(*question))


class PortalDesk:
    """The `portal` of a layout: the constants of portal.toml, each noted when it is looked at."""

    def __init__(self, portal: Portal, ask: Callable[..., Any]) -> None:
        self._portal = portal
        self._ask = ask

    def __getattr__(self, name: str) -> Any:
        if name not in CONSTANTS:
            raise AttributeError(f"portal.toml has no {name!r}")
        self._ask("portal", name)
        return getattr(self._portal, name)


def spelled(question: Question) -> str:
    """A question as a layout would write it, for `--explain`."""
    name, *arguments = question
    match question:
        case ("layout", layout):
            return f"layout {layout}"
        case ("portal", field):
            return f"portal.{field}"
        case ("settings" | "generator",):
            return {"settings": "portal.toml", "generator": "the generator"}[str(name)]
        case ("fragment" | "among", subject, *rest):
            return f"site.{name}({', '.join([repr(subject), *_named(rest)])})"
        case (str(), *rest) if name in ("articles", "headlines", "newest_page", "count", "firms"):
            return f"site.{name}({', '.join(_named(rest))})"
    return f"site.{name}({', '.join(map(repr, arguments))})"


def _named(pairs: list[str | int]) -> list[str]:
    return [f"{key}={value!r}" for key, value in zip(pairs[::2], pairs[1::2], strict=True)]


def _flat(filters: dict[str, str | int], known: Set[str] = FILTERS) -> tuple[str | int, ...]:
    unknown = filters.keys() - known
    if unknown:
        raise TypeError(f"unknown filter {min(unknown)!r}; there are {', '.join(sorted(known))}")
    return _pairs({key: value for key, value in filters.items() if value})


def _pairs(values: dict[str, str | int]) -> tuple[str | int, ...]:
    return tuple(part for key in sorted(values) for part in (key, _plain(key, values[key])))


def _plain(name: str, value: str | int) -> str | int:
    """A value as it can be remembered, and told from others: `true` equals 1, HTML equals text."""
    if type(value) is bool:
        return int(value)
    if type(value) not in (str, int):
        raise TypeError(f"{name} is a {type(value).__name__}, and not a text or a whole number")
    return value
