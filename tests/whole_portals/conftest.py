"""What tests share that look at the sample portal as a reader does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import SLOW, serving


@pytest.fixture(scope="module")
def home(sample: Path) -> Iterator[str]:
    """Where the sample portal is served."""
    with serving(sample) as address:
        yield address


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """The browser of a reader who wants no motion."""
    made = browser.new_context(locale="de-DE", reduced_motion="reduce")
    made.set_default_timeout(SLOW)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty page in it."""
    return context.new_page()
