"""The command `rename`: a source gets another name, or an address is said to have moved."""

import argparse
import os
from pathlib import Path

import msgspec

from generator.base.problems import PortalError, problem
from generator.config.portal import Portal
from generator.deploy import ledger
from generator.site.ledger import FILE

# ruff: noqa: T201 (printing is what it is for)


def run(portal: Portal, options: argparse.Namespace) -> int:
    """Renames what is named; the exit code.  PortalError: there is no such thing."""
    if options.old.startswith("/"):
        _address(portal, options.old, options.new)
    else:
        print(os.path.relpath(_source(portal, Path(options.old), Path(options.new))))
    return 0


def _address(portal: Portal, old: str, new: str) -> None:
    known = ledger.own(portal)
    if old not in known.written:
        raise PortalError((problem("address-unknown", FILE, address=old),))
    decided = msgspec.structs.replace(known.lines[old], decision=new)
    ledger.write(portal, known.with_lines([decided]))


def _source(portal: Portal, old: Path, new: Path) -> Path:
    """Moves a source, which keeps the name by which feed readers and the ledger know it."""
    content = portal.folders.content
    before, after = (_in_content(path, content) for path in (old, new))
    if not before.is_file():
        raise PortalError((problem("rename-missing", file=old),))
    if after.exists():
        raise PortalError((problem("rename-exists", file=new),))
    data = before.read_bytes()
    name = before.relative_to(content).as_posix()
    after.parent.mkdir(parents=True, exist_ok=True)
    before.replace(after)
    if _is_article(portal, name) and not _has_guid(data):
        ending = b"\r\n" if b"\r\n" in data else b"\n"
        head, fence, rest = data.partition(b"---" + ending)
        line = f'guid: "{name}"'.encode() + ending
        after.write_bytes(head + fence + line + rest)
    return after


def _in_content(path: Path, content: Path) -> Path:
    """A path as one types it: from here, or from the content folder on."""
    here = Path.cwd() / path
    return here if here.is_relative_to(content) else content / path


def _is_article(portal: Portal, name: str) -> bool:
    from generator.build import last_build  # noqa: PLC0415 (an address needs none of it)
    from generator.model.article import Article  # noqa: PLC0415 (as above)

    entry = last_build.built(portal).entries.get(name)
    return entry is not None and isinstance(entry.source, Article)


def _has_guid(data: bytes) -> bool:
    head = data.split(b"\n---", 1)[0].lower()
    return any(line.startswith((b"guid:", b"kennung:")) for line in head.splitlines())
