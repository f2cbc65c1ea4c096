"""Layouts are compiled once: nearly all portals of the tests have the same ones.

To compile the sample portal's takes three quarters of a small portal's first build.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from types import CodeType
from typing import Any, Final, cast
from unittest import mock

from msgspec.structs import replace

from generator.base import digests
from generator.templates.environment import Layouts, Parsed
from generator.templates.fast_runtime import Environment

KEPT: Final = 1000
"""So many are kept; most are those that every portal begins with."""

_compiled: dict[object, CodeType] = {}
_parsed: dict[bytes, Parsed] = {}
_parse: Final = Layouts._parsed
_environment: Final = cast(
    "Callable[[Layouts], Environment]", Layouts.__dict__["_environment"].func
)


@contextmanager
def compiled_once() -> Iterator[None]:
    """Within this, what was made of a layout is kept for others with the same text."""
    environment: cached_property[Environment] = cached_property(_keeping)
    environment.__set_name__(Layouts, "_environment")
    with (
        mock.patch.object(Layouts, "_environment", environment),
        mock.patch.object(Layouts, "_parsed", _parsed_once),
        mock.patch.object(Layouts, "expect"),  # another process would keep it for nobody
    ):
        yield


def _parsed_once(layouts: Layouts, name: str, source: bytes) -> Parsed:
    """What `Layouts` says of a source, which depends on nothing else."""
    if source not in _parsed:
        _remember(_parsed, source, _parse(layouts, name, source))
    return _parsed[source]


def _keeping(layouts: Layouts) -> Environment:
    """The environment of `layouts`, that compiles what is new to it or has another portal.toml."""
    environment = _environment(layouts)
    compile_ = environment.compile
    # Jinja computes `"politik"|section_name` when it compiles.
    settings = digests.of_value(replace(layouts._portal, folders=None))

    def compile_once(source: str, name: str, filename: str, **others: Any) -> CodeType:
        key = (settings, source, name)
        if others:
            return cast("CodeType", compile_(source, name, filename, **others))
        if key not in _compiled:
            _remember(_compiled, key, compile_(source, name, filename))
        return _in_file(_compiled[key], filename)

    environment.compile = compile_once  # type: ignore[method-assign,assignment]
    return environment


def _remember(kept: dict[Any, Any], key: object, value: object) -> None:
    if len(kept) == KEPT:
        kept.clear()
    kept[key] = value


def _in_file(code: CodeType, filename: str) -> CodeType:
    """The same code for a layout in another place, which messages name."""
    if code.co_filename == filename:
        return code
    inner = (_in_file(c, filename) if isinstance(c, CodeType) else c for c in code.co_consts)
    return code.replace(co_filename=filename, co_consts=tuple(inner))
