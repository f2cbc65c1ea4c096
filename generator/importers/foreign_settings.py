"""What other generators' configurations say, read as text: no program of theirs is run."""

import ast
import json
import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, cast

import yaml

Kind = Literal["Jekyll", "Hugo", "Eleventy", "Pelican", "Zola", "Nikola", "Markdown"]

LONGEST: Final = 1_000_000
"""Bytes of a configuration; others are none."""

_FILES: Final[tuple[tuple[str, Kind], ...]] = (
    ("_config.yml", "Jekyll"), ("_config.yaml", "Jekyll"), ("_config.toml", "Jekyll"),
    ("pelicanconf.py", "Pelican"), ("conf.py", "Nikola"),
    ("hugo.toml", "Hugo"), ("hugo.yaml", "Hugo"), ("hugo.yml", "Hugo"), ("hugo.json", "Hugo"),
    ("zola.toml", "Zola"), ("config.toml", "Hugo"), ("config.yaml", "Hugo"), ("config.yml", "Hugo"),
    ("config.json", "Hugo"), ("config/_default/hugo.toml", "Hugo"),
    ("config/_default/config.toml", "Hugo"), ("config/_default/hugo.yaml", "Hugo"),
    ("config/_default/config.yaml", "Hugo"),
    ("eleventy.config.js", "Eleventy"), ("eleventy.config.mjs", "Eleventy"),
    ("eleventy.config.cjs", "Eleventy"), (".eleventy.js", "Eleventy"),
)  # fmt: skip
_DATA: Final = ("_data/site.json", "_data/metadata.json", "src/_data/site.json",
                "src/_data/metadata.json", "content/_data/site.json")  # fmt: skip
_LINE: Final = re.compile(
    r"[\"']?(title|url|description|language)[\"']?\s*:\s*[\"']([^\"'\n]+)[\"']"
)


class Found(NamedTuple):
    """A kind of archive, and what its configuration says; keys in small letters."""

    kind: Kind
    values: Mapping[str, Any]

    def text(self, *names: str) -> str:
        """The first of these settings that is a text."""
        for name in names:
            value: Any = self.values
            for part in name.split("."):
                value = value.get(part) if isinstance(value, dict) else None
            if isinstance(value, str | int | float) and str(value).strip():
                return str(value).strip()
        return ""


def read(folder: Path) -> Found:
    """What kind of archive a folder is, and what it says of itself."""
    for name, kind in _FILES:
        file = folder / name
        if file.is_file() and file.stat().st_size <= LONGEST:
            values = _values(file)
            if kind == "Nikola" and "blog_title" not in values:
                continue
            is_zola = name == "config.toml" and "base_url" in values
            return Found(
                "Zola" if is_zola else kind, _data(folder) if kind == "Eleventy" else values
            )
    if (folder / "_posts").is_dir():
        return Found("Jekyll", {})
    return Found("Markdown", {})


def _values(file: Path) -> dict[str, Any]:
    written = file.read_text(encoding="utf-8-sig", errors="replace")
    found: object = {}
    with suppress(ValueError, yaml.YAMLError, RecursionError, SyntaxError):
        if file.suffix == ".toml":
            found = tomllib.loads(written)
        elif file.suffix == ".json":
            found = json.loads(written)
        elif file.suffix == ".py":
            found = _assigned(written)
        elif file.suffix in (".yml", ".yaml") and not re.search(r"(?:^|\s)[&*]\w", written):
            found = yaml.load(written, Loader=yaml.BaseLoader)  # noqa: S506 - makes texts of all
    return _small(found) if isinstance(found, dict) else {}


def _small(found: dict[Any, Any]) -> dict[str, Any]:
    return {str(k).lower(): _small(v) if isinstance(v, dict) else v for k, v in found.items()}


def _assigned(written: str) -> dict[str, Any]:
    """The constants that a program of Python assigns to names, without running it."""
    values: dict[str, Any] = {}
    for line in ast.parse(written).body:
        if (
            isinstance(line, ast.Assign)
            and len(line.targets) == 1
            and isinstance(line.targets[0], ast.Name)
        ):
            with suppress(ValueError, TypeError, MemoryError, RecursionError):
                values[line.targets[0].id] = ast.literal_eval(line.value)
    return values


def _data(folder: Path) -> dict[str, Any]:
    for name in _DATA:
        if (folder / name).is_file():
            return _values(folder / name)
    for name in (
        "_data/site.js",
        "_data/metadata.js",
        "src/_data/site.js",
        "src/_data/metadata.js",
    ):
        if (folder / name).is_file():
            written = (folder / name).read_text(encoding="utf-8", errors="replace")
            return dict(cast("list[tuple[str, str]]", _LINE.findall(written)))
    return {}


def collections_of(stated: object) -> dict[str, bool]:
    """The collections of Jekyll's configuration, and whether each text in them is a page."""
    if isinstance(stated, list):
        return {str(name): False for name in stated}
    given = stated.items() if isinstance(stated, dict) else ()
    return {
        str(name): isinstance(said, dict) and str(said.get("output")).lower() == "true"
        for name, said in given
        if name != "posts"
    }
