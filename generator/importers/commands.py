"""Commands of other generators within Markdown: those with a known meaning become Markdown."""

import re
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from textwrap import dedent
from typing import Final, NamedTuple

from generator.importers.html_tree import names
from generator.importers.reduced_html import Loss

_CODE: Final = re.compile(
    r"^(?P<fence>`{3,}|~{3,})[^\n]*\n.*?^(?P=fence)[ \t]*$"
    r"|^\{%-?\s*raw\s*-?%\}.*?\{%-?\s*endraw\s*-?%\}|\{%-?\s*raw\s*-?%\}.*?\{%-?\s*endraw\s*-?%\}"
    r"|(?<!`)(?P<ticks>`+)(?!`)(?:(?!\n\n).)+?(?<!`)(?P=ticks)(?!`)",
    re.DOTALL | re.MULTILINE,
)
_RAW: Final = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}")
_HIGHLIGHT: Final = re.compile(
    r"\{%-?\s*highlight\s+(?P<a>[\w+#-]+)[^%]*%\}\n?(?P<b>.*?)\n?\{%-?\s*endhighlight\s*-?%\}"
    r"|\{\{[<%]\s*highlight\s+\"?(?P<c>[\w+#-]+)\"?[^>%]*[>%]\}\}\n?(?P<d>.*?)\n?\{\{[<%]\s*/\s*highlight\s*[>%]\}\}",
    re.DOTALL,
)
_COMMENT: Final = re.compile(
    r"\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\}|\{#.{0,5000}?#\}",
    re.DOTALL,
)
_SHOWN: Final = re.compile(
    r"\{\{(?P<open>[<%])/\*(?P<said>[^\n]{0,2000}?)\*/(?P<close>[>%])\}\}", re.DOTALL
)
"""A command of Hugo that readers see as such."""
_COMMAND: Final = re.compile(
    r"\{\{[<%]-?\s*(?P<end>/?)\s*(?P<hugo>[\w./-]+)(?P<said>(?:\"[^\"]*\"|`[^`]*`|(?![>%]\}\})[^\"`]){0,1000})[>%]\}\}"
    r"|\{%-?\s*(?P<tag>[\w.-]+)(?P<given>(?:\"[^\"]*\"|'[^']*'|(?!%\})[^\"']){0,1000})-?%\}"
    r"|\{\{-?(?P<value>(?:\"[^\"]*\"|'[^']*'|(?!\}\})[^\"']){0,300})\}\}",
    re.DOTALL,
)
_LOOP: Final = re.compile(
    r"\{%-?\s*for\b(?:(?!\{%-?\s*for\b).){0,5000}?\{%-?\s*endfor\s*-?%\}[ \t]*\n?", re.DOTALL
)
_ATTRIBUTE: Final = re.compile(
    r"(?P<name>[\w-]+)\s*[=:]\s*(?:\"(?P<a>[^\"]*)\"|'(?P<b>[^']*)'|`(?P<c>[^`]*)`|(?P<d>[^\s,)]+))"
    r"|\"(?P<e>[^\"]*)\"|'(?P<f>[^']*)'|(?P<g>[^\s,()]+)"
)
_KRAMDOWN: Final = re.compile(
    r"^[*-] TOC[ \t]*\n\{:toc[^}\n]*\}[ \t]*\n+|\{::[^}\n]*\}|\{:/[^}\n]*\}"
    r"|(?P<alone>^[ \t]*)?\{:(?P<list>[^{}\n]{0,300})\}(?(alone)[ \t]*\n?)"
    r"|(?:^|(?<=[ \t]))\{(?:[ ]?\.[\w-]+)+[ ]?\}[ \t]*$",
    re.MULTILINE,
)
"""Lists of attributes, as kramdown and goldmark have them, and kramdown's own commands."""
_LOOKS: Final = re.compile(
    r"\s*(?:\.[\w:-]+|toc|(?:class|width|height|target|rel|style|align|loading)\s*=\s*"
    r"(?:\"[^\"]*\"|'[^']*'|\S+))(?=\s|\.|$)"
)
"""An attribute that says how something looks."""
_PELICAN: Final = re.compile(
    r"[{|](?:(?P<list>tag|category|author)[}|](?P<name>[^\s()<>\"'#]*)"
    r"|(?P<index>index)[}|]|(?:filename|static|attach)[}|])"
)
_ADMONITION: Final = re.compile(
    r"^!!! (?P<kind>[\w-]+)[^\n\"]{0,80}(?:\"(?P<title>[^\"\n]*)\")?[ \t]*\n"
    r"(?P<text>(?:(?: {4}|\t)[^\n]*(?:\n|\Z)|\n(?= {4}|\t))+)",
    re.MULTILINE,
)
_MARKED: Final = re.compile(
    r"<(?P<tag>div|section|aside|article|details|blockquote|figure|span|p)\b(?P<a>[^<>]{0,500}?)"
    r"\s+markdown(?:\s*=\s*[\"']?\w+[\"']?)?(?P<b>(?:\s[^<>]{0,500})?)>"
    r"(?P<text>(?:(?!</?(?P=tag)\b).){0,20000})</(?P=tag)>",
    re.DOTALL | re.IGNORECASE,
)
_PICTURES: Final = names(
    """figure img image img-right img-left imgproc picture resize_image legacy-img legacy-img-right
    asset-static"""
)
_VIDEOS: Final = {
    "youtube": "https://www.youtube.com/watch?v={}", "vimeo": "https://vimeo.com/{}",
    "youtube_video": "https://www.youtube.com/watch?v={}", "dailymotion": "https://www.dailymotion.com/video/{}",
    "tweet": "https://twitter.com/i/status/{}", "twitter": "https://twitter.com/i/status/{}",
    "x": "https://twitter.com/i/status/{}", "instagram": "https://www.instagram.com/p/{}/",
    "soundcloud": "{}", "bilibili": "https://www.bilibili.com/video/{}", "slideshare": "{}",
}  # fmt: skip
_FILES: Final = ("src", "data-src", "url", "file", "image_path", "path")
"""What the file of a picture is called."""
_TEXTS: Final = names("title heading text caption content quote cite")
"""What is shown of a command without a meaning."""
_REFERENCES: Final = frozenset({"ref", "relref", "post_url", "link", "absref"})
_SITE: Final = re.compile(
    r"\s*(?:site\.(?:url|baseurl|github\.url)|site\.Params\.\w*url\w*|baseurl|SITEURL|config\.base_url|\.Site\.BaseURL)\s*(?:\|.*)?",
    re.IGNORECASE,
)
_SITE_BEFORE: Final = re.compile(
    r"\{\{-?\s*site\.(?:base)?url\s*-?\}\}"
    r"(?=\{\{-?\s*site\.baseurl\b|\{%-?\s*(?:post_url|link)\s|\{\{-?\s*(?:post|page)\.url\b)"
)
"""The site's address before what has it already."""
_FILTERED: Final = re.compile(
    r"\s*[\"']([^\"']*)[\"']\s*\|\s*(?:prepend:\s*site\.\w+\s*\|?\s*)*(?:relative_url|absolute_url|url|relURL|absURL|prepend:.*)?\s*"
)
_ZOLA: Final = re.compile(r"\s*(\w+)\((.*)\)\s*", re.DOTALL)
_IFRAME: Final = re.compile(
    r"<iframe\b[^>]*?\bsrc=[\"']?([^\"'\s>]+)[^>]*>.*?</iframe>", re.DOTALL | re.IGNORECASE
)
_IMG: Final = re.compile(r"<img\b((?:[^>\"']|\"[^\"]*\"|'[^']*'){0,2000})>", re.IGNORECASE)
_SCRIPT: Final = re.compile(r"<(script|style)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)


_DEPTH: Final = 3
"""Files that commands put into files that commands put in."""


class Surroundings(NamedTuple):
    """What commands of an archive can refer to.

    `reference` gives the link to the text that a name means, or ""; `listed` that to the articles
    of a tag, category or author by its name, or ""; `include` the text of a file that commands put
    in, or "": from beside this text where it is `relative`.
    """

    address: str
    reference: Callable[[str], str]
    listed: Callable[[str, str], str]
    include: Callable[[str, bool], str]


class Said(NamedTuple):
    """A text without commands, and those that mean nothing here."""

    text: str
    losses: tuple[Loss, ...]


def understood(text: str, around: Surroundings, *, html: bool = False) -> Said:
    """A text in which commands with a known meaning are Markdown, or HTML; others are gone."""
    reader = _Reader(around, html)
    return Said(reader.whole(text), tuple(reader.losses))


def outside(
    code: re.Pattern[str], text: str, change: Callable[[str], str], kept: Callable[[str], str] = str
) -> str:
    """`text` with what `change` makes of all that is no code, and `kept` of each piece of code."""
    parts: list[str] = []
    place = 0
    for found in code.finditer(text):
        parts += (change(text[place : found.start()]), kept(found[0]))
        place = found.end()
    return "".join([*parts, change(text[place:])])


class _Reader:
    def __init__(self, around: Surroundings, html: bool) -> None:
        self._around, self._html = around, html
        self._depth = 0
        self.losses: list[Loss] = []

    def whole(self, text: str) -> str:
        text = _COMMENT.sub("", text)
        text = _HIGHLIGHT.sub(self._highlight, text)
        text = _SITE_BEFORE.sub("", text)
        if self._html:
            return self._outside(_RAW.sub("", text))
        return outside(_CODE, text, self._outside, _unraw)

    def _highlight(self, found: re.Match[str]) -> str:
        language, code = found["a"] or found["c"], found["b"] or found["d"] or ""
        if self._html:
            return f'<pre><code class="language-{language}">{escape(code)}</code></pre>'
        return f"```{language}\n{code}\n```"

    def _linked(self, address: str) -> str:
        """An address as a link."""
        whole = escape(address)
        return f'<a href="{whole}">{whole}</a>' if self._html else f"<{address}>"

    def _outside(self, text: str) -> str:
        """A piece of text that is no code."""
        if "!!!" in text:
            text = _ADMONITION.sub(_admonition, text)
        text = _SHOWN.sub(r"&#123;&#123;\g<open>\g<said>\g<close>}}", text)
        if "{" in text or "|" in text:
            text = _LOOP.sub(self._loop, text)
            text = _KRAMDOWN.sub(self._attributes, text)
            text = _COMMAND.sub(self._command, text)
            text = _PELICAN.sub(self._place, text)
        if "markdown" in text:
            text = _MARKED.sub(_marked, text)
        if "<" in text and not self._html:
            text = _SCRIPT.sub(self._script, text)
            text = _IFRAME.sub(self._iframe, text)
            text = _IMG.sub(lambda m: self._picture(_attributes(m[1])[0], "img"), text)
        return text

    def _place(self, found: re.Match[str]) -> str:
        """What Pelican's name for a place means; of a list that is nowhere, where it was."""
        if kind := found["list"]:
            return self._around.listed(kind, found["name"]) or f"/{kind}/{found['name']}.html"
        return "/" if found["index"] else ""

    def _attributes(self, found: re.Match[str]) -> str:
        """What stays of a list of attributes: the anchor; what no look is told by is lost."""
        said = _LOOKS.sub("", found["list"] or "").strip()
        anchor = re.fullmatch(r"#([\w-]+)", said)
        if anchor and found["alone"] is None:
            return f"{{#{anchor[1]}}}"
        if said:
            self.losses.append(Loss("{: }", said))
        return ""

    def _loop(self, found: re.Match[str]) -> str:
        """What is written once for each of a list says nothing by itself."""
        self.losses.append(Loss("for", " ".join(found[0].split())[:1000]))
        return ""

    def _script(self, found: re.Match[str]) -> str:
        self.losses.append(Loss(found[1].lower(), " ".join(found[0].split())[:200]))
        return ""

    def _iframe(self, found: re.Match[str]) -> str:
        src = f"https:{found[1]}" if found[1].startswith("//") else found[1]
        self.losses.append(Loss("iframe", src))
        return f"<{src}>" if src.startswith("http") else ""

    def _command(self, found: re.Match[str]) -> str:
        if found["value"] is not None:
            return self._value(found["value"], found[0])
        name = (found["hugo"] or found["tag"]).removesuffix(".html")
        if found["end"] or name.startswith("end"):
            return ""
        if name in ("else", "elsif"):
            self.losses.append(Loss(name, " ".join(found[0].split())))
            return " "
        named, given = _attributes((found["said"] or found["given"] or "").strip())
        return self._known(name, named, given, found[0])

    def _value(self, said: str, whole: str) -> str:
        if _SITE.fullmatch(said):
            return self._around.address
        if found := _FILTERED.fullmatch(said):
            return found[1]
        if found := _ZOLA.fullmatch(said):
            return self._known(found[1], *_attributes(found[2]), whole)
        self.losses.append(Loss("{{ }}", said.strip()))
        return ""

    def _known(self, name: str, named: Mapping[str, str], given: list[str], whole: str) -> str:
        if name in _REFERENCES and (given or named.get("path")):
            wanted = given[0] if given else named["path"]
            reference = self._around.reference(wanted)
            if not reference:
                self.losses.append(Loss(name, wanted))
            return reference or f"/{wanted.strip('/').removesuffix('.md')}/"
        if name in _PICTURES:
            alt = given[1] if name == "image" and len(given) > 1 else ""
            return self._picture({"src": given[0] if given else "", "alt": alt, **named}, name)
        if name in _VIDEOS and (given or named.get("id") or named.get("url")):
            what = named.get("id") or named.get("url") or given[0]
            return self._linked(what if what.startswith("http") else _VIDEOS[name].format(what))
        if name == "gist" and given:
            return self._linked(f"https://gist.github.com/{'/'.join(given[:2])}")
        if name in ("include", "include_relative", "include_cached") and given:
            return self._included(given, named, whole, relative=name == "include_relative")
        self.losses.append(Loss(name, " ".join(whole.split())))
        return " ".join(said for key, said in named.items() if key in _TEXTS)

    def _included(
        self, given: list[str], named: Mapping[str, str], whole: str, *, relative: bool
    ) -> str:
        file = given[0]
        stem = Path(file).stem.lower()
        if stem in _VIDEOS and (named.get("id") or named.get("url")):
            return self._known(stem, named, given[1:], whole)
        if (stem in _PICTURES or "image" in stem or "figure" in stem) and (
            named.get("src") or named.get("url") or named.get("file") or named.get("image_path")
        ):
            return self._picture(named, stem)
        found = self._around.include(file, relative)
        if found and self._depth < _DEPTH and "{%" not in found.replace("{% raw", ""):
            self._depth += 1
            given_to = re.compile(r"\{\{\s*include\.([\w-]+)\s*\}\}")
            inner = self.whole(given_to.sub(lambda m: named.get(m[1], ""), found))
            self._depth -= 1
            return inner
        self.losses.append(Loss("include", " ".join(whole.split())))
        return ""

    def _picture(self, named: Mapping[str, str], name: str) -> str:
        src = next((named[key] for key in _FILES if named.get(key)), "")
        if not src:
            self.losses.append(Loss(name, " ".join(named.values())))
            return ""
        alt = " ".join((named.get("alt") or "").split())
        credit = named.get("attr") or named.get("credit") or ""
        caption = named.get("caption") or (named.get("title") if name != "img" else "") or ""
        caption = " ".join(caption.split())
        said = " ".join(filter(None, (caption, f"(Foto: {credit})" if credit else "")))
        if self._html:
            image = f'<img src="{escape(src.strip())}" alt="{escape(alt)}">'
            return f"<figure>{image}<figcaption>{said}</figcaption></figure>" if said else image
        said = said.replace('"', "&quot;")
        alt = re.sub(r"([\[\]])", r"\\\1", alt)
        title = f' "{said}"' if said else ""
        return f"![{alt}]({src.strip().replace(' ', '%20')}{title})"


def _marked(found: re.Match[str]) -> str:
    """An element whose text is Markdown, with the empty lines that say so here."""
    tag, text = found["tag"], dedent(found["text"])
    begin = f"<{tag}{found['a']}{found['b']}>"
    if tag.lower() in ("p", "span"):
        return f"{begin}{text}</{tag}>"
    return f"{begin}\n\n{text.strip()}\n\n</{tag}>"


def _admonition(found: re.Match[str]) -> str:
    """A box of Python-Markdown as a quotation that begins with its title."""
    title = found["title"] if found["title"] is not None else found["kind"].capitalize()
    lines = [*([f"**{title}**", ""] if title else ()), *dedent(found["text"]).strip().split("\n")]
    return "\n".join(f"> {line}".rstrip() for line in lines) + "\n\n"


def _unraw(code: str) -> str:
    """A piece of code; what only was to be let alone by commands keeps its signs as text."""
    code = _SHOWN.sub(r"{{\g<open>\g<said>\g<close>}}", code)
    if code.startswith(("`", "~")):
        return _RAW.sub("", code)
    return _RAW.sub("", code).replace("{{", "&#123;{").replace("{%", "&#123;%")


def _attributes(said: str) -> tuple[dict[str, str], list[str]]:
    """What is given with a name, and what without."""
    named: dict[str, str] = {}
    given: list[str] = []
    for found in _ATTRIBUTE.finditer(said):
        value = next((found[key] for key in "abcdefg" if found[key] is not None), "")
        if found["name"] in ("http", "https"):
            given.append(found[0])
        elif found["name"]:
            named.setdefault(found["name"].lower(), value)
        elif value not in ("/", "%", "-"):
            given.append(value)
    return named, given
