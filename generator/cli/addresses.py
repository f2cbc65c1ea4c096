"""The command `addresses`: lists what was ever published, explains an address, mends the ledger."""

import argparse

import msgspec

from generator.base.problems import PortalError, problem
from generator.base.words import Language, word
from generator.build import last_build
from generator.config.portal import Portal
from generator.deploy import ledger
from generator.site.ledger import FILE, GONE, Ledger, Line, Resolution, parse, without_marks

# ruff: noqa: T201 (printing is what it is for)


def run(portal: Portal, options: argparse.Namespace) -> int:
    """Lists, explains, decides or mends; the exit code is 1 where an address leads nowhere."""
    if options.mend:
        _mend(portal)
    known = ledger.own(portal)
    if options.gone:
        known = _decided(portal, known, options.gone)
    found = last_build.resolution(portal)
    wanted = [options.address] if options.address else sorted(known.written)
    for address in () if options.mend or options.gone else wanted:
        if address not in known.written:
            raise PortalError((problem("address-unknown", FILE, address=address),))
        print(_said(known.lines[address], found, options.language))
    return int(bool(found.lost) and not (options.mend or options.gone))


def _said(line: Line, found: Resolution, language: Language) -> str:
    if line.address in found.moved:
        what = word("address-moved", language, goal=found.moved[line.address])
    elif line.address in found.gone:
        what = word("address-gone", language)
    elif any(one.address == line.address for one in found.lost):
        what = word("address-undecided", language)
    else:
        what = word("address-live", language)
    of = f"{line.kind} {line.id}".rstrip()
    return f"{line.address} ({of}) {what}"


def _decided(portal: Portal, known: Ledger, address: str) -> Ledger:
    """The ledger, in which an address is gone for good."""
    line = known.lines.get(address)
    if line is None:
        raise PortalError((problem("address-unknown", FILE, address=address),))
    found = last_build.resolution(portal)
    lost = {one.address for one in found.lost}
    if address not in (lost | found.moved.keys() | set(found.gone)):
        raise PortalError((problem("address-in-use", FILE, address=address),))
    made = known.with_lines([msgspec.structs.replace(line, decision=GONE)])
    ledger.write(portal, made)
    return made


def _mend(portal: Portal) -> None:
    """Writes the ledger anew, in order, without what Git put between its lines."""
    file = portal.folders.root / FILE
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    ledger.write(portal, parse(without_marks(text)))
