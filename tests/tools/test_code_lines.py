"""What counts as a line of code, where the size of the generator is told."""

from pathlib import Path

import pytest

from tests.portals import ROOT
from tools.code_lines import NotCountableError, by_part, code_lines, count

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", 0),
        ("\n  \n\t\n", 0),
        ("# Ein Grund.\nx = 1  # und noch einer\n    # eingerückt\n", 1),
        ('"""Der Vertrag.\n\nUnd mehr.\n"""\nimport ast\n', 1),
        ('def f():\n    """Der Vertrag."""\n    return 1\n', 2),
        ('class A:\n    """Der Vertrag."""\n', 1),
        ('x = 1\n"""Wozu es x gibt,\nin zwei Zeilen."""\ny = 2\n', 2),
        ('x = """Kopf\n\n# Titel\nText\n"""\n', 3),  # a value; its blank lines and marks are none
        ('f("""eins\nzwei""")\n', 2),
        ("x = (\n    1\n)\n", 3),
        ("x = 'a\u2028b'\ny = 'c\x0cd'\n", 2),  # these end lines for `splitlines`, not for Python
        ("x = 1\r\n\r\ny = 2\r\n", 2),
    ],
)
def test_only_code_counts(text: str, lines: int) -> None:
    assert code_lines(text) == lines


def test_each_module_and_each_package_is_told_beside_the_total() -> None:
    counted = {"cli.py": 3, "site/pages.py": 5, "site/lists/months.py": 7, "site/empty.py": 0}
    assert by_part(counted) == {
        "": 15,
        "cli.py": 3,
        "site/": 12,
        "site/empty.py": 0,
        "site/lists/": 7,
        "site/lists/months.py": 7,
        "site/pages.py": 5,
    }


def test_nothing_is_no_code() -> None:
    assert by_part({}) == {"": 0}


def test_a_folder_is_counted_with_what_lies_below_it_and_only_python(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "pages.py").write_text("x = 1\n\ny = 2\n", encoding="utf-8")
    (tmp_path / "words.toml").write_text("x = 1\n", encoding="utf-8")
    assert count(str(tmp_path)) == {"site/pages.py": 2}


def test_the_generator_is_counted_unless_something_else_is_named() -> None:
    assert count() == count(str(ROOT / "generator"))
    assert sum(count().values()) > 10_000


def test_a_file_that_is_no_python_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\ny = (\n", encoding="utf-8")
    with pytest.raises(NotCountableError, match=r"^a\.py:2: "):
        count(str(tmp_path))


def test_what_is_neither_a_folder_nor_a_commit_is_said_so() -> None:
    with pytest.raises(NotCountableError, match="no folder"):
        count("no-such-commit")
