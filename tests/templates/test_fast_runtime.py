"""The short cuts through Jinja: a layout gives the same text or error without."""

from typing import Final

import jinja2
import pytest
from markupsafe import Markup

from generator.engine.queries import SiteContext
from generator.templates import context, fast_runtime
from generator.templates.context import Piece, Pieces, Trace

TEXT: Final = "Ärger & <b>Glück</b> \"hier\" 'dort'"

LIBRARY: Final = """
{% macro plain(text) %}<i>{{ text }}</i>{% endmacro %}
{% macro nested(text) %}{{ plain(text) }}{{ plain(plain(text)) }}{% endmacro %}
{% macro defaults(text, level=2, sign="&") %}{{ level }}{{ sign }}{{ text }}{% endmacro %}
{% macro many() %}{{ varargs|join(", ") }}{{ kwargs|dictsort }}{% endmacro %}
{% macro around() %}<p>{{ caller("in & out") }}</p>{% endmacro %}
{% macro asks(site, thing, level=2) %}{{ thing }}{{ level }}{{ site.asset("x") }}{% endmacro %}
{% macro asks_more(site, thing) %}{{ asks(site, thing) }}{{ site.asset("y") }}{% endmacro %}
"""

COUNTING: Final = "{% macro tick(site) %}{% set ns.n = ns.n + 1 %}{{ ns.n }}{% endmacro %}"

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
    "{% for i in (1, 2) %}{{ m.asks(site, text) }}{{ m.asks(site, thing=text, level=i) }}"
    "{% endfor %}",
    "{{ m.asks(site, 1) }}{{ m.asks(site, true) }}{{ m.asks(site, '1') }}{{ m.asks(site, 1.0) }}",
    "{{ m.asks(site, markup) }}{{ m.asks(site, markup ~ '') }}{{ m.asks(site, markup|string) }}",
    "{{ m.asks(site, '<em>&amp;</em>') }}{{ m.asks(site, markup) }}{{ m.asks(site, none) }}",
    "{% set a = [] %}{{ m.asks(site, a) }}{% do a.append(1) %}{{ m.asks(site, a) }}",
    "{{ m.asks_more(site, text) }}{{ m.asks(site, text) }}{{ m.asks_more(site, text) }}",
    "{% set ns = namespace(n=0) %}{% macro tick(site) %}{% set ns.n = ns.n + 1 %}{{ ns.n }}"
    "{% endmacro %}{{ tick(site) }}{{ tick(site) }}",
    "{% set ns = namespace(n=0) %}{% import 'counting.html' as c with context %}"
    "{{ c.tick(site) }}{{ c.tick(site) }}",
    "{{ m.asks(site) }}",
    "{{ {'title': '<'}.title }}{{ {'items': 1}.items() }}{{ text.nothing is defined }}",
    "{{ text.nothing }}",
    "{{ none.title }}",
    "{{ nothing.title }}",
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
    sources = {
        page: "{% import 'library.html' as m %}" + layout,
        "library.html": LIBRARY,
        "counting.html": COUNTING,
    }
    environment = kind(
        loader=jinja2.DictLoader(sources),
        autoescape=jinja2.select_autoescape(("html",)),
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.do"],
    )
    site = SiteContext(lambda question: f"<{question!r}>", pieces=Pieces())
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


def _trace(environment: jinja2.Environment, layout: str, pieces: Pieces) -> tuple[str, Trace]:
    site = SiteContext(str, pieces=pieces)
    text = environment.from_string("{% import 'library.html' as m %}" + layout).render(site=site)
    return text, site.trace()


def test_what_a_macro_asks_is_in_the_trace_of_each_page_that_shows_it() -> None:
    layouts = ("{{ m.asks(site, 1) }}", "{{ m.asks_more(site, 1) }}", "{{ m.asks_more(site, 1) }}")
    environment = fast_runtime.Environment(loader=jinja2.DictLoader({"library.html": LIBRARY}))
    pieces = Pieces()
    shared = [_trace(environment, layout, pieces) for layout in layouts]
    assert shared == [_trace(environment, layout, Pieces()) for layout in layouts]
    assert shared[2][1] == (("asset", "x"), ("asset", "y"))
    assert len(pieces) == 2


def test_what_a_macro_made_for_one_site_is_not_shown_by_another() -> None:
    environment = fast_runtime.Environment(loader=jinja2.DictLoader({"library.html": LIBRARY}))
    template = environment.from_string("{% import 'library.html' as m %}{{ m.asks(site, 1) }}")
    sites = [SiteContext(lambda _, n=n: n, pieces=Pieces()) for n in (7, 8)]  # type: ignore[misc]
    assert [template.render(site=site) for site in sites] == ["127", "128"]


def test_no_more_pieces_are_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "ROOM", 10)
    pieces = Pieces()
    for name in "abc":
        pieces.put(name, Piece(name * 4, {}, ()))
    assert [*pieces] == ["b", "c"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_that_was_looked_at_before_is_compiled_as_any_other(layout: str) -> None:
    environment = fast_runtime.Environment(extensions=["jinja2.ext.do"])
    wanted = [environment.compile(layout, raw=True) for _ in range(2)]
    environment.parse(layout)
    assert [environment.compile(layout, raw=True) for _ in range(2)] == wanted
