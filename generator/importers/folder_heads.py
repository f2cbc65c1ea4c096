"""What is known of a text in a folder: its head, a file beside it, what its archive presumes."""

import posixpath
import re
from collections.abc import Mapping
from fnmatch import fnmatch
from html import unescape
from pathlib import Path
from typing import Any, Final

from generator.base.problems import PortalError
from generator.front_matter import foreign_heads, foreign_keys
from generator.front_matter.foreign_heads import Head, Value
from generator.importers.foreign_settings import Found
from generator.importers.head_values import first
from generator.importers.html_tree import names
from generator.importers.reasons import Reason, reason

_TITLE: Final = re.compile(r"\s*title:[ \t]*(\S.*)\n[ \t]*(?:\n|\Z)", re.IGNORECASE)
_HTML_TITLE: Final = re.compile(r"<title[^>]*>([^<]*)</title>", re.IGNORECASE)
_HTML_META: Final = re.compile(
    r"<meta\s+name=[\"']([\w-]+)[\"']\s+contents?=[\"']([^\"']*)[\"']", re.IGNORECASE
)
_BODY: Final = re.compile(r"<body[^>]*>(.*)</body>", re.IGNORECASE | re.DOTALL)
_PRESUMED: Final = names("category categories tags author authors permalink image")
"""Values for many texts that say something of each."""
_GROUPS: Final = names("category categories")

_NOT_HIDING: Final = names("publishdate unpublishdate permalink render build")
"""Keys that `foreign_keys` takes for signs of what is hidden, and that are dates and addresses."""


def head_of(file: Path, path: str, found: Found) -> Head:
    """The head of a text whose path in the archive is `path`, and the text below it.

    PortalError: what looks like a head cannot be read.
    """
    data = file.read_bytes()
    if data.startswith(b"---json"):
        data = data.removeprefix(b"---json").replace(b"\n---", b"\n", 1)
    head = foreign_heads.split(data)
    if not head.fields:
        head = _other_head(file, head, found)
    presumed = _presumed(path, found) if found.kind == "Jekyll" else {}
    if found.kind == "Eleventy":
        presumed = _directory_data(file, path)
    if not _GROUPS.isdisjoint(head.fields):
        presumed = {key: value for key, value in presumed.items() if key not in _GROUPS}
    return head._replace(fields={**presumed, **head.fields}) if head.fields else head


def _other_head(file: Path, head: Head, found: Found) -> Head:
    """The head in a file beside the text, in Pelican's shortest form, or in that of HTML."""
    beside = file.with_suffix(".meta")
    if found.kind == "Nikola" and beside.is_file():
        return Head(foreign_heads.split(beside.read_bytes()).fields, head.text, "nikola")
    if found.kind != "Pelican":
        return head
    if title := _TITLE.match(head.text):
        return Head({"title": title[1].strip()}, head.text[title.end() :], "pelican")
    if title := _HTML_TITLE.search(head.text):
        given: dict[str, Value] = {
            key.lower(): unescape(said) for key, said in _HTML_META.findall(head.text)
        }
        body = _BODY.search(head.text)
        text = body[1] if body else head.text
        return Head({"title": unescape(title[1]).strip(), **given}, text, "pelican")
    return head


def _presumed(path: str, found: Found) -> dict[str, Value]:
    """What Jekyll's configuration says of all texts in a folder, or of a kind."""
    collection = path.split("/", maxsplit=1)[0].removeprefix("_")
    kinds = {"posts" if "_posts/" in path else "drafts" if "_drafts/" in path else collection}
    kinds |= {"pages", ""} if "_" not in path[:1] and "_posts/" not in path else {""}
    rules: list[tuple[int, dict[str, Any]]] = []
    stated = found.values.get("defaults")
    for rule in stated if isinstance(stated, list) else ():
        scope, values = (rule.get(part) if isinstance(rule, dict) else None
                         for part in ("scope", "values"))  # fmt: skip
        if not isinstance(scope, dict) or not isinstance(values, dict):
            continue
        where = str(scope.get("path") or "").strip("/")
        there = not where or f"{path}/".startswith(f"{where}/") or fnmatch(path, where)
        if there and str(scope.get("type") or "") in kinds:
            rules.append((len(where), values))
    said = {
        str(key).lower(): value
        for _, values in sorted(rules, key=lambda rule: rule[0])
        for key, value in values.items()
    }
    return {key: value for key, value in said.items() if _counts(key, value)}


def _directory_data(file: Path, path: str) -> dict[str, Value]:
    """What Eleventy's files of data say of all texts in their folder, the nearest first."""
    said: dict[str, Value] = {}
    folder, above = file.parent, posixpath.dirname(path)
    while above:
        for name in (f"{folder.name}.json", f"{folder.name}.11tydata.json"):
            try:
                found = foreign_heads.split((folder / name).read_bytes())
            except (OSError, PortalError):
                continue
            said = {key: value for key, value in found.fields.items() if _counts(key, value)} | said
        folder, above = folder.parent, posixpath.dirname(above)
    return said


def _counts(key: str, value: object) -> bool:
    said = value if isinstance(value, str) else None
    return key in _PRESUMED or foreign_keys.hides(key, said) == "hidden" or key == "draft"


def hidden(fields: Mapping[str, Value]) -> Reason | None:
    """Why a text was not public by its own fields, None where it was."""
    for key, value in fields.items():
        if key in ("build", "_build") and isinstance(value, dict):
            if str(value.get("render", "")).lower() in ("never", "false"):
                return reason("import-not-public", state=f"{key}: render: never")
            continue
        said = value if isinstance(value, str) else None
        if key == "draft" and first(fields, "draft").lower() in ("true", "yes", "1", "on"):
            return reason("import-was-draft")
        if foreign_keys.bare(key) not in _NOT_HIDING and foreign_keys.hides(key, said) == "hidden":
            return reason("import-not-public", state=f"{key}: {said}")
    return None
