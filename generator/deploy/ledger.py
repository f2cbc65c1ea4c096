"""The ledger of addresses here and at a target: both know every one that was ever published."""

from collections.abc import Iterable
from typing import Final

from generator.base.problems import PortalError, problem
from generator.build import last_build
from generator.config.portal import Portal
from generator.deploy.manifest import CONTROL, PublishedPage
from generator.deploy.remote import Remote
from generator.site.ledger import FILE, Ledger, Line, parse

THERE: Final = f"{CONTROL}/{FILE}"


def here(portal: Portal) -> Ledger:
    """The portal's own ledger.  PortalError: lines of it say nothing."""
    file = portal.folders.root / FILE
    return parse(file.read_text(encoding="utf-8")) if file.exists() else Ledger()


def write_here(portal: Portal, ledger: Ledger) -> bool:
    """Makes the portal's ledger that one; whether it was another."""
    file = portal.folders.root / FILE
    text = ledger.text
    if file.exists() and file.read_text(encoding="utf-8") == text:
        return False
    new = file.with_name(f"{FILE}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(file)
    return True


def there(remote: Remote, pages: Iterable[PublishedPage]) -> Ledger:
    """A target's ledger, with the pages that are known to stand there."""
    data = remote.read(THERE)
    known = parse(data.decode("utf-8", "replace")) if data else Ledger()
    return known.with_lines(line for line in lines(pages) if line.address not in known.lines)


def lines(pages: Iterable[PublishedPage]) -> Iterable[Line]:
    """What the ledger says of pages."""
    return (Line(p.address, p.kind, p.id, p.text, p.path) for p in pages)


def merged(portal: Portal, at_target: Ledger) -> Ledger:
    """What both know.  What was decided here counts."""
    own = here(portal)
    return at_target.with_lines(own.lines.values())


def refuse_lost(portal: Portal, ledger: Ledger, pages: Iterable[PublishedPage]) -> None:
    """PortalError: there are addresses of which nobody knows where they lead; or some that the
    build did not know of."""
    found = last_build.resolution(portal)
    present = {page.address for page in pages}
    known = {*present, *found.moved, *found.gone, *(line.address for line in found.lost)}
    own = here(portal)
    numbers = {address: number for number, address in enumerate(sorted(own.lines), own.first_line)}
    lost = [line for line in found.lost if not _is_view(line, found.lost)]
    if lost:
        raise PortalError(
            tuple(
                problem("address-lost", FILE, numbers.get(line.address, 0), 0, address=line.address)
                for line in lost
            )
        )
    if any(a not in known and a not in own.lines for a in ledger.lines):
        write_here(portal, ledger)
        raise PortalError((problem("ledger-behind", FILE),))


def _is_view(line: Line, lost: Iterable[Line]) -> bool:
    """Whether it is the print view or PDF of an article of which is asked as well."""
    ids = {other.id for other in lost if other.kind == "article"}
    return line.kind in ("print", "pdf") and line.id in ids
