"""Every message can be said, in both languages, and none is there for nothing."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from generator.base.problems import LANGUAGES, Problem, catalogue, placeholders, problem

PACKAGE = Path(__file__).parents[2] / "generator"


def fields(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field}


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_a_message_says_the_same_in_both_languages(name: str) -> None:
    message = catalogue()[name]
    for texts in (message.what, message.hint):
        assert set(texts) == set(LANGUAGES)
        assert all(text.strip() for text in texts.values())
        assert fields(texts["en"]) == fields(texts["de"])


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_a_message_is_filled_with_its_values(name: str) -> None:
    values = {field: f"<{field}>" for field in placeholders(name)}
    made = Problem("a.md", 1, 1, name, tuple(sorted(values.items())))
    for language in LANGUAGES:
        assert all(value in made.what(language) + made.hint(language) for value in values.values())


def test_no_two_messages_share_a_number() -> None:
    numbers = [message.number for message in catalogue().values()]
    assert len(numbers) == len(set(numbers))
    assert all(re.fullmatch(r"[A-Z]\d{3}", number) for number in numbers)


def test_every_message_is_used_somewhere() -> None:
    texts = {
        node.value
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(catalogue()) <= texts


def test_a_message_wants_all_its_values_and_no_others() -> None:
    with pytest.raises(KeyError):
        problem("link-broken", "a.md", 1)
    with pytest.raises(KeyError):
        problem("took-too-long", "a.md", 1, seconds=1, minutes=2)


def test_moving_a_problem_keeps_an_unknown_line_unknown() -> None:
    there = problem("took-too-long", seconds=1)
    assert there.moved("b.md", 5).line == 0
    assert problem("took-too-long", "", 2, seconds=1).moved("b.md", 5).line == 7
