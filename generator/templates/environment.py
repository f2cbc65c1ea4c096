"""Layouts: the Jinja environment, its filters, and the digest of a layout with all it includes."""

import os
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import msgspec
from jinja2 import (
    FunctionLoader,
    StrictUndefined,
    Template,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
    meta,
    select_autoescape,
)

from generator.base import aside, digests
from generator.base.problems import PortalError, Problem, placed, problem
from generator.base.scan import read_bytes
from generator.config import fingerprint
from generator.config.portal import Portal
from generator.templates import filters
from generator.templates.compiled import Compiled
from generator.templates.fast_runtime import Environment
from generator.templates.fragment_analysis import is_spliceable

AUTOESCAPED: Final = ("html", "xml")

APART: Final = "pdf/"
"""What lies in this folder of the layouts is not for Jinja."""


RENAMED: Final = {("Page", "goal"): "redirect_target", ("Redirect", "goal"): "target"}
"""What a field that layouts may still ask for is called now, by the class that had it."""


class Undefined(StrictUndefined):
    """What a layout asks for and there is not; UndefinedError at once where it is a renamed field.

    Otherwise `|default` would hide that the layout has to be changed.
    """

    __slots__ = ()

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        name = self._undefined_name
        if new := RENAMED.get((type(self._undefined_obj).__name__, str(name))):
            raise UndefinedError(f"{name!r} is called {new!r} now")


class Parsed(msgspec.Struct, frozen=True, array_like=True):
    """What a layout's source says: what it extends, includes or imports, and of fragments whether
    it puts them on its page just as they are.
    """

    references: tuple[str, ...]
    spliceable: bool


References = dict[bytes, Parsed]
"""What is known of layouts, by the digest of their source."""


class Layouts:
    """The layouts of a portal, read once; a changed file is seen by a new `Layouts`."""

    def __init__(
        self, portal: Portal, names: Iterable[str], *, compiled: Path, references: References
    ) -> None:
        """`names` are the files in the folder, `compiled` is a folder for what Jinja makes of them.

        `references` are remembered from an earlier build, and completed here.
        """
        self._portal = portal
        self._folder = portal.folders.layouts
        self._names = tuple(name for name in names if not name.startswith(APART))
        self._compiled = compiled
        self._texts: dict[str, bytes] = {}
        self.references = references
        self._expected: Callable[[], References] = dict

    def expect(self) -> None:
        """Lets another process compile the layouts, where nothing is known of them."""
        # While sources are read: with 1,000 articles all processes wait for this one 0.3 s less.
        if not self.references:
            self._expected = aside.call(self._all_compiled)

    def _all_compiled(self) -> References:
        self.compile(self._names)
        return self.references

    @cached_property
    def closures(self) -> Mapping[str, bytes]:
        """Each layout's digest, with those of all that it extends, includes or imports.

        PortalError: a layout that cannot be parsed, or one that names another dynamically.
        """
        return {
            name: digests.of_value([(other, self._sources[other][0]) for other in sorted(reached)])
            for name, reached in self._reached.items()
        }

    @cached_property
    def spliceable(self) -> frozenset[str]:
        """The layouts that, with all that they name, put fragments on pages just as they are."""
        plain = {
            n for n, (digest, _) in self._sources.items() if self.references[digest].spliceable
        }
        return frozenset(name for name, reached in self._reached.items() if reached <= plain)

    @cached_property
    def _sources(self) -> Mapping[str, tuple[bytes, frozenset[str]]]:
        """The digest of each layout's source, and the layouts that it names."""
        expected, self._expected = self._expected, dict
        self.references |= expected()
        problems: list[Problem] = []
        found: dict[str, tuple[bytes, frozenset[str]]] = {}
        for name in self._names:
            try:
                source = self._source(name)
                digest = digests.of_bytes(source)
                found[name] = digest, self._named_by(name, source, digest)
            except PortalError as error:
                problems += error.problems
        if problems:
            raise PortalError(tuple(problems))
        return found

    @cached_property
    def _reached(self) -> Mapping[str, set[str]]:
        """All that each layout is made of, itself included."""
        named = {name: others for name, (_, others) in self._sources.items()}
        return {name: _reachable(name, named) for name in self._names}

    def problems(self) -> tuple[Problem, ...]:
        """All that is wrong with the layouts, as far as can be told without rendering."""
        try:
            self.closures  # noqa: B018 (asked for its errors)
        except PortalError as error:
            return error.problems
        return ()

    def template(self, name: str) -> Template:
        """The compiled layout `name`; PortalError where it does not exist or cannot be read."""
        try:
            return self._environment.get_template(name)
        except (TemplateNotFound, TemplateSyntaxError) as error:
            raise self._unusable(name, error) from error

    def compile(self, names: Iterable[str]) -> None:
        """Compiles layouts with all that they name, and loads what dates need: processes that are
        forked then have it.  What is wrong is said when a page needs it."""
        with suppress(PortalError):
            for name in sorted(set().union(*(self._reached.get(name, ()) for name in names))):
                self.template(name)
        filters.date_text(date.min, pattern="long", language=self._portal.language)

    def failure(self, name: str, address: str, error: Exception) -> PortalError:
        """What to say when rendering the layout `name` for `address` raised `error`."""
        if isinstance(error, TemplateNotFound | TemplateSyntaxError):
            return self._unusable(name, error)
        place = self._folder / name
        line = 0
        for frame in traceback.extract_tb(error.__traceback__):
            if Path(frame.filename).is_relative_to(self._folder):
                place, line = Path(frame.filename), frame.lineno or 0
                if isinstance(error, RecursionError):
                    break  # where it ended is chance
        if isinstance(error, PortalError):
            return PortalError(placed(error.problems, self._shown(place), line))
        reason = str(error) or type(error).__name__
        found = problem(
            "layout-failed", self._shown(place), line, address=address, reason=reason
        )  # fmt: skip
        return PortalError((found,))

    def _shown(self, place: Path) -> str:
        """A layout, or their folder, as messages name it."""
        return os.path.normpath(
            f"{self._portal.folders.shown(self._folder)}/{place.relative_to(self._folder)}"
        )

    @cached_property
    def _environment(self) -> Environment:
        environment = Environment(
            loader=FunctionLoader(self._loaded),
            autoescape=select_autoescape(AUTOESCAPED),
            undefined=Undefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
            bytecode_cache=Compiled(self._compiled, fingerprint.of_pages(self._portal)),
            extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"],
        )
        environment.filters |= filters.for_portal(self._portal)
        return environment

    def _source(self, name: str) -> bytes:
        """The bytes of a layout, read once: those that its digest is of are those that render."""
        if name not in self._texts:
            file = self._folder / name
            self._texts[name] = read_bytes(file, self._shown(file))
        return self._texts[name]

    def _loaded(self, name: str) -> tuple[str, str, None] | None:
        """A layout as Jinja wants it: its text, and its file for messages."""
        if name not in self._names:
            return None
        return self._source(name).decode("utf-8"), str(self._folder / name), None

    def _named_by(self, name: str, source: bytes, digest: bytes) -> frozenset[str]:
        """The layouts that the layout `name` extends, includes or imports."""
        if digest not in self.references:
            self.references[digest] = self._parsed(name, source)
        found = frozenset(self.references[digest].references)
        missing = sorted(found.difference(self._names))
        if missing:
            path = self._shown(self._folder / name)
            raise PortalError(tuple(self._missing(other, path) for other in missing))
        return found

    def _parsed(self, name: str, source: bytes) -> Parsed:
        file = self._folder / name
        path = self._shown(file)
        try:
            tree = self._environment.parse(source.decode("utf-8"), filename=str(file))
        except TemplateSyntaxError as error:
            raise self._unusable(name, error) from error
        except UnicodeDecodeError as error:
            raise PortalError((problem("layout-syntax", path, reason=str(error)),)) from error
        found = set(meta.find_referenced_templates(tree))
        if None in found:
            raise PortalError((problem("layout-dynamic", path),))
        return Parsed(tuple(sorted(str(other) for other in found)), is_spliceable(tree))

    def _missing(self, name: str, path: str = "") -> Problem:
        nearest = get_close_matches(name, self._names, n=1, cutoff=0.0) or [""]
        path = path or self._shown(self._folder)
        return problem("layout-missing", path, layout=name, nearest=nearest[0])

    def _unusable(self, name: str, error: TemplateNotFound | TemplateSyntaxError) -> PortalError:
        """What to say where there is no layout `name`, or none that Jinja understands."""
        if isinstance(error, TemplateNotFound):
            return PortalError((self._missing(str(error.name or name)),))
        path = self._shown(Path(error.filename or self._folder / (error.name or "")))
        reason = (error.message or "syntax error").rstrip(".")
        return PortalError((problem("layout-syntax", path, error.lineno, reason=reason),))


def _reachable(name: str, references: Mapping[str, frozenset[str]]) -> set[str]:
    found: set[str] = set()
    pending = [name]
    while pending:
        current = pending.pop()
        if current not in found:
            found.add(current)
            pending.extend(references[current])
    return found
