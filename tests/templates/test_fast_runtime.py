"""The short cuts through Jinja: a layout gives the same text or error without."""

from typing import Final

import jinja2
import pytest
from markupsafe import Markup

from generator.engine.queries import SiteContext
from generator.templates import fast_runtime

TEXT: Final = "Ärger & <b>Glück</b> \"hier\" 'dort'"

LIBRARY: Final = """
{% macro plain(text) %}<i>{{ text }}</i>{% endmacro %}
{% macro nested(text) %}{{ plain(text) }}{{ plain(plain(text)) }}{% endmacro %}
{% macro defaults(text, level=2, sign="&") %}{{ level }}{{ sign }}{{ text }}{% endmacro %}
{% macro many() %}{{ varargs|join(", ") }}{{ kwargs|dictsort }}{% endmacro %}
{% macro around() %}<p>{{ caller("in & out") }}</p>{% endmacro %}
"""

LAYOUTS: Final = (
    "{{ text }}{{ 3 }}{{ none }}{{ 2.5 }}{{ markup }}{{ ['<', markup] }}{{ 'a' ~ text ~ markup }}",
    "{% filter upper %}{{ text }}{% endfilter %}{{ text|forceescape }}{{ text|safe }}",
    "{% set block %}<u>{{ text }}</u>{% endset %}{{ block }}{{ block|length }}",
    "{% autoescape false %}{{ text }}{{ m.plain(text) }}{% endautoescape %}",
    "{{ m.plain(text) }}{{ m.plain(markup) }}{{ m.plain(text=text) }}{{ m.nested(text) }}",
    "{{ m.plain(text) ~ text }}{{ m.plain(text)|upper }}{{ (m.plain(text) ~ '<')|length }}",
    "{{ m.defaults(text) }}{{ m.defaults(text, 3) }}{{ m.defaults(text, sign='<', level=4) }}",
    "{{ m.many(1, '<', a=text, b=markup) }}{{ m.many() }}",
    "{% call(what) m.around() %}{{ what }} {{ text }}{% endcall %}",
    "{% for item in items %}{{ m.plain(loop.index ~ item) }}{{ loop.cycle('<', '>') }}{% endfor %}",
    "{% set a = [] %}{% for i in items %}{% do a.append(i) %}{% endfor %}{{ a|join('&') }}",
    "{% set ns = namespace(n=1) %}{% set ns.n = ns.n + 1 %}{{ ns.n }}",
    "{{ range(3)|list }}{{ dict(a=1) }}",
    "{{ site.asset(text) }}{{ site.articles(limit=3, section='<') }}",
    "{{ site.body('a', absolute=True) }}",
    "{{ text.upper() }}{{ text.replace('&', markup) }}{{ text.split()|map('upper')|list }}",
    "{% block one %}{{ text }}{% endblock %}{{ self.one() }}",
    "{{ told(1) }}",
    "{{ m.plain() }}",
    "{{ m.plain(1, 2) }}",
    "{{ m.plain(other=1) }}",
    "{{ m.plain(text, text=text) }}",
    "{{ m.around() }}",
    "{{ nothing }}",
    "{{ nothing() }}",
    "{{ site.articles(nothing=1) }}",
    "{{ 'x' if false }}",
)


@jinja2.pass_context
def told(context: jinja2.runtime.Context, number: int) -> str:
    """A function that wants to know which layout calls it."""
    return f"<{context.name} {number}>"


def _outcome(kind: type[jinja2.Environment], layout: str, ending: str) -> str:
    page = f"page.{ending}"
    sources = {page: "{% import 'library.html' as m %}" + layout, "library.html": LIBRARY}
    environment = kind(
        loader=jinja2.DictLoader(sources),
        autoescape=jinja2.select_autoescape(("html",)),
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.do"],
    )
    site = SiteContext(lambda question: f"<{question!r}>")
    try:
        return environment.get_template(page).render(
            text=TEXT, markup=Markup("<em>&amp;</em>"), items=("a", *"&<>\"'"), site=site, told=told
        )
    except (jinja2.TemplateError, TypeError) as error:
        return repr(error)


@pytest.mark.parametrize("ending", ["html", "txt"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_gives_what_jinja_alone_gives(layout: str, ending: str) -> None:
    expected = _outcome(jinja2.Environment, layout, ending)
    assert _outcome(fast_runtime.Environment, layout, ending) == expected


def test_compiled_layouts_do_take_the_short_cuts() -> None:
    code = fast_runtime.Environment().compile("{{ a }}", raw=True)
    names: dict[str, object] = {"environment": None}
    exec(code, names)  # noqa: S102 (it was just made)
    assert names["escape"] is fast_runtime.escape
    assert names["Macro"] is fast_runtime.Macro


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_that_was_looked_at_before_is_compiled_as_any_other(layout: str) -> None:
    environment = fast_runtime.Environment(extensions=["jinja2.ext.do"])
    wanted = [environment.compile(layout, raw=True) for _ in range(2)]
    environment.parse(layout)
    assert [environment.compile(layout, raw=True) for _ in range(2)] == wanted
