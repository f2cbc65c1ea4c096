"""What all tests share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, sync_playwright

from tests import browser as browsers
from tests import needs
from tests.compiling import compiled_once
from tests.portals import TestPortal
from tests.sample import build_sample


def pytest_configure() -> None:
    """Where the machine has forbidden it, each of the many processes would compile all modules."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what opens a browser, so that nobody can forget it."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skips a test of something that is missing here, and says how it comes here."""
    for marker in item.iter_markers("needs"):
        needs.want(*marker.args)


@pytest.fixture(scope="session", autouse=True)
def _layouts_are_compiled_once() -> Iterator[None]:
    with compiled_once():
        yield


@pytest.fixture
def portal(tmp_path: Path) -> TestPortal:
    """An empty portal with the sample portal's layouts."""
    return TestPortal.make(tmp_path / "portal")


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of the sample portal, built once for all test processes."""
    own = tmp_path_factory.getbasetemp()
    # One process among several shares their folder; a lone one must not find an earlier run's.
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "sample"
    with FileLock(f"{shared}.lock"):
        if not (shared / "output").is_dir():
            build_sample(shared)
    return shared / "output"


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for all tests of a process; a test opens a context of its own."""
    needs.want("chromium")
    with sync_playwright() as playwright:
        started = browsers.start(playwright, tmp_path_factory.mktemp("browser"))
        yield started
        started.close()
