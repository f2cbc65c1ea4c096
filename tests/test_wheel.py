"""The wheel installs elsewhere, and the README's way to the first article leads there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.portals import ROOT


def run(*command: str | Path, folder: Path) -> str:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command, installed from the wheel into an environment without this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    uv = shutil.which("uv") or str(Path(sys.executable).parent / "uv")
    run(uv, "build", "--quiet", "--wheel", "--out-dir", folder, folder=ROOT)
    run(uv, "venv", "--quiet", "--python", sys.executable, folder / "venv", folder=folder)
    wheel = next(folder.glob("*.whl"))
    run(
        uv,
        "pip",
        "install",
        "--quiet",
        "--python",
        folder / "venv" / "bin" / "python",
        wheel,
        folder=folder,
    )
    return folder / "venv" / "bin" / "stadtschreiber"


def readme_article() -> tuple[str, str]:
    """The path and the text of the first article, as the README says."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"Write `\.\./mein-portal/(\S+)`:\s+```markdown\n(.*?)```", text, re.DOTALL)
    assert found
    return found[1], re.sub(r"^   ", "", found[2], flags=re.MULTILINE)


def test_from_nothing_to_the_first_article(installed: Path, tmp_path: Path) -> None:
    assert "portal.toml" in run(installed, "init", "mein-portal", folder=tmp_path)
    portal = tmp_path / "mein-portal"
    path, text = readme_article()
    file = portal / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    said = run(installed, "build", "--portal", portal, "--at", "2026-12-01", folder=tmp_path)
    assert "2 articles" in said
    page = (portal / "output/2026/11/mein-artikel/index.html").read_text(encoding="utf-8")
    assert "Stadtrat: Neuer Ratssaal öffnet" in page
    assert "<em>alle</em> Bürger*innen" in page
    assert list((portal / "output/assets").rglob("*.css"))
    assert list((portal / "output/assets").rglob("*.woff2"))


def test_a_new_portal_never_overwrites_an_old_one(installed: Path, tmp_path: Path) -> None:
    run(installed, "init", "portal", folder=tmp_path)
    again = subprocess.run(
        [installed, "init", "portal"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert again.returncode == 1
    assert "portal.toml" in again.stderr
