"""The JSON Schema of the front matter says what the reader says."""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from generator.cli.new import draft
from generator.config import portal as portals
from generator.front_matter.json_schema import schema
from tests.portals import PORTAL, ROOT, TestPortal


class Yaml12(yaml.SafeLoader):
    """YAML as editors read it: a date is text."""


Yaml12.yaml_implicit_resolvers = {
    key: [(tag, pattern) for tag, pattern in found if not tag.endswith(":timestamp")]
    for key, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def header(text: str) -> Any:
    return yaml.load(text.split("---")[1], Yaml12)  # noqa: S506 (SafeLoader without dates)


@pytest.fixture
def validator(tmp_path: Path) -> Draft7Validator:
    extra = """
[front_matter]
extra = ["wetter"]
[front_matter.aliases]
deck = "lead"
source_url = "source.url"
"""
    portal = portals.load(
        TestPortal.small(tmp_path / "p", toml=PORTAL + extra).root / "portal.toml"
    )
    made = schema(portal)
    Draft7Validator.check_schema(made)
    json.dumps(made)
    return Draft7Validator(made)


@pytest.mark.parametrize(
    "line",
    [
        "kicker: Ort",
        "dachzeile: Ort",
        "deck: Vorspann",
        "wetter: sonnig",
        "source_url: https://x.example/",
        "keywords: [a, b]",
        "keywords: a, b",
        "author: ve",
        "autor: [Vera Eschenbach, jemand]",
        "bild: {datei: a.jpg, alt: b}",
        "bild: a.jpg",
        "quelle: [{name: x}, https://x.example/]",
        "art: Kommentar".lower(),
        "draft: ja",
        "draft: true",
        "published: false",
        "hidden: ja",
        "expires: 20.11.2026",
        "updated: 2026-11-20 10:00",
        "updated: 20. November 2026, 10:00 Uhr",
        "slug: 2026",
        "kicker:",
        "korrekturen: [{datum: 2026-05-02, text: x}, {text: y, offen: ja}]",
        "corrections: {date: 2026-05-02, text: x, open: false}",
        "corrections: []",
    ],
)
def test_what_the_reader_takes_fits(validator: Draft7Validator, line: str) -> None:
    text = f"---\ntitle: x\ndate: 2026-05-01\nsection: politik\n{line}\n---\n"
    assert list(validator.iter_errors(header(text))) == []


@pytest.mark.parametrize(
    "line",
    [
        "kiker: Ort",
        "art: glosse",
        "updated: gestern",
        "draft: vielleicht",
        "published: vielleicht",
        "slug: Ä",
        "bild: {foo: x}",
        "korrekturen: Es waren drei.",
        "korrekturen: [{datum: 2026-05-02, offen: vielleicht}]",
    ],
)
def test_what_the_reader_refuses_does_not(validator: Draft7Validator, line: str) -> None:
    text = f"---\ntitle: x\ndate: 2026-05-01\nsection: politik\n{line}\n---\n"
    assert list(validator.iter_errors(header(text)))


@pytest.mark.parametrize("missing", ["title", "date", "section"])
def test_what_must_be_there_must(validator: Draft7Validator, missing: str) -> None:
    fields = {"title": "x", "date": "2026-05-01", "section": "politik"}
    assert list(validator.iter_errors({k: v for k, v in fields.items() if k != missing}))
    assert not list(validator.iter_errors(fields))


@pytest.mark.parametrize(
    ("kind", "folder", "whole", "wrong"),
    [
        (
            "firm",
            "firmen",
            {"name": "x", "town": "y"},
            ["plz: abc", "link: firma.example", "section: politik", "bezahlt: vielleicht"],
        ),
        (
            "ad",
            "anzeigen",
            {"name": "x", "platz": "oben", "bild": "x.svg", "alt": "x", "link": "https://x.y"},
            ["slot: unten", "bild: {foo: x}", "von: gestern", "section: politik"],
        ),
    ],
)
def test_every_field_of_firms_and_ads_is_explained_and_checked(
    kind: str, folder: str, whole: dict[str, str], wrong: list[str]
) -> None:
    made = schema(portals.load(ROOT / "portal.toml"), kind)
    Draft7Validator.check_schema(made)
    validator = Draft7Validator(made)
    for file in (ROOT / "content" / folder).glob("*.md"):
        assert list(validator.iter_errors(header(file.read_text(encoding="utf-8")))) == []
    assert list(validator.iter_errors(whole)) == []
    for line in wrong:
        assert list(validator.iter_errors(whole | header(f"---\n{line}\n---\n"))), line


def test_the_sample_portal_fits_its_own_schema() -> None:
    portal = portals.load(ROOT / "portal.toml")
    validator = Draft7Validator(schema(portal))
    for file in sorted((ROOT / "content").glob("2*/**/*.md")):
        wrong = [error.message for error in validator.iter_errors(header(file.read_text("utf-8")))]
        assert wrong == [], file.name


def test_a_new_draft_fits(tmp_path: Path) -> None:
    portal = portals.load(TestPortal.small(tmp_path / "p").root / "portal.toml")
    text = draft(portal, "Titel", day=datetime.date(2026, 5, 1), section=None, kind=None)
    assert list(Draft7Validator(schema(portal)).iter_errors(header(text))) == []
