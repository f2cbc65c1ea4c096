"""The command `stadtschreiber`: what is called, what is said, and the exit code.

0: done.  1: mistakes in the portal, each of them said.  2: wrong usage.  3: published, but
sources with mistakes were left out.
"""

import argparse
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from errno import ENOMEM
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from generator.base import console
from generator.base.problems import PortalError, problem
from generator.base.words import Language, word
from generator.cli import arguments
from generator.cli.arguments import Arguments, parser

if TYPE_CHECKING:
    from generator.base.report import Options
    from generator.config.portal import Portal

# Modules that do the work are imported where they are called: asking for help loads none of them.

LEFT_OUT: Final = 3
"""The exit code of a build that published, but not all."""


def run() -> NoReturn:
    """Runs the command, and ends the process with its exit code.

    What a build holds in the end, some hundred thousand values, is left to the system: to take it
    apart one by one would take a tenth of the time of a small edit.
    """
    _open_streams()
    code = main()
    if code not in (0, LEFT_OUT):
        sys.exit(code)
    with suppress(OSError):
        sys.stderr.flush()  # `main` has seen to the other one
    os._exit(code)


def _open_streams() -> None:
    """Opens those of the three standard streams that are closed, leading nowhere.

    Otherwise the next files that are opened would get their numbers, and the store would be written
    to by whatever prints.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8"))


def main(typed: Sequence[str] | None = None) -> int:
    """Runs the command as it was `typed`, this process's by default; returns the exit code."""
    typed = sys.argv[1:] if typed is None else typed
    language = console.language_of(typed, os.environ)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal may not know umlauts
    try:
        return _obey(typed, language)
    except KeyboardInterrupt:
        return 130
    except (OSError, MemoryError) as error:
        if not isinstance(error, BrokenPipeError):  # which is `stadtschreiber check | head`
            _say_refused(error, language)
        for stream in (sys.stdout, sys.stderr):
            # At the end of the process Python writes what is left, and nobody catches an error.
            with suppress(OSError):
                stream.flush()
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return 1


def _obey(typed: Sequence[str], language: Language) -> int:
    """Does what was `typed`, and says what is wrong; the exit code."""
    try:
        try:
            options = parser(COMMANDS, language).parse_args(typed)
            options.language = language
            _, run = COMMANDS[options.command]
            return run(options)
        finally:
            sys.stdout.flush()
    except PortalError as error:
        root = _root(getattr(options, "portal", None))
        code = _code(error)
        building = options.command == "build" and code == 1
        console.say_problems(
            error.problems,
            language=language,
            root=root,
            closing=building,
            everything=getattr(options, "all", False),
        )
        return code


def _say_refused(error: OSError | MemoryError, language: Language) -> None:
    """Says what no command is prepared for: no memory, no room where the output goes."""
    path = str(getattr(error, "filename", None) or "")
    reason = (isinstance(error, OSError) and error.strerror) or str(error) or os.strerror(ENOMEM)
    found = problem("system-refuses", path, reason=reason)
    with suppress(OSError):
        console.say_problems([found], language=language, closing=False)


def _build(options: argparse.Namespace) -> int:
    from generator.build.build import build

    portal = _portal(options)
    names = ("drafts", "clean", "keep_going", "first", "force")
    wishes = {name: getattr(options, name) for name in names}
    with console.progress(quiet=options.quiet, language=options.language) as progress:
        report = build(portal, _options(options, portal, progress=progress, **wishes))
    console.say_problems(
        (*report.warnings, *report.refused),
        language=options.language,
        root=portal.folders.root,
        closing=False,
        everything=options.all,
    )
    if options.explain:
        console.say_reasons(report, language=options.language)
    if not options.quiet:
        console.say_report(report, language=options.language)
    if report.left_out:
        console.say_left_out(report, language=options.language, root=portal.folders.root)
        return LEFT_OUT
    return 0


def _deploy(options: argparse.Namespace) -> int:
    from generator.cli.deploy import run

    return run(_portal(options), options)


def _diff(options: argparse.Namespace) -> int:
    from generator.cli.diff import run

    return run(_portal(options), options)


def _publish(options: argparse.Namespace) -> int:
    """Builds with the addresses that the target knows, and deploys.

    The exit code is that of the build where sources were left out, else that of the deploy.
    """
    from generator.cli.deploy import run
    from generator.deploy.deploy import learn, target_of

    vars(options).update(
        drafts=False, at=None, clean=False, explain=False, force=False, dry_run=False, back=None,
        resume=False,
    )  # fmt: skip
    portal = _portal(options)
    learn(portal, target_of(portal, options.name), first=options.first)
    left_out = _build(options)
    return run(portal, options) or left_out


def _rename(options: argparse.Namespace) -> int:
    from generator.cli.rename import run

    return run(_portal(options), options)


def _addresses(options: argparse.Namespace) -> int:
    from generator.cli.addresses import run

    return run(_portal(options), options)


def _serve(options: argparse.Namespace) -> int:
    from generator.base import machine
    from generator.config import portal as portals
    from generator.serve.protocol import Opening, start_backend

    file = _portal_file(options.portal).resolve()
    try:
        portal = portals.load(file)
    except PortalError:
        pass  # the browser shows what is wrong, until it is mended
    else:
        _moment(options.at, portal)
    jobs = options.jobs or machine.available()
    backend = start_backend(Opening(file.parent, options.at or "", options.drafts, jobs))
    # Imported here: while the backend starts, this process loads what it needs itself.
    from generator.serve import preview

    wishes = preview.Wishes(options.host, options.port, options.open, options.language)
    preview.serve(backend, file.parent, wishes)
    return 0


def _check(options: argparse.Namespace) -> int:
    from generator.check.check import check, of_broken_portal, wanted
    from generator.check.formats import as_json, as_sarif

    root = _root(options.portal)
    try:
        portal = _portal(options)
        paths = wanted(options.paths, portal)
        with console.progress(quiet=False, language=options.language) as progress:
            wishes = _options(options, portal, progress=progress)
            found = check(portal, wishes, paths=paths, external=options.links)
    except PortalError as error:
        found, code = of_broken_portal(error), _code(error)
    else:
        code = int(any(finding.is_error for finding in found))
    if options.format == "text":
        # Whoever names files wants to put them right: all that is to be done there.
        named = bool(options.paths) and all(path.is_file() for path in options.paths)
        everything = options.all or named
        console.say_findings(found, language=options.language, root=root, everything=everything)
    else:
        said = {"json": as_json, "sarif": as_sarif}[options.format]
        print(said(found, options.language))
    return code


def _new(options: argparse.Namespace) -> int:
    from generator.cli.new import write

    portal = _portal(options)
    day = _moment(options.at, portal).date()
    file = write(portal, options.title, day=day, section=options.section, kind=options.kind)
    print(os.path.relpath(file), flush=True)
    if sys.stdout.isatty():  # a program wants the path alone
        said = word("draft-begun", options.language, call=console.call())
        print(said, file=sys.stderr)
    return 0


def _status(options: argparse.Namespace) -> int:
    from generator.cli.status import lines, status

    portal = _portal(options)
    found = status(portal, _options(options, portal))
    for line in lines(found, options.language, plain=options.plain):
        print(line)
    return 0


def _init(options: argparse.Namespace) -> int:
    from generator.build.new_portal import make_portal

    for line in make_portal(options.folder):
        print(line)
    file, folder = options.folder / "portal.toml", shlex.quote(str(options.folder))
    call = console.call()
    print(word("portal-made", options.language, file=file, folder=folder, call=call))
    return 0


def _import(options: argparse.Namespace) -> int:
    from generator.importers.bring_in import run

    return run(options)


def _schema(options: argparse.Namespace) -> int:
    import json

    from generator.config import json_schema as of_settings
    from generator.front_matter import json_schema as of_sources

    if options.of == "portal":
        made = of_settings.schema(options.language)
    else:
        made = of_sources.schema(_portal(options), options.of)
    print(json.dumps(made, ensure_ascii=False, indent=2))
    return 0


def _completion(options: argparse.Namespace) -> int:
    from generator.cli.completion import script

    print(script(parser(COMMANDS, options.language), options.shell))
    return 0


def _code(error: PortalError) -> int:
    """The exit code for an error: problems of what was typed are wrong usage."""
    return 2 if all(one.path.startswith("--") or one.name in USAGE for one in error.problems) else 1


def _root(folder: Path | None) -> Path:
    """The folder that paths in messages are relative to."""
    from generator.config.portal import find

    if folder:
        return folder
    file = find(Path.cwd())
    return file.parent if file else Path.cwd()


def _portal(options: argparse.Namespace) -> "Portal":
    """The portal that the command is about, built into another folder where that is asked for."""
    import msgspec

    from generator.config.portal import load, overlaps

    found, output = load(_portal_file(options.portal)), getattr(options, "output", None)
    if output is None:
        return found
    folders = msgspec.structs.replace(found.folders, output=output.resolve())
    if others := overlaps(folders):
        there = folders.output
        raise PortalError((problem("output-overlaps", "--output", output=there, other=others[0]),))
    return msgspec.structs.replace(found, folders=folders)


def _portal_file(folder: Path | None) -> Path:
    """The portal.toml that is meant: in `folder`, or the nearest one upward."""
    from generator.config.portal import FILE, find

    if folder and not (folder / FILE).is_file():
        raise PortalError((problem("portal-not-in-folder", "--portal", folder=folder),))
    file = folder / FILE if folder else find(Path.cwd())
    if file is None:
        raise PortalError((problem("portal-not-found", str(Path.cwd())),))
    return file


def _options(asked: argparse.Namespace, portal: "Portal", **more: Any) -> "Options":
    """For which moment to work, in how many processes, and what `more` the command is asked."""
    from generator.base import machine
    from generator.base.report import Options

    return Options(at=_moment(asked.at, portal), jobs=asked.jobs or machine.available(), **more)


def _moment(text: str | None, portal: "Portal") -> datetime:
    """The moment to work for: as given, in the portal's time zone, or now."""
    from generator.front_matter.dates import parse

    if text is None:
        return datetime.now(portal.zone)
    try:
        return parse(text, portal.zone).at
    except PortalError as error:
        raise PortalError(tuple(one.at("--at") for one in error.problems)) from error


USAGE: Final = frozenset({"path-outside", "portal-not-found", "title-without-letters"})
"""Messages about what was typed that name no option."""

COMMANDS: Final[dict[str, tuple[Arguments, Callable[[argparse.Namespace], int]]]] = {
    "build": (arguments.BUILD, _build),
    "deploy": (arguments.DEPLOY, _deploy),
    "diff": (arguments.DIFF, _diff),
    "publish": (arguments.PUBLISH, _publish),
    "rename": (arguments.RENAME, _rename),
    "addresses": (arguments.ADDRESSES, _addresses),
    "serve": (arguments.SERVE, _serve),
    "check": (arguments.CHECK, _check),
    "new": (arguments.NEW, _new),
    "status": (arguments.STATUS, _status),
    "init": (arguments.INIT, _init),
    "import": (arguments.IMPORT, _import),
    "schema": (arguments.SCHEMA, _schema),
    "completion": (arguments.COMPLETION, _completion),
}
"""What each command may be asked, and what does it; in the order in which help lists them."""


if __name__ == "__main__":
    sys.exit(main())
