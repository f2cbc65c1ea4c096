"""A PDF for every article: plainer where it has to be, never missing, and a word about it."""

import os
import re
import shutil
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pypdf import PdfReader

from generator.base.problems import PortalError, Problem
from generator.engine import printing
from generator.markdown.html import ELEMENTS
from generator.media.pdf import plain
from generator.media.pdf.document import Node, PictureFile
from generator.model.article import Image
from tests.media.test_pdf import (
    DOCUMENT,
    LAYOUT,
    PHOTO,
    assert_in_order,
    document,
    letters,
    make,
    text_of,
)
from tests.portals import PORTAL, TestPortal

pytestmark = pytest.mark.slow

ON = PORTAL.replace("enabled = false", "enabled = true")
IMG = '<img src="ratssaal.jpg" alt="Ein Saal">'
REFUSES = ("  mark: (_, children) =>", "  mark: (_, children) => 1 + [x] +")
"""A line of the layout, and what makes it fail for one element."""
ROWS = "".join(f"<tr><td>Ort {number}</td><td>{number}</td></tr>" for number in range(80))


def told(body: str, layout: Path = LAYOUT, **values: Any) -> tuple[str, list[Problem]]:
    """The text of a PDF between head and foot, and what is said of it."""
    made = make(document(body, **values), layout)
    return text_of(PdfReader(BytesIO(made.pdf))), list(made.problems)


def text(body: str, **values: str) -> str:
    """The text of a PDF of which there is nothing to say."""
    found, problems = told(body, LAYOUT, **values)
    assert problems == []
    return " ".join(found.split())


def layout_with(folder: Path, text: str, instead: str, file: str = "body.typ") -> Path:
    """A portal's own layout: the usual one with another line."""
    layout = shutil.copytree(LAYOUT, folder / "pdf")
    source = (layout / file).read_text(encoding="utf-8")
    assert text in source
    (layout / file).write_text(source.replace(text, instead), encoding="utf-8")
    return layout


# Elements with nothing in them.


@pytest.mark.parametrize("tag", sorted(ELEMENTS))
def test_an_empty_element_costs_nothing(tag: str) -> None:
    empty = f"<{tag}></{tag}>"
    for body in (empty, f"<{tag}> </{tag}>", f"<{tag}>{empty}</{tag}>"):
        around = f"<ul><li>{body}</li></ul><table><tr><td>{body}</td></tr></table>"
        assert "vorher – nachher" in text(f"<p>vorher</p>{body}{around}<p>nachher</p>")


def test_a_linked_picture_is_a_picture() -> None:
    body = f'<p>vor</p><a href="https://x.example/gross.jpg">{IMG}</a><p>nach</p>'
    made = make(document(body, image=None))
    (page,) = PdfReader(BytesIO(made.pdf)).pages
    assert len(page.images) == 1
    annotations: Any = page["/Annots"]
    notes = [note.get_object()["/A"]["/URI"] for note in annotations]
    assert "https://x.example/gross.jpg" in notes
    assert made.problems == ()


@pytest.mark.parametrize(
    ("items", "shown"),
    [
        ('<ol start="-1"><li>a</li><li>b</li><li>c</li></ol>', "−1. a 0. b 1. c"),
        ('<ol><li>a</li><li value="-3">b</li><li>c</li></ol>', "1. a −3. b −2. c"),
        ('<ol reversed start="1"><li>a</li><li>b</li><li>c</li></ol>', "1. a 0. b −1. c"),
        ("<ol reversed><li>a</li><li>b</li></ol>", "2. a 1. b"),
        ('<ol start="99999999999999999999"><li>a</li></ol>', "2147483647. a"),
        ('<ol start="drei"><li>a</li></ol>', "1. a"),
        ('<ol type="a" start="3"><li>a</li><li>b</li></ol>', "c. a d. b"),
        ('<ol type="I"><li value="0">a</li><li>b</li></ol>', "0. a I. b"),
        ('<ol type="i" start="3999"><li>a</li><li>b</li></ol>', "mmmcmxcix. a 4000. b"),
    ],
)
def test_lists_count_as_on_the_page(items: str, shown: str) -> None:
    assert shown in text(f"<p>vor</p>{items}<p>nach</p>").replace("-", "−")


# What PDF/UA allows in some places only.


@pytest.mark.parametrize(
    "inside",
    [
        '<a href="https://x.example/">Verweis</a>',
        '<sup><a href="#n1" aria-label="Fußnote 1">1</a></sup>',
        f"{IMG}",
        '<span id="ziel">Ziel</span>',
        "Wort " * 200,
    ],
)
def test_anything_may_stand_in_the_head_of_a_table_over_pages(inside: str) -> None:
    body = (
        '<p><a href="#ziel">hin</a></p><table><thead>'
        f"<tr><th>{inside}</th><th>Zahl</th></tr></thead>"
        f'<tbody>{ROWS}</tbody></table><section class="footnotes"><ol><li id="n1">Note</li></ol>'
        "</section>"
    )
    assert "Ort 79 79" in text(body)


def test_a_plain_head_of_a_table_stands_on_each_page() -> None:
    head = "<table><thead><tr><th>Kopfzeile</th><th>Zahl</th></tr></thead>"
    assert text(f"{head}<tbody>{ROWS}</tbody></table>").count("Kopfzeile") > 1


@pytest.mark.parametrize(
    "inside",
    [
        IMG,
        f"<figure>{IMG}<figcaption>Darunter</figcaption></figure>",
        "<p>Absatz</p>",
        "<ul><li>Punkt</li></ul>",
        "<table><tr><td>Zelle</td></tr></table>",
        "<blockquote>Zitat</blockquote>",
        "<pre>Code</pre>",
    ],
)
@pytest.mark.parametrize(
    "around",
    [
        "<dl><dt>Begriff {}</dt><dd>Erklärung</dd></dl>",
        "<details><summary>Kurz {}</summary><p>Lang</p></details>",
        "<p>Satz {}</p>",
        "<code>code {}</code>",
    ],
)
def test_blocks_stand_where_a_line_is_expected(around: str, inside: str) -> None:
    if inside != IMG and "figure" not in inside and "code" in around:
        return  # letters alone
    body = f"<p>vor</p>{around.format(inside)}<p>nach</p>"
    made = make(document(body, image=None))
    reader = PdfReader(BytesIO(made.pdf))
    assert_in_order(body, text_of(reader))
    assert len(reader.pages[0].images) == body.count("<img")
    assert made.problems == ()


def test_a_table_keeps_each_of_its_captions() -> None:
    row = "<tr><td>Zelle</td></tr>"
    body = f"<table><caption>Oben</caption>{row}<caption>Unten</caption></table>"
    assert "Oben Unten Zelle" in text(body)


def test_a_footnote_mark_says_that_it_is_one() -> None:
    mark = '<sup><a aria-label="Fußnote 1" href="#n1">1</a></sup>'
    notes = '<section class="footnotes"><ol><li id="n1"><p>Note</p></li></ol></section>'
    made = make(document(f"<p>Satz{mark}.</p>{notes}"))
    pages: Any = PdfReader(BytesIO(made.pdf)).pages
    said = [note.get_object()["/Contents"] for page in pages for note in page["/Annots"]]
    assert said[0] == "Fußnote 1"


# Characters.


def test_a_digit_in_a_sign_is_no_other_digit() -> None:
    body = "<p>1️⃣ Formular 1 und 2️⃣ öffnen, 12 €</p><table><tr><td>1️⃣</td><td>11</td></tr></table>"
    found, problems = told(body, date="11. November 2021", title="1 von 12")
    shown = " ".join(found.split())
    assert "□ Formular 1 und □ öffnen, 12 €" in shown
    assert "□ 11" in shown
    assert "11. November 2021" in shown
    assert "1 von 12" in shown
    assert [(each.name, dict(each.values)["characters"]) for each in problems] == [
        ("pdf-character", "1️⃣ 2️⃣")
    ]


@pytest.mark.parametrize("sign", ["\ufe0f", "\u200b", "\u2060", "\u00ad", "\u200e"])
def test_signs_without_a_shape_are_not_missed(sign: str) -> None:
    assert "vorher" in text(f"<p>vor{sign}her {sign}</p>")


def test_a_sign_without_a_shape_beside_a_missing_one_is_not_missed() -> None:
    _, problems = told(f"<p>Die Datei {chr(0x6F22) * 100}, {chr(0x6F22)}\u2060{chr(0x6F22)}</p>")
    assert [dict(each.values)["characters"] for each in problems] == [chr(0x6F22)]


def test_addresses_and_names_stay_as_they_are() -> None:
    address = "https://漢.example/字?q=1️⃣"
    body = f'<p>漢 <a href="{address}">dort</a> <a href="#漢">hin</a></p><p id="漢">Ziel {IMG}</p>'
    made = make(document(body, address="https://www.beispiel.example/漢/"))
    reader = PdfReader(BytesIO(made.pdf))
    pages: Any = reader.pages
    notes = [note.get_object() for page in pages for note in page["/Annots"]]
    outward = [note["/A"]["/URI"] for note in notes if "/URI" in note.get("/A", {})]
    assert outward[0] == "https://%E6%BC%A2.example/%E5%AD%97?q=1%EF%B8%8F%E2%83%A3"
    assert outward[-1] == "https://www.beispiel.example/%E6%BC%A2/"
    assert len(notes) > len(outward)
    assert [problem.name for problem in made.problems] == ["pdf-character"]


def test_what_cannot_be_seen_is_named_by_its_number() -> None:
    _, (problem,) = told("<p>a\x01b</p>")
    assert "U+0001" in problem.what()


# What a layout, or Typst, refuses.


def names(problems: list[Problem]) -> list[str]:
    return [problem.name for problem in problems]


def test_only_the_element_is_plain_that_a_layout_refuses(tmp_path: Path) -> None:
    layout = layout_with(tmp_path, *REFUSES)
    body = "<h2>Eins</h2><ul><li>a <mark>gelb <b>fett</b></mark></li></ul><p>b <mark>rot</mark></p>"
    found, problems = told(body, layout)
    assert_in_order(body, found)
    assert "– a gelb fett" in " ".join(found.split())
    assert names(problems) == ["pdf-plainer", "pdf-plainer"]
    assert [dict(each.values)["text"] for each in problems] == ["gelb fett", "rot"]
    assert all(problem.path == "2023/11/papier.md" for problem in problems)


def test_a_refused_table_is_rows_of_words(tmp_path: Path) -> None:
    layout = layout_with(
        tmp_path,
        "#let tabular(node, children) = {",
        "#let tabular(node, children) = { panic()",
        "tables.typ",
    )
    body = (
        "<p>vor</p><table><caption>Gebühren</caption><thead><tr><th>Ort</th><th>Euro</th></tr></thead>"
        '<tbody><tr><td>Wernried <a href="https://w.example/">Stadt</a></td><td>10<sup>3</sup></td>'
        "</tr></tbody></table><p>nach</p>"
    )
    found, problems = told(body, layout)
    shown = " ".join(found.split())
    assert "vor Gebühren Ort · Euro Wernried Stadt (https://w.example/) · 103 nach" in shown
    assert names(problems) == ["pdf-plainer"]


SOUND = PHOTO.read_bytes()
ODD: dict[str, str | bytes] = {
    "a PDF": b"%PDF-1.4\n%%EOF",
    "nothing": b"",
    "cut off": SOUND[:200],
    "text": b"Hallo",
    "a drawing with an emoji": "<svg xmlns='http://www.w3.org/2000/svg' width='90' height='90'>"
    "<text y='20'>\N{ROCKET}</text></svg>",
    "no drawing": "<svg",
}


@pytest.mark.parametrize("lead", [True, False])
@pytest.mark.parametrize("kind", ODD)
def test_a_picture_that_is_refused_leaves_its_description(
    tmp_path: Path, kind: str, lead: bool
) -> None:
    data = ODD[kind]
    file = tmp_path / ("x.svg" if "drawing" in kind else "x.jpg")
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    pictures = (*DOCUMENT.pictures, PictureFile("odd", str(file), b"odd"))
    image = Image("odd", "Was zu sehen ist", "Amt", "Darunter") if lead else None
    figure = '<figure><img src="odd" alt="Noch eins"><figcaption>Da</figcaption></figure>'
    body = f"<p>vor</p>{IMG}{'' if lead else figure}<p>nach</p>"
    made = make(document(body, image=image, pictures=pictures))
    reader = PdfReader(BytesIO(made.pdf))
    shown = " ".join(text_of(reader).split())
    words = ("Was zu sehen ist", "Darunter", "Amt") if lead else ("Noch eins", "Da")
    assert all(word in shown for word in words)
    assert sum(len(page.images) for page in reader.pages) == 1
    assert names(list(made.problems)) == ["pdf-picture-refused"]
    assert dict(made.problems[0].values)["file"] == "odd"


def test_a_text_of_which_a_layout_refuses_too_much_is_paragraphs(tmp_path: Path) -> None:
    layout = layout_with(tmp_path, *REFUSES)
    body = "".join(f"<p>Absatz <mark>Nummer {number}</mark></p>" for number in range(40))
    found, problems = told(body, layout)
    assert_in_order(body, found)
    assert names(problems) == ["pdf-paragraphs"]


def test_a_title_that_a_layout_refuses_gets_the_last_form(tmp_path: Path) -> None:
    bad = 'assert(article.title != "Ungut")\nset document('
    layout = layout_with(tmp_path, "set document(", bad, "article.typ")
    body = f'<p>Erst <a href="https://a.example/">dort</a></p><h2>Zwei</h2>{IMG}'
    made = make(
        document(body, title="Ungut", kind="sponsored", label="Anzeige", updated="2. Mai",
                 corrections=(("3. Mai", "Ein Name."),)),
        layout,
    )  # fmt: skip
    reader = PdfReader(BytesIO(made.pdf))
    shown = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    for words in (
        "Anzeige: Kreis Nordmoor: Ungut", "Fünf Monate", "Tamino Lohse, Jana Dörfler", "22. Nov",
        "Aktualisiert: 2. Mai", "Ein Saal", "Der Saal.", "Erst dort (https://a.example/)", "Zwei",
        "3. Mai: Ein Name.", "Kreis Nordmoor: https://www.nordmoor.example/",
        "Cyber-Angriff, Rechenzentrum", DOCUMENT.address, "Rathaus & Netz",
    ):  # fmt: skip
        assert words in shown.replace("\xad ", "").replace("- ", "-"), words
    assert names(list(made.problems)) == ["pdf-without-layout"]
    metadata = reader.metadata
    assert metadata is not None
    assert metadata.title == "Anzeige: Kreis Nordmoor: Ungut"
    root: Any = reader.root_object
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert root["/Lang"] == "de"


def test_a_layout_that_fails_for_every_article_is_its_own_mistake(tmp_path: Path) -> None:
    layout = layout_with(tmp_path, "  p: (node, children) =>", "  p: (node, children) => nothing(")
    with pytest.raises(PortalError) as caught:
        told("<p>Text</p>", layout)
    (problem,) = caught.value.problems
    assert (problem.name, Path(problem.path).name) == ("pdf-layout", "body.typ")


def test_limits_are_counted() -> None:
    cells = "<tr>" + "<td>z</td>" * 8 + "</tr>"
    _, problems = told(f"<p>vor</p><table>{cells * 501}</table><p>nach</p>")
    assert names(problems) == ["pdf-table-large"]
    inner = "<table><tr><td>{}</td></tr></table>"
    body = inner.format("eins" + inner.format("zwei" + inner.format("drei")))
    found, problems = told(body)
    assert_in_order(body, found)
    assert names(problems) == ["pdf-table-nested"]


@pytest.mark.parametrize(
    "around", ["blockquote", "div", "em", "ul><li", "dl><dd", "details", "table><tr><td", "section"]
)
@pytest.mark.parametrize("depth", [8, 25, 70, 300])
def test_nothing_is_lost_however_deep_it_stands(around: str, depth: int) -> None:
    opened = f"<{around}>" * depth
    closed = "".join(f"</{tag}>" for tag in reversed(around.split("><"))) * depth
    link = '<a href="https://tief.example/">Verweis</a>'
    body = f"<p>vor</p>{opened}tief <i>unten</i> {link} {IMG}{closed}<p>nach</p>"
    made = make(document(body, image=None))
    reader = PdfReader(BytesIO(made.pdf))
    shown = text_of(reader)
    assert_in_order(body, shown)
    assert "tief.example" in letters(shown)
    seen = sum(len(page.images) for page in reader.pages)
    assert seen == 1 or "EinSaal" in letters(shown)


def test_the_plainest_form_is_all_words() -> None:
    item = Node("li", {}, ("a", Node("sup", {}, ("2",)), Node("p", {}, ("b",))))
    nodes = (Node("ol", {"start": "3"}, (item, item)), "nackt", Node("br", {}, ("",)), "c")
    found = [plain.words(line) for line in plain.lines(nodes)]
    assert found == ["3. a2", "b", "4. a2", "b", "nackt", "c"]


# In builds.


@pytest.fixture
def papers(tmp_path: Path) -> TestPortal:
    return TestPortal.make(tmp_path / "portal", toml=ON)


def warnings(found: object, name: str) -> list[Problem]:
    return [each for each in found if each.name == name]  # type: ignore[attr-defined]


def refuse_marks(portal: TestPortal) -> None:
    body = portal.root / "layouts/pdf/body.typ"
    source = body.read_text(encoding="utf-8")
    body.write_text(source.replace(*REFUSES), encoding="utf-8")


def test_a_warning_has_the_line_and_stays(papers: TestPortal) -> None:
    refuse_marks(papers)
    papers.article("2026/05/a.md", "Eins.\n\nZwei mit <mark>gelber Farbe</mark>.\n\nDrei.")
    papers.article("2026/05/b.md", "Anderes.")
    (found,) = papers.build().warnings
    assert (found.path, found.line, found.name) == ("content/2026/05/a.md", 9, "pdf-plainer")
    assert papers.build().warnings == (found,)
    papers.article("2026/05/b.md", "Anderes, neu.")
    assert papers.build().warnings == (found,)
    before = papers.files()
    assert papers.build(clean=True).warnings == (found,)
    assert papers.files() == before


def test_the_line_follows_the_text(papers: TestPortal) -> None:
    papers.article("2026/05/a.md", "Eins.\n\nEin Zeichen: \U0001f9a3")
    (found,) = papers.build().warnings
    source = papers.root / "content/2026/05/a.md"
    moved = source.read_text(encoding="utf-8").replace("---\ntitle", "---\n# Notiz\ntitle")
    source.write_text(moved, encoding="utf-8")
    (after,) = papers.build().warnings
    assert after.line == found.line + 1


def test_one_article_that_never_ends_costs_itself_the_layout(
    papers: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing.in_workers, "__kwdefaults__", {"budget": 2.0})
    body = papers.root / "layouts/pdf/body.typ"
    endless = "  mark: (_, children) => { for a in range(99999) { for b in range(99999) { } } } +"
    source = body.read_text(encoding="utf-8").replace(REFUSES[0], endless)
    body.write_text(source, encoding="utf-8")
    papers.article("2026/05/a.md", "Zwei mit <mark>gelber Farbe</mark>.")
    papers.article("2026/05/b.md", "Anderes.")
    (found,) = papers.build(jobs=2).warnings
    assert (found.path, found.name) == ("content/2026/05/a.md", "pdf-lost-slow")
    assert {"2026/05/a/a.pdf", "2026/05/b/b.pdf"} <= papers.files().keys()


def fragile(task: str, *, lost: str = "") -> bytes:
    """A task over which a process dies, if it is not told so."""
    if task == "schlecht" and not lost:
        os._exit(1)
    return f"{task} {lost}".encode()


def test_a_process_that_dies_is_told_so_when_it_tries_again(papers: TestPortal) -> None:
    folders = SimpleNamespace(layouts=papers.root / "layouts")
    answers: Any = SimpleNamespace(site=SimpleNamespace(portal=SimpleNamespace(folders=folders)))
    tasks = ["gut", "schlecht", "auch gut"]
    made = dict(printing.in_workers(fragile, tasks, answers, jobs=1))
    assert made == {0: b"gut ", 1: b"schlecht died", 2: b"auch gut "}


def test_a_layout_that_never_ends_is_its_own_mistake(
    papers: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing.in_workers, "__kwdefaults__", {"budget": 2.0})
    style = papers.root / "layouts/pdf/style.typ"
    endless = "#for a in range(99999) { for b in range(99999) { } }\n"
    style.write_text(endless + style.read_text(encoding="utf-8"), encoding="utf-8")
    papers.article("2026/05/a.md", "Eins.")
    papers.article("2026/05/b.md", "Zwei.")
    (found,) = papers.mistakes(jobs=2)
    assert (found.name, found.path) == ("worker-died", "pdf/article.typ")


def test_what_is_to_come_is_told_before(papers: TestPortal) -> None:
    refuse_marks(papers)
    papers.article("2026/05/a.md", "Jetzt.")
    papers.article("2026/06/b.md", "Bald mit <mark>gelber Farbe</mark>.", date="2026-06-20")
    papers.article("2026/06/c.md", "Nie <mark>rot</mark>.", date="2026-06-20", draft="true")
    first = papers.build()
    (found,) = first.warnings
    assert (found.path, found.line) == ("content/2026/06/b.md", 7)
    assert papers.build().warnings == (found,)
    assert not [name for name in papers.files() if "2026/06" in name]
    result = papers.run("check", "--at", "2026-06-15 12:00")
    assert re.search(r"content/2026/06/b.md:7.*<mark>", result.stdout + result.stderr)
    papers.article("2026/06/b.md", "Bald ohne.", date="2026-06-20")
    assert papers.build().warnings == ()
