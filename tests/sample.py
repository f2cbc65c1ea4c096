"""The sample portal, built once for all tests that look at it."""

import shutil
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from generator.base.report import Options
from generator.build.build import build
from generator.config import portal as portals
from tests.portals import ROOT

AT: Final = datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))
"""The moment for which the sample portal is built here: its draft and its embargo still hold."""

ADDRESS: Final = "https://www.rathaus-und-netz.example"


def build_sample(folder: Path) -> Path:
    """Builds the repository's own portal into `folder`; its store lies there as well."""
    for part in ("content", "layouts", "assets"):
        shutil.copytree(ROOT / part, folder / part)
    shutil.copyfile(ROOT / "portal.toml", folder / "portal.toml")
    portal = portals.load(folder / "portal.toml")
    folders = msgspec.structs.replace(portal.folders, output=folder / "output")
    build(msgspec.structs.replace(portal, folders=folders), Options(at=AT, jobs=2))
    return folder / "output"
