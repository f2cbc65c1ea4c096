"""Random edits: after each the preview shows and says what a clean build with drafts would."""

import re
import shutil
from collections.abc import Iterable
from copy import deepcopy
from pathlib import Path
from random import Random

import pytest

from generator.base import aside, workers
from generator.base.problems import PortalError, Problem
from generator.base.report import Options
from generator.build import workspace
from generator.build.build import build
from generator.config import portal as portals
from generator.publish.manifest import MANIFEST
from generator.serve.backend import Backend, Shown
from generator.serve.protocol import Ask, News, Opening
from generator.site.pages import to_be_written
from tests.edits import EDITS
from tests.incremental import MENDED, NoPool, World, at_once, small_numbers, snapshot

pytestmark = pytest.mark.slow

STEPS = 12

_PICTURE = re.compile(rb"/assets/[^\"'&<>]*?\.svg")
_ADDED = re.compile(rb"<script async src=\"/livereload.*\n|(?s:<stadtschreiber-preview.*)")


class Preview:
    """A backend that shows a world, drafts and all, at the world's moment."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._at = world.moment.at
        self._begin()

    def _begin(self) -> None:
        self.backend = Backend(Opening(self._world.root, at="", drafts=True, jobs=1))
        self.backend.look(None)

    def take_in(self, paths: list[str], random: Random) -> News:
        """Lets it hear of a save: mostly of all files, at times of none or some."""
        before, self._at = self._at, self._world.moment.at
        if self._at < before or random.random() < 0.1:
            self.backend.close()
            self._begin()
        elif self._at > before or random.random() < 0.1:
            self.backend.look(None)
        if random.random() < 0.2:
            paths = [one for one in paths if one.endswith(portals.FILE) or random.random() < 0.5]
        self.backend.look(paths)
        if random.random() < 0.3:
            self._text("/")
        while (news := self.backend.go_on()).more:
            pass
        return news

    def pages(self) -> dict[str, bytes]:
        """What each page is without what is there for its reader only, by its file."""
        shown = self.backend._shown
        assert shown is not None
        pages = to_be_written(tuple(shown.pages), shown.portal.delivery.server)
        return {page.target: self._text(page.address) for page in pages}

    def _text(self, address: str) -> bytes:
        answer = self.backend.answer(Ask(address, "localhost:8000", "de"))
        return _comparable(answer.data)


def _comparable(page: bytes) -> bytes:
    """A page without addresses of pictures, which the preview shows as they lie in the folder, and
    without what it adds."""
    return _PICTURE.sub(b"(picture)", _ADDED.sub(b"", page))


def _built(world: World) -> tuple[dict[str, bytes] | None, set[str]]:
    """The pages that a clean build of a world with drafts publishes, if it does; what it says."""
    folder = world.folder / "clean"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        portal = world.portal_at(folder)
        report = build(portal, Options(at=world.moment.at, drafts=True, force=True))
    except PortalError as error:
        return None, _told(world, error.problems)
    found = {path: data for path, (data, *_) in snapshot(portal.folders.output).items()}
    pages = {
        path: _comparable(data)
        for path, data in found.items()
        if not (
            path.startswith(("assets/", "suchindex/", MANIFEST)) or path.endswith((".gz", ".br"))
        )
    }
    return pages, _told(world, report.warnings)


def _told(world: World, problems: Iterable[Problem]) -> set[str]:
    """Problems as far as they have to be the same: sources lie outside the clean build's folder."""
    return {str(one).replace(f"{world.root}/", "") for one in problems}


@pytest.mark.parametrize("seed", [1014, 1025, 1033, 1048])
def test_the_preview_is_what_a_clean_build_would_be(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "WorkerPool", NoPool)
    monkeypatch.setattr(aside, "call", at_once)
    monkeypatch.setattr(workspace, "GRACE", 0.0)
    random, world = Random(seed), World(tmp_path, seed)
    monkeypatch.setattr(Shown, "_at", lambda _shown: world.moment.at)
    edits, weights = [*EDITS.values()], [edit.weight for edit in EDITS.values()]
    said: list[str] = []
    with small_numbers():
        preview = Preview(world)
        for edit in random.choices(edits, weights, k=STEPS):
            if world.failed and random.random() < MENDED:
                world.model = deepcopy(world.good)
                said.append("(taken back)")
            said.append(f"{edit.__name__}: {edit(random, world.model, world.moment)}")
            before = world.on_disk
            world.sync(random)
            paths = {path for path, _ in before.items() ^ world.on_disk.items()}
            news = preview.take_in([str(world.root / path) for path in sorted(paths)], random)
            pages, problems = _built(world)
            world.failed = pages is None
            if pages is None:
                assert news.problems, said
                continue
            world.good = deepcopy(world.model)
            assert _told(world, news.problems + news.warnings) == problems, said
            assert preview.pages() == pages, said
        preview.backend.close()
