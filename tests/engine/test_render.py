"""What layouts may ask, and what becomes of a page whose layout asks something odd."""

from pathlib import Path

import pytest

from tests.portals import TestPortal


@pytest.fixture
def small(tmp_path: Path) -> TestPortal:
    """A portal with small layouts and one article."""
    portal = TestPortal.small(tmp_path / "portal")
    portal.article("2026/05/a.md")
    return portal


def robots(portal: TestPortal, layout: str) -> str:
    """What the layout of robots.txt gives with the text `layout`, built twice."""
    portal.write("layouts/robots.txt", layout)
    portal.build()
    assert portal.build().rendered == 0
    return (portal.output / "robots.txt").read_text(encoding="utf-8")


def test_a_setting_that_portal_toml_does_not_know_can_have_a_default(small: TestPortal) -> None:
    assert robots(small, '{{ portal.subtitle|default("keiner") }}') == "keiner"


def test_answers_that_were_forgotten_are_given_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in an archive that has more of them than are kept."""
    portals = [TestPortal.small(tmp_path / name) for name in ("usual", "forgetful")]
    for portal in portals:
        for day in range(1, 9):
            portal.article(f"2026/05/{day}.md", date=f"2026-05-0{day}", keywords="[Rat, Etat]")
        portal.build()
        monkeypatch.setattr("generator.engine.render.ANSWERS", 0)
        monkeypatch.setattr("generator.engine.staging.BATCH", 3)
    usual, forgetful = portals
    assert forgetful.files() == usual.files()
    assert forgetful.build().rendered == 0


@pytest.mark.parametrize("name", ["subtitle", "folders", "zone", "spellings", "initials"])
def test_a_layout_sees_of_the_portal_what_portal_toml_says_and_no_more(
    small: TestPortal, name: str
) -> None:
    small.write("layouts/robots.txt", f"\n{{{{ portal.{name} }}}}")
    (found,) = small.mistakes()
    assert (found.path, found.line, found.name) == (
        "layouts/robots.txt", 2, "layout-failed",
    )  # fmt: skip
    assert name in found.what()


@pytest.mark.parametrize(
    ("asks", "now"),
    [
        ("{{ page.goal }}", "redirect_target"),
        ('{{ page["goal"]|default("") }}', "redirect_target"),
        ("{% if page.goal is defined %}{{ page.goal }}{% endif %}", "redirect_target"),
        ("{% for old in site.redirects() %}{{ old.goal }}{% endfor %}", "target"),
    ],
)
def test_who_asks_for_a_field_by_its_old_name_is_told_the_new_one(
    small: TestPortal, asks: str, now: str
) -> None:
    small.article("2026/05/b.md", aliases="[/alt/]")
    small.write("layouts/robots.txt", f"\n{asks}")
    (found,) = small.mistakes()
    assert (Path(found.path).name, found.line, found.name) == ("robots.txt", 2, "layout-failed")
    assert f"'goal' is called '{now}' now" in found.what()


@pytest.mark.parametrize(
    "value", ["none", "1.5", "[1]", "site.today()", "nobody", '"<b>"|safe', 'site.body("x.md")']
)
def test_a_fragment_takes_texts_and_whole_numbers(small: TestPortal, value: str) -> None:
    """Anything else could not be remembered as it was."""
    small.article("x.md")
    small.write("layouts/robots.txt", f'{{{{ site.fragment("today", day={value}) }}}}')
    (found,) = small.mistakes()
    assert (Path(found.path).name, found.line, found.name) == ("robots.txt", 1, "layout-failed")


@pytest.mark.parametrize("first", ["true", "1"])
def test_a_truth_given_to_a_fragment_is_a_number(small: TestPortal, first: str) -> None:
    """Since they are equal, the page that comes first would decide for the others."""
    small.write("layouts/fragments/echo.html", "{{ value }}")
    call = '{{{{ site.fragment("echo", value={0}) }}}}'
    found = robots(small, call.format(first) + call.format("true") + call.format("1"))
    assert found == "111"


@pytest.mark.parametrize("limit", ["2.0", "none", "[]"])
def test_a_limit_is_a_number(small: TestPortal, limit: str) -> None:
    small.write(
        "layouts/robots.txt", f'{{{{ site.related("2026/05/a.md", limit={limit})|length }}}}'
    )
    (found,) = small.mistakes()
    assert found.name == "layout-failed"


def test_an_unknown_filter_is_a_mistake_that_names_the_known_ones(small: TestPortal) -> None:
    small.write("layouts/robots.txt", '{{ site.articles(rubrik="politik") }}')
    (found,) = small.mistakes()
    assert "'rubrik'" in found.what()
    assert "section" in found.what()


def test_a_fragment_that_is_part_of_itself_is_a_mistake_that_says_so(small: TestPortal) -> None:
    small.write("layouts/fragments/one.html", '\n{{ site.fragment("two") }}')
    small.write("layouts/fragments/two.html", '\n\n{{ site.fragment("one") }}')
    small.write("layouts/robots.txt", '{{ site.fragment("one") }}')
    (found,) = small.mistakes()
    assert (Path(found.path).name, found.line) == ("two.html", 3)
    assert "the fragment 'one' would be part of itself" in found.what()


def test_layouts_that_include_each_other_fail_where_the_page_asks_for_them(
    small: TestPortal,
) -> None:
    """Where an endless recursion ends is chance: it depends on what was rendered before."""
    small.write("layouts/one.html", '\n{% include "two.html" %}')
    small.write("layouts/two.html", '{% include "one.html" %}')
    small.write("layouts/robots.txt", '\n\n{% include "one.html" %}')
    (found,) = small.mistakes()
    assert (Path(found.path).name, found.line) == ("robots.txt", 3)


def test_a_fragment_may_contain_itself_with_other_values(small: TestPortal) -> None:
    small.write(
        "layouts/fragments/tree.html",
        "{{ depth }}{% if depth %}{{ site.fragment('tree', depth=depth - 1) }}{% endif %}",
    )
    assert robots(small, "{{ site.fragment('tree', depth=3) }}") == "3210"
