"""A deploy: what was built goes to a target, whole or not at all."""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from generator.base import digests
from generator.base.lock import WAIT, shared
from generator.base.problems import PortalError, Problem, problem
from generator.build import last_build
from generator.config.deploy import Target
from generator.config.portal import Portal
from generator.deploy import in_place, ledger, releases
from generator.deploy.courier import Line, connected
from generator.deploy.lock import Lock, held
from generator.deploy.manifest import (
    CONTROL,
    Changes,
    Manifest,
    PublishedPage,
    changes,
    difference,
    packed,
    packed_pages,
    with_earlier_assets,
)
from generator.deploy.output import Output, digest_of, look
from generator.deploy.pages import published_pages
from generator.deploy.publication import Publication
from generator.deploy.remote import RefusedError, Remote, explained
from generator.load.store import FOLDER
from generator.publish import manifest as manifests
from generator.publish.output import opened
from generator.site.ledger import FILE

_HELD: Final = f"{CONTROL}/held"
"""Says that a release was put back, and that nothing is to be published for now."""

_CALLED: Final = f"{CONTROL}/called"
"""The serial of the last publication for which the commands after it were called."""

_SLACK: Final = 300.0
"""Seconds by which clocks may differ."""


class Wishes(NamedTuple):
    """How to deploy.

    `verify`: look at all files of the target, and mend them.  `force`: even if the target is
    another portal's, or newer.  `resume`: after a release was put back.  `tell` hears what is
    to be known before it is done.
    """

    verify: bool = False
    force: bool = False
    resume: bool = False
    tell: Callable[[Problem], None] = lambda _problem: None


class Built(NamedTuple):
    """What is to be deployed: files, the moment for which they were built, and their pages."""

    output: Output
    moment: float
    pages: tuple[PublishedPage, ...]


class Done(NamedTuple):
    """What a deploy did: files that it sent, and mended; what changed for readers."""

    sent: int
    mended: int
    changes: Changes
    problems: tuple[Problem, ...]


def target_of(portal: Portal, name: str | None) -> Target:
    """The target of that name, or the first.  PortalError: there is none."""
    found = [one for one in portal.deploy if name in (None, one.name)]
    if found:
        return found[0]
    if not portal.deploy:
        raise PortalError((problem("no-target", "portal.toml"),))
    known = ", ".join(one.name for one in portal.deploy)
    raise PortalError((problem("target-unknown", "portal.toml", target=name, known=known),))


def deploy(portal: Portal, target: Target, wishes: Wishes) -> Done:
    """Makes the target what the output folder is.

    PortalError: what is wrong; readers see what they saw before, or whole pages of both.
    """
    with opened(portal.folders.output, wait=WAIT):
        # What is wrong here is said before anybody is called.
        built = Built(look(portal), _moment(portal), published_pages(portal))
        with _line(portal, target) as line:
            line.remote.make_folders([CONTROL])
            with held(line.remote, wait=WAIT, tell=wishes.tell) as lock:
                return _deploy(portal, target, wishes, built, line, lock)


def seen(portal: Portal, target: Target) -> Manifest:
    """What stands at a target, without waiting for anybody; empty before the first deploy."""
    with _line(portal, target) as line:
        return _current(target, line.remote) or Manifest()


def put_back(portal: Portal, target: Target, count: int, wishes: Wishes) -> Done:
    """Shows readers the release that was `count` deploys before, until somebody resumes.

    PortalError: there is none.
    """
    if target.kind == "command":
        raise PortalError((problem("no-releases", target.name, kind=target.kind),))
    with _line(portal, target) as line:
        remote = line.remote
        remote.make_folders([CONTROL])
        with held(remote, wait=WAIT, tell=wishes.tell) as lock:
            before = _current(target, remote) or Manifest()
            there = _serials(target, remote)
            earlier = [one for one in there if one < (before.of or before.serial)]
            if len(earlier) < count:
                raise PortalError((problem("release-missing", target.name, count=len(earlier)),))
            fetch = releases.fetch if _has_releases(target) else in_place.fetch
            then = fetch(remote, earlier[-count], before)
            found = changes(before.files, *difference(before.files, then.files))
            again = msgspec.structs.replace(
                then,
                serial=max(before.serial, *there) + 1,
                changes=found,
                of=then.of or then.serial,
            )
            ledger.complete(remote, before)
            remote.write(_HELD, b"")
            if _has_releases(target):
                releases.put_back(remote, then.serial, again)
            else:
                files = with_earlier_assets(then.files, before.files, target.keep)
                again = msgspec.structs.replace(again, files=files)
                # Nothing is needed of the output folder: all was fetched.
                publication = Publication(line, lock, before, again, portal.folders.output)
                in_place.bring(publication, len(there) + 1)
            return Done(0, 0, found, _told(portal, target, remote, again.serial, found))


def learn(portal: Portal, target: Target, *, first: bool) -> None:
    """Makes the portal's ledger know what a target's knows, before the portal is built.

    PortalError: neither is there, and nobody says that nothing was published before.
    """
    with _line(portal, target) as line:
        before = _current(target, line.remote) or Manifest()
        known = ledger.read(portal, line.remote, before)
    if known.merged != known.own:
        ledger.write(portal, known.merged)
    if not known.merged.written and target.kind == "command" and not first:
        raise PortalError((problem("ledger-missing", FILE),))


@contextmanager
def _line(portal: Portal, target: Target) -> Iterator[Line]:
    """The way to a target; what fails on it is explained.  PortalError."""
    remote: Remote | None = None
    state = portal.folders.root / FOLDER / "deploy" / target.name
    rooted = msgspec.structs.replace(target, path=_path(portal, target))
    try:
        with connected(rooted, state=state) as line:
            remote = line.remote
            try:
                yield line
            except OSError as error:
                raise explained(error, target, remote) from error
    except OSError as error:
        raise explained(error, target, None) from error


def _path(portal: Portal, target: Target) -> str:
    """A folder of this machine is one from portal.toml on; one elsewhere, from the account's."""
    here = target.kind == "folder"
    return str(portal.folders.root / target.path) if here else target.path.removeprefix("~/")


def _has_releases(target: Target) -> bool:
    return target.kind == "folder" or (target.kind == "rsync" and not target.in_place)


def _current(target: Target, remote: Remote) -> Manifest | None:
    return releases.current(remote) if _has_releases(target) else in_place.current(remote)


def _moment(portal: Portal) -> float:
    """The moment for which the output was built.

    PortalError: it was with drafts, or for a day to come; or nobody knows.
    """
    check, output = last_build.up_to_date_check(portal), portal.folders.output
    if check.published != digests.of_bytes(manifests.raw(output)):
        raise PortalError((problem("nothing-built", str(output)),))
    if check.drafts or check.since > datetime.now(portal.zone).timestamp() + _SLACK:
        raise PortalError((problem("output-not-public", str(output)),))
    return check.since


def _deploy(
    portal: Portal, target: Target, wishes: Wishes, built: Built, line: Line, lock: Lock
) -> Done:
    remote = line.remote
    output, moment, pages = built
    if remote.read(_HELD) is not None and not wishes.resume:
        raise PortalError((problem("deploy-held", target.name, target=target.name),))
    before = _current(target, remote) or Manifest()
    if not wishes.force:
        _refuse_other(portal, target, before, moment)
    damaged = _damaged(target, remote, before) if wishes.verify else []
    before = before.doubted(damaged)
    known = ledger.read(portal, remote, before)
    ledger.refuse_lost(portal, known, pages)
    text = ledger.entered(known, pages)
    files = with_earlier_assets(output.files, before.files, target.keep)
    brought, gone = difference(before.files, files)
    found = changes(before.files, brought, gone)
    pending = before.changes if _is_pending(target, remote, before) else Changes()
    if not remote.replaces and found.changed:
        wishes.tell(problem("gaps-ahead", target.name))
    sent = 0
    if brought or gone or not before.serial:
        serial = max([before.serial, *_serials(target, remote)]) + 1
        pending = pending.then(found)
        wanted = Manifest(
            portal.address, serial, moment, files, packed_pages(pages), pending,
            ledger=digest_of(text),
        )  # fmt: skip
        publication = Publication(line, lock, before, wanted, output.folder)
        sent = _bring(portal, target, publication, wishes.tell)
    else:
        serial = before.serial
    ledger.enter(portal, remote, known, text)
    remote.remove([_HELD] if wishes.resume else [])
    return Done(sent, len(damaged), found, _told(portal, target, remote, serial, pending))


def _bring(
    portal: Portal, target: Target, publication: Publication, tell: Callable[[Problem], None]
) -> int:
    """Lets readers see the publication; the number of files sent."""
    if target.kind == "command":
        return _bring_by_command(portal, target, publication)
    if _has_releases(target):
        return releases.bring(publication, target.keep, tell)
    return in_place.bring(publication, target.keep - 1)


def _bring_by_command(portal: Portal, target: Target, publication: Publication) -> int:
    """Lets a command bring the files, which knows how; it is called again until it succeeds."""
    from generator.deploy import after

    before, wanted = publication.before, publication.wanted
    brought, gone = difference(before.files, wanted.files)
    with after.lists(portal, wanted.changes, SEND=brought, REMOVE=gone) as lists:
        values = {**lists, f"{after.PREFIX}OUTPUT": str(publication.output)}
        # It may go on when this process is killed: until its end nobody builds or deploys.
        failed = after.call(target.command, portal, values, locks=shared())
    if failed:
        raise PortalError((failed,))
    publication.line.remote.write(f"{CONTROL}/{in_place.NAME}", packed(wanted))
    return len(brought)


def _refuse_other(portal: Portal, target: Target, before: Manifest, moment: float) -> None:
    if before.owner and before.owner != portal.address:
        found = problem("target-others", target.name, there=before.owner, here=portal.address)
        raise PortalError((found,))
    if before.moment > moment + _SLACK:
        there, here = (
            datetime.fromtimestamp(at, portal.zone).strftime("%Y-%m-%d %H:%M")
            for at in (before.moment, moment)
        )
        raise PortalError((problem("target-newer", target.name, there=there, here=here),))


def _serials(target: Target, remote: Remote) -> list[int]:
    """The publications that lie at the target, the oldest first."""
    if target.kind == "command":
        return []
    return releases.serials(remote) if _has_releases(target) else in_place.serials(remote)


def _is_pending(target: Target, remote: Remote, before: Manifest) -> bool:
    """Whether the last publication was cut off before its commands were called."""
    return bool(target.after) and before.serial > int(remote.read(_CALLED) or 0)


def _damaged(target: Target, remote: Remote, before: Manifest) -> list[str]:
    """The files that are not as the manifest says."""
    if target.kind == "command":
        return list(before.files)
    root = "current/" if _has_releases(target) else ""
    try:
        found = _read_some(remote, [root + path for path in before.files])
        return [
            path
            for (path, file), data in zip(before.files.items(), found, strict=True)
            if data is None or digest_of(data) != file.digest
        ]
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EISDIR) or isinstance(error, RefusedError):
            return list(before.files)
        raise


_AT_ONCE: Final = 500


def _read_some(remote: Remote, paths: list[str]) -> Iterator[bytes | None]:
    """The bytes of many files, of which not all are in memory at once."""
    for start in range(0, len(paths), _AT_ONCE):
        yield from remote.read_all(paths[start : start + _AT_ONCE])


def _told(
    portal: Portal, target: Target, remote: Remote, serial: int, found: Changes
) -> tuple[Problem, ...]:
    """Calls the commands that want to hear of a publication; what is to be said of those that
    failed."""
    if not target.after or not found:
        return ()
    from generator.deploy import after

    # Written before the call: it is better to call too seldom than to tell the same twice.
    remote.write(_CALLED, str(serial).encode())
    with after.lists(portal, found) as values:
        told = {**values, f"{after.PREFIX}TARGET": target.name}
        failed = [after.call(command, portal, told) for command in target.after]
    return tuple(one for one in failed if one)
