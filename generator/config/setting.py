"""How a setting is declared: a typed field of the frozen class of its table.

The type says what the setting may be (`Allowed`), the class its default, and the text below the
field what it is for: a paragraph in English and one in German.  What else there is to say stands in
a `Setting`.  From this follow reading (`reader`), the JSON Schema (`json_schema`) and the table in
docs/verwaltung.md.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache, partial
from typing import Annotated, Any, Literal, TypeAlias, get_args, get_origin

import msgspec

from generator.base.problems import Problem, placeholders
from generator.base.suggestions import nearest_first
from generator.config.toml_file import Place

Shaped: TypeAlias = Literal["sources", "pages"]


class Table(msgspec.Struct, frozen=True):
    """A table of portal.toml; each of its fields is a setting or a table."""

    def mistakes(self, at: Place) -> Iterable[Problem]:  # noqa: ARG002 (tables that have some use it)
        """What is wrong with several settings of this table together, read at the place `at`."""
        return ()


class Setting(msgspec.Struct, frozen=True):
    """What there is to say of a field of a table beside its type.

    `key` is its name in portal.toml where that is another one: with a dot, it stands alone in a
    table ("feeds.length"); "*" takes all keys that are no other field's; "" is no setting.
    `required`: it must be written although there is a default, which is for portals without its
    table.  `shapes`: whether it decides what sources become, or every page without a layout's
    asking.  `written` is its type in portal.toml where that is another one.
    """

    key: str | None = None
    required: bool = False
    shapes: tuple[Shaped, ...] = ()
    written: Any = None


class Allowed(msgspec.Struct, frozen=True):
    """What a value may be, beside being of its type, and what is made of it.

    A text in which the regular expression `pattern` (as of JavaScript) is found, one of the
    `choices`, a number of at least `minimum`; else the message `wrong` says so.  Besides, nothing
    that `check` finds wrong.  Without `wrong`, only `check` judges, and the others are for schemas.
    Texts are `folded`, but for those that are taken `verbatim`; `read` makes the setting of what is
    right.
    """

    wrong: str = ""
    pattern: str = ""
    choices: Callable[[], Collection[str]] | None = None
    minimum: int | None = None
    check: Callable[[Place, Any], Iterable[Problem]] | None = None
    verbatim: bool = False
    read: Callable[[Any], Any] = lambda value: value

    def mistakes(self, at: Place, value: Any) -> Iterator[Problem]:
        """What is wrong with a value of the right type that stands at the place `at`."""
        found = tuple(self.check(at, value)) if self.check else ()
        yield from found
        if found or not self.wrong:
            return
        choices = self.choices() if self.choices else ()
        if (
            (self.choices and value not in choices)
            or (self.pattern and not re.search(self.pattern, value))
            or (self.minimum is not None and value < self.minimum)
        ):
            told = {
                "key": at.key,
                "value": value,
                "minimum": self.minimum,
                "nearest": next(iter(nearest_first(str(value), choices)), ""),
                "known": ", ".join(choices),
            }
            wanted = placeholders(self.wrong)
            yield at.problem(self.wrong, **{name: told[name] for name in wanted})


class Field(msgspec.Struct, frozen=True):
    """A setting as it is declared; `default` is None where it has none."""

    name: str
    type: Any
    setting: Setting
    required: bool
    default: Any


Keyed: TypeAlias = Mapping[str, "Field | Keyed"]
"""Fields by their keys in portal.toml."""

Filled: TypeAlias = Annotated[str, Allowed("setting-empty", r"\S")]
"""A text that is not empty."""

Count: TypeAlias = Annotated[int, Allowed("setting-too-small", minimum=1)]
"""A number of things, of which there is at least one."""


@cache
def fields(table: type[Table]) -> tuple[Field, ...]:
    """The settings of a table, in the order of their declaration."""
    names, defaults = table.__struct_fields__, table.__struct_defaults__
    with_default = dict(zip(reversed(names), reversed(defaults), strict=False))
    found = []
    for name in names:
        kind = table.__annotations__[name]
        metadata = getattr(kind, "__metadata__", ())
        setting = next((each for each in metadata if isinstance(each, Setting)), Setting())
        if setting.key != "":
            required = setting.required or name not in with_default
            default = with_default.get(name)
            found.append(Field(name, setting.written or kind, setting, required, default))
    return tuple(found)


@cache
def keyed(table: type[Table]) -> Keyed:
    """The settings of a table by their keys in portal.toml."""
    found: dict[str, Any] = {}
    for field in fields(table):
        *above, last = (field.setting.key or field.name).split(".")
        inner = found
        for key in above:
            inner = inner.setdefault(key, {})
        inner[last] = field
    return found


def taken_apart(kind: Any) -> tuple[Any, tuple[Any, ...], Allowed]:
    """A type without its parameters, these, and what its values may be beside being of it."""
    found = (each for each in getattr(kind, "__metadata__", ()) if isinstance(each, Allowed))
    allowed = next(found, Allowed())
    plain = kind.__origin__ if get_origin(kind) is Annotated else kind
    if get_origin(plain) is Literal:
        wrong = allowed.wrong or "setting-choice"
        choices = partial(get_args, plain)
        return str, (), msgspec.structs.replace(allowed, wrong=wrong, choices=choices)
    return get_origin(plain) or plain, get_args(plain), allowed


def folded(text: str) -> str:
    """`text` in NFC, each run of white space one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())
