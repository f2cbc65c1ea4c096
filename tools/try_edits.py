"""Tries random edits: after each one an incremental build has to equal a clean one.

    python -m tools.try_edits 2000 [--first SEED] [--steps 15]

prints the seed and the edits of each failure, as few of them as still fail.
"""

import argparse
import sys
import time

from tests.incremental import STEPS, explained, failure, sequence


def main() -> int:
    """Runs as many sequences as asked for; 1 if one failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sequences", type=int)
    parser.add_argument("--first", type=int, default=1, metavar="SEED")
    parser.add_argument("--steps", type=int, default=STEPS)
    options = parser.parse_args()
    failed = 0
    start = time.monotonic()
    for seed in range(options.first, options.first + options.sequences):
        steps = sequence(seed, options.steps)
        if failure(seed, steps):
            failed += 1
            print(explained(seed, steps), flush=True)  # noqa: T201 (what the command is for)
        if sys.stderr.isatty() or seed % 100 == 0:
            sys.stderr.write(f"{seed} done, {failed} failed\r")
    seconds = time.monotonic() - start
    said = f"{options.sequences} sequences of {options.steps}, {failed} failed, {seconds:.0f} s"
    print(said)  # noqa: T201
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
