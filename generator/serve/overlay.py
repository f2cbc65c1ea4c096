"""What the preview adds to a page: the script that reloads it, and panels that lie over it."""

import hashlib
import posixpath
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

from markupsafe import escape

from generator.base.console import excerpt
from generator.base.grouping import Group, groups
from generator.base.problems import Problem
from generator.base.words import Language, word

if TYPE_CHECKING:
    from jinja2 import Environment

FILES: Final = {
    "stadtschreiber-preview.css": "text/css; charset=utf-8",
    "stadtschreiber-preview.js": "text/javascript; charset=utf-8",
}
"""The files that panels need in a browser, and their media types; their names are their addresses,
too.  They are files of their own, since a page may forbid style and script within it."""

SHOWN: Final = 20
"""So many problems are shown at most; who has more has one cause."""


@cache
def text_of(name: str) -> str:
    """What stands in a file of `page/`."""
    return files("generator.serve").joinpath(posixpath.join("page", name)).read_text("utf-8")


@cache
def address_of(name: str) -> str:
    """The address of one of `FILES`: with the digest of what is there."""
    return f"/{name}?{hashlib.blake2b(text_of(name).encode(), digest_size=5).hexdigest()}"


def live(html: str, *, host: str, token: str) -> str:
    """A page that reloads itself when there is another one than at `token`."""
    name, _, port = host.rpartition(":") if not host.endswith("]") else (host, "", "")
    name, port = (name, port) if name and port.isdecimal() else (host, "80")
    query = f"host={name}&port={port}&snipver={token}&mindelay=250&maxdelay=2000"
    script = f'<script async src="/livereload.js?{escape(query)}"></script>\n'
    head, end, rest = html.partition("</head>")
    return f"{head}{script}{end}{rest}" if end else script + html


def with_panel(html: str, panel: str) -> str:
    """A page with a panel over it."""
    head, end, rest = html.rpartition("</body>")
    return f"{head}{panel}{end}{rest}" if end else html + panel


def mistakes(problems: Sequence[Problem], *, root: Path, language: Language, behind: bool) -> str:
    """The panel that shows problems; `behind`: there is a page under it."""
    count = len(problems)
    return _panel(
        "mistakes", language, word("panel-mistakes", language, count=count),
        word("panel-behind" if behind else "panel-nothing-behind", language),
        problems=[_shown(one, root, language) for one in problems[:SHOWN]],
        rest=word("panel-more", language, count=count - SHOWN) if count > SHOWN else "",
    )  # fmt: skip


def warnings(
    own: Sequence[Problem], others: Sequence[Problem], *, root: Path, language: Language, high: bool
) -> str:
    """The panel in the corner that shows warnings when it is unfolded; `own` are the page's.

    `high`: it leaves the foot of the window to another panel.
    """
    here = [*(Group(one, "warning") for one in own[:SHOWN]), *_together(own[SHOWN:])]
    count = len(own) + len(others)
    return _environment().get_template("warnings.html").render(
        language=language, state=_state((*own, *others)), high=high, address=address_of,
        title=word("warnings", language, count=count),
        label=word("panel-warnings", language), note=word("panel-warnings-note", language),
        close=word("panel-warnings-close", language), own=word("panel-own", language),
        rest=word("panel-elsewhere", language), here=len(here),
        groups=[_group(group, root, language) for group in (*here, *_together(others))],
    )  # fmt: skip


def _together(warnings: Iterable[Problem]) -> list[Group]:
    return groups((one, "warning") for one in warnings)


def _group(group: Group, root: Path, language: Language) -> dict[str, object]:
    """The first of a group as it is shown, and where some of the others are."""
    count = group.shown + group.more
    return {
        **_shown(group.first, root, language),
        "count": word("places", language, count=count) if count > 1 else "",
        "places": [_place(one, root) for one in group.others],
        "left": word("panel-more", language, count=group.more) if group.more else "",
    }


def _state(problems: Sequence[Problem]) -> str:
    """A text that is another one for other warnings, wherever in its file each is."""
    known = sorted((one.path, one.name, one.values) for one in problems)
    return hashlib.blake2b(repr(known).encode(), digest_size=8).hexdigest()


def hint(title: str, note: str, *, language: Language, link: str = "") -> str:
    """A panel that says what is no mistake."""
    return _panel("hint", language, title, note, link=link)


def empty(language: Language) -> str:
    """A page with nothing on it, to lay a panel over."""
    page = _environment().get_template("empty.html")
    return page.render(language=language, title=word("page-none", language))


def _panel(
    kind: str, language: Language, title: str, note: str, *,
    problems: Sequence[dict[str, str]] = (), rest: str = "", link: str = "",
) -> str:  # fmt: skip
    return _environment().get_template("panel.html").render(
        kind=kind, language=language, title=title, note=note, problems=problems, rest=rest,
        link=link, close=word("panel-close", language), address=address_of,
    )  # fmt: skip


def _shown(one: Problem, root: Path, language: Language) -> dict[str, str]:
    return {
        "place": _place(one, root),
        "number": one.message.number,
        "excerpt": "\n".join(excerpt(one, root / one.path)),
        "what": one.what(language),
        "hint": one.hint(language),
    }


def _place(one: Problem, root: Path) -> str:
    file = root / one.path
    path = file.relative_to(root).as_posix() if file.is_relative_to(root) else one.path
    return ":".join(str(part) for part in (path, one.line, one.column) if part)


@cache
def _environment() -> "Environment":
    # Imported here: the process that talks to browsers shows a panel only where something broke.
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # noqa: PLC0415

    return Environment(
        loader=FunctionLoader(text_of), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
