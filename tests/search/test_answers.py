"""The labelled searches are answered right, by the index and the script that readers have."""

from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from playwright.sync_api import Browser

from generator.search import shards
from tests.browser import serving
from tests.search.labels import SOURCES, read
from tools.measure_search import answers, figures, index_of, mean

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


@pytest.mark.slow
def test_everyday_words_find_nothing_inside_others(browser: Browser) -> None:
    file = next(file for file in SOURCES if file.stem == "queries")
    queries = [query for query in read(file) if query.kind == "everyday"]
    for query, answer in zip(queries, answers(browser, SOURCES[file], queries), strict=True):
        assert set(answer.found) <= set(query.right), query.text


@pytest.mark.slow
def test_hits_that_come_early_are_the_first_of_all(browser: Browser) -> None:
    """Where few documents fit into a shard, the same is found, and what is sure is sure."""
    file = next(file for file in SOURCES if file.stem == "queries")
    texts = [query.text for query in read(file)]
    found: list[Any] = []
    for whole_size, best_size in ((512, 256), (6, 3)):
        with (
            mock.patch.multiple(shards, WHOLE=whole_size, BEST=best_size),
            index_of(SOURCES[file]) as (folder, _),
            serving(folder) as home,
        ):
            page = browser.new_page()
            page.goto(f"{home}/")
            found.append(page.evaluate(_EARLY, texts))
            page.close()
    (whole, none), (hits, early) = found
    assert hits == whole
    assert not any(none)
    assert sum(map(bool, early)) > 10
    for all_hits, some in zip(hits, early, strict=True):
        assert all_hits[: len(some)] == some


_EARLY = """async (texts) => {
  const { open } = await import("/js/search-index.js");
  const index = await open("/suchindex/");
  const numbers = (hits) => hits.map(({ number }) => number);
  const [all, early] = [[], []];
  for (const text of texts) {
    let first = [];
    all.push(numbers((await index.search(text, {}, (hits) => (first = numbers(hits)))).hits));
    early.push(first);
  }
  return [all, early];
}"""
