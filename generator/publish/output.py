"""From staged files to the output folder: whole files, in order, and nothing foreign touched.

A build opens the output folder (`opened`), writes new files to the folder's stage, and calls
`publish`.  Until then the output folder is not touched.

What was written is remembered twice.  The *manifest*, a file of the output folder like any other,
names the files there that are the generator's: it decides what may be replaced or removed, and
goes wherever the folder goes.  `Written`, kept by the caller, says how each file was left, so that
an unchanged one is known without reading it; losing it costs time.
"""

import errno
import os
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Any, Final, Literal, NamedTuple

from generator.base import aside
from generator.base.lock import hold
from generator.base.problems import PortalError, Problem, problem
from generator.base.scan import PIECE
from generator.publish.journal import (
    Journal,
    Stage,
    StagingArea,
    Written,
    above,
    halved,
    lies_inside,
    links,
    nested,
    refusal,
)
from generator.publish.manifest import MANIFEST, Manifest
from generator.publish.spares import many

__all__ = (
    "MANIFEST", "OutputFolder", "PreviousOutput", "Published", "Stage", "Written",
    "changed", "missing_or_changed", "opened", "publish", "recover", "replace_files", "stranger",
)  # fmt: skip

_SHOWN: Final = 10
"""How many things in the way are reported one by one."""

_COMPRESSED: Final = (".br", ".gz")
"""Files whose digests tell of what they are made from: of other ones they may be the same still."""

_USUAL: Final = frozenset({"CNAME", "lost+found"})
"""What is in a folder before anybody has built into it: a domain for GitHub Pages, a new disk."""

_Place = Literal["there", "missing", "blocked"]
"""How a folder of the output is found."""


class Published(NamedTuple):
    """What a publishing did: the targets that are new or replaced, and those that were removed.

    `files` are all that are there now, by target in the order of the plan: to be remembered, as
    `known` of the next publishing.
    """

    files: dict[str, Written]
    written: Set[str]
    removed: tuple[str, ...]


class OutputFolder(NamedTuple):
    """An output folder, its real path, held for one build, with a stage for the new files.

    `warnings` say what happened on opening: that an interrupted publishing was completed.
    """

    output: Path
    area: StagingArea
    stage: Stage
    warnings: tuple[Problem, ...]


class PreviousOutput(NamedTuple):
    """How the previous build left its folder, the files it knows of, and those damaged since."""

    folder: OutputFolder
    known: Mapping[str, Written]
    damaged: Set[str]

    def holds(self, target: str, digest: bytes) -> bool:
        """Whether the file that `digest` stands for is there as it was left."""
        return self.has(target) and self.known[target].digest == digest

    def has(self, target: str) -> bool:
        """Whether a file is there as it was left."""
        return target in self.known and target not in self.damaged


@contextmanager
def opened(output: Path, *, wait: float = 0) -> Iterator[OutputFolder]:
    """Holds `output` for a build, finishes what a killed one began, leaves nothing staged behind.

    `output` may be missing, a mount point, or a link to a folder.  PortalError: another build
    still holds it after `wait` seconds, or it cannot be written to.
    """
    output = output.resolve()
    with ExitStack() as stack:
        with _explained(output):
            if output.exists() and not output.is_dir():
                _refuse([problem("output-not-a-folder", str(output))])
            area = StagingArea.of(output)
            area.path.mkdir(parents=True, exist_ok=True)
            stack.enter_context(hold(area.lock, wait=wait))
            finished = (problem("publishing-finished", str(output)),) if recover(output) else ()
            stack.callback(area.close)
            stage = area.new_stage(output, flat=(output / MANIFEST).exists())
            if not stage.flat:
                stage.spares.clear()  # of another output, which somebody removed
        yield OutputFolder(output, area, stage, finished)


def recover(output: Path) -> bool:
    """Finishes the publishing that was interrupted in `output`, a real path; whether one was.

    Only for the holder of the lock; `opened` calls it.  PortalError: it cannot be finished yet.
    """
    finished = False
    for area in StagingArea.all_of(output):
        steps = area.read()
        # Where the folder was deleted since, what is left of its pages would be a ruin.
        if steps and (output.exists() or steps.placed == ("",)):
            _refuse(
                problem("not-a-file-or-folder", str(output / link)) for link in links(steps, output)
            )
            area.carry_out(steps, output)
            finished = True
        area.sweep()
    return finished


def missing_or_changed(output: Path, known: Mapping[str, Written]) -> set[str]:
    """The targets of `known` that are not in `output` as they were left.

    `MANIFEST` is among them where it does not name the same files: then there may be more.
    """
    found = {MANIFEST} if set(Manifest.read(output).targets) != known.keys() else set()
    return found | changed(output, known.values())


def changed(output: Path, left: Iterable[Written]) -> set[str]:
    """The targets of those files that are not in `output` as they were left."""
    found: set[str] = set()
    start, lstat = f"{output}/", os.lstat
    for target, _, size, mtime_ns in left:
        try:
            there = lstat(start + target)
        except OSError:
            found.add(target)
            continue
        if there.st_mtime_ns != mtime_ns or there.st_size != size:
            found.add(target)
    return found


def stranger(output: Path) -> str:
    """The name of something in `output` that is not the generator's, as far as it can tell from
    there; "" where it has a manifest, or nothing in it but what belongs to folders as such.
    """
    if not output.is_dir() or os.path.lexists(output / MANIFEST):
        return ""
    names = (path.name for path in output.iterdir() if not path.name.startswith("."))
    return min((name for name in names if name not in _USUAL), default="")


def publish(
    folder: OutputFolder,
    *,
    owner: str,
    planned: Sequence[str],
    staged: Mapping[str, Written],
    known: Mapping[str, Written],
    sources: Mapping[str, str] | None = None,
) -> Published:
    """Makes the output folder consist of `planned`, and of foreign files, which stay as they are.

    `planned` is in the order in which new files appear, and, one day, go in reverse: what others
    link to comes first.  `staged` are those of them that lie in the stage, by target; the others
    are left alone and have to be in `known`, what the caller remembers.  `owner` names the portal;
    `sources`, the target of each source's page, is what the manifest is to know.

    What is there with the same bytes is kept, with its time.  Else new files come first, replaced
    ones next, and removals last, so that no page within a reader's reach links to what is not
    there.  PortalError: what stands in the way, all of it, and nothing was touched; or, as
    "publishing-stopped", that a step failed, and that the next build goes on from there.
    """
    owner = " ".join(owner.split())
    wanted = frozenset(planned)
    if len(wanted) < len(planned) or not wanted - known.keys() <= staged.keys() <= wanted:
        raise ValueError("a target is planned twice, or staged and not planned, or nowhere at hand")
    with _explained(folder.output):
        manifest = Manifest.read(folder.output)
        ours = _ours(manifest, folder.output, owner, known)
        files = [staged[target] for target in planned if target in staged]
        new = Manifest.of(owner, planned, sources or {})
        if manifest != new:
            _refuse(_clashes((*planned, MANIFEST)))
            files.append(new.write(folder.stage))
        survey = _Survey(folder, ours, [t for t in reversed(ours) if t not in wanted], known)
    steps = _carried_out(folder, survey, files)
    there = {**known, **staged, **survey.kept}
    left = {target: there[target] for target in planned}
    return Published(left, staged.keys() - survey.kept.keys(), steps.cleared + steps.removed)


def replace_files(
    folder: OutputFolder, staged: Mapping[str, Written], known: Mapping[str, Written]
) -> Published:
    """Puts the files that are `staged` in the place of others, of which `known` says how they were
    left; all else of the output stays, with its manifest.  PortalError: as `publish`."""
    survey = _Survey(folder, tuple(staged), (), known)
    _carried_out(folder, survey, staged.values())
    return Published({**staged, **survey.kept}, staged.keys() - survey.kept.keys(), ())


def _carried_out(folder: OutputFolder, survey: "_Survey", files: Collection[Written]) -> Journal:
    """Does what `survey` finds is to be done for `files`, or nothing (PortalError)."""
    with _explained(folder.output):
        survey.add(tuple(files))
        steps = survey.steps()
        _refuse((*_shortened(survey.problems, folder.output), *_unwritable(folder.output, steps)))
        if many(files):
            folder.stage.spares.expect(beside=folder.area.path.parent == folder.output.parent)
        if steps.paths:
            folder.area.write(steps)
    folder.area.carry_out(steps, folder.output)
    for target in survey.kept:
        folder.stage.spares.take(folder.stage.file(target))
    return steps


class _Survey:
    """What stands in the output folder where the staged files added to it belong."""

    def __init__(
        self,
        folder: OutputFolder,
        ours: Sequence[str],
        orphans: Sequence[str],
        known: Mapping[str, Written],
    ) -> None:
        self._about = folder, ours, orphans, known
        self.kept: dict[str, Written] = {}
        self.problems: list[Problem] = []
        self._output = folder.output
        self._stage = folder.stage
        self._ours = frozenset(ours)
        self._orphans = dict.fromkeys(filter(lies_inside, orphans))
        self._known = known
        self._new: list[str] = []
        self._replaced: list[str] = []
        self._cleared: set[str] = set()
        self._folders: dict[str, _Place] = {}

    def add(self, files: Sequence[Written]) -> None:
        """Looks at the places of staged files; another process looks at half of many."""
        theirs, ours = halved(files)
        other = aside.call(partial(self._apart, theirs)) if theirs else None
        for file in ours:
            self._add(file)
        if other:
            kept, problems, new, replaced, cleared = other()
            self.kept |= kept
            self.problems = [*dict.fromkeys((*problems, *self.problems))]
            self._new, self._replaced = [*new, *self._new], [*replaced, *self._replaced]
            self._cleared |= cleared

    def _apart(self, files: Sequence[Written]) -> tuple[Any, ...]:
        """What is found of some files, by themselves."""
        one = _Survey(*self._about)
        for file in files:
            one._add(file)
        return one.kept, one.problems, one._new, one._replaced, one._cleared

    def _add(self, file: Written) -> None:
        folder = self._folder(file.target.rpartition("/")[0])
        if folder == "blocked":
            return
        there = _status(self._output, file.target) if folder == "there" else None
        if there is None:
            self._new.append(file.target)
        elif S_ISREG(there.st_mode):
            self._compare(file, there)
        elif S_ISDIR(there.st_mode):
            self._clear_folder(file.target)
        else:
            self._report("not-a-file-or-folder", file.target)

    def steps(self) -> Journal:
        """What is to be done for the files that were added, and for those no longer planned."""
        return Journal(
            stage=self._stage.path.name,
            flat=self._stage.flat,
            cleared=tuple(target for target in self._orphans if target in self._cleared),
            placed=self._stage.prepare(self._new, self._is_missing),
            replaced=tuple(self._replaced),
            removed=tuple(target for target in self._orphans if self._is_removable(target)),
        )

    def _is_missing(self, path: str) -> bool:
        return self._folder(path) == "missing"

    def _folder(self, path: str) -> _Place:
        if path not in self._folders:
            outer = self._folder(path.rpartition("/")[0]) if path else "there"
            self._folders[path] = self._find_folder(path) if outer == "there" else outer
        return self._folders[path]

    def _find_folder(self, path: str) -> _Place:
        there = _status(self._output, path)
        if there is None:
            return "missing"
        if S_ISDIR(there.st_mode):
            return "there"
        if S_ISREG(there.st_mode) and path in self._orphans:
            self._cleared.add(path)
            return "missing"
        self._report("not-ours" if S_ISREG(there.st_mode) else "not-a-file-or-folder", path)
        return "blocked"

    def _compare(self, file: Written, there: os.stat_result) -> None:
        if file.target not in self._ours and (twin := self._twin(file.target, there)):
            self._cleared.add(twin)
            self._new.append(file.target)
        elif self._is_same(file, there):
            self.kept[file.target] = file._replace(mtime_ns=there.st_mtime_ns)
        elif file.target in self._ours or file.target == MANIFEST:
            self._replaced.append(file.target)
        else:
            self._report("not-ours", file.target)

    def _twin(self, target: str, there: os.stat_result) -> str | None:
        """The orphan that is this file under other capitals, on a disk that ignores them."""
        for orphan in self._orphans:
            if _folded(orphan) == _folded(target):
                status = _status(self._output, orphan)
                if status and os.path.samestat(status, there):
                    return orphan
        return None

    def _is_same(self, file: Written, there: os.stat_result) -> bool:
        left = self._known.get(file.target)
        untouched = left and left[2:] == (there.st_size, there.st_mtime_ns)
        if left and untouched and not file.target.endswith(_COMPRESSED):
            return left.digest == file.digest
        if there.st_size != file.size:
            return False
        with (
            Path(self._stage.file(file.target)).open("rb") as new,
            (self._output / file.target).open("rb") as old,
        ):
            return all(one == old.read(PIECE) for one in iter(partial(new.read, PIECE), b""))

    def _clear_folder(self, target: str) -> None:
        if found := next(self._strangers(self._output / target), None):
            self._report("not-ours-inside", target, found=found)
        else:
            self._cleared |= {path for path in self._orphans if path.startswith(f"{target}/")}
            self._new.append(target)

    def _strangers(self, folder: Path) -> Iterator[str]:
        for path in (folder, *sorted(folder.rglob("*"))):
            name = path.relative_to(self._output).as_posix()
            if path.is_symlink() or not path.is_dir():
                if name not in self._orphans:
                    yield name
            elif not any(path.iterdir()):
                yield name

    def _is_removable(self, target: str) -> bool:
        there, folder = _status(self._output, target), (self._output / target).parent
        linked = any((self._output / path).is_symlink() for path in above(target) if path)
        left = S_ISREG(there.st_mode) if there else folder.is_dir() and not any(folder.iterdir())
        return left and not linked and target not in self._cleared

    def _report(self, name: str, path: str, **values: object) -> None:
        self.problems.append(problem(name, str(self._output / path), 0, 0, **values))


def _clashes(targets: Sequence[str]) -> Iterator[Problem]:
    """The targets that cannot stand side by side, here or on a disk that ignores capitals."""
    names: dict[str, str] = {}
    for target in targets:
        if other := names.get(name := _folded(target)):
            yield problem("names-alike", target, target=target, other=other)
        names[name] = target
    inside = {outer: inner for inner, outer in nested(names)}  # one for each is enough
    for outer, inner in inside.items():
        yield problem("file-and-folder", names[inner], target=names[inner], other=names[outer])


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _status(root: Path, path: str) -> os.stat_result | None:
    try:
        return os.lstat(f"{root}/{path}")
    except (FileNotFoundError, NotADirectoryError):
        return None


def _unwritable(output: Path, steps: Journal) -> Iterator[Problem]:
    """The folders in which `steps` would change something, but may not."""
    touched = {path.rpartition("/")[0] for path in steps.paths if path}
    doubtful = {folder for folder in touched if not _is_writable(f"{output}/{folder}")}
    nearest = {next((f for f in (p, *above(p)) if (output / f).is_dir()), "") for p in doubtful}
    reason = os.strerror(errno.EACCES if output.is_dir() else errno.ENOENT)
    for folder in sorted(nearest):
        if not _is_writable(f"{output}/{folder}"):
            yield problem("not-writable", str(output / folder), reason=reason)


def _is_writable(folder: str) -> bool:
    return os.access(folder, os.W_OK | os.X_OK)


def _shortened(problems: Sequence[Problem], output: Path) -> Iterator[Problem]:
    yield from problems[:_SHOWN]
    if len(problems) > _SHOWN:
        more = len(problems) - _SHOWN
        yield problem("many-in-the-way", str(output), count=more, manifest=MANIFEST)


def _ours(
    manifest: Manifest, output: Path, owner: str, known: Mapping[str, Written]
) -> tuple[str, ...]:
    """What the generator wrote, in order.  PortalError: it wrote that for another portal."""
    if manifest.owner == owner:
        return manifest.targets
    # The manifest was lost, or the portal has a new name: what the caller remembers proves it.
    changed = missing_or_changed(output, known)
    remembered = {target: None for target in known if target not in changed}
    if manifest.targets and not remembered:
        _refuse([problem("other-portal", str(output), there=manifest.owner, here=owner)])
    return tuple(dict.fromkeys(manifest.targets) | remembered)


@contextmanager
def _explained(output: Path) -> Iterator[None]:
    """Makes problems of what the operating system refuses."""
    try:
        yield
    except OSError as error:
        raise PortalError((refusal(error, output),)) from error


def _refuse(problems: Iterable[Problem]) -> None:
    if found := tuple(problems):
        raise PortalError(found)
