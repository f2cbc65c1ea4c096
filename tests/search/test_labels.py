"""The labelled searches can measure a search: there are enough, and none contradicts itself."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from tests.sample import AT
from tests.search.labels import FOLDER, SOURCES, read

LABELS = pytest.mark.parametrize("file", SOURCES, ids=lambda file: file.stem)


def _is_hidden(source: Path) -> bool:
    """Whether the source is a draft, under embargo or has run out at `AT`."""
    text = source.read_text(encoding="utf-8")
    days = dict(re.findall(r"^(date|expires): (\d{4}-\d\d-\d\d)", text, re.MULTILINE))
    return (
        re.search(r"^draft: true$", text, re.MULTILINE) is not None
        or ("date" in days and date.fromisoformat(days["date"]) > AT.date())
        or ("expires" in days and date.fromisoformat(days["expires"]) < AT.date())
    )


def test_there_are_enough_searches_of_every_kind() -> None:
    kinds = Counter(query.kind for query in read(FOLDER / "queries.toml"))
    assert kinds.total() >= 200
    assert len(kinds) >= 15
    assert min(kinds.values()) >= 12, kinds
    assert len(read(FOLDER / "traps.toml")) >= 60


@LABELS
def test_no_search_stands_there_twice(file: Path) -> None:
    texts = Counter(query.text for query in read(file))
    assert [text for text, times in texts.items() if times > 1] == []


@LABELS
def test_every_path_is_a_source(file: Path) -> None:
    for query in read(file):
        for path in (*query.right, *query.wrong):
            assert (SOURCES[file] / path).is_file(), (query.text, path)


@LABELS
def test_what_nobody_may_see_is_never_right(file: Path) -> None:
    hidden = {path for path in SOURCES[file].rglob("*.md") if _is_hidden(path)}
    assert len(hidden) >= 2
    for query in read(file):
        assert hidden.isdisjoint(SOURCES[file] / path for path in query.right), query.text


@LABELS
def test_no_search_contradicts_itself(file: Path) -> None:
    for query in read(file):
        right = set(query.right)
        assert len(right) == len(query.right), query.text
        assert right.issuperset(query.best), query.text
        assert right.isdisjoint(query.wrong), query.text
        assert len(query.best) <= 3, query.text
        assert not (query.suggest and right), query.text
