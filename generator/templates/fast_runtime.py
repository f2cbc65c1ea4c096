"""Short cuts through Jinja: the same text from the same layouts, in fewer steps.

Pages are made of `{{ … }}` and calls of macros, and what Jinja does around each of them takes
longer than what is inside.
"""

from collections.abc import Callable, MutableMapping
from functools import partial
from types import BuiltinMethodType, MethodType
from typing import Any

import jinja2
from jinja2 import nodes, runtime
from jinja2.nodes import EvalContext
from jinja2.utils import missing
from markupsafe import Markup
from markupsafe import escape as full_escape

from generator.templates.context import QueryContext


def escape(value: object) -> str:
    """`value` as it stands in HTML; text that can stay as it is does."""
    if type(value) is str:
        if "&" in value or "<" in value or ">" in value or '"' in value or "'" in value:
            return full_escape(value)
        return value
    return value if type(value) is Markup else full_escape(value)


html: Callable[[str], Markup] = partial(str.__new__, Markup)
"""Text as HTML; `Markup` itself would ask first whether it is more than text."""


class Macro(runtime.Macro):
    """A macro; called with the arguments that it names, little has to be sorted out."""

    def text(self, context: EvalContext, given: tuple[Any, ...], named: dict[str, Any]) -> str:
        """What the macro makes of the arguments `given` and `named`."""
        extra = self.caller or self.catch_kwargs or self.catch_varargs
        rest = self.arguments[len(given) :]
        if extra or len(given) > len(self.arguments) or (named and not named.keys() <= set(rest)):
            return self(context, *given, **named)
        others = [named.get(name, missing) for name in rest] if named else [missing] * len(rest)
        text = self._func(*given, *others)
        return html(text) if context.autoescape else text


class Context(runtime.Context):
    """What a layout sees, and how it calls what it sees."""

    def call(self, called: Any, /, *given: Any, **named: Any) -> Any:
        """What `called` returns.

        Macros, the queries of the site and methods of lists and the like need not be asked what
        they want to be told of the layout that calls them.
        """
        kind = type(called)
        is_macro = kind is Macro
        if not (
            is_macro
            or kind is BuiltinMethodType
            or (kind is MethodType and isinstance(called.__self__, QueryContext))
        ):
            return super().call(called, *given, **named)
        if named:
            named.pop("_block_vars", None)
            named.pop("_loop_vars", None)
        return called.text(self.eval_ctx, given, named) if is_macro else called(*given, **named)


class Environment(jinja2.Environment):
    """Jinja's environment, in which compiled layouts use what stands above."""

    context_class = Context

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._trees: dict[str, nodes.Template] = {}

    def parse(
        self, source: str, name: str | None = None, filename: str | None = None
    ) -> nodes.Template:
        """The tree of a layout, to be looked at only: it is kept until the layout is compiled."""
        self._trees[source] = super().parse(source, name, filename)
        return self._trees[source]

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        # To compile changes the tree, so it serves once.
        return self._trees.pop(source, None) or super()._parse(source, name, filename)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The names that every layout knows; a map on top of them is slow to go through."""
        return super().make_globals(d) if d else self.globals

    def _generate(
        self,
        source: nodes.Template,
        name: str | None,
        filename: str | None,
        defer_init: bool = False,
    ) -> str:
        first, rest = super()._generate(source, name, filename, defer_init).split("\n", 1)
        return f"{first}; from {__name__} import Macro, escape\n{rest}"
