"""The modules stand where ARCHITECTURE.md puts them, and import only downwards."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "generator"
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py") if not path.stem.startswith("__"))


def order() -> list[str]:
    """The modules from the ground up, as the table in ARCHITECTURE.md lists them."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| [^|]+ \| (`\w+\.py`.*?) \|", text, re.MULTILINE)
    return [name for cell in rows for name in re.findall(r"`(\w+)\.py`", cell)]


def imports(module: str) -> set[str]:
    """The modules of the package that `module` imports, wherever in it."""
    tree = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "generator":
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("generator."):
            found.add(str(node.module).split(".")[1])
        elif isinstance(node, ast.Import):
            found.update(
                a.name.split(".")[1] for a in node.names if a.name.startswith("generator.")
            )
    return found & set(MODULES)


def test_every_module_has_its_place() -> None:
    assert sorted(order()) == MODULES


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_what_stands_below_it(module: str) -> None:
    places = order()
    assert {
        other for other in imports(module) if places.index(other) >= places.index(module)
    } == set()


@pytest.mark.parametrize("module", MODULES)
def test_a_module_can_be_read_at_a_sitting(module: str) -> None:
    assert len((PACKAGE / f"{module}.py").read_text(encoding="utf-8").splitlines()) <= 500
