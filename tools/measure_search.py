"""How well the labelled searches are answered, by the index and the script that readers have.

python -m tools.measure_search [-v]: recall and precision for each kind; -v: each search that fails.
"""

import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
from playwright.sync_api import Browser, sync_playwright

from generator.base.report import Options
from generator.build.search import indexed
from generator.build.workspace import Workspace
from generator.config import portal as portals
from generator.load.store import Store
from generator.publish.output import PreviousOutput, opened, publish
from tests import browser as browsers
from tests.portals import ROOT
from tests.sample import AT
from tests.search.labels import SOURCES, Query, read

FIRST: Final = 5
"""So many hits are looked at: readers seldom look further."""

_ASK: Final = """async (queries) => {
  const { open } = await import("/js/search-index.js");
  const index = await open("/suchindex/");
  return Promise.all(queries.map(async (query) => {
    const { hits, corrections } = await index.search(query);
    const shown = await Promise.all(hits.map((hit) => hit.load()));
    return [shown.map(({ address }) => address), corrections.map(({ text }) => text)];
  }));
}"""


class Answer(NamedTuple):
    """What a search found, as paths of sources, the best first, and what it offers instead."""

    found: tuple[str, ...]
    corrections: tuple[str, ...]


class Figures(NamedTuple):
    """How good an answer is: each from 0 to 1; `faults` says in words what is wrong."""

    recall: float
    precision: float
    faults: tuple[str, ...]


@contextmanager
def index_of(content: Path) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """A folder with the index of some sources, and the source of each address."""
    with tempfile.TemporaryDirectory() as folder:
        portal = portals.load(ROOT / "portal.toml")
        folders = msgspec.structs.replace(
            portal.folders, root=Path(folder), content=content, output=Path(folder, "output")
        )
        portal = msgspec.structs.replace(portal, folders=folders)
        store, options = Store.open(Path(folder, "store.sqlite")), Options(at=AT)
        with opened(folders.output) as output, Workspace(portal, options, store) as workspace:
            workspace.load()
            site = workspace.site
            made = indexed(site, store, PreviousOutput(output, {}, set()), options=options)
            publish(output, owner="", planned=made.targets, staged=made.staged, known={})
        store.close()
        (folders.output / "js").symlink_to(ROOT / "assets/js")
        (folders.output / "index.html").touch()
        yield folders.output, {source.address: source.path for source in site.sources}


def answers(browser: Browser, content: Path, queries: Sequence[Query]) -> list[Answer]:
    """What a browser finds in the index of some sources."""
    with index_of(content) as (folder, paths), browsers.serving(folder) as home:
        page = browser.new_page()
        page.goto(f"{home}/")
        found: Any = page.evaluate(_ASK, [query.text for query in queries])
        page.close()
    return [
        Answer(tuple(paths[address] for address in addresses), tuple(corrections))
        for addresses, corrections in found
    ]


def figures(query: Query, answer: Answer) -> Figures:
    """How good the answer to a search is."""
    found, right = answer.found, frozenset(query.right)
    faults = []
    if missing := right.difference(found):
        faults.append(f"missing {sorted(missing)}")
    if bad := frozenset(query.wrong).intersection(found):
        faults.append(f"wrong {sorted(bad)}")
    if query.best and not set(query.best) <= set(found[:3]):
        faults.append(f"not first {sorted(set(query.best).difference(found[:3]))}, but {found[:3]}")
    if query.suggest and query.suggest not in answer.corrections:
        faults.append(f"not offered {query.suggest}, but {answer.corrections}")
    if not right:
        if found:
            faults.append(f"found {found}")
        return Figures(1.0, float(not found), tuple(faults))
    first = found[: min(FIRST, len(right))]
    hits = sum(path in right for path in first)
    if hits < len(first):
        faults.append(f"among the first {[path for path in first if path not in right]}")
    recall = len(right.intersection(found)) / len(right)
    return Figures(recall, hits / min(FIRST, len(right)), tuple(faults))


def mean(values: Iterable[float]) -> float:
    """The mean of some values."""
    listed = list(values)
    return sum(listed) / len(listed)


def main() -> None:
    """Prints the figures."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = browsers.start(playwright, Path(folder))
        for file, content in SOURCES.items():
            queries = read(file)
            kinds: defaultdict[str, list[Figures]] = defaultdict(list)
            for query, answer in zip(queries, answers(browser, content, queries), strict=True):
                measured = figures(query, answer)
                for kind in (query.kind, "all"):
                    kinds[kind].append(measured)
                if measured.faults and "-v" in sys.argv:
                    print(f"{query.kind}: {query.text}: {'; '.join(measured.faults)}")
            print(f"\n{file.name:28} recall precision")
            for kind, some in sorted(kinds.items()):
                recall, precision = mean(f.recall for f in some), mean(f.precision for f in some)
                print(f"{kind:20} {len(some):7} {recall:6.3f} {precision:9.3f}")
        browser.close()


if __name__ == "__main__":
    main()
