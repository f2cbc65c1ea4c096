"""Counts the lines of code: what is left without docstrings, comments and blank lines.

    python -m tools.code_lines [FOLDER | REV]

Without an argument it counts `generator/` of the working tree, with a commit that git knows that
commit's, with a folder all Python in it. One line for each module and package, then the total.
"""

import ast
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PACKAGE: Final = "generator"


class NotCountableError(Exception):
    """What is to be counted is neither there nor known to git, or is no Python."""


def code_lines(text: str) -> int:
    """How many lines of a module's `text` are code.

    Not code: blank lines, lines that begin with `#`, and all lines of a text that stands alone as a
    statement, which is a docstring or explains the name above it. Other texts of many lines are
    code, but for their blank lines and those that begin with `#`.
    """
    told: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Expr(value=ast.Constant(value=str())):
                told.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    # Not `splitlines`, which also splits at characters that end no line of Python.
    lines = enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1)
    return sum(
        number not in told and bool(line.strip()) and not line.lstrip().startswith("#")
        for number, line in lines
    )


def by_part(counted: Mapping[str, int]) -> dict[str, int]:
    """The lines of each file and of each folder above it, by path; "" is the total."""
    parts: Counter[str] = Counter({"": 0})
    for path, lines in counted.items():
        parts[path] += lines
        for above in PurePosixPath(path).parents:
            parts["" if above == PurePosixPath() else f"{above}/"] += lines
    return dict(sorted(parts.items()))


def count(wanted: str | None = None) -> dict[str, int]:
    """The lines of each Python file of a folder or commit, by path; NotCountableError."""
    counted = {}
    for path, text in _sources(wanted):
        try:
            counted[path] = code_lines(text)
        except SyntaxError as error:
            raise NotCountableError(f"{path}:{error.lineno}: {error.msg}") from error
    return counted


def _sources(wanted: str | None) -> Iterator[tuple[str, str]]:
    folder = ROOT / PACKAGE if wanted is None else Path(wanted)
    if folder.is_dir():
        for file in sorted(folder.rglob("*.py")):
            yield file.relative_to(folder).as_posix(), file.read_text(encoding="utf-8")
        return
    for path in _git("ls-tree", "-r", "-z", "--name-only", f"{wanted}:{PACKAGE}").split("\0"):
        if path.endswith(".py"):
            yield path, _git("show", f"{wanted}:{PACKAGE}/{path}")


def _git(*command: str) -> str:
    git = shutil.which("git")
    if git is None:
        raise NotCountableError(f"no folder, and no git that could know it: {command[-1]}")
    done = subprocess.run([git, *command], cwd=ROOT, capture_output=True, check=False)  # noqa: S603 (git)
    if done.returncode:
        raise NotCountableError(f"no folder, and git says: {done.stderr.decode().strip()}")
    return done.stdout.decode()


def main(arguments: Sequence[str]) -> None:
    """Count as the command line says, and print it."""
    if len(arguments) > 1:
        sys.exit(__doc__)
    try:
        parts = by_part(count(*arguments))
    except NotCountableError as error:
        sys.exit(str(error))
    total = parts.pop("")
    for name, lines in {**parts, "total": total}.items():
        sys.stdout.write(f"{lines:7,}  {name}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
