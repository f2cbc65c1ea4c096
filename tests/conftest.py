"""What all tests share."""

from pathlib import Path

import pytest
from filelock import FileLock

from tests.portals import TestPortal
from tests.sample import build_sample


@pytest.fixture
def portal(tmp_path: Path) -> TestPortal:
    """An empty portal with the sample portal's layouts."""
    return TestPortal.make(tmp_path / "portal")


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of the sample portal, built once for all test processes."""
    shared = tmp_path_factory.getbasetemp().parent / "sample"
    with FileLock(f"{shared}.lock"):
        if not (shared / "output").is_dir():
            build_sample(shared)
    return shared / "output"
