"""What can be said of one source by itself, kept while its file is as it was."""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from typing import Final, NamedTuple

import msgspec

from generator.base import digests, workers
from generator.base.problems import PortalError, Problem, lost
from generator.base.scan import read_bytes
from generator.build.workspace import Workspace
from generator.check import rules_header, rules_links, rules_text
from generator.check.rule import Circumstances, Piece, prose
from generator.check.rules_links import Href
from generator.config import fingerprint
from generator.front_matter import foreign_heads
from generator.load.store import Texts
from generator.model.entry import Entry, Record

RULES: Final = rules_header.RULES | rules_text.RULES
"""The rules that look at one source by itself."""

BUDGET: Final = 10.0
"""Seconds that one source may take."""

JOB: Final = 64
"""Sources given to a worker at once: a rule takes little time."""


class Seen(NamedTuple):
    """What the rules find in one source, and its links into the portal.

    It holds while the file's bytes have that `digest` (b"": what may not be found the next time),
    and so many of the moments of its rules are `past`.
    """

    digest: bytes
    past: int
    problems: tuple[Problem, ...]
    hrefs: tuple[Href, ...]


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """What was seen in each source, by path, where what rules ask for had that digest."""

    rules: bytes = b""
    seen: dict[str, Seen] = {}


def seen(
    workspace: Workspace, records: Mapping[str, Record], off: frozenset[str]
) -> dict[str, Seen]:
    """What the rules, but those that are `off`, find in these sources, by path.

    What was found in one that is as it was is not looked for again.
    """
    portal, store, at = workspace.portal, workspace.store, workspace.options.at
    shown = portal.folders.in_content("")  # which messages name
    rules = digests.of_value((fingerprint.generator(), portal.constants, shown, sorted(off)))
    kept = store.get("seen", _Kept)
    known = kept.seen if kept.rules == rules else {}
    wanted = {path: record.entry for path, record in records.items() if record.entry}
    found = {
        path: old
        for path, entry in wanted.items()
        if (old := known.get(path))
        and old.digest == records[path].digest
        and old.past == _past(entry, at)
    }
    if fresh := look(workspace, [e for path, e in wanted.items() if path not in found], off):
        there = workspace.sources.records.keys()
        known = {path: one for path, one in known.items() if path in there}
        store.put("seen", _Kept(rules, known | fresh))
    return {path: found.get(path) or fresh[path] for path in wanted}


def _past(entry: Entry, at: datetime) -> int:
    """How many of the moments are past at which the rules may say something else of a source."""
    return sum(moment <= at for moment in rules_header.moments(entry.source))


def look(workspace: Workspace, entries: Collection[Entry], off: frozenset[str]) -> dict[str, Seen]:
    """The same, looked for in any case."""
    portal, options, tasks = workspace.portal, workspace.options, list(entries)
    circumstances = Circumstances(portal, options.at)
    work = partial(_look, circumstances, workspace.store.texts, off)
    found: dict[str, Seen] = {}
    results = workers.run(work, tasks, jobs=options.jobs, budget=BUDGET, batch=JOB)
    for done, (place, result) in enumerate(results, 1):
        options.progress("checking", done, len(tasks))
        path = tasks[place].source.path
        if isinstance(result, str):
            problem = lost(result, portal.folders.in_content(path), BUDGET)
            found[path] = Seen(b"", 0, (problem,), ())
        else:
            found[path] = result
    return found


def _look(circumstances: Circumstances, texts: Texts, off: frozenset[str], entry: Entry) -> Seen:
    """What a worker does with one source."""
    path, portal = entry.source.path, circumstances.portal
    shown = portal.folders.in_content(path)
    try:
        data = read_bytes(portal.folders.content / path, shown)
    except PortalError as error:
        return Seen(b"", 0, error.problems, ())
    front = foreign_heads.read(data, portal.front_matter.styles)
    words = prose(front.text)
    piece = Piece(entry, texts(entry.text), front.text, words, front.first_line)
    found = [
        one.in_file(shown)
        for name, rule in RULES.items()
        if name not in off
        for one in rule(piece, circumstances)
    ]
    past = _past(entry, circumstances.at)
    return Seen(digests.of_bytes(data), past, tuple(found), rules_links.hrefs(piece, portal))
