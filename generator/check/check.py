"""The publish gate: all that keeps a portal from being built, and what its editors should know.

Nothing is published, and no running build is waited for.  A rule is named after its message; its
level is the message's severity unless portal.toml chooses another one.
"""

import os
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from generator.base.problems import PortalError, Problem, Severity, message, problem
from generator.base.report import Options
from generator.build.kept import Outcome, kept
from generator.check.gathered import Gathered, Wish
from generator.config.check import Level, rules
from generator.config.portal import Portal

if TYPE_CHECKING:
    from generator.build.workspace import Workspace

OFF: Final = frozenset({"link-dead-absolute"})
"""Rules that are off unless a portal wants them: much of what is at a portal's own address may come
from elsewhere (a shop, a newsletter, an older website)."""

REPLACED: Final = frozenset({"markdown-picture-undescribed"})
"""Warnings of a build of which a rule says the same: here `picture-alt`."""


class Finding(NamedTuple):
    """A problem, and how grave this portal takes it."""

    problem: Problem
    level: Severity

    @property
    def is_error(self) -> bool:
        """Whether the portal should not be published so."""
        return self.level == "error"


def check(
    portal: Portal, options: Options, *, paths: tuple[Path, ...] = (), external: bool = False
) -> tuple[Finding, ...]:
    """All findings in the portal, or in the files and folders `paths`, in the order of places.

    `external`: the servers that texts link to are asked whether what is linked is there.
    """
    levels, root = portal.check.levels, portal.folders.root
    name = f"check {'some' if paths else 'all'}{' with links' if external else ''}"
    question = name, tuple(map(str, paths))
    try:
        gathered = kept(portal, options, question, Gathered, partial(_gather, paths, external))
    except PortalError as error:
        gathered = Gathered(error.problems, {}, frozenset())
    found = gathered.problems
    if external:
        # Imported here: to ask servers takes much that a check without that does not need.
        from generator.check.external import link_problems

        found += tuple(link_problems(portal, gathered.external, options.progress))
    findings = {
        Finding(one, level)
        for one in found
        if one.name not in REPLACED and (not paths or _inside(str(root / one.path), paths))
        if (level := level_in(one, levels, draft=one.path in gathered.drafts)) != "off"
    }
    return tuple(sorted(findings))


def _gather(paths: tuple[Path, ...], external: bool, workspace: "Workspace") -> Outcome[Gathered]:
    # Imported here: what is kept needs no rule, and a few edits do not need all.
    from generator.check import after_edits

    levels, content = workspace.portal.check.levels, workspace.portal.folders.content
    off = frozenset(rule for rule in rules() if level_of(rule, levels) == "off")
    sources = [p.relative_to(content).as_posix() for p in paths if p.is_relative_to(content)]
    if len(sources) == len(paths) and not external:
        found = after_edits.tried(sources, off, workspace)
        if found:
            return found
    from generator.check.collect import gather

    wanted = (lambda path: _inside(f"{content}{os.sep}{path}", paths)) if paths else None
    return gather(Wish(off, wanted, external), workspace)


def level_of(rule: str, levels: Mapping[str, Level]) -> Level:
    """The level of a rule, by the choice of a portal."""
    return levels.get(rule, "off" if rule in OFF else message(rule).severity)


def level_in(one: Problem, levels: Mapping[str, Level], *, draft: bool) -> Level:
    """How grave a problem is: in a draft, which nobody can read yet, no rule is an error."""
    if one.name not in rules():
        return one.message.severity
    level = level_of(one.name, levels)
    return "warning" if draft and level == "error" else level


def _inside(place: str, paths: Iterable[Path]) -> bool:
    """Whether one of `paths` is `place`, or a folder above it."""
    return any(f"{place}{os.sep}".startswith(f"{path}{os.sep}") for path in paths)


def of_broken_portal(error: PortalError) -> tuple[Finding, ...]:
    """What there is to say where portal.toml itself, or the call, is wrong."""
    return tuple(sorted(Finding(one, one.message.severity) for one in error.problems))


def wanted(paths: Iterable[Path], portal: Portal) -> tuple[Path, ...]:
    """The absolute paths that are meant; PortalError: one does not exist or is not the portal's."""
    folders = portal.folders
    known = (folders.root, folders.content, folders.layouts, folders.assets)
    found = {path: Path.cwd() / path for path in paths}
    foreign = tuple(
        problem("path-outside", str(path), folder=folders.root)
        for path, place in found.items()
        if not os.path.lexists(place)
        or not any(place == folder or folder in place.parents for folder in known)
    )
    if foreign:
        raise PortalError(foreign)
    return tuple(found.values())
