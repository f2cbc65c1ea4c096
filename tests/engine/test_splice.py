"""Pages with another fragment in the place of one: the same bytes as if they were rendered."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment

from generator.base import digests
from generator.config.portal import load
from generator.engine.render import Answers, Rendered
from generator.engine.splice import Marks, splice
from generator.site.pages import Page
from generator.templates.environment import APART, Layouts
from generator.templates.fragment_analysis import is_spliceable
from tests.portals import ROOT, TestPortal

CALL = '{{ site.fragment("box") }}'


@pytest.mark.parametrize(
    ("layout", "spliceable"),
    [
        (CALL, True),
        ("Kein Fragment.", True),
        ('{% if page.year %}<b>{{ site.fragment("box", year=page.year) }}</b>{% endif %}', True),
        (f"{{% for x in y %}}{CALL}{{% endfor %}}", True),
        (f"{{% block aside %}}{CALL}{{% endblock %}}", True),
        ("{% block aside %}{{ super() }}{% endblock %}", True),
        ('{{ site.fragment("box")|upper }}', False),
        ('{{ site.fragment("box") ~ "!" }}', False),
        ('{% if site.fragment("box") %}ja{% endif %}', False),
        ('{% set box = site.fragment("box") %}{{ box }}', False),
        ("{% set ask = site.fragment %}{{ ask('box') }}", False),
        ('{{ site["fragment"]("box") }}', False),
        ('{{ (site|attr("fragment"))("box") }}', False),
        ('{{ site.fragment("box", size=site.fragment("other")|length) }}', False),
        (f"{{% set box %}}{CALL}{{% endset %}}{{{{ box }}}}", False),
        (f"{{% filter upper %}}{CALL}{{% endfilter %}}", False),
        ("{% filter upper %}{% block aside %}{% endblock %}{% endfilter %}", False),
        ('{% filter upper %}{% include "other.html" %}{% endfilter %}', False),
        (f"{{% macro box(site) %}}{CALL}{{% endmacro %}}", False),
        (f"{{% call frame() %}}{CALL}{{% endcall %}}", False),
        ("{{ super()|upper }}", False),
        ("{% if self.aside() %}ja{% endif %}", False),
        (f"{{% for x in y recursive %}}{CALL}{{{{ loop(x)|upper }}}}{{% endfor %}}", False),
    ],
)
def test_a_layout_that_does_more_with_a_fragment_than_show_it_is_not_spliceable(
    layout: str, spliceable: bool
) -> None:
    tree = Environment(autoescape=True).parse(layout)
    assert is_spliceable(tree) is spliceable


def test_every_layout_that_comes_with_the_generator_is_spliceable(tmp_path: Path) -> None:
    folder = ROOT / "layouts"
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*.*")}
    shipped = {name for name in names if not name.startswith(APART)}
    portal = load(ROOT / "portal.toml")
    layouts = Layouts(portal, sorted(names), compiled=tmp_path, references={})
    assert shipped - layouts.spliceable == set()


words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x02\x03"))


@given(st.lists(st.tuples(words, words, words)), words)
def test_another_text_takes_the_place_of_a_fragment(
    parts: list[tuple[str, str, str]], end: str
) -> None:
    marks = Marks()
    trace = tuple(("fragment", str(number)) for number in range(len(parts)))
    texts = {place: after for place, (_, _, after) in enumerate(parts) if place % 2}
    page = "".join(
        f"{before}{marks.mark(trace[place], text)}" for place, (before, text, _) in enumerate(parts)
    )
    spliced = marks.spliced(page + end, trace)
    assert spliced is not None
    assert spliced[0].decode() == "".join(before + text for before, text, _ in parts) + end
    data, offsets, same = splice(*spliced, texts)
    expected = [before + texts.get(n, text) for n, (before, text, _) in enumerate(parts)]
    assert data.decode() == "".join(expected) + end
    both = (digests.of_bytes(spliced[0]), digests.of_bytes(data))
    assert digests.of_alike(spliced[0], data, same) == both
    again, _, _ = splice(data, offsets, {n: parts[n][1] for n in texts})
    assert again == spliced[0]


@pytest.mark.parametrize("page", ["", "{0}{0}", "{0}{1}", "\x02FRAGMENT 0\x03"])
def test_a_fragment_that_is_not_there_just_once_has_no_seam(page: str) -> None:
    marks = Marks()
    mark = marks.mark(("fragment", "a"), "text")
    other = "\x02fragment 1\x03"
    assert marks.spliced(page.format(mark, other), (("fragment", "a"),)) is None


def test_pages_with_another_fragment_are_as_if_rendered(portal: TestPortal) -> None:
    """The newest headlines stand on every page; an odd layout is rendered as ever."""
    for number in range(4):
        portal.article(f"2026/05/a-{number}.md", title=f"Titel {number}", section="politik")
    layout = portal.root / "layouts" / "not-found.html"
    layout.write_text(
        layout.read_text("utf-8") + '{% if "Neu" in site.fragment("newest") %}!{% endif %}', "utf-8"
    )
    portal.write("layouts/robots.txt", '{{ site.fragment("newest")|length }}')
    portal.build()
    portal.article("2026/05/a-3.md", title="Neuer Titel", section="politik")
    report = portal.build()
    assert ("page-changed", "site.fragment('newest')") in report.reasons["/robots.txt"]
    found = portal.files()
    portal.build(clean=True)
    assert found == portal.files()
    assert sum(b"Neuer Titel" in data for data in found.values()) > 4


def test_what_an_included_layout_does_with_a_fragment_counts(tmp_path: Path) -> None:
    portal = TestPortal.small(tmp_path / "portal")
    portal.article("2026/05/a.md", title="Altes")
    portal.write(
        "layouts/foot.html",
        '{% set box = site.fragment("newest") %}{{ box }}{% if "Neues" in box %}Ja{% endif %}',
    )
    portal.build()
    portal.article("2026/05/a.md", title="Neues")
    portal.build()
    assert portal.page("/archiv/").rstrip().endswith("Ja")


def test_no_layout_runs_where_a_fragment_alone_is_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = TestPortal.small(tmp_path / "portal")
    portal.article("2026/05/a.md", title="Titel eins")
    portal.article("seiten/impressum.md", date=None, section=None, title="Impressum")
    portal.build()
    render, run = Answers.render, list[str]()

    def noted(answers: Answers, page: Page) -> Rendered:
        run.append(page.address)
        return render(answers, page)

    monkeypatch.setattr(Answers, "render", noted)
    portal.article("2026/05/a.md", title="Titel zwei")
    assert "/impressum/" in portal.build().reasons
    assert "/2026/05/a/" in run
    assert "/impressum/" not in run
    assert "Titel zwei" in portal.page("/impressum/")


def test_a_file_that_is_not_as_it_was_is_rendered(tmp_path: Path) -> None:
    """Though its size and time say that it is."""
    portal = TestPortal.small(tmp_path / "portal")
    portal.article("2026/05/a.md", title="Titel eins")
    portal.article("seiten/impressum.md", date=None, section=None, title="Impressum")
    portal.build()
    page = portal.output / "impressum/index.html"
    status = page.stat()
    page.write_bytes(page.read_bytes().replace(b"<main", b"<niam"))
    os.utime(page, ns=(status.st_atime_ns, status.st_mtime_ns))
    portal.article("2026/05/a.md", title="Titel zwei")
    portal.build()
    assert b"<main" in page.read_bytes()
    assert b"Titel zwei" in page.read_bytes()
