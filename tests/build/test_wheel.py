"""The wheel installs elsewhere, and the README's way to the first article leads there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.portals import ROOT

pytestmark = pytest.mark.system


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


def readme(language: str) -> list[str]:
    """The blocks of the README's way to the first article."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    chapter = text.partition("\n## Five minutes")[2].partition("\n## ")[0]
    found = re.findall(rf"^ +```{language}\n(.*?)^ +```", chapter, re.DOTALL | re.MULTILINE)
    return [re.sub("^   ", "", block, flags=re.MULTILINE) for block in found]


def test_from_nothing_to_the_first_article(installed: Path, tmp_path: Path) -> None:
    """Pastes the README's commands into a shell, one block after the other."""
    clone, portal = tmp_path / "clone", tmp_path / "mein-portal"
    (clone / ".venv").mkdir(parents=True)
    (clone / ".venv" / "bin").symlink_to(installed.parent)
    make, new, serve, publish = readme("sh")
    assert serve == "stadtschreiber serve\n"  # tests/serve/test_preview*.py
    (article,) = readme("markdown")
    write = f"draft=$({new.strip()})\ncat > \"$draft\" <<'END'\n{article}END\n"
    said = run("bash", "-ec", make + write + publish, folder=clone)
    assert "Nothing to say." in said
    assert "2 articles" in said
    (page,) = (portal / "output").glob("20*/*/stadtrat-neuer-ratssaal-oeffnet/index.html")
    text = page.read_text(encoding="utf-8")
    assert "Stadtrat: Neuer Ratssaal öffnet" in text
    assert "<em>alle</em> Bürger*innen" in text
    assert list((portal / "output/assets").rglob("*.css"))
    assert list((portal / "output/assets").rglob("*.woff2"))


def test_a_new_portal_says_how_to_go_on(installed: Path, tmp_path: Path) -> None:
    """Each line that it says can be pasted."""
    said = run(installed, "init", "mein portal", folder=tmp_path)
    steps = said.partition("Next:")[2].splitlines()
    # The preview goes on until it is ended; a new portal knows no place to be published to.
    lines = [line for line in steps if not re.search(" (serve|publish) ", line)]
    assert any(" new " in line for line in lines)
    run("bash", "-ec", "\n".join(lines), folder=tmp_path)
    assert list(tmp_path.glob("mein portal/content/*/*/my-first-title.md"))
    assert (tmp_path / "mein portal/output/index.html").exists()


def test_a_new_portal_never_overwrites_an_old_one(installed: Path, tmp_path: Path) -> None:
    run(installed, "init", "portal", folder=tmp_path)
    again = subprocess.run(
        [installed, "init", "portal"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert again.returncode == 1
    assert "portal.toml" in again.stderr
