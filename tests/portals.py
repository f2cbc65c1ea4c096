"""Portals for tests: real folders with real sources, layouts and assets, built for real."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from generator.base.problems import PortalError, Problem
from generator.base.report import Options, Report
from generator.build.build import build
from generator.config import portal as portals
from generator.config.portal import Portal

ROOT: Final = Path(__file__).parent.parent
NOW: Final = datetime(2026, 6, 15, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))
"""The moment for which tests build, unless they say otherwise."""

PORTAL: Final = """\
title = "Amt & Alltag"
address = "https://www.amt.example"
description = "Nachrichten für Tests"
publisher = "Amt & Alltag Verlag"

[[sections]]
id = "politik"
name = "Politik"

[[sections]]
id = "technik"
name = "Technik"

[authors]
ve = "Vera Eschenbach"
tl = "Tamino Lohse"

[pages]
section = 3
keyword = 3
author = 3

[pdf]
enabled = false
"""


SVG: Final = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 1h9"/></svg>'


@dataclass(frozen=True)
class TestPortal:
    """A portal in a folder of its own."""

    __test__ = False

    root: Path

    @classmethod
    def make(cls, root: Path, *, toml: str = PORTAL) -> "TestPortal":
        """A portal with the layouts and the style of the sample portal, and no article yet."""
        root.mkdir(parents=True, exist_ok=True)
        made = cls(root)
        made.write("portal.toml", toml)
        shutil.copytree(ROOT / "layouts", root / "layouts")
        shutil.copytree(ROOT / "assets", root / "assets", ignore=shutil.ignore_patterns("bilder"))
        (root / "content").mkdir()
        return made

    @classmethod
    def small(cls, root: Path, *, toml: str = PORTAL) -> "TestPortal":
        """A portal with layouts that ask every question and are rendered in no time."""
        root.mkdir(parents=True, exist_ok=True)
        made = cls(root)
        made.write("portal.toml", toml)
        shutil.copytree(ROOT / "tests" / "small_layouts", root / "layouts")
        made.write("assets/style.css", "body{}\n")
        made.write("assets/pictures/logo.svg", SVG)
        (root / "content").mkdir()
        return made

    def write(self, path: str, text: str | bytes) -> Path:
        """Writes a file of the portal."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    def article(self, path: str, text: str = "Ein Satz.", **fields: object) -> Path:
        """Writes an article; fields that are not given have a plain value, None leaves one out."""
        wanted: dict[str, object] = {
            "title": f"Titel von {path}",
            "date": "2026-05-01",
            "section": "politik",
        }
        wanted |= fields
        header = "".join(f"{key}: {value}\n" for key, value in wanted.items() if value is not None)
        return self.write(f"content/{path}", f"---\n{header}---\n\n{text}\n")

    def build(self, **options: object) -> Report:
        """Builds for NOW in this process."""
        wanted: dict[str, object] = {"at": NOW} | options
        return build(portals.load(self.root / "portal.toml"), Options(**wanted))  # type: ignore[arg-type]

    def mistakes(self, **options: object) -> list[Problem]:
        """What a build in this process says is wrong; there has to be something."""
        try:
            self.build(**options)
        except PortalError as error:
            return list(error.problems)
        raise AssertionError("nothing is wrong")

    def run(
        self, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """Runs the command in a process of its own, in the portal's folder."""
        return subprocess.run(
            [sys.executable, "-m", "generator", *arguments],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    @property
    def output(self) -> Path:
        """The output folder."""
        return self.root / "output"

    def files(self) -> dict[str, bytes]:
        """Every file of the output with its bytes."""
        return files_of(self.output)

    def page(self, address: str) -> str:
        """The text of the page at an address."""
        return (self.output / address.lstrip("/") / "index.html").read_text(encoding="utf-8")

    def has(self, address: str) -> bool:
        """Whether there is a page at an address."""
        return (self.output / address.lstrip("/") / "index.html").is_file()


def without_sources(root: Path) -> Portal:
    """A portal of `PORTAL`'s settings, whose folders are there and empty."""
    for folder in ("content", "layouts", "assets"):
        (root / folder).mkdir()
    (root / "portal.toml").write_text(PORTAL, encoding="utf-8")
    return portals.load(root / "portal.toml")


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes, by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
