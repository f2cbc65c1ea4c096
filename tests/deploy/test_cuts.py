"""Deploys that are killed, interrupted or cut off, while readers fetch pages through nginx."""

import random

import pytest

from tools.try_deploys import cuts

pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.needs("nginx", "sshd", "rsync")]


# One with releases, one in place, both from afar; the tool tries all kinds, and for longer.
@pytest.mark.parametrize("kind", ["rsync", "sftp"])
def test_no_page_is_torn_no_asset_dead_and_the_next_run_is_complete(kind: str) -> None:
    caught, fetched, wrong = cuts(kind, 4, random.Random(5))
    assert wrong == {}
    assert fetched > 100
    assert caught > 0
