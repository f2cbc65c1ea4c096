"""The JSON Schema of portal.toml says what reading says."""

import tomllib
from collections.abc import Iterator
from typing import Any, Final

import pytest
from jsonschema import Draft7Validator

from generator.base.words import LANGUAGES, Language
from generator.config.json_schema import schema
from tests.config.test_portal import EVERYTHING, HEAD, WRONG
from tests.portals import PORTAL, ROOT

NOT_OF_ONE_VALUE: Final = {
    "toml-syntax", "folder-missing", "output-overlaps", "section-twice", "section-address",
    "author-twice", "author-no-address", "extra-known", "default-section", "synonym-no-address",
    "synonym-twice", "setting-twice",
}  # fmt: skip
"""What is wrong only beside something else, or by what an address would be made of it."""

BEYOND_A_SCHEMA: Final = ("https://[b]/", "http://b:x", "/b%zz", "/../{slug}/", "-02-30T", "\\u00")
"""Values that look right, as far as regular expressions that can be read tell."""

SAMPLES: Final = (
    HEAD,
    EVERYTHING.removeprefix("\ufeff"),
    PORTAL,
    *(
        (ROOT / path).read_text(encoding="utf-8")
        for path in ("portal.toml", "generator/build/starter/portal/portal.toml")
    ),
    HEAD + '[security]\ncontact = "mailto:a@b.example"\nexpires = "2027-06-30T12:00:00+02:00"',
    HEAD + '[check]\nlead-missing = "off"\nkeywords = ["Glasfaser"]',
    HEAD + '[delivery]\nserver = "nginx"\ncompress = ["brotli"]\n[crawlers]\nrefused = ["GPTBot"]',
    HEAD + '[addresses]\narticle = "/{section}/{day}/{slug}/"\narchive = "/"',
)


@pytest.fixture(scope="module")
def validator() -> Draft7Validator:
    made = schema("de")
    Draft7Validator.check_schema(made)
    return Draft7Validator(made)


@pytest.mark.parametrize("text", SAMPLES)
def test_what_can_be_read_fits(validator: Draft7Validator, text: str) -> None:
    assert [error.message for error in validator.iter_errors(tomllib.loads(text))] == []


@pytest.mark.parametrize(
    "text",
    [
        text
        for text, (name, _) in WRONG
        if name not in NOT_OF_ONE_VALUE and not any(part in text for part in BEYOND_A_SCHEMA)
    ],
)
def test_what_is_refused_for_one_value_does_not(validator: Draft7Validator, text: str) -> None:
    assert list(validator.iter_errors(tomllib.loads(text)))


def described(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The parts of a schema that have a description."""
    if "description" in part:
        yield part
    for inner in (*part.get("properties", {}).values(), *filter(None, [part.get("items")])):
        yield from described(inner)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_is_explained_and_fits_its_own_default(language: Language) -> None:
    found = list(described(schema(language)))
    assert len(found) > 60
    for part in found:
        assert part["description"].endswith(".")
        assert "default" not in part or Draft7Validator(part).is_valid(part["default"])
