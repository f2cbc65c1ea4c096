"""Random edits of a small portal: after each one an incremental build has to equal a clean one.

The same seed makes the same portal and the same edits on every machine.
"""

import gc
import os
import shutil
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from unittest import mock

from msgspec.structs import replace

from generator.base import aside, workers
from generator.base.problems import PortalError, Problem
from generator.base.report import Options, Report
from generator.build import build as build_module
from generator.build import pipeline  # noqa: F401 (forked workers need not load it anew)
from generator.build.build import build
from generator.config import fingerprint
from generator.config import portal as portals
from generator.config.portal import Portal
from generator.engine import staging
from generator.front_matter import reader  # noqa: F401 (forked workers need not load it anew)
from generator.load.store import FOLDER
from generator.markdown import convert  # noqa: F401 (forked workers need not load it anew)
from generator.publish.manifest import Manifest
from generator.publish.output import MANIFEST, opened
from generator.site import pages, related
from generator.site.ledger import FILE as LEDGER
from tests import mishaps  # noqa: F401 (counts them among the edits)
from tests.compiling import compiled_once
from tests.edits import EDITS, MISHAPS, Edit, Model, Moment, seeded
from tests.publish.test_publish_kill import run_to_step

STEPS = 15
SHARED = "/dev/shm"  # noqa: S108 (folders in it get names that nobody can guess)
MEMORY = SHARED if os.access(SHARED, os.W_OK) else None
"""Where files cost little, if there is such a place."""

MENDED = 0.7
"""How often the step after a mistake begins with taking it back."""

PDF = 50
"""One portal in so many has PDFs, which take much longer than all else."""

SEARCH = 4
"""One portal in so many has a search index."""

PHOTOS = 10
"""One portal in so many has pictures in pixels, of which files are made in several sizes."""

ANOTHER = 0.2
"""How often there is a second edit before the next build."""

KEEP_GOING = 0.6
"""How often a build leaves out what is refused."""

DRAFTED = 0.3
"""How often what it publishes is held against a build in which the others are drafts."""

DRAFT = "---\ntitle: Entwurf\ndate: 2026-05-01\nsection: politik\ndraft: ja\n---\n"
DRAFTS = {
    "seiten": "---\ntitle: Entwurf\ndraft: ja\n---\n",
    "firmen": "---\nname: Entwurf\ntown: Amt\ndraft: ja\n---\n",
}

SEVERAL_JOBS = 0.15
"""How often a build has worker processes; to start them takes longer than a small portal."""

CALM = 3
"""One portal in so many is edited source by source, as most are: what was arranged stays so."""

CALM_EDITS = ("change_text", "change_letter", "change_field", "shuffle_fields", "add_to_layout")

_with_store = build_module._with_store


class Step(NamedTuple):
    """One edit: its name, and the seed of all that is random in it."""

    name: str
    seed: int


class WrongBuildError(Exception):
    """An incremental build was not as a clean one would have been."""


@contextmanager
def small_numbers() -> Iterator[None]:
    """Limits so low that a small portal meets them: sitemaps, related articles, batches.

    And a layout with the same text is compiled once, which would take most of the time.
    """
    with (
        compiled_once(),
        mock.patch.object(pages, "SITEMAP_SIZE", 45),
        mock.patch.object(related, "CANDIDATES", 4),
        mock.patch.object(related, "FILLERS", 3),
        mock.patch.object(staging, "BATCH", 8),
        mock.patch.object(staging, "FEW", 24),
    ):
        yield


class World:
    """A portal on the disk, its output, and what editors and mishaps make of them."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.root = folder / "portal"
        self.pdf = seed % PDF == 0
        self.calm = seed % CALM == 0
        self.model = Model.make(
            seeded(seed), pdf=self.pdf, search=seed % SEARCH == 1, photos=seed % PHOTOS == 2
        )
        self.good = deepcopy(self.model)
        self.history = [self.good]
        self.failed = False
        self.built = 0
        self.moment = Moment()
        self.jobs = 1
        self.anew = False
        self.keep_going = False
        self.version = b""
        self.on_disk: dict[str, bytes] = {}
        self.foreign: dict[str, bytes] = {}
        self.damaged_manifest: bytes | None = None
        self.disturbed: set[str] = set()
        self.store_suspect = False
        self.root.mkdir(parents=True)
        self.sync(seeded(seed))

    @property
    def output(self) -> Path:
        return self.root / "output"

    @property
    def store(self) -> Path:
        return self.root / FOLDER / "store.sqlite"

    def take(self, step: Step) -> str:
        """Makes the edit, and says what it was."""
        random = seeded(step.seed)
        said = ""
        if self.failed and random.random() < MENDED:
            self.model, said = deepcopy(self.good), "(taken back) "
        self.jobs = random.choice([2, 2, 8]) if random.random() < SEVERAL_JOBS else 1
        self.anew = False
        self.keep_going = random.random() < KEEP_GOING and not self.calm
        self.disturbed = set()
        if step.name in MISHAPS:
            said += MISHAPS[step.name](random, self)
        else:
            said += EDITS[step.name](random, self.model, self.moment)
        if random.random() < ANOTHER:
            kinds = [EDITS[name] for name in CALM_EDITS] if self.calm else list(EDITS.values())
            another = random.choice(kinds)
            said += f"; {another.__name__}: {another(random, self.model, self.moment)}"
        self.sync(random)
        return f"{step.name}: {said}"

    def sync(self, random: Random) -> None:
        """Writes the model's files as editors' programs do: in place, anew, with odd times."""
        wanted = self.model.files()
        for path in self.on_disk.keys() - wanted.keys():
            file = self.root / path
            file.unlink()
            if not any(file.parent.iterdir()) and random.random() < 0.5:
                file.parent.rmdir()
        for path, data in wanted.items():
            if self.on_disk.get(path) == data:
                continue
            file = self.root / path
            before = file.stat() if file.exists() else None
            file.parent.mkdir(parents=True, exist_ok=True)
            if random.random() < 0.3:
                new = file.with_name(".new")
                new.write_bytes(data)
                new.replace(file)
            else:
                file.write_bytes(data)
            if before and random.random() < 0.5:
                shift = random.choice([0, 0, 0, -86_400_000_000_000, 1_000, 86_400_000_000_000])
                os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + shift))
        self.on_disk = wanted

    def build(self) -> Report:
        """The incremental build.  WrongBuildError: it had to throw its store away."""
        with (
            mock.patch.object(build_module, "_with_store", wraps=_with_store) as builds,
            self._processes(needed=self.jobs > 1),
            self.some_version(),
        ):
            try:
                options = replace(self._options(), clean=self.anew)
                self.anew = False  # the same again is to do nothing
                return build(portals.load(self.root / portals.FILE), options)
            finally:
                if builds.call_count > 1 and not self.store_suspect:
                    raise WrongBuildError("the build took its store to be damaged")
                if builds.call_count > 1:
                    self.store_suspect = False

    def build_clean(self, published: dict[str, str] | None) -> Report:
        """A build of the same sources for the same moment, into another folder.

        `published` is what the manifest knows of the sources that have a page by now.
        """
        elsewhere = self.folder / "clean"
        shutil.rmtree(elsewhere, ignore_errors=True)
        output = elsewhere / "output"
        output.mkdir(parents=True)
        if published is not None:
            # It decides what may be left out; that none of these pages is there changes nothing.
            manifest = Manifest.of("", (), published)
            (output / MANIFEST).write_text(manifest.text, encoding="utf-8")
        with self._processes(needed=False):
            return build(self.portal_at(elsewhere), self._options())

    def build_with_drafts(self, left_out: Sequence[str]) -> dict[str, bytes] | None:
        """What a clean build publishes in which those sources are valid drafts; None where they
        cannot be made such: a heading that is linked to is missing then, or a section is."""
        elsewhere = self.folder / "drafted"
        shutil.rmtree(elsewhere, ignore_errors=True)
        elsewhere.mkdir()
        portal = self.portal_at(elsewhere)
        content = elsewhere / "content"
        shutil.copytree(portal.folders.content, content)
        for path in left_out:
            name = path.removeprefix(f"{self.root}/").removeprefix(
                f"{portal.folders.content.name}/"
            )
            if name.startswith("anzeigen/"):
                (content / name).unlink()  # nobody links to it
            else:
                (content / name).write_text(DRAFTS.get(name.partition("/")[0], DRAFT))
        portal = replace(portal, folders=replace(portal.folders, content=content))
        options = replace(self._options(), keep_going=False, drafts=False)
        with self._processes(needed=False):
            done = attempt(lambda: build(portal, options))
        if isinstance(done, tuple):
            return None
        return {path: data for path, (data, *_) in snapshot(elsewhere / "output").items()}

    @contextmanager
    def _processes(self, *, needed: bool) -> Iterator[None]:
        """Lets a build do without other processes where these are not needed."""
        with ExitStack() as stack:
            # A process that has made a PDF may not start others.
            if not needed and not self.pdf:
                stack.enter_context(mock.patch.object(workers, "WorkerPool", NoPool))
                stack.enter_context(mock.patch.object(aside, "call", at_once))
            yield

    @contextmanager
    def some_version(self) -> Iterator[None]:
        """As if this were another version of the generator, whenever `version` is another one."""
        generator = fingerprint.generator
        with mock.patch.object(fingerprint, "generator", lambda: generator() + self.version):
            yield

    def build_killed(self, step: int) -> bool:
        """A build in a process that ends without warning before so many steps, and what is left of
        it once somebody opened the output; whether it came so far."""
        with self._processes(needed=False), self.some_version():
            killed = run_to_step(step, lambda: attempt(self.build))
        with suppress(PortalError), opened(self.output):
            pass  # finishes or undoes it
        return killed

    def build_elsewhere(self) -> None:
        """A build into another output folder, with the same store."""
        portal = portals.load(self.root / portals.FILE)
        folders = replace(portal.folders, output=self.folder / "elsewhere")
        with self._processes(needed=self.jobs > 1):
            attempt(lambda: build(replace(portal, folders=folders), self._options()))

    def portal_at(self, root: Path) -> Portal:
        """The same portal, with its store, ledger and output in the folder `root`."""
        if self.model.ledger:
            (root / LEDGER).write_bytes(self.model.ledger)
        portal = portals.load(self.root / portals.FILE)
        folders = replace(portal.folders, root=root, output=root / "output")
        return replace(portal, folders=folders)

    def _options(self) -> Options:
        return Options(
            at=self.moment.at,
            drafts=self.moment.drafts,
            jobs=self.jobs,
            keep_going=self.keep_going,
            first=True,
            force=True,
        )

    def check(self, random: Random) -> None:
        """Builds, and holds the output against a clean build's.  WrongBuildError: it differs."""
        before = snapshot(self.output)
        published = Manifest.read(self.output).published
        done = attempt(self.build)
        clean = attempt(lambda: self.build_clean(published))
        after = snapshot(self.output)
        if isinstance(done, tuple) or isinstance(clean, tuple):
            self.failed = True
            if not self._looks_foreign(done) and told(done, self.root) != told(clean, self.root):
                raise WrongBuildError(
                    f"it says {told(done, self.root)}, a clean one {told(clean, self.root)}"
                )
            if before != after:
                raise WrongBuildError(f"it failed, and changed {differing(before, after)}")
            return
        self.failed = bool(done.left_out)
        if not self.failed:
            self.good = deepcopy(self.model)
            self.history.append(self.good)
        self.built += 1
        wanted = {path: data for path, (data, *_) in snapshot(self.folder / "clean/output").items()}
        found = {path: data for path, (data, *_) in after.items()}
        if found.get(MANIFEST, b"") == self.damaged_manifest:
            # It is made new as soon as there is something to publish, and not before.
            found[MANIFEST] = wanted[MANIFEST]
        else:
            self.damaged_manifest = None
        if found != wanted | self.foreign:
            raise WrongBuildError(describe(found, wanted | self.foreign))
        self._check_report(done, clean)
        if done.left_out and not self.moment.drafts and random.random() < DRAFTED:
            drafted = self.build_with_drafts(clean.left_out)
            if drafted is not None and drafted != wanted:
                raise WrongBuildError(f"not as with drafts: {describe(wanted, drafted)}")
        self._check_untouched(before, after)
        if random.random() < 0.2:
            again = self.build()
            if again.read or again.rendered or again.written or again.removed:
                raise WrongBuildError(f"built again without an edit, it does something: {again}")
            if snapshot(self.output) != after:
                raise WrongBuildError("built again without an edit, it touches files")

    def _looks_foreign(self, done: Report | tuple[Problem, ...]) -> bool:
        """Whether it is refused, as it has to be, to take another's output: the portal has another
        name, and no store says whose the output is."""
        names = [
            {one.settings[key] for key in ("title", "address")} for one in (self.model, self.good)
        ]
        refused = not isinstance(done, Report) and {one.name for one in done} == {"other-portal"}
        return refused and names[0] != names[1]

    def _check_report(self, done: Report, clean: Report) -> None:
        if (done.articles, done.pages, done.due) != (clean.articles, clean.pages, clean.due):
            raise WrongBuildError(f"it reports {done}, a clean one {clean}")
        if done.until != clean.until:
            raise WrongBuildError(f"it holds until {done.until}, a clean one until {clean.until}")
        left = [path.removeprefix(f"{self.root}/") for path in clean.left_out]
        if list(done.left_out) != left:
            raise WrongBuildError(f"it leaves out {done.left_out}, a clean one {left}")
        if told(done.refused, self.root) != told(clean.refused, self.root):
            raise WrongBuildError(f"it refuses {done.refused}, a clean one {clean.refused}")
        warned, ought = warnings(done, self.root), warnings(clean, self.root)
        if warned != ought:
            raise WrongBuildError(f"it warns of {warned}, a clean one of {ought}")
        if len(list(self.output.parent.glob(".output.staging/*"))) > 1:
            raise WrongBuildError("it left something staged")
        empty = [place for place, *inside in os.walk(self.output) if not any(inside)]
        if empty:
            raise WrongBuildError(f"it left empty folders: {empty}")

    def _check_untouched(self, before: "Snapshot", after: "Snapshot") -> None:
        for path in before.keys() & after.keys():
            same = before[path][0] == after[path][0] and path not in self.disturbed
            if same and before[path] != after[path]:
                raise WrongBuildError(f"it wrote the same bytes again: {path}")


Snapshot = dict[str, tuple[bytes, int, int]]
"""Bytes, modification time and inode of each file."""


class NoPool:
    """`workers.WorkerPool` without processes, whose start takes longer than a small portal."""

    def __init__(self, function: Callable[[Any], Any], **_: object) -> None:
        self._function = function

    def run(self, tasks: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        """Each task with its place and result."""
        for place, task in enumerate(tasks):
            yield place, self._function(task)

    def start_workers(self, count: int) -> None:
        """Nobody is to be gathered."""

    def close(self) -> None:
        """Nobody is to be sent home."""


def at_once(function: Callable[[], Any]) -> Callable[[], Any]:
    """`aside.call` without a process."""
    result = function()
    return lambda: result


def snapshot(folder: Path) -> Snapshot:
    """Every file below a folder."""
    found: Snapshot = {}
    for place, _, names in os.walk(folder):
        for name in names:
            file = f"{place}/{name}"
            with open(file, "rb") as stream:  # noqa: PTH123 (a hundred thousand times in a minute)
                status = os.fstat(stream.fileno())
                data = stream.read()
            found[file[len(str(folder)) + 1 :]] = (data, status.st_mtime_ns, status.st_ino)
    return found


def attempt(what: Callable[[], Report]) -> Report | tuple[Problem, ...]:
    """What a build reports, or all that it says is wrong."""
    try:
        return what()
    except PortalError as error:
        return error.problems


def told(result: Report | tuple[Problem, ...], root: Path) -> object:
    """What a failed build says, as far as it has to be the same for a clean one."""
    if isinstance(result, Report):
        return "that all is well"
    if any("part of itself" in one.what() for one in result):
        return "that a fragment is part of itself"  # where that shows depends on the first page
    return sorted(_essence(one, root) for one in result)


def _essence(one: Problem, root: Path) -> tuple[object, ...]:
    path = one.path.removeprefix(f"{root}/")
    # A layout that fails does so for the first page that is rendered: not the same one.
    return (path, one.line, one.name, () if one.name == "layout-failed" else _seen(one, root))


def _seen(one: Problem, root: Path) -> tuple[tuple[str, str], ...]:
    """What a message is filled with, where the portal's content lies in its folder."""
    return tuple((key, value.replace(f"{root}/", "")) for key, value in one.values)


def warnings(report: Report, root: Path) -> list[object]:
    """The warnings of a build but those of addresses that an earlier one had."""
    return [
        (Path(one.path).name, one.line, one.name, _seen(one, root))
        for one in report.warnings
        if one.name != "address-vanishes"
    ]


def differing(one: Snapshot, other: Snapshot) -> list[str]:
    """The paths at which two snapshots differ."""
    return sorted(p for p in one.keys() | other.keys() if one.get(p) != other.get(p))


def describe(found: dict[str, bytes], wanted: dict[str, bytes]) -> str:
    """Where an output is not what it should be."""
    lines = [f"missing: {path}" for path in sorted(wanted.keys() - found.keys())]
    lines += [f"too many: {path}" for path in sorted(found.keys() - wanted.keys())]
    for path in sorted(found.keys() & wanted.keys()):
        if found[path] != wanted[path]:
            is_, ought = found[path].splitlines(), wanted[path].splitlines()
            odd = [pair for pair in zip(is_, ought, strict=False) if pair[0] != pair[1]]
            shown = odd[0] if odd else (len(is_), len(ought))
            lines.append(f"other bytes: {path}\n    is    {shown[0]!r}\n    ought {shown[1]!r}")
    return "\n".join([*lines[:8], f"({len(lines)} differences)"])


def sequence(seed: int, steps: int) -> list[Step]:
    """The edits that belong to a seed."""
    random = seeded(seed)
    calm = [*(EDITS[name] for name in CALM_EDITS), MISHAPS["publish"]]
    kinds = every_edit() if seed % CALM else calm
    names, weights = zip(*((e.__name__, e.weight) for e in kinds), strict=True)
    chosen = random.choices(names, weights, k=steps)
    return [Step(name, random.getrandbits(32)) for name in chosen]


def every_edit() -> list[Edit]:
    """All kinds of edits."""
    return [*EDITS.values(), *MISHAPS.values()]


def run(seed: int, steps: Sequence[Step], log: list[str] | None = None) -> int:
    """Makes the portal of `seed`, takes `steps`, and checks after each (WrongBuildError).

    Returns how many of the builds found no mistake in the portal.
    """
    said = [] if log is None else log
    gc.collect()  # a build looks for no garbage, and counts on the end of its process
    with tempfile.TemporaryDirectory(prefix="edits-", dir=MEMORY) as folder, small_numbers():
        world = World(Path(folder), seed)
        said.append("the portal as it was made")
        world.check(seeded(seed))
        for step in steps:
            said.append(world.take(step))
            world.check(seeded(step.seed))
        return world.built


def failure(seed: int, steps: Sequence[Step], log: list[str] | None = None) -> str:
    """What goes wrong with these steps; "" if nothing does."""
    try:
        run(seed, steps, log)
    except WrongBuildError as error:
        return str(error)
    except Exception:
        return traceback.format_exc()
    return ""


def shrunk(seed: int, steps: list[Step], patience: float = 60.0) -> list[Step]:
    """As few of the steps as still fail."""
    until = time.monotonic() + patience
    log: list[str] = []
    failure(seed, steps, log)
    steps = steps[: len(log)]  # what follows the failure has no part in it
    size = max(1, len(steps) // 2)
    while size and time.monotonic() < until:
        for start in range(0, len(steps), size):
            fewer = steps[:start] + steps[start + size :]
            if failure(seed, fewer):
                steps = fewer
                break
        else:
            size //= 2
    return steps


def explained(seed: int, steps: list[Step]) -> str:
    """A failure as a person wants it: the seed, as few edits as possible, what went wrong."""
    few = shrunk(seed, steps)
    log: list[str] = []
    wrong = failure(seed, few, log)
    lines = [f"seed {seed}:", *(f"  {line}" for line in log), wrong, f"again: {few}"]
    return "\n".join(lines)
