"""Tries random edits: after each one an incremental build has to equal a clean one.

    python -m tools.try_edits 2000 [--first SEED] [--steps 15] [--jobs 2]

prints the seed and the edits of each failure, as few of them as still fail.
"""

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Final

from generator.base.machine import available
from tests.incremental import STEPS, explained, failure, sequence

OFTEN: Final = 20
"""After so many sequences it says how far it is."""


def main() -> int:
    """Runs as many sequences as asked for; 1 if one failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sequences", type=int)
    parser.add_argument("--first", type=int, default=1, metavar="SEED")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--jobs", type=int, default=available(), help="how many processes")
    options = parser.parse_args()
    failed = 0
    start = time.monotonic()
    seeds = range(options.first, options.first + options.sequences)
    with ProcessPoolExecutor(options.jobs) as pool:
        for done, wrong in enumerate(pool.map(partial(tried, options.steps), seeds), 1):
            if wrong:
                failed += 1
                print(wrong, flush=True)  # noqa: T201 (what the command is for)
            if done % OFTEN == 0:
                seconds = time.monotonic() - start
                sys.stderr.write(f"{done} done, {failed} failed, {seconds:.0f} s\n")
    seconds = time.monotonic() - start
    said = f"{options.sequences} sequences of {options.steps}, {failed} failed, {seconds:.0f} s"
    print(said)  # noqa: T201
    return 1 if failed else 0


def tried(steps: int, seed: int) -> str:
    """What goes wrong with the sequence of a seed; "" if nothing does."""
    edits = sequence(seed, steps)
    return explained(seed, edits) if failure(seed, edits) else ""


if __name__ == "__main__":
    sys.exit(main())
