"""What may be edited in a small portal: a model of its files, and functions that change it."""

import io
import json
import posixpath
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final, Protocol, cast
from zoneinfo import ZoneInfo

from PIL import Image

LAYOUTS: Final = Path(__file__).parent / "small_layouts"
ZONE: Final = ZoneInfo("Europe/Berlin")
NOON: Final = datetime(2026, 6, 15, 12, 0, tzinfo=ZONE)

WORDS: Final = (
    "Amt", "Rat", "Haushalt", "Straße", "Übung", "Glasfaser", "Register", "„Akte“", "Q&A", "1<2",
    "Bürger*innen", "Müllabfuhr",
)  # fmt: skip
KEYWORDS: Final = (
    "Ämter", "Haushalt", "Glasfaser", "IT Planungsrat", "IT-Planungsrat", "OZG", "KI",
    "Künstliche Intelligenz", "Straße", "Registermodernisierung",
)  # fmt: skip
TOWNS: Final = ("Amt", "Übermühl", "Ubermuhl", "amt", "Straßheim")
FIRM_FIELDS: Final = (
    "name", "town", "lead", "postcode", "link", "logo", "fields", "keywords", "paid", "draft",
    "expires", "slug", "aliases",
)  # fmt: skip
AUTHORS: Final = ("ve", "tl", "Vera Eschenbach", "Gast Autorin", "gast autorin")
KINDS: Final = ("news", "news", "interview", "comment", "sponsored", "report")
DATES: Final = (
    "2025-12-31", "2026-01-01", "2026-05-01", "2026-05-01 10:00", "2026-05-01 10:00", "2026-05-02",
    "2026-06-14", "2026-06-15", "2026-06-15 12:00", "2026-06-15 12:01", "2026-06-16", "2026-07-01",
)  # fmt: skip
"""Many are equal, some are the moment of the build or lie behind it."""

VALUES: Final[dict[str, list[str]]] = {
    **{name: list(DATES) for name in ("date", "updated", "expires", "from", "until")},
    "slot": ["top", "oben", "side", "seite", "top"],
    "section": ["politik", "technik", "leben", "Politik"],
    "author": list(AUTHORS),
    "kind": list(KINDS),
    "draft": ["true", "false", "ja"],
    "aliases": [f"/alt/{number}/" for number in range(50)],
    "town": list(TOWNS),
    "postcode": ["01067", '"1010"'],
    "link": ["https://www.firma.example/", "https://www.firma.example/?a=1&b=2"],
    "paid": ["ja", "nein"],
    "slug": ["kurz", *(f"slug-{number}" for number in range(20))],
    "corrections": [
        '[{date: 2026-05-02, text: "Es waren „drei“ & <zwei>."}, {date: 2026-05-01, text: Ja}]',
        "{datum: 2026-06-14, korrektur: Zwei}",
        "[{text: Zu klären, offen: ja}, {date: 2026-05-02}]",
        "[{datum: 2026-06-14, text: Drei}, {offen: ja, text: Vier}]",
    ],
    "source": ["https://www.quelle.example/a", '"Die Quelle"'],
}
"""What fields may have that are not just text."""

_LINK: Final = re.compile(r"@\(([^)#]*)(#[^)]*)?\)")
_PICTURE: Final = re.compile(r"!\(([^)]*)\)")


@dataclass
class Source:
    """A Markdown file: the values of its fields as they stand there, and its paragraphs.

    `@(path)` stands for the way to another source, `!(path)` for that to a picture or a download.
    """

    fields: dict[str, str]
    paragraphs: list[str]

    def data(self, path: str) -> bytes:
        """The bytes of the file at `path`."""
        header = "".join(f"{name}: {value}\n" for name, value in self.fields.items())
        text = f"---\n{header}---\n\n" + "\n\n".join(self.paragraphs) + "\n"
        folder = posixpath.dirname(path) or "."

        def way(match: re.Match[str]) -> str:
            return posixpath.relpath(match[1], folder) + (match[2] or "")

        def picture(match: re.Match[str]) -> str:
            file = match[1]
            return "/" + file[7:] if file.startswith("assets/") else posixpath.relpath(file, folder)

        return _PICTURE.sub(picture, _LINK.sub(way, text)).encode()


@dataclass
class Moment:
    """For when the portal is built, and whether with drafts."""

    at: datetime = NOON
    drafts: bool = False


@dataclass
class Model:
    """All files of a portal."""

    sources: dict[str, Source] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)
    downloads: dict[str, bytes] = field(default_factory=dict)
    layouts: dict[str, str] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)
    assets: dict[str, bytes] = field(default_factory=dict)
    ledger: bytes = b""
    settings: dict[str, Any] = field(default_factory=dict)
    numbered: int = 0
    searched: bool = False

    @classmethod
    def make(
        cls, random: Random, *, pdf: bool = False, search: bool = False, photos: bool = False
    ) -> "Model":
        """A portal of some eight to fourteen articles, the newest with a PDF if it has any."""
        model = cls(searched=search)
        model.settings = {
            "title": "Amt & Alltag",
            "address": "https://www.amt.example",
            "description": "Nachrichten",
            "publisher": "Verlag",
            "language": "de",
            "time_zone": "Europe/Berlin",
            "folders": {"content": "content", "assets": "assets", "layouts": "layouts"},
            "sections": [
                {"id": "politik", "name": "Politik", "description": "Was beschlossen wird."},
                {"id": "technik", "name": "Technik"},
                {"id": "leben", "name": "Leben"},
            ],
            "authors": {"ve": "Vera Eschenbach", "tl": "Tamino Lohse"},
            "navigation": [{"name": "Archiv", "address": "/archiv/"}],
            "footer": [{"name": "Impressum", "address": "/impressum/"}],
            "addresses": {},
            "pages": {"section": 2, "keyword": 2, "author": 3},
            "feeds": {"length": 3},
            "front_matter": {
                "extra": ["ort", "zeichen"],
                "aliases": {"ressort_alt": "section", "schlagzeile": "title", "kopf": "title"},
                "defaults": {"section": "leben"},
            },
            "keywords": {"synonyms": {"Künstliche Intelligenz": ["KI"]}},
            "pdf": {"newest": 1} if pdf else {"enabled": False},
            "search": {"enabled": search},
            "delivery": {},
            "crawlers": {},
            "security": {"contact": "mailto:it@amt.example", "expires": "2027-01-01T00:00:00Z"},
            "check": {},
            "downloads": {},
            "markdown": {},
        }
        model.layouts = texts_below(LAYOUTS)
        if pdf:
            model.printed = texts_below(LAYOUTS.parent.parent / "layouts" / "pdf")
        model.assets = {
            "style.css": b'@import "print.css";\nbody{background:url("pictures/bg.svg")}\n',
            "print.css": b"a{color:red}\n",
            "pictures/bg.svg": drawing(1),
            "pictures/logo.svg": drawing(2),
            "pictures/unused.svg": drawing(3),
        }
        model.pictures = {"2026/05/neben.svg": drawing(4), "2026/06/neben.svg": drawing(5)}
        model.downloads = {"2026/05/satzung.pdf": document(1), "assets/plan.pdf": document(2)}
        if photos:
            model.pictures["2026/05/foto.png"] = photo(1)
            model.pictures["2026/06/foto.png"] = photo(1)
        for slug in ("impressum", "kontakt"):
            model.sources[f"seiten/{slug}.md"] = Source(
                {"title": quoted(slug.title())}, [model.paragraph(random)]
            )
        for _ in range(random.randint(8, 14)):
            model.add(random)
        for _ in range(random.randint(0, 3)):
            model.add_firm(random)
        for _ in range(random.randint(0, 4)):
            model.add_ad(random)
        return model

    def add(self, random: Random) -> str:
        """A new article; its path."""
        self.numbered += 1
        folder = random.choice(["2026/05", "2026/06", "2025/12"])
        path = f"{folder}/artikel-{self.numbered}.md"
        fields = {
            "title": quoted(words(random)),
            "date": random.choice(DATES),
            "section": random.choice(["politik", "technik", "leben"]),
        }
        for name in ("kicker", "lead", "keywords", "author", "kind", "image", "ort", "zeichen"):
            if random.random() < 0.5:
                fields[name] = self.value(random, name)
        for name in ("draft", "expires", "updated", "aliases", "source"):
            if random.random() < 0.1:
                fields[name] = self.value(random, name)
        self.sources[path] = Source(
            fields, [self.paragraph(random) for _ in range(random.randint(1, 3))]
        )
        return path

    def add_firm(self, random: Random) -> str:
        """A new firm in the directory; its path."""
        self.numbered += 1
        path = f"firmen/firma-{self.numbered}.md"
        fields = {"name": quoted(words(random)), "town": random.choice(TOWNS)}
        for name in FIRM_FIELDS:
            others = {*fields, "draft", "expires", "slug", "aliases"}
            if random.random() < 0.4 and name not in others:
                fields[name] = self.value(random, name)
        self.sources[path] = Source(fields, [self.paragraph(random)])
        return path

    def add_ad(self, random: Random) -> str:
        """A new advertisement; its path."""
        self.numbered += 1
        path = f"anzeigen/anzeige-{self.numbered}.md"
        fields = {name: self.value(random, name) for name in ("name", "slot", "link")}
        file = random.choice(self.all_pictures())
        fields["image"] = f"{{file: !({file}), alt: {quoted(words(random))}}}"
        for name in ("from", "until", "draft"):
            if random.random() < 0.3:
                fields[name] = self.value(random, name)
        self.sources[path] = Source(fields, [])
        return path

    def value(self, random: Random, name: str) -> str:
        """Some value for a field."""
        if name == "logo":
            return f"!({random.choice(self.all_pictures())})"
        if name in ("keywords", "fields"):
            return ", ".join(random.sample(KEYWORDS, random.randint(1, 3)))
        if name == "image":
            file = random.choice(self.all_pictures())
            return f"{{file: !({file}), alt: Bild, credit: {random.choice('abc')}}}"
        return random.choice(VALUES.get(name) or [quoted(words(random))])

    def paragraph(self, random: Random) -> str:
        """Some text, at times with what has to be filled in later."""
        pages = [path for path in self.sources if path not in self.ads()]
        other = random.choice([*sorted(pages), "seiten/impressum.md"])
        return random.choice(
            [
                f"Wir [berichteten](@({other})) {words(random)}.",
                f'![Bild](!({random.choice(self.all_pictures())}) "{words(random)}")',
                f"## {random.choice(WORDS)}",
                f"* {words(random)}\n* {words(random)}[^1]\n\n[^1]: Eine Fußnote.",
                f"[Weiter](https://www.example.org/{random.randint(1, 3)}) und <{words(random)}",
                f"[Oben](/archiv/) steht [mehr](../../) {words(random)}",
                f"{words(random)} **{words(random)}**.",
                f"{words(random)} _{words(random)}_.",
                f"{words(random)} https://www.bar.example/{random.randint(1, 3)}",
                f"## {random.choice(WORDS)} {{#stelle}}",
                self.to_heading(random),
                self.offer(random),
            ]
        )

    def to_heading(self, random: Random) -> str:
        """Some text with a link to a heading, where there is one."""
        known = sorted(p for p, s in self.sources.items() if "{#stelle}" in " ".join(s.paragraphs))
        return f"[Dort](@({random.choice(known)}#stelle))" if known else "Nirgends."

    def offer(self, random: Random) -> str:
        """Some text with a link to a file, where there is one."""
        if not self.downloads:
            return "Nichts."
        end = random.choice(["", "", "#page=2", "?neu"])
        return f"Die [Datei](<!({random.choice(sorted(self.downloads))}){end}>) {words(random)}."

    def all_pictures(self) -> list[str]:
        """Pictures beside articles and in the assets, as `!(…)` wants them."""
        drawings = [f"assets/{name}" for name in self.assets if name.endswith(".svg")]
        return sorted([*self.pictures, *drawings])

    def articles(self) -> list[str]:
        """The paths of the articles."""
        return sorted(
            p for p in self.sources if not p.startswith(("seiten/", "firmen/", "anzeigen/"))
        )

    def ads(self) -> list[str]:
        """The paths of the advertisements."""
        return sorted(path for path in self.sources if path.startswith("anzeigen/"))

    def firms(self) -> list[str]:
        """The paths of the firms."""
        return sorted(path for path in self.sources if path.startswith("firmen/"))

    def files(self) -> dict[str, bytes]:
        """Every file of the portal, by its path."""
        folders = self.settings["folders"]
        content, assets, layouts = (folders[name] for name in ("content", "assets", "layouts"))
        return {
            "portal.toml": toml(self.settings).encode(),
            **{f"{content}/{path}": s.data(path) for path, s in self.sources.items()},
            **{f"{content}/{path}": data for path, data in self.pictures.items()},
            **{
                f"{assets}/{path[7:]}" if path.startswith("assets/") else f"{content}/{path}": data
                for path, data in self.downloads.items()
            },
            **{f"{layouts}/{name}": text.encode() for name, text in self.layouts.items()},
            **{f"{layouts}/pdf/{name}": text.encode() for name, text in self.printed.items()},
            **{f"{assets}/{name}": data for name, data in self.assets.items()},
            **({"addresses.txt": self.ledger} if self.ledger else {}),
        }


class Edit(Protocol):
    """A function that changes something and says what; the more weight the more often."""

    __name__: str
    weight: int

    def __call__(self, random: Random, model: Any, moment: Any = ..., /) -> str: ...


EDITS: Final[dict[str, Edit]] = {}
MISHAPS: Final[dict[str, Edit]] = {}


def edit(
    weight: int, of: dict[str, Edit] = EDITS
) -> Callable[[Callable[..., str]], Callable[..., str]]:
    """Counts a function among the edits."""

    def counted(function: Callable[..., str]) -> Callable[..., str]:
        known = cast("Edit", function)
        known.weight = weight
        of[function.__name__] = known
        return function

    return counted


def seeded(seed: int) -> Random:
    """Numbers that look random, the same for the same seed on every machine."""
    return Random(seed)


def quoted(text: str) -> str:
    """A text as YAML and TOML write it."""
    return json.dumps(text, ensure_ascii=False)


def words(random: Random) -> str:
    """A few words."""
    return " ".join(random.choices(WORDS, k=random.randint(1, 3)))


def texts_below(folder: Path) -> dict[str, str]:
    """The files of a folder, by their path in it."""
    return {
        file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8")
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def drawing(number: int) -> bytes:
    """A picture unlike others."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 {number}h9"/></svg>'
    ).encode()


def document(number: int) -> bytes:
    """A PDF unlike others, as far as anybody looks; some tell of another size."""
    return b"%PDF-1.7\n" + b"x" * 400 * number


@cache
def photo(number: int) -> bytes:
    """A picture in pixels unlike others, of the same size as these."""
    stream = io.BytesIO()
    Image.new("RGB", (30, 20), (20 * number, 90, 160)).save(stream, "png", compress_level=0)
    return stream.getvalue()


def toml(settings: dict[str, Any]) -> str:
    """The settings as a TOML file."""
    lines: list[str] = []
    for key, value in settings.items():
        if not isinstance(value, dict | list):
            lines.append(f"{key} = {json.dumps(value, ensure_ascii=False)}")
    for key, value in settings.items():
        if isinstance(value, list):
            for entry in value:
                lines += [f"[[{key}]]", *_pairs(entry)]
        elif isinstance(value, dict):
            inner = {k: v for k, v in value.items() if isinstance(v, dict)}
            lines += [f"[{key}]", *_pairs({k: v for k, v in value.items() if k not in inner})]
            for name, table in inner.items():
                lines += [f"[{key}.{name}]", *_pairs(table)]
    return "\n".join(lines) + "\n"


def _pairs(table: dict[str, Any]) -> list[str]:
    return [f"{quoted(k)} = {json.dumps(v, ensure_ascii=False)}" for k, v in table.items()]


# Sources.


@edit(8)
def add_article(random: Random, model: Model, _moment: Moment) -> str:
    return model.add(random)


@edit(8)
def change_text(random: Random, model: Model, _moment: Moment) -> str:
    path = random.choice(sorted(model.sources))
    source = model.sources[path]
    place = random.randrange(len(source.paragraphs) + 1)
    source.paragraphs[place : place + random.randint(0, 1)] = [model.paragraph(random)]
    return f"{path}: {source.paragraphs}"


@edit(4)
def change_letter(random: Random, model: Model, _moment: Moment) -> str:
    """The file keeps its size."""
    path = random.choice(sorted(model.sources))
    fields = model.sources[path].fields
    name = random.choice([n for n in fields if n in ("title", "kopf", "name", "lead", "ort")])
    value = fields[name]
    fields[name] = value[:1] + ("X" if value[1:2] != "X" else "Y") + value[2:]
    if len(value.encode()) != len(fields[name].encode()):
        fields[name] = value
    return f"{path}: {name} is {fields[name]}"


FIELDS: Final = (
    "title", "kicker", "lead", "date", "updated", "section", "keywords", "author", "source",
    "image", "kind", "slug", "aliases", "draft", "expires", "ort", "zeichen", "corrections",
    "guid",
)  # fmt: skip
PAGE_FIELDS: Final = ("title", "lead", "slug", "aliases", "draft", "expires")


def _change(
    random: Random, model: Model, paths: list[str], names: Sequence[str], needed: str, chance: float
) -> str:
    """Gives a field another value, or, unless it is `needed`, takes it away with that chance."""
    if not paths:
        return "none"
    path, name = random.choice(paths), random.choice(names)
    fields = model.sources[path].fields
    if name in fields and name not in needed.split() and random.random() < chance:
        del fields[name]
        return f"{path}: without {name}"
    fields[name] = model.value(random, name)
    return f"{path}: {name} is {fields[name]}"


@edit(20)
def change_field(random: Random, model: Model, _moment: Moment) -> str:
    paths = model.articles() or sorted(model.sources)
    return _change(random, model, paths, FIELDS, "title date", 0.3)


@edit(3)
def change_page(random: Random, model: Model, _moment: Moment) -> str:
    """Of a standing page."""
    pages = [path for path in sorted(model.sources) if path.startswith("seiten/")]
    return _change(random, model, pages, PAGE_FIELDS, "title", 0.5)


@edit(3)
def add_firm(random: Random, model: Model, _moment: Moment) -> str:
    return model.add_firm(random)


@edit(6)
def change_firm(random: Random, model: Model, _moment: Moment) -> str:
    return _change(random, model, model.firms(), FIRM_FIELDS, "name town", 0.3)


@edit(4)
def add_ad(random: Random, model: Model, _moment: Moment) -> str:
    return model.add_ad(random)


@edit(6)
def change_ad(random: Random, model: Model, _moment: Moment) -> str:
    names = ("name", "slot", "link", "image", "from", "until", "draft")
    return _change(random, model, model.ads(), names, "name slot link image", 0.4)


@edit(3)
def shuffle_fields(random: Random, model: Model, _moment: Moment) -> str:
    path = random.choice(sorted(model.sources))
    items = list(model.sources[path].fields.items())
    random.shuffle(items)
    model.sources[path].fields = dict(items)
    return f"{path}: {list(model.sources[path].fields)}"


@edit(3)
def say_twice(random: Random, model: Model, _moment: Moment) -> str:
    """Two of the portal's own names for one field: their order in portal.toml decides."""
    path = random.choice(model.articles() or sorted(model.sources))
    fields = model.sources[path].fields
    fields.pop("title", None)
    fields |= {"schlagzeile": quoted(words(random)), "kopf": quoted(words(random))}
    return path


@edit(8)
def swap_dates(random: Random, model: Model, _moment: Moment) -> str:
    if len(model.articles()) < 2:
        return "none"
    one, other = random.sample(model.articles(), 2)
    a, b = model.sources[one].fields, model.sources[other].fields
    a["date"], b["date"] = b["date"], a["date"]
    return f"{one} ({a['date']}), {other} ({b['date']})"


@edit(6)
def rename(random: Random, model: Model, _moment: Moment) -> str:
    """Another name or folder; links to it are mostly set right."""
    path = random.choice(sorted(model.sources))
    model.numbered += 1
    folder, name = posixpath.split(path)
    if random.random() < 0.5 and not path.startswith(("seiten/", "firmen/", "anzeigen/")):
        folder = random.choice(["2026/05", "2026/06", "2024/02", "neu/tief"])
    else:
        odd = (" mit Leer", "-Ü (2)", "-U\u0308", ".kopie", "-GROSS", "#1")
        name = f"name-{model.numbered}{random.choice(('', *odd))}.md"
    new = f"{folder}/{name}"
    if new in model.sources:
        return "none"
    model.sources[new] = model.sources.pop(path)
    if random.random() < 0.85:
        for source in model.sources.values():
            source.paragraphs = [p.replace(f"@({path})", f"@({new})") for p in source.paragraphs]
    return f"{path} to {new}"


@edit(2)
def move_folder(random: Random, model: Model, _moment: Moment) -> str:
    """A folder of articles with all that is in it; links to it are set right."""
    if not model.articles():
        return "none"
    old = posixpath.dirname(random.choice(model.articles()))
    model.numbered += 1
    new = f"{random.choice(['2026', 'neu'])}/{model.numbered}"

    def moved(path: str) -> str:
        return new + path.removeprefix(old) if path.startswith(f"{old}/") else path

    def mended(text: str) -> str:
        return text.replace(f"({old}/", f"({new}/")

    model.pictures = {moved(path): data for path, data in model.pictures.items()}
    model.sources = {moved(path): source for path, source in model.sources.items()}
    for source in model.sources.values():
        source.fields = {name: mended(text) for name, text in source.fields.items()}
        source.paragraphs = [mended(text) for text in source.paragraphs]
    return f"{old} to {new}"


@edit(6)
def delete(random: Random, model: Model, _moment: Moment) -> str:
    path = random.choice(sorted(model.sources))
    del model.sources[path]
    if random.random() < 0.85:
        for source in model.sources.values():
            source.paragraphs = [p for p in source.paragraphs if f"@({path})" not in p] or ["Leer."]
    return path


@edit(2)
def copy(random: Random, model: Model, _moment: Moment) -> str:
    path = random.choice(model.articles() or sorted(model.sources))
    model.numbered += 1
    source = model.sources[path]
    new = f"{posixpath.dirname(path)}/kopie-{model.numbered}.md"
    fields = {k: v for k, v in source.fields.items() if k not in ("slug", "aliases")}
    model.sources[new] = Source(fields, list(source.paragraphs))
    return f"{path} as {new}"


@edit(4)
def break_source(random: Random, model: Model, _moment: Moment) -> str:
    path = random.choice(sorted(model.sources))
    source = model.sources[path]
    match random.randrange(6):
        case 0:
            source.fields["titel_"] = "x"
        case 1:
            source.fields["date"] = "31.2.2026"
        case 2:
            source.fields["title"] = "Eine: Sache"
        case 3:
            source.paragraphs.append("[x](gibt-es-nicht.md)")
        case 4:
            source.paragraphs.append("![x](gibt-es-nicht.svg)")
        case _:
            other = random.choice(sorted(model.sources))
            source.paragraphs.append(f"[x](@({other}#gibt-es-nicht))")
    return f"{path}: {source.fields} {source.paragraphs[-1:]}"


# Layouts.

SNIPPETS: Final = (
    "{{ site.count() }}", "{{ portal.description }}", '{{ site.fragment("today") }}',
    '{{ site.asset("pictures/unused.svg") }}', "{{ site.headlines(limit=2)|length }}",
    '{% include "imprint.html" %}', '{{ site.count(kind="sponsored") }}', "<b></b>",
    '{{ site.keywords()|map(attribute="name")|join }}', "{{ site.today()|date_short }}",
    '{{ site.articles(keyword="Haushalt", limit=1)|map(attribute="lead")|join }}',
    '{{ site.headlines(section="politik", author="ve")|map(attribute="title")|join }}',
    "{# nothing #}", '{{ portal.subtitle|default("") }}', "{{ page.address }}",
    '{% for item in site.articles(limit=1) %}{{ site.body(item.path) }}{% endfor %}',
    '{{ site.recent()|map(attribute="title")|join }}', "{{ site.credits()|length }}",
    '{% set ad = site.ad("top") %}{{ ad.name if ad }}', "{{ site.redirects()|length }}",
    '{{ site.firms(limit=2)|map(attribute="name")|join }}', '{{ "politik"|section_name }}',
    '{% from "macros.html" import line %}{% for item in site.articles(kind="comment", limit=2) %}'
    "{{ line(item) }}{% endfor %}",
    '{% if "Amt" in site.fragment("newest") %}{{ site.fragment("newest") }}{% endif %}',
)  # fmt: skip


@edit(6)
def add_to_layout(random: Random, model: Model, _moment: Moment) -> str:
    name, snippet = random.choice(sorted(model.layouts)), random.choice(SNIPPETS)
    model.layouts[name] = _with(model.layouts[name], snippet)
    return f"{name}: {snippet}"


def _with(layout: str, snippet: str) -> str:
    """A layout with a snippet where it shows."""
    mark = "{% block main %}"
    return layout.replace(mark, mark + snippet, 1) if mark in layout else layout + snippet


@edit(5)
def restore_layout(random: Random, model: Model, _moment: Moment) -> str:
    original = texts_below(LAYOUTS)
    changed = [n for n in sorted(model.layouts) if original.get(n) != model.layouts[n]]
    if not changed:
        return "none"
    name = random.choice(changed)
    if name in original:
        model.layouts[name] = original[name]
    else:
        del model.layouts[name]
        for other, text in model.layouts.items():
            stem = name.removeprefix("fragments/").removesuffix(".html")
            without = text.replace(f'{{{{ site.fragment("{stem}") }}}}', "")
            model.layouts[other] = without.replace(f'{{% include "{name}" %}}', "")
    return name


@edit(4)
def add_fragment(random: Random, model: Model, _moment: Moment) -> str:
    """A new fragment, used in some layout or fragment."""
    model.numbered += 1
    stem = f"neu{model.numbered}"
    user = random.choice([n for n in sorted(model.layouts) if n != "macros.html"])
    model.layouts[f"fragments/{stem}.html"] = random.choice(SNIPPETS[:12])
    model.layouts[user] = _with(model.layouts[user], f'{{{{ site.fragment("{stem}") }}}}')
    return f"{stem} ({model.layouts[f'fragments/{stem}.html']}) in {user}"


@edit(3)
def add_include(random: Random, model: Model, _moment: Moment) -> str:
    """A new layout, included in another one."""
    model.numbered += 1
    user, name = random.choice(sorted(model.layouts)), f"neu{model.numbered}.html"
    model.layouts[name] = random.choice(SNIPPETS)
    model.layouts[user] = _with(model.layouts[user], f'{{% include "{name}" %}}')
    return f"{name} ({model.layouts[name]}) in {user}"


@edit(2)
def change_printed(random: Random, model: Model, _moment: Moment) -> str:
    """A layout of PDFs, where the portal has any."""
    if not model.printed:
        return "none"
    name = random.choice([name for name in sorted(model.printed) if name.endswith(".typ")])
    model.printed[name] += f"// {random.randint(1, 9)}\n"
    return name


@edit(2)
def break_layout(random: Random, model: Model, _moment: Moment) -> str:
    name = random.choice(sorted(model.layouts))
    match random.randrange(4):
        case 0:
            model.layouts[name] += "{% if %}"
        case 1:
            model.layouts[name] += "\n{{ nobody }}\n{{ site.nothing() }}"
        case 2:
            model.layouts[name] += '\n{% include "nirgends.html" %}'
        case _:
            del model.layouts[name]
    return name


# Assets.


@edit(4)
def change_asset(random: Random, model: Model, _moment: Moment) -> str:
    name = random.choice(sorted(model.assets))
    if name.endswith(".svg"):
        model.assets[name] = drawing(random.randint(1, 9))
    else:
        model.assets[name] += b"b{}\n"
    return name


@edit(4)
def change_picture(random: Random, model: Model, _moment: Moment) -> str:
    """Mostly another one of the same size."""
    name = random.choice([*sorted(model.pictures), f"2026/05/bild-{model.numbered}.svg"])
    make = photo if name.endswith(".png") else drawing
    model.pictures[name] = make(random.randint(1, 9))
    return name


@edit(2)
def move_picture(random: Random, model: Model, _moment: Moment) -> str:
    """Another name or folder; most of those that show it know."""
    if not model.pictures:
        return "none"
    name = random.choice(sorted(model.pictures))
    model.numbered += 1
    folder = random.choice(["2026/05", "2026/06", "bilder"])
    new = f"{folder}/Bild {model.numbered}{posixpath.splitext(name)[1]}"
    model.pictures[new] = model.pictures.pop(name)
    for source in model.sources.values():
        if random.random() < 0.9:
            source.fields = {
                key: text.replace(f"!({name})", f"!({new})") for key, text in source.fields.items()
            }
            source.paragraphs = [p.replace(f"!({name})", f"!({new})") for p in source.paragraphs]
    return f"{name} to {new}"


@edit(2)
def remove_asset(random: Random, model: Model, _moment: Moment) -> str:
    places = [(f, name) for f in (model.assets, model.pictures) for name in sorted(f)]
    folder, name = random.choice(places)
    del folder[name]
    return name


@edit(4)
def change_download(random: Random, model: Model, _moment: Moment) -> str:
    """Another version, mostly; or a new file, or one that is no PDF."""
    name = random.choice(
        [*sorted(model.downloads), "2026/06/satzung.pdf", "2026/05/Satzung.PDF", "assets/plan_.pdf"]
    )
    model.downloads[name] = document(random.randint(1, 9)) if random.random() < 0.9 else b"<!x>"
    return name


@edit(4)
def offer_download(random: Random, model: Model, _moment: Moment) -> str:
    """A link to a file in an article, a page or a firm; or one link less."""
    path = random.choice(sorted(set(model.sources) - set(model.ads())))
    source = model.sources[path]
    offers = [text for text in source.paragraphs if "[Datei]" in text]
    if offers and random.random() < 0.5:
        source.paragraphs = [text for text in source.paragraphs if text != offers[0]] or ["Leer."]
    else:
        source.paragraphs.append(model.offer(random))
    return f"{path}: {source.paragraphs}"


@edit(2)
def move_download(random: Random, model: Model, _moment: Moment) -> str:
    """Another name or folder, or none any more; most of those that offer it know."""
    if not model.downloads:
        return "none"
    name = random.choice(sorted(model.downloads))
    model.numbered += 1
    folder = random.choice(["2026/05", "2026/06", "assets", "assets/recht"])
    new = f"{folder}/Datei {model.numbered}.pdf"
    data = model.downloads.pop(name)
    gone = random.random() < 0.3
    if not gone:
        model.downloads[new] = data
    for source in model.sources.values():
        if random.random() < 0.9:
            source.paragraphs = [
                text.replace(f"!({name})", f"!({new})")
                for text in source.paragraphs
                if not (gone and f"!({name})" in text)
            ] or ["Leer."]
    return f"{name} {'is gone' if gone else f'to {new}'}"


@edit(2)
def change_references(random: Random, model: Model, _moment: Moment) -> str:
    """What a stylesheet refers to."""
    files = random.sample([n for n in sorted(model.assets) if n.endswith(".svg")] or ["x.svg"], 1)
    style = random.choice(["style.css", "print.css"])
    model.assets[style] = "".join(f"p{{background:url({name})}}\n" for name in files).encode()
    return f"{style}: {files}"


# Settings.


@edit(12)
def change_settings(random: Random, model: Model, _moment: Moment) -> str:  # noqa: PLR0912, PLR0915
    settings = model.settings
    key = random.choice(sorted(settings.keys() - {"pdf", "search", "delivery"}))
    match key:
        case "title" | "description" | "publisher":
            settings[key] = words(random)
        case "address":
            settings[key] = f"https://www.amt{random.randint(1, 3)}.example"
        case "language":
            settings[key] = random.choice(["de", "de-AT", "en"])
        case "time_zone":
            settings[key] = random.choice(["Europe/Berlin", "America/New_York", "Asia/Tokyo"])
        case "folders":
            name = random.choice(["content", "assets", "layouts", "ignore"])
            some = random.choice([[], ["*/artikel-1*"], ["*/artikel-2*", "*kopie*"]])
            settings[key][name] = some if name == "ignore" else f"{name}{random.randint(1, 2)}"
        case "sections":
            match random.randrange(4):
                case 0:
                    random.shuffle(settings[key])
                case 1:
                    random.choice(settings[key])["name"] = words(random)
                case 2:
                    random.choice(settings[key])["description"] = words(random)
                case _:
                    settings[key].append({"id": f"neu-{len(settings[key])}", "name": "Neu"})
        case "authors":
            match random.randrange(3):
                case 0:
                    settings[key] = dict(reversed(settings[key].items()))
                case 1:
                    settings[key][random.choice(["ve", "tl", "mm"])] = words(random)
                case _:
                    settings[key].pop(random.choice(sorted(settings[key])), None)
                    settings[key]["zz"] = "Zoe Zander"
        case "navigation" | "footer":
            if settings[key] and random.random() < 0.3:
                settings[key].pop()
            else:
                settings[key].append({"name": words(random), "address": "/archiv/"})
        case "crawlers":
            settings[key] = random.choice([{"mining": False}, {"refused": ["GPTBot"]}, {}])
        case "security":
            settings[key]["contact"] = random.choice(["mailto:a@amt.example", "tel:+49-1"])
        case "downloads":
            settings[key] = random.choice([{"kinds": ["pdf", "csv"]}, {"kinds": ["csv"]}, {}, {}])
        case "check":
            settings[key] = random.choice([{"keyword-spelling": "off"}, {}])
        case "markdown":
            settings[key] = random.choice([{"bare_links": False}, {}])
        case "addresses":
            name, patterns = random.choice(
                [
                    ("article", ["/{year}/{month}/{slug}/", "/{section}/{year}/{slug}/"]),
                    ("print", ["{article}druck/", "/druck{article}"]),
                    ("keyword", ["/stichwort/{keyword}/", "/thema/{keyword}/"]),
                    ("author", ["/autor/{author}/", "/von/{author}/"]),
                    ("numbered", ["{list}seite-{number}/", "{list}{number}/"]),
                    ("standing", ["/{slug}/", "/seite/{slug}/"]),
                    ("archive", ["/archiv/", "/alles/"]),
                    ("firm", ["/it-guide/{slug}/", "/firma/{slug}/"]),
                    ("section", ["/{section}/", "/rubrik/{section}/"]),
                    ("keywords", ["/stichwort/", "/themen/"]),
                    ("month", ["/archiv/{year}/{month}/", "/alles/{year}/{month}/"]),
                    ("firm_fields", ["/it-guide/themen/", "/firmen-nach-thema/"]),
                    ("credits", ["/bildnachweise/", "/bilder/"]),
                ]
            )
            settings[key][name] = random.choice(patterns)
        case "pages":
            settings[key][random.choice(["section", "keyword", "author"])] = random.randint(1, 4)
        case "feeds":
            settings[key]["length"] = random.randint(1, 4)
        case "front_matter":
            match random.randrange(4):
                case 0:
                    settings[key]["aliases"] = dict(reversed(settings[key]["aliases"].items()))
                case 1:
                    settings[key]["defaults"] = {"section": random.choice(["politik", "leben"])}
                case 2:
                    settings[key]["extra"].reverse()
                case _:
                    settings[key]["defaults"] = {"kicker": words(random)}
        case "keywords":
            settings[key]["synonyms"] = random.choice(
                [
                    {"Künstliche Intelligenz": ["KI"], "Onlinezugangsgesetz": ["OZG"]},
                    {"KI": ["Künstliche Intelligenz"]},
                    {"IT-Planungsrat": ["IT Planungsrat"], "Haushalt": ["Etat", "OZG"]},
                    {},
                ]
            )
    return f"{key} is {settings[key]}"


@edit(5)
def change_delivery(random: Random, model: Model, _moment: Moment) -> str:
    """What belongs to pages: PDFs and search, where a portal ever has them, compressed files."""
    settings = model.settings
    key = random.choice(["delivery", *["pdf"] * bool(model.printed), *["search"] * model.searched])
    match key:
        case "pdf":
            settings[key] = random.choice([{"enabled": False}, {"newest": 1}, {"newest": 2}])
        case "search":
            settings[key] = {"enabled": not settings[key]["enabled"]}
        case _:
            settings[key] = random.choice(
                [
                    {"compress": ["gzip"]},
                    {"server": "nginx", "compress": ["brotli", "gzip"]},
                    {"server": "netlify"},
                    {},
                ]
            )
    return f"{key} is {settings[key]}"


@edit(1)
def break_settings(random: Random, model: Model, _moment: Moment) -> str:
    key = random.choice(["nonsense", "titel"])
    model.settings[key] = "x"
    return key


# Time.


@edit(8)
def move_the_clock(random: Random, _model: Model, moment: Moment) -> str:
    """Forwards or backwards, at times to the very moment at which an article appears."""
    days = dict.fromkeys(text[:10] for text in DATES)  # no set: a seed is to mean the same again
    moments = [datetime.fromisoformat(text).replace(tzinfo=ZONE) for text in (*DATES, *days)]
    moment.at = random.choice([NOON, *moments]) + timedelta(minutes=random.choice([0, 0, -1, 1]))
    return moment.at.isoformat()


@edit(4)
def turn_drafts(_random: Random, _model: Model, moment: Moment) -> str:
    moment.drafts = not moment.drafts
    return "with drafts" if moment.drafts else "without drafts"


@edit(2)
def edit_nothing(_random: Random, _model: Model, _moment: Moment) -> str:
    return "nothing"
