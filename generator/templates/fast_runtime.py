"""Short cuts through Jinja: the same text from the same layouts, in fewer steps.

Pages are made of `{{ … }}` and calls of macros, and what Jinja does around each of them takes
longer than what is inside.
"""

from collections.abc import Callable, Mapping, MutableMapping
from functools import partial
from types import BuiltinMethodType, MethodType, NoneType
from typing import Any, Final

import jinja2
import markupsafe
import msgspec
from jinja2 import compiler, nodes, runtime
from jinja2.nodes import EvalContext
from jinja2.utils import missing
from markupsafe import Markup
from markupsafe import escape as full_escape

from generator.templates.context import QueryContext

_escaped: Callable[[str], str] = getattr(markupsafe, "_escape_inner", full_escape)
"""What `full_escape` itself calls: text that can stay as it is does, in a third of the time."""


def escape(value: object) -> str:
    """`value` as it stands in HTML."""
    if type(value) is str:
        return _escaped(value)
    return value if type(value) is Markup else full_escape(value)


html: Callable[[str], Markup] = partial(str.__new__, Markup)
"""Text as HTML; `Markup` itself would ask first whether it is more than text."""


class Macro(runtime.Macro):
    """A macro; called with the arguments that it names, little has to be sorted out.

    One that is `shared`, since layouts import it without their context, knows nothing but its
    arguments; if the first of them is the `site`, that keeps what it made.
    """

    shared = False

    def text(self, context: EvalContext, given: tuple[Any, ...], named: dict[str, Any]) -> str:
        """What the macro makes of the arguments `given` and `named`."""
        if self.caller or self.catch_kwargs or self.catch_varargs:
            return self(context, *given, **named)
        if named or len(given) != len(self.arguments):
            rest = self.arguments[len(given) :]
            if len(given) > len(self.arguments) or not named.keys() <= set(rest):
                return self(context, *given, **named)
            given = (*given, *[named.get(name, missing) for name in rest])
        keeps = self.shared and given and isinstance(given[0], QueryContext)
        text = self._kept(*given) if keeps else self._func(*given)
        return html(text) if context.autoescape else text

    def _kept(self, site: QueryContext, *values: Any) -> str:
        key: list[object] = [self]
        for value in values:
            if type(value) is str:
                key.append(value)
            elif _is_frozen(value):
                key.append(id(value))  # which stays its own: what is kept holds the values
            else:
                return str(self._func(site, *values))
        return site.kept(tuple(key), self._func, values)


_PLAIN: Final = (int, NoneType, Markup, type(missing))


def _is_frozen(value: object) -> bool:
    if isinstance(value, _PLAIN):
        return True
    return isinstance(value, msgspec.Struct) and value.__struct_config__.frozen


class Context(runtime.Context):
    """What a layout sees, and how it calls what it sees."""

    def call(self, called: Any, /, *given: Any, **named: Any) -> Any:
        """What `called` returns.

        Macros, the queries of the site and methods of lists and the like need not be asked what
        they want to be told of the layout that calls them.
        """
        kind = type(called)
        if kind is Macro:
            return called.text(self.eval_ctx, given, named)
        if kind is BuiltinMethodType or (
            kind is MethodType and isinstance(called.__self__, QueryContext)
        ):
            return called(*given, **named)
        return super().call(called, *given, **named)


class CodeGenerator(compiler.CodeGenerator):
    """Makes Python of a layout."""

    @compiler.optimizeconst
    def visit_Getattr(self, node: nodes.Getattr, frame: compiler.Frame) -> None:  # noqa: N802 (Jinja's name)
        """Writes how an attribute is got: at once where there is one, as nearly always."""
        # 4 to 7 % of pages with lists.  Each `of` and `got` is used before another one is set.
        self.write("(got if (got := getattr((of := ")
        self.visit(node.node, frame)
        name = repr(node.attr)
        self.write(f"), {name}, missing)) is not missing else environment.getattr(of, {name}))")

    @compiler.optimizeconst
    def visit_Call(  # noqa: N802 (Jinja's name)
        self, node: nodes.Call, frame: compiler.Frame, forward_caller: bool = False
    ) -> None:
        """Writes a call, without the variables of loops and blocks: no function wants them."""
        self.write("context.call(")
        self.visit(node.node, frame)
        self.signature(node, frame, {"caller": "caller"} if forward_caller else None)
        self.write(")")


class Template(jinja2.Template):
    """A compiled layout."""

    def make_module(
        self,
        vars: dict[str, Any] | None = None,  # noqa: A002 (Jinja's name)
        shared: bool = False,
        locals: Mapping[str, Any] | None = None,  # noqa: A002 (Jinja's name)
    ) -> Any:
        """What other layouts import of this one; `shared`: with the context of one of them."""
        module = super().make_module(vars, shared, locals)
        for one in module.__dict__.values():
            if type(one) is Macro:
                one.shared = not shared
        return module


class Environment(jinja2.Environment):
    """Jinja's environment, in which compiled layouts use what stands above."""

    context_class = Context
    code_generator_class = CodeGenerator
    template_class = Template

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
