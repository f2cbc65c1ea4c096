"""After any sequence of edits an incremental build equals a clean one, byte for byte."""

import pytest

from tests.incremental import STEPS, explained, failure, run, sequence

pytestmark = pytest.mark.slow

SEQUENCES = 60
TOGETHER = 4
"""Sequences in one test, so that they spread over the processors."""


@pytest.mark.parametrize("first", range(1, SEQUENCES + 1, TOGETHER))
def test_an_incremental_build_equals_a_clean_one(first: int) -> None:
    for seed in range(first, first + TOGETHER):
        steps = sequence(seed, STEPS)
        if failure(seed, steps):
            pytest.fail(explained(seed, steps), pytrace=False)


def test_most_edits_are_no_mistakes() -> None:
    """Otherwise the builds that are compared would all have failed."""
    assert run(0, sequence(1, STEPS)) > STEPS / 2
