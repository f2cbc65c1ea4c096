"""Write the corpus: N synthetic German articles as a portal of Stadtschreiber, Hugo or Pelican.

python -m benchmarks.corpus 10000 DIR [--seed 1] [--for stadtschreiber|hugo|pelican]
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from benchmarks.articles import articles
from benchmarks.dialects import DIALECTS, write


def main(arguments: Sequence[str] | None = None) -> None:
    """Write a corpus as the command line says."""
    root = Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description="Write N synthetic German articles to DIR.")
    parser.add_argument("count", type=int, metavar="N")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--for", dest="dialect", choices=DIALECTS, default="stadtschreiber")
    parser.add_argument("--layouts", type=Path, default=root / "layouts")
    parser.add_argument("--assets", type=Path, default=root / "assets")
    asked = parser.parse_args(arguments)
    write(
        articles(asked.count, asked.seed),
        asked.folder,
        asked.dialect,
        layouts=asked.layouts.resolve(),
        assets=asked.assets.resolve(),
    )


if __name__ == "__main__":
    main()
