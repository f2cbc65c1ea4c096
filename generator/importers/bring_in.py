"""From an archive to a portal: looked through, planned, written, accounted for."""

import argparse
import json
import re
import shlex
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final, Protocol

import msgspec

from generator.base import console, machine
from generator.base.problems import PortalError, problem
from generator.base.words import word
from generator.build.new_portal import make_portal
from generator.config import portal as portals
from generator.config.permalink_patterns import Addresses
from generator.config.portal import Portal
from generator.front_matter import header, reader
from generator.importers import merge, portal_file, report, wxr
from generator.importers.archive import Account, Item, Settings, Source, source_file
from generator.importers.fetch import fetch
from generator.importers.folder_archive import Folder
from generator.importers.many import Work
from generator.importers.pictures import DOCUMENTS, FOLDER, Pictures
from generator.importers.wordpress_archive import WordPress
from generator.model.article import Image

_FILE: Final = re.compile(rf"/(?:{FOLDER}|{DOCUMENTS})/[^\s)>\"]+")
_STARTER: Final = "2026/01/der-erste-artikel.md"


class Archive(Protocol):
    """An archive that was looked through: what it says as a whole, and its items one by one.

    `comments` is what readers wrote, known when all items have been asked for.
    """

    kind: str
    settings: Settings
    comments: list[dict[str, object]]
    pictures: Pictures

    def pictured(self) -> Iterable[str]:
        """The addresses of the pictures that texts may show."""

    def items(self, work: Work) -> Iterator[Source | Account]:
        """All items, in the order of the archive."""


def run(options: argparse.Namespace) -> int:
    """Brings the archive in that the options name; the exit code.

    PortalError: there is none, it cannot be read, or nothing can be written there.
    """
    sources: Sequence[Path] = options.sources
    for source in sources:
        if not source.exists():
            raise PortalError((problem("import-source-missing", str(source), source=source),))
    pictures = _pictures(options.pictures, options.into)
    if not options.dry_run:
        _check_target(options.into, sources)
    known = merge.load(options.into) if options.into else {}
    there = options.into and options.into / portals.FILE
    patterns = portals.load(there).addresses if there and there.is_file() else None
    paths = {key: each.path for key, each in known.items()}
    archive = _recognised(sources, pictures, paths, patterns)
    if options.dry_run:
        return _dry_run(archive)
    portal = _portal(options.into, archive.settings)
    if options.pictures and _is_site(options.pictures) and pictures.folder:
        pictures.failed = fetch(archive.pictured(), options.pictures, pictures.folder)
        pictures.look()
    accounts, wanted = _written(archive, portal, options.into, known)
    copied = archive.pictures.copy(portal.folders.assets, wanted)
    report.write(options.into / merge.FOLDER, accounts, options.language)
    if archive.comments:
        lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in archive.comments)
        file = options.into / merge.FOLDER / "comments.json"
        file.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    _say(archive, accounts, copied, options)
    return 0


def _pictures(given: str | None, into: Path | None) -> Pictures:
    """The pictures in the folder that is named, or in that which they are fetched into."""
    if given and _is_site(given):
        return Pictures(into / merge.FOLDER / "pictures" if into else None)
    if given and not Path(given).is_dir():
        raise PortalError((problem("import-pictures-missing", "--pictures", folder=given),))
    return Pictures(Path(given) if given else None)


def _is_site(given: str) -> bool:
    return given.startswith(("http://", "https://"))


def _check_target(into: Path | None, sources: Sequence[Path]) -> None:
    if into is None:
        raise PortalError((problem("import-into-missing", "--into"),))
    folder = into.resolve()
    for source in (source.resolve() for source in sources if source.is_dir()):
        if source == folder or source in folder.parents or folder in source.parents:
            raise PortalError((problem("import-into-source", "--into", folder=into),))
    if (
        into.exists()
        and not (into / portals.FILE).is_file()
        and (not into.is_dir() or any(into.iterdir()))
    ):
        raise PortalError((problem("import-into-occupied", "--into", folder=into),))


def _recognised(
    sources: Sequence[Path], pictures: Pictures, known: dict[str, str], there: Addresses | None
) -> Archive:
    files = [
        file
        for source in sources
        for file in (sorted(source.glob("*.xml")) if source.is_dir() else [source])
        if wxr.is_export(file)
    ]
    if files and len(files) >= len(sources):
        return WordPress(files, pictures, known, there)
    if len(sources) == 1 and sources[0].is_dir():
        archive = Folder(sources[0], pictures if pictures.folder else None, known, there)
        if archive.texts:
            return archive
    raise PortalError((problem("import-source-unknown", str(sources[0])),))


def _portal(into: Path, settings: Settings) -> Portal:
    """The portal to write to: a new one, or that which is there with what it lacked."""
    file = into / portals.FILE
    if file.is_file():
        there = file.read_text(encoding="utf-8")
        added = portal_file.added_to(there, settings)
        if added.strip() != there.strip():
            file.write_text(added, encoding="utf-8")
        return portals.load(file)
    for _ in make_portal(into):
        pass
    (into / "content" / _STARTER).unlink()
    settings = msgspec.structs.replace(
        settings, footer=(*settings.footer, ("Impressum", "/impressum/"))
    )
    file.write_text(portal_file.whole(settings), encoding="utf-8")
    return portals.load(file)


def _written(
    archive: Archive, portal: Portal, into: Path, known: dict[str, merge.Known]
) -> tuple[list[Account], set[str]]:
    """Writes all sources; the accounts of all items, and the pictures that sources refer to."""
    merging = merge.Merge(into, portal.folders.content, known)
    accounts: list[Account] = []
    wanted: set[str] = set()
    work = Work(machine.available(), partial(_judged, portal=portal, into=into))
    try:
        for each in archive.items(work):
            if isinstance(each, Account):
                accounts.append(each)
                continue
            wanted |= each.files
            outcome = merging.write(each)
            accounts.append(msgspec.structs.replace(each.account, outcome=outcome))
    finally:
        merge.save(into, merging.known)
    return accounts, wanted


def _judged(item: Item, portal: Portal, into: Path | None) -> Source | Account:
    """The source, or why a build would refuse it; `refused/` in `into` has it then."""
    account, data = item.account, source_file(item.fields, item.text)
    _, problems = reader.read(account.path, header.read(data), portal)
    wrong = tuple(found for found in problems if found.is_error)
    if not wrong:
        image = item.fields.get("image")
        own = [image.file] if isinstance(image, Image) else []
        return Source(account, data, frozenset([*own, *_FILE.findall(item.text)]))
    if into:
        file = into / merge.FOLDER / "refused" / account.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return msgspec.structs.replace(account, status="left-out", refused=wrong)


def _dry_run(archive: Archive) -> int:
    """Prints the portal.toml, and as comments what would become of the items."""
    if isinstance(archive, Folder):
        settings = archive.in_place()
        portal = _tried(msgspec.structs.replace(settings, content=""))
        counts = archive.refusals(portal)
    else:
        settings = archive.settings
        portal = _tried(settings)
        counts = Counter()
        work = Work(machine.available(), partial(_judged, portal=portal, into=None))
        for each in archive.items(work):
            account = each if isinstance(each, Account) else each.account
            counts[account.status] += 1
            counts.update({wrong.name for wrong in account.refused})
    print(portal_file.whole(settings), end="")  # noqa: T201 - what the command is asked for
    for name, count in counts.most_common():
        print(f"# {count:6} {name}")  # noqa: T201 - as above
    return 0


def _tried(settings: Settings) -> Portal:
    """The portal that the settings make, in a folder that is gone again."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("content", "layouts", "assets"):
            (Path(folder) / name).mkdir()
        file = Path(folder) / portals.FILE
        file.write_text(portal_file.whole(settings), encoding="utf-8")
        return portals.load(file)


def _say(
    archive: Archive, accounts: Sequence[Account], copied: int, options: argparse.Namespace
) -> None:
    status = Counter(account.status for account in accounts)
    missing = sum(len(account.missing) for account in accounts)
    language = options.language
    print(word(  # noqa: T201 - what the command says in the end
        "imported", language, kind=archive.kind,
        articles=word("articles", language, count=status["article"]),
        pages=word("imported-pages", language, count=status["page"]),
        drafts=word("imported-drafts", language, count=status["draft"]),
        pictures=word("imported-pictures", language, count=copied),
        left=word("imported-left-out", language, count=status["left-out"]),
        missing=word("imported-missing", language, count=missing),
        report=options.into / merge.FOLDER / "report.html",
        folder=shlex.quote(str(options.into)), call=console.call(),
    ))  # fmt: skip
