"""The ledger of addresses here and at a target: both know every one that was ever published."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from generator.base.problems import PortalError, problem
from generator.build import last_build
from generator.config.portal import Portal
from generator.deploy.manifest import CONTROL, Manifest, PublishedPage
from generator.deploy.output import digest_of
from generator.deploy.remote import Remote
from generator.site.ledger import FILE, Ledger, Line, parse

THERE: Final = f"{CONTROL}/{FILE}"


class Ledgers(NamedTuple):
    """The portal's ledger and its file, a target's file, and what both know."""

    own: Ledger
    here: bytes
    there: bytes
    merged: Ledger


def read(portal: Portal, remote: Remote, before: Manifest) -> Ledgers:
    """The ledgers; `before` is what stands at the target.

    What was decided here counts.  PortalError: there are lines that say nothing.
    """
    file = portal.folders.root / FILE
    here = file.read_bytes() if file.exists() else b""
    there = remote.read(THERE) or b""
    own = _parsed(here)
    if there == here and digest_of(there) == before.ledger:
        return Ledgers(own, here, there, own)
    merged = _completed(there, before).with_lines(own.lines.values())
    return Ledgers(own, here, there, merged)


def complete(remote: Remote, before: Manifest) -> None:
    """Makes a target's ledger know all pages that stand there."""
    there = remote.read(THERE) or b""
    text = _completed(there, before).text.encode()
    if text != there:
        remote.write(THERE, text)


def _completed(there: bytes, before: Manifest) -> Ledger:
    """What a target's file says, with the pages that stand there without a line: a deploy was cut
    off between the two."""
    theirs = _parsed(there)
    if digest_of(there) == before.ledger:
        return theirs
    return theirs.with_lines(
        line for line in _lines(before.pages) if line.address not in theirs.written
    )


def own(portal: Portal) -> Ledger:
    """The portal's own ledger.  PortalError: there are lines that say nothing."""
    file = portal.folders.root / FILE
    return _parsed(file.read_bytes() if file.exists() else b"")


def write(portal: Portal, ledger: Ledger) -> None:
    """Makes the portal's ledger that one."""
    _write(portal, ledger.text.encode())


def entered(known: Ledgers, pages: Iterable[PublishedPage]) -> bytes:
    """The file that says that these pages are published as well."""
    ledger = known.merged.published(_lines(pages))
    return known.here if ledger == known.own else ledger.text.encode()


def enter(portal: Portal, remote: Remote, known: Ledgers, text: bytes) -> None:
    """Keeps what was entered, here and at the target."""
    if text != known.here:
        _write(portal, text)
    if text != known.there:
        remote.write(THERE, text)


def refuse_lost(portal: Portal, known: Ledgers, pages: Iterable[PublishedPage]) -> None:
    """PortalError: there are addresses of which nobody knows where they lead; or some that the
    build did not know of."""
    found = last_build.resolution(portal)
    if found.lost:
        places = sorted(known.own.written)
        numbers = {address: n for n, address in enumerate(places, known.own.first_line)}
        articles = {line.id for line in found.lost if line.kind == "article"}
        # Print view and PDF of an article follow what is decided of it.
        asked = [
            line.address
            for line in found.lost
            if line.kind not in ("print", "pdf") or line.id not in articles
        ]
        raise PortalError(
            tuple(problem("address-lost", FILE, numbers.get(a, 0), address=a) for a in asked)
        )
    unknown = known.merged.written.keys() - known.own.written.keys()
    if unknown and unknown - {page.address for page in pages}:
        write(portal, known.merged)
        raise PortalError((problem("ledger-behind", FILE),))


def _parsed(data: bytes) -> Ledger:
    return parse(data.decode("utf-8", "replace"))


def _write(portal: Portal, text: bytes) -> None:
    file = portal.folders.root / FILE
    new = file.with_name(f"{FILE}.new")
    new.write_bytes(text)
    new.replace(file)


def _lines(pages: Iterable[PublishedPage]) -> Iterable[Line]:
    """What the ledger says of pages."""
    return (Line(p.address, p.kind, p.id, p.text, p.path) for p in pages)
