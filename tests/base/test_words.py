"""Whatever is said to people is in the catalogue, in both languages, and nothing is for nothing."""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from generator.base import words
from generator.base.problems import Problem, fields
from generator.base.words import LANGUAGES, Text, entry, names, word

PACKAGE = Path(words.__file__).parents[1]
MESSAGES = PACKAGE / "base" / "messages"

NAMED = {"word": 0, "say": 0, "problem": 0, "report": 0, "reason": 0, "_wrong": 1, "_at": 1}
"""Functions that are given the name of an entry, and at which place."""

OTHERS = {"word": {"language"}, "problem": {"path", "line", "column"}}
"""What these can be given by name beside the values."""


@cache
def nodes() -> list[ast.AST]:
    """All calls and texts of the package's modules."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py"))
    wanted = ast.Call | ast.Constant | ast.JoinedStr
    return [node for tree in trees for node in ast.walk(tree) if isinstance(node, wanted)]


def texts(name: str) -> list[dict[str, Text]]:
    """The texts of an entry, each in all languages."""
    found = entry(name)
    return [found["what"], found["hint"]] if "what" in found else [found]


def forms(text: Text) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def calls() -> Iterator[tuple[ast.Call, str]]:
    """Each call in the package that names an entry, and the name."""
    for node in nodes():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            place = NAMED.get(called, len(node.args))
            if place < len(node.args) and isinstance(name := node.args[place], ast.Constant):
                yield node, str(name.value)


def test_each_entry_is_read_as_the_whole_file_would_be() -> None:
    files = [tomllib.loads(path.read_text(encoding="utf-8")) for path in MESSAGES.iterdir()]
    assert sorted(name for file in files for name in file) == sorted(names())
    for name, found in (pair for file in files for pair in file.items()):
        assert entry(name) == found


@pytest.mark.parametrize("name", sorted(names()))
def test_an_entry_says_the_same_in_both_languages(name: str) -> None:
    for text in texts(name):
        assert set(text) == set(LANGUAGES)
        assert all(form.strip() for one in text.values() for form in forms(one))
        assert fields(text["en"]) == fields(text["de"])
        assert len(forms(text["en"])) == len(forms(text["de"]))


@pytest.mark.parametrize("name", sorted(names()))
def test_what_counts_has_a_form_for_one_and_one_for_several(name: str) -> None:
    for text in (text for by_language in texts(name) for text in by_language.values()):
        if not isinstance(text, str):
            one, several = text
            assert fields(one) <= fields(several)
            assert "count" in fields(several)


def test_every_entry_is_used_somewhere() -> None:
    said, beginnings = set(), set()
    for node in nodes():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            said.add(node.value.removeprefix("--"))  # `--at` is told of in `help-at`
        elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
            beginnings.add(str(node.values[0].value))
    put_together = {f"{start}{end}" for start in beginnings if start.endswith("-") for end in said}
    # What argparse says is found by its English text, a kind of page by its layout (see below).
    found = {name for name in names() if name.startswith(("usage-", "page-kind-"))}
    assert set(names()) <= said | put_together | found


def test_every_name_in_the_code_is_in_the_catalogue_and_gets_all_its_values() -> None:
    checked = 0
    for call, name in calls():
        assert name in names(), name
        given = {keyword.arg for keyword in call.keywords}
        if None not in given:  # `**values` come from a caller, who was checked, too
            called = call.func.id if isinstance(call.func, ast.Name) else ""
            wanted = frozenset().union(*(fields(text["en"]) for text in texts(name)))
            assert given - OTHERS.get(called, set()) == wanted, (name, call.lineno)
            checked += 1
    assert checked > 200


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("en", 1, "1 page"),
        ("en", 0, "0 pages"),
        ("en", 23456, "23,456 pages"),
        ("de", 1, "1 Seite"),
        ("de", 23456, "23.456 Seiten"),
    ],
)
def test_things_are_counted_as_the_language_does(
    language: words.Language, count: int, said: str
) -> None:
    assert word("pages", language, count=count) == said


def test_seconds_have_a_comma_in_german() -> None:
    values = {"count": 1200, "seconds": 1.256}
    assert word("preview-ready", "en", **values) == "1,200 articles, ready after 1.26 s"
    assert word("preview-ready", "de", **values) == "1.200 Artikel, bereit nach 1,26 s"


def test_every_page_is_called_something_and_nothing_else_is() -> None:
    tree = ast.parse((PACKAGE / "site" / "pages.py").read_text(encoding="utf-8"))
    layouts = {
        argument.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if node.func.id in ("Page", "_numbered")
        for argument in node.args[1:]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
        if argument.value  # a file that a text offers has no layout
    }
    kinds = {name.removeprefix("page-kind-") for name in names() if name.startswith("page-kind-")}
    assert {layout.partition(".")[0] for layout in layouts} == kinds | {"pdf/article"}
    said = Problem("", 0, 0, "address-twice", (("address", "/x/"), ("other", "page-kind-section")))
    assert said.what("de") == "Die Adresse /x/ gehört schon zu „Seite eines Bereichs“."
