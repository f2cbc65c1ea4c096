"""Every message can be said of a place, with all its values."""

import re

import pytest

from generator.base.problems import Problem, catalogue, placeholders, problem
from generator.base.words import LANGUAGES


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


def test_a_message_wants_all_its_values_and_no_others() -> None:
    with pytest.raises(KeyError):
        problem("link-broken", "a.md", 1)
    with pytest.raises(KeyError):
        problem("took-too-long", "a.md", 1, seconds=1, minutes=2)


def test_moving_a_problem_keeps_an_unknown_line_unknown() -> None:
    there = problem("took-too-long", seconds=1)
    assert there.in_file("b.md", 5).line == 0
    assert problem("took-too-long", "", 2, seconds=1).in_file("b.md", 5).line == 7


def test_a_message_about_one_thing_does_not_speak_of_several() -> None:
    one = problem("many-in-the-way", "output", count=1, manifest="x")
    several = problem("many-in-the-way", "output", count=3, manifest="x")
    assert one.what("de").startswith("1 weitere Datei, die ")
    assert several.what("de").startswith("3 weitere Dateien, die ")
