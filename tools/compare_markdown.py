"""Compares texts with what CommonMark and GitHub make of them, block by block.

    python -m tools.compare_markdown FOLDER…

names each Markdown file whose tree of blocks differs, and the first difference.
"""

import argparse
import re
import sys
from pathlib import Path

from tests.markdown.oracle import difference

_HEADER = re.compile(r"\A---[ \t]*\n.*?\n---[ \t]*\n", re.DOTALL)


def main() -> int:
    """Compares all files below the folders; 1 if one differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    files = sorted(f for folder in parser.parse_args().folders for f in folder.rglob("*.md"))
    differing = 0
    for file in files:
        text = file.read_text(encoding="utf-8-sig", errors="replace")
        if found := difference(_HEADER.sub("", text, count=1)):
            differing += 1
            print(f"{file}\n  wanted {found[0]}\n  made   {found[1]}")  # noqa: T201 - its purpose
    print(f"{len(files)} files, {differing} differ")  # noqa: T201 - its purpose
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
