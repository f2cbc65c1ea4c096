"""What a check found, for programs: JSON of our own, and SARIF 2.1.0.

The JSON is stable: keys may be added, none will go or change its meaning while `version` is 1.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final
from urllib.parse import quote

from generator import __version__
from generator.base.problems import message
from generator.base.words import LANGUAGES, Language, general
from generator.check.check import Finding

VERSION: Final = 1
SARIF_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def as_json(findings: Sequence[Finding], language: Language) -> str:
    """The findings as JSON; a line or column that is not known is null."""
    errors = sum(finding.is_error for finding in findings)
    found = {
        "version": VERSION,
        "generator": f"stadtschreiber {__version__}",
        "errors": errors,
        "warnings": len(findings) - errors,
        "findings": [
            {
                "path": one.path,
                "line": one.line or None,
                "column": one.column or None,
                "level": level,
                "number": one.message.number,
                "rule": one.name,
                "what": one.what(language),
                "hint": one.hint(language),
            }
            for one, level in findings
        ],
    }
    return json.dumps(found, ensure_ascii=False, indent=2)


def as_sarif(findings: Sequence[Finding], language: Language) -> str:
    """The findings as SARIF 2.1.0, which code hosts and editors show beside the text."""
    names = sorted(
        {finding.problem.name for finding in findings}, key=lambda name: message(name).number
    )
    driver = {
        "name": "Stadtschreiber",
        "version": __version__,
        "language": language,
        "rules": [_rule(name) for name in names],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": list(_results(findings, names, language)),
    }
    log = {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2)


def _rule(name: str) -> dict[str, Any]:
    told = message(name)
    return {
        "id": told.number,
        "name": name,
        "fullDescription": {"text": " / ".join(general(told.what[known]) for known in LANGUAGES)},
        "defaultConfiguration": {"level": told.severity},
    }


def _results(
    findings: Iterable[Finding], names: Sequence[str], language: Language
) -> Iterable[dict[str, Any]]:
    for one, level in findings:
        place: dict[str, Any] = {
            "artifactLocation": {"uri": quote(one.path), "uriBaseId": "%SRCROOT%"}
        }
        if one.line:
            place["region"] = {"startLine": one.line}
            if one.column:
                place["region"]["startColumn"] = one.column
        yield {
            "ruleId": one.message.number,
            "ruleIndex": names.index(one.name),
            "level": level,
            "message": {"text": f"{one.what(language)} {one.hint(language)}"},
            "locations": [{"physicalLocation": place}],
        }
