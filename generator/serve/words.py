"""What the preview says, in English and in German, and the language that a browser wants."""

import tomllib
from functools import cache
from importlib.resources import files

from generator.base.problems import LANGUAGES, Language


def word(name: str, language: Language, **values: object) -> str:
    """A sentence of `page/words.toml`, filled with `values`."""
    return _words()[name][language].format_map(values)


def language_of(accepted: str) -> Language:
    """The language that a browser with this Accept-Language wants most of those that are known."""
    wishes = [part.strip().partition(";q=") for part in accepted.lower().split(",")]
    ranked = [
        (-_number(weight), place, known)
        for place, (tag, _, weight) in enumerate(wishes)
        for known in LANGUAGES
        if tag.split("-")[0] == known
    ]
    return min(ranked, default=(0.0, 0, LANGUAGES[0]))[2]


def _number(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


@cache
def _words() -> dict[str, dict[Language, str]]:
    file = files("generator.serve").joinpath("page", "words.toml")
    return tomllib.loads(file.read_text("utf-8"))
