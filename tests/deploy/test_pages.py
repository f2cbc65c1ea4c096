"""What readers notice of pages: the same, whether it was remembered or not."""

from pathlib import Path

import pytest

from generator.base.problems import PortalError
from generator.deploy.pages import published_pages
from tests.deploy.hosts import loaded, portal
from tests.portals import TestPortal


def test_what_is_remembered_of_pages_is_what_was_built(tmp_path: Path) -> None:
    made = portal(tmp_path / "portal", articles=150)  # of more than one chunk
    published_pages(loaded(made))
    for number, edit in enumerate(
        (
            {"text": "Anderer Text."},
            {"title": "Anderer Titel"},
            {"guid": "eigen"},
            {"slug": "anders"},
            {"draft": "true"},
        )
    ):
        values = {"title": "Titel", "text": "Text.", **edit}
        made.article(f"meldung-{number * 30}.md", values.pop("text"), **values)
        made.build()
        remembered = published_pages(loaded(made))
        (made.root / ".stadtschreiber/deploy-pages").unlink()
        assert remembered == published_pages(loaded(made))


def test_without_a_build_there_are_none(tmp_path: Path) -> None:
    made = TestPortal.small(tmp_path / "portal")
    with pytest.raises(PortalError) as raised:
        published_pages(loaded(made))
    assert raised.value.problems[0].name == "nothing-built"
