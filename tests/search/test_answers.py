"""The labelled searches are answered right, by the index and the script that readers have."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.search.labels import SOURCES, read
from tools.measure_search import answers, figures, mean

RECALL = 0.95
PRECISION = 0.9


@pytest.mark.slow
@pytest.mark.parametrize("file", SOURCES, ids=lambda file: file.stem)
def test_what_is_right_is_found_and_comes_first(browser: Browser, file: Path) -> None:
    queries = read(file)
    found = answers(browser, SOURCES[file], queries)
    measured = [figures(*pair) for pair in zip(queries, found, strict=True)]
    assert mean(one.recall for one in measured) >= RECALL
    assert mean(one.precision for one in measured) >= PRECISION


@pytest.mark.slow
@pytest.mark.parametrize("file", SOURCES, ids=lambda file: file.stem)
def test_what_is_in_no_source_finds_nothing(browser: Browser, file: Path) -> None:
    queries = [query for query in read(file) if not query.right]
    for query, answer in zip(queries, answers(browser, SOURCES[file], queries), strict=True):
        assert answer.found == (), query.text


@pytest.mark.slow
def test_each_form_of_a_verb_finds_the_others(browser: Browser) -> None:
    file = next(file for file in SOURCES if file.stem == "traps")
    queries = [query for query in read(file) if query.kind == "forms"]
    for query, answer in zip(queries, answers(browser, SOURCES[file], queries), strict=True):
        assert not figures(query, answer).faults
