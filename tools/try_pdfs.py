"""Tries PDFs of articles of chance: each word inside the margins, none on another, none missing.

    python -m tools.try_pdfs 2000 [--seed 1] [--jobs 2] [--keep FOLDER]

prints the seed, what is wrong, and the smallest article that still fails.
"""

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from generator.base.machine import available
from tests.papers import BATCH, failures

OFTEN = 10
"""After so many batches it says how far it is."""


def main() -> int:
    """Tries as many articles as asked for; 1 if the PDF of one is wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("articles", type=int, nargs="?", default=1000)
    parser.add_argument("--seed", type=int, default=1, help="the first one")
    parser.add_argument("--jobs", type=int, default=available(), help="how many processes")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where failing PDFs are put")
    options = parser.parse_args()
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    last = options.seed + options.articles
    batches = [range(first, min(first + BATCH, last)) for first in range(options.seed, last, BATCH)]
    failed = 0
    start = time.monotonic()
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        for done, wrong in enumerate(pool.map(partial(failures, keep=options.keep), batches), 1):
            for each in wrong:
                failed += 1
                print(each, flush=True)  # noqa: T201 (what the command is for)
            if done % OFTEN == 0:
                seconds = time.monotonic() - start
                sys.stderr.write(f"{done * BATCH} done, {failed} failed, {seconds:.0f} s\n")
    seconds = time.monotonic() - start
    print(f"{options.articles} articles, {failed} failed, {seconds:.0f} s")  # noqa: T201
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
