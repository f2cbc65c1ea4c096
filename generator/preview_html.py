"""What the preview adds to a page: the script that reloads it, and panels that lie over it."""

import posixpath
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from generator.console import excerpt
from generator.preview_words import word
from generator.problems import Language, Problem

SHOWN: Final = 20
"""So many problems are shown at most; who has more has one cause."""


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
    title = "one-mistake" if count == 1 else "mistakes"
    return _panel(
        "mistakes", language, word(title, language, count=count),
        word("behind" if behind else "nothing-behind", language),
        problems=[_shown(one, root, language) for one in problems[:SHOWN]],
        rest=word("rest", language, count=count - SHOWN) if count > SHOWN else "",
    )  # fmt: skip


def hint(title: str, note: str, *, language: Language, link: str = "") -> str:
    """A panel that says what is no mistake."""
    return _panel("hint", language, title, note, link=link)


def empty(language: Language) -> str:
    """A page with nothing on it, to lay a panel over."""
    page = _environment().get_template("empty.html")
    return page.render(language=language, title=word("no-page", language))


def _panel(
    kind: str, language: Language, title: str, note: str, *,
    problems: Sequence[dict[str, str]] = (), rest: str = "", link: str = "",
) -> str:  # fmt: skip
    return _environment().get_template("panel.html").render(
        kind=kind, language=language, title=title, note=note, problems=problems, rest=rest,
        link=link, close=word("close", language), style=Markup(_text("panel.css")),  # noqa: S704
    )  # fmt: skip


def _shown(one: Problem, root: Path, language: Language) -> dict[str, str]:
    file = root / one.path
    path = file.relative_to(root).as_posix() if file.is_relative_to(root) else one.path
    return {
        "place": ":".join(str(part) for part in (path, one.line, one.column) if part),
        "number": one.message.number,
        "excerpt": "\n".join(line[4:] for line in excerpt(one, file)),
        "what": one.what(language),
        "hint": one.hint(language),
    }


@cache
def _environment() -> Environment:
    return Environment(
        loader=FunctionLoader(_text), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


@cache
def _text(name: str) -> str:
    return files("generator").joinpath(posixpath.join("preview_page", name)).read_text("utf-8")
