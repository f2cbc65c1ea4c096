"""What `check` says to programs: our JSON, and SARIF as its own schema wants it."""

import json
from pathlib import Path
from typing import Final

from jsonschema import Draft4Validator

from generator.base.problems import problem
from generator.check.check import Finding
from generator.check.formats import as_json, as_sarif

SCHEMA: Final = Path(__file__).parents[1] / "data" / "sarif-2.1.0.json"
"""The standard's, 2.1.0-rtm.5, as @microsoft/jest-sarif ships it (MIT)."""

FOUND: Final = (
    Finding(problem("link-dead", "content/ä b.md", 9, 5, target="/x/", nearest="/y/"), "error"),
    Finding(problem("lead-missing", "content/a.md", 1), "warning"),
    Finding(problem("address-would-vanish", "content/weg.md", address="/weg/"), "warning"),
)


def test_json_says_all_that_is_known() -> None:
    said = json.loads(as_json(FOUND, "de"))
    assert (said["version"], said["errors"], said["warnings"]) == (1, 1, 2)
    assert said["findings"][0] == {
        "path": "content/ä b.md",
        "line": 9,
        "column": 5,
        "level": "error",
        "number": "C106",
        "rule": "link-dead",
        "what": "Der Link auf „/x/“ führt in diesem Portal ins Leere.",
        "hint": "Die nächstliegende Adresse, die es gibt, ist „/y/“.",
    }
    assert [(f["line"], f["column"]) for f in said["findings"][1:]] == [(1, None), (None, None)]


def test_sarif_is_sarif() -> None:
    validator = Draft4Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    for found in (FOUND, ()):
        log = json.loads(as_sarif(found, "en"))
        assert [error.message for error in validator.iter_errors(log)] == []
    (run,) = json.loads(as_sarif(FOUND, "en"))["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "content/%C3%A4%20b.md"
    assert place["region"] == {"startLine": 9, "startColumn": 5}
