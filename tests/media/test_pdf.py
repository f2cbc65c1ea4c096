"""PDFs: an article's whole text in its order, readable by machines, the same bytes everywhere."""

import re
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import cache
from html.parser import HTMLParser
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pypdf import PdfReader

from generator.base import digests
from generator.base.problems import PortalError
from generator.markdown.convert import convert
from generator.media.pdf import ladder
from generator.media.pdf.ladder import Document, Made, PictureFile
from generator.model.article import Image, SourceLink

ROOT = Path(__file__).parents[2]
LAYOUT = ROOT / "layouts" / "pdf"
PHOTO = ROOT / "assets" / "bilder" / "ratssaal.jpg"
ADDRESS = "https://www.beispiel.example/2023/11/papier/"
SOURCES = sorted((ROOT / "content").glob("20*/*/*.md"))

DOCUMENT = Document(
    path="2023/11/papier.md",
    address=ADDRESS,
    title="Hundert Tage auf Papier",
    kicker="Kreis Nordmoor",
    label="",
    kind="news",
    lead="Fünf Monate nach dem Angriff.",
    date="22. November 2023",
    updated="",
    published=datetime(2023, 11, 22, 10, 0, tzinfo=UTC),
    authors=("Tamino Lohse", "Jana Dörfler"),
    section="IT-Sicherheit",
    keywords=("Cyber-Angriff", "Rechenzentrum"),
    sources=(SourceLink("Kreis Nordmoor", "https://www.nordmoor.example/"),),
    image=Image("ratssaal.jpg", "Ein Saal", "Rathaus & Netz", "Der Saal."),
    body="<p>Der Zettel hängt noch.</p>",
    pictures=(PictureFile("ratssaal.jpg", str(PHOTO), digests.of_bytes(PHOTO.read_bytes())),),
    portal="Rathaus & Netz",
    publisher="Verlag Rathaus & Netz",
    language="de",
)

RICH = """<p>Erst<sup id="r1"><a href="#n1">1</a></sup> und <a href="https://www.b.example/x">dort</a>,
<em>schräg</em> <strong>fett</strong> <code>x = 1 &lt; 2</code> H<sub>2</sub>O <kbd>Strg</kbd>
<mark>gelb</mark> <abbr title="Onlinezugangsgesetz">OZG</abbr> <small>klein</small> <del>alt</del>
<a href="mailto:a@b.example">Post</a> <a href="#nirgends">Leere</a><br>neue Zeile</p>
<h2 id="tab">Tabelle</h2>
<div class="table"><table><caption>Zahlen</caption>
<thead><tr><th>Ort</th><th class="right">Zahl</th></tr></thead>
<tbody><tr><td>Wernried</td><td class="right">12</td></tr>
<tr><td colspan="2">zusammen</td></tr></tbody></table></div>
<h3>Listen</h3>
<ul><li>eins<ul><li>innen</li></ul></li><li><p>zwei</p><p>weiter</p></li></ul>
<ol start="3"><li>drei</li><li>vier</li></ol>
<dl><dt>Register</dt><dd>Ein Verzeichnis.</dd><dd>Auch Stimmlage.</dd></dl>
<blockquote><p>Ein Zitat.</p><p>Gudrun Tamm</p></blockquote>
<figure><img src="ratssaal.jpg" alt="Ein Saal">
<figcaption>Noch einmal. <span class="credit">Bild: X</span></figcaption></figure>
<pre><code>def f():
    return 1
</code></pre>
<details><summary>Mehr</summary><p>Einzelheiten</p></details><hr>
<section class="footnotes"><ol><li id="n1">
<p>Die Anmerkung. <a class="footnote-backref" href="#r1">↩</a></p></li></ol></section>"""


def document(body: str, **values: object) -> Document:
    return msgspec.structs.replace(DOCUMENT, body=body, **values)


@cache
def maker() -> ProcessPoolExecutor:
    """A process that makes PDFs: this one must be able to fork when another test wants to."""
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"))


def make(document: Document, layout: Path = LAYOUT) -> Made:
    return maker().submit(ladder.make, document, layout).result()


def made(body: str, **values: object) -> PdfReader:
    return PdfReader(BytesIO(make(document(body, **values)).pdf))


def text_of(reader: PdfReader) -> str:
    """The text of all pages between their headers and footers."""
    pages = [page.extract_text() for page in reader.pages]
    frame = r"^Rathaus & Netz\s+IT-Sicherheit|© Verlag Rathaus & Netz\s+Seite \d+ von \d+"
    return "\n".join(re.sub(frame, "", page) for page in pages)


INLINE = {"em", "strong", "sub", "sup", "code", "mark", "small", "del", "kbd", "a", "rt", "ruby"}


class Words(HTMLParser):
    """The text of some HTML, without the arrows of footnotes; a block begins a new word."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        self.text += "" if tag in INLINE else " "

    def handle_data(self, data: str) -> None:
        self.text += data.replace("↩︎", "").replace("↩", "")


def letters(text: str) -> str:
    """`text` without white space, hyphens (a line may add one) and signs without width."""
    return re.sub("[-\\s\u200b\u00ad\ufeff\u2028\u0301]", "", text)


def html_text(html: str) -> str:
    words = Words()
    words.feed(html)
    return words.text


def assert_in_order(html: str, text: str) -> None:
    """Every word of `html` stands in `text`, in the same order."""
    found, place = letters(text), 0
    for word in html_text(html).split():
        next_place = found.find(letters(word), place)
        assert 0 <= next_place - place < 400, f"{word!r} is missing after {found[:place][-60:]!r}"
        place = next_place + len(letters(word))


def test_the_text_is_all_there_in_its_order() -> None:
    reader = made(RICH, updated="3. Dezember 2023", label="Reportage", kind="report")
    text = text_of(reader)
    assert_in_order(RICH, text)
    head = ["Reportage", "Kreis Nordmoor", "Hundert Tage auf Papier", "Fünf Monate"]
    middle = ["Der Saal. Bild: Rathaus", "Von Tamino Lohse und", "22. November", "Aktualisiert: 3."]
    foot = ["Kreis Nordmoor: https://www.nordmoor.example/", "Cyber-Angriff, Rechen", ADDRESS]
    places = [text.find(part) for part in (*head, *middle, "Erst", *foot)]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("source", SOURCES[::6], ids=lambda path: path.stem)
def test_real_articles_keep_their_text(source: Path) -> None:
    body = convert(source.read_text(encoding="utf-8").split("\n---\n", 1)[1]).html
    body = re.sub("\x02\\d+\x03", "", body)
    assert_in_order(body, text_of(made(body)))


@pytest.mark.parametrize(
    "signs",
    [
        "# $x$ *a* _b_ @c \\d <e> `f` // g /* h */ [i] {j} ~ -- ---",
        "§ € – … „a“ ‚b‘ ½ × ≥ → ✓",
        "'a' \"b\"",
    ],
)
def test_signs_that_mean_something_to_typst_are_text(signs: str) -> None:
    escaped = signs.replace("<", "&lt;")
    text = text_of(made(f"<p>{escaped}</p><h2>{escaped}</h2>", title=signs, keywords=(signs,)))
    assert letters(text).count(letters(signs)) == 4


def test_a_character_that_no_font_has_is_replaced_and_said() -> None:
    result = make(document("<p>Start 🚀 und 👩‍🚒 Ende 漢字.</p>", lead="Auch 🎉."))
    text = text_of(PdfReader(BytesIO(result.pdf)))
    assert "Start □ und □ Ende □." in text
    assert "Auch □." in text
    assert [problem.name for problem in result.problems] == ["pdf-character"]
    assert "🚀" in result.problems[0].what()
    assert result.problems[0].path == DOCUMENT.path


def test_machines_can_read_it() -> None:
    reader = made(RICH)
    metadata: Any = reader.metadata
    assert metadata.title == "Kreis Nordmoor: Hundert Tage auf Papier"
    assert metadata.author == "Tamino Lohse, Jana Dörfler"
    assert metadata.subject == DOCUMENT.lead
    assert metadata["/Keywords"] == "Cyber-Angriff, Rechenzentrum"
    assert metadata.creation_date == metadata.modification_date == DOCUMENT.published
    root: Any = reader.root_object
    assert root["/Lang"] == "de"
    assert root["/MarkInfo"]["/Marked"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]


def test_the_structure_is_tagged() -> None:
    kinds: list[str] = []

    def walk(element: object) -> None:
        if isinstance(element, list):
            for child in element:
                walk(child.get_object())
        elif isinstance(element, dict):
            if "/S" in element:
                kinds.append(element["/S"])
            if "/K" in element:
                walk(
                    element["/K"].get_object()
                    if hasattr(element["/K"], "get_object")
                    else element["/K"]
                )

    walk(made(RICH).root_object["/StructTreeRoot"])
    wanted = {
        "/H1",
        "/H2",
        "/H3",
        "/P",
        "/L",
        "/LI",
        "/Table",
        "/TH",
        "/TD",
        "/Figure",
        "/Link",
        "/BlockQuote",
    }
    assert wanted <= set(kinds)
    assert kinds.count("/H1") == 1


def test_links_can_be_followed() -> None:
    annotations = [
        note.get_object() for page in made(RICH).pages for note in page.get("/Annots", ())
    ]
    outward = {note["/A"]["/URI"] for note in annotations if "/URI" in note.get("/A", {})}
    assert outward == {
        "https://www.b.example/x", "mailto:a@b.example", "https://www.nordmoor.example/", ADDRESS,
    }  # fmt: skip
    inward = [note for note in annotations if "/URI" not in note.get("/A", {})]
    assert len(inward) == 1
    assert all(note["/Contents"] for note in annotations)


def test_pages_are_numbered() -> None:
    reader = made("<p>Ein Satz, der viele Male wiederkehrt.</p>" * 150)
    count = len(reader.pages)
    assert count > 1
    for number, page in enumerate(reader.pages, 1):
        assert f"Seite {number} von {count}" in page.extract_text()
        assert "Rathaus & Netz" in page.extract_text().splitlines()[0]


def test_paid_content_says_so_on_every_page() -> None:
    reader = made("<p>Ein Satz.</p>" * 150, kind="sponsored", label="Anzeige")
    assert all("Anzeige" in page.extract_text() for page in reader.pages)
    assert reader.metadata is not None
    assert str(reader.metadata.title).startswith("Anzeige: ")


def test_the_same_bytes_in_other_processes() -> None:
    program = (
        "import hashlib; from tests.media import test_pdf as t;"
        "print(hashlib.sha256(t.ladder.make(t.document(t.RICH), t.LAYOUT).pdf).hexdigest())"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "TZ": zone, "LC_ALL": "C"},
            capture_output=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    ]
    assert runs[0] == runs[1]


def test_an_earlier_document_leaves_no_trace() -> None:
    first = make(document(RICH)).pdf
    make(document("<p>Ein anderer.</p>"))
    assert make(document(RICH)).pdf == first


def test_a_digest_follows_what_is_shown_and_not_where_it_lies() -> None:
    layout = ladder.layout_digest(LAYOUT)
    same = ladder.digest(DOCUMENT, layout)
    moved = tuple(msgspec.structs.replace(p, path="/elsewhere.jpg") for p in DOCUMENT.pictures)
    other = tuple(msgspec.structs.replace(p, digest=b"other") for p in DOCUMENT.pictures)
    assert ladder.digest(document(DOCUMENT.body, pictures=moved), layout) == same
    changed = {
        ladder.digest(document(DOCUMENT.body, pictures=other), layout),
        ladder.digest(document("<p>Anders.</p>"), layout),
        ladder.digest(DOCUMENT, b"another layout"),
    }
    assert len(changed | {same}) == 4


def test_a_mistake_in_the_layout_names_file_and_line(tmp_path: Path) -> None:
    layout = shutil.copytree(LAYOUT, tmp_path / "pdf")
    style = layout / "style.typ"
    style.write_text(
        style.read_text(encoding="utf-8") + "\n#let wrong = nothing-like-it\n", encoding="utf-8"
    )
    with pytest.raises(PortalError) as caught:
        make(DOCUMENT, layout)
    (problem,) = caught.value.problems
    line = style.read_text(encoding="utf-8").splitlines().index("#let wrong = nothing-like-it") + 1
    assert (problem.path, problem.line) == (str(style), line)
    assert "unknown variable: nothing-like-it" in problem.what()


def test_a_doubtful_layout_is_said_and_makes_the_pdf(tmp_path: Path) -> None:
    layout = shutil.copytree(LAYOUT, tmp_path / "pdf")
    style = layout / "style.typ"
    text = style.read_text(encoding="utf-8").replace('"Libertinus Serif"', '"Keine Schrift"')
    style.write_text(text, encoding="utf-8")
    result = make(DOCUMENT, layout)
    assert {problem.name for problem in result.problems} == {"pdf-layout-doubtful"}
    assert result.problems[0].path.startswith(str(layout))
    assert result.pdf.startswith(b"%PDF")


OWN = """#set document(title: article.title)
#set text(lang: "de")
= #article.title
#let plain(node) = if type(node) == str { node } else { node.children.map(plain).join() }
#for node in article.body { par(plain(node)) }
#if pictures.len() > 0 [Mit Bild]
"""


@pytest.mark.parametrize(
    "layout",
    [
        "#let article = json(bytes(sys.inputs.article))\n"
        "#let pictures = json(bytes(sys.inputs.pictures))\n" + OWN,
        "#let set-article(article, pictures) = [\n" + OWN + "]\n",
    ],
    ids=["with inputs", "as a function"],
)
def test_a_portal_may_have_a_layout_of_its_own(tmp_path: Path, layout: str) -> None:
    (tmp_path / "article.typ").write_text(layout, encoding="utf-8")
    odd = 'Ein "Wort" \\ #zwei $x$'
    for title in ("Eins", "Zwei"):  # Nothing of the first stays for the second.
        shown = make(document(f"<p>{odd} {title}</p>", title=title), tmp_path)
        text = " ".join(PdfReader(BytesIO(shown.pdf)).pages[0].extract_text().split())
        assert (shown.problems, text) == ((), f"{title} {odd} {title} Mit Bild")


def test_a_missing_layout_is_said(tmp_path: Path) -> None:
    with pytest.raises(PortalError) as caught:
        make(DOCUMENT, tmp_path)
    assert caught.value.problems[0].name == "pdf-layout-missing"


DA = "<figcaption>Da</figcaption>"


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("<h2>a</h2><h4>b</h4>", "pdf-heading-skipped"),
        (f'<figure><img src="ratssaal.jpg" alt="">{DA}</figure>', "pdf-picture-undescribed"),
        ('<p><img src="ratssaal.jpg" alt=""></p>', "pdf-picture-undescribed"),
        (f'<figure><img src="fehlt.jpg" alt="x">{DA}</figure>', "pdf-picture-left-out"),
    ],
)
def test_what_pdf_ua_would_refuse_is_put_right_and_said(body: str, name: str) -> None:
    result = make(document(body))
    assert [problem.name for problem in result.problems] == [name]
    assert_in_order(body, text_of(PdfReader(BytesIO(result.pdf))))


def test_a_lead_picture_without_description_is_said() -> None:
    image = Image("ratssaal.jpg", "", "", "Der Saal.")
    result = make(document("<p>Text.</p>", image=image))
    assert [problem.name for problem in result.problems] == ["pdf-picture-undescribed"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<p></p><h2></h2><ul></ul><ol><li></li></ol><dl></dl><table></table><pre></pre>",
        "<dl><dd>ohne Begriff</dd></dl><ul>nackt<li>a</li></ul>",
        "<ol reversed><li value='7'>b</li></ol>",
        "<table><tr><td rowspan=9 colspan=3>a<td>b</td></tr><tr><td rowspan=2>c</td></tr></table>",
        "<table><thead><tr><th>a</th></tr><tr><th>b</th></tr></thead><tr><td>c</td></tr></table>",
        '<p id="x">a</p><p id="x">b</p><a href="#x">c</a>',
        '<table><tr><td id="y">d</td></tr></table><a href="#y">e</a>',
        "<p>offen <em>bis zum <strong>Ende</p><p>danach</p></div></section>",
        "<div>" * 200 + "tief" + "</div>" * 200,
        "<blockquote><ul><li>" * 9 + "tief" + "</li></ul></blockquote>" * 9,
        "<p>" + "x" * 300 + "</p>",
        '<p lang="en-GB">English</p><p lang="x-klingonisch">nuqneH</p>',
        '<p><a href="https://ü.example/ä?ö#ß">Umlaute</a> <a href="">leer</a> <a>ohne</a></p>',
        "<ruby>字<rt>ji</rt></ruby>\u200b\ufeff\u00ad\u2028\u0301",
    ],
)
def test_odd_html_becomes_a_pdf(body: str) -> None:
    reader = made(body)
    assert_in_order(body.replace("字", "□"), text_of(reader))
