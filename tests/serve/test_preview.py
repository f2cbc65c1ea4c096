"""The backend of the preview: what it shows is what a build would publish, whatever was edited."""

import random
import re
import shutil
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from generator.build import workspace
from generator.load import sources
from generator.load.store import Store
from generator.serve import backend
from generator.serve.backend import Backend, Shown
from generator.serve.protocol import Answer, Ask, News, Opening
from generator.serve.server import is_ours, language_of
from generator.serve.watcher import Changes, is_passed_over
from tests.odd_pictures import saved
from tests.portals import NOW, SVG, TestPortal

pytestmark = pytest.mark.slow

AT = f"{NOW:%Y-%m-%d %H:%M}"


def opening(portal: TestPortal, *, at: str = AT, drafts: bool = True) -> Opening:
    return Opening(portal.root, at=at, drafts=drafts, jobs=1)


class Session:
    """A backend with which a test works as the server does."""

    def __init__(self, portal: TestPortal, **how: object) -> None:
        self.portal = portal
        self.backend = Backend(opening(portal, **how))  # type: ignore[arg-type]
        self.news = self.backend.look(None)

    def settle(self) -> News:
        """Lets it do all that can wait."""
        self.news = self.backend.go_on()
        while self.news.more:
            self.news = self.backend.go_on()
        return self.news

    def save(self, *files: Path) -> News:
        """Tells it that files changed."""
        self.news = self.backend.look([str(file) for file in files])
        return self.news

    def get(self, path: str) -> Answer:
        return self.backend.answer(Ask(path, "127.0.0.1:8000", "en"))

    def text(self, path: str) -> str:
        """A page without what the preview added for browsers."""
        return re.sub(r'<script async src="/livereload.*\n', "", self.get(path).data.decode())

    def problems(self) -> list[tuple[str, int, str]]:
        return [(one.path, one.line, one.name) for one in self.news.problems]


@pytest.fixture
def filled(portal: TestPortal) -> TestPortal:
    """A portal with articles of all sorts."""
    for number in range(8):
        portal.article(
            f"2026/0{number % 4 + 1}/text-{number}.md",
            f"Satz {number}. Mehr im [andern](/2026/01/text-0.md).",
            date=f"2026-0{number % 4 + 1}-1{number}",
            section=("politik", "technik")[number % 2],
            keywords=f"[Amt {number % 3}, Breitband]",
            author="ve",
        )
    portal.article("2026/05/entwurf.md", title="Unfertiges", draft="true")
    portal.article("2026/07/spaeter.md", title="Späteres", date="2026-07-01 10:00")
    portal.article(
        "2026/02/vorbei.md", title="Vergangenes", date="2026-02-01", expires="2026-03-01"
    )
    portal.article("2026/04/anzeige.md", title="Bezahltes", kind="sponsored", source="Firma")
    portal.write("content/seiten/impressum.md", "---\ntitle: Impressum\n---\n\nWir.\n")
    return portal


@pytest.fixture
def session(filled: TestPortal) -> Iterator[Session]:
    made = Session(filled)
    yield made
    made.backend.close()


def all_pages(session: Session) -> dict[str, str]:
    """The text of each page but the PDFs, by its file."""
    opened = session.backend._shown
    assert opened is not None
    pages = [page for page in opened.pages if not page.is_pdf]
    return {page.target: session.text(page.address) for page in pages}


def test_every_page_is_what_a_build_with_drafts_publishes(filled: TestPortal) -> None:
    session = Session(filled)
    shown = all_pages(session)
    session.backend.close()
    filled.build(drafts=True)
    published = filled.files()
    assert len(shown) > 40
    assert {target: published[target].decode() for target in shown} == shown
    assets = [name for name in published if name.startswith("assets/")]
    session = Session(filled)
    assert {name: published[name] for name in assets} == {
        name: session.get(f"/{name}").data for name in assets
    }
    session.backend.close()


def test_a_pdf_is_what_a_build_publishes(filled: TestPortal) -> None:
    settings = (filled.root / "portal.toml").read_text()
    filled.write("portal.toml", re.sub("enabled = .*", "enabled = true\nnewest = 3", settings))
    session = Session(filled)
    opened = session.backend._shown
    assert opened is not None
    page = next(page for page in opened.pages if page.is_pdf)
    shown = session.get(page.address)
    filled.build(drafts=True)
    assert (shown.status, shown.kind) == (200, "application/pdf")
    assert shown.data == filled.files()[page.target]
    session.backend.close()


def test_nothing_is_written_but_the_store_of_the_preview(session: Session) -> None:
    before = {"portal.toml", "layouts", "assets", "content"}
    session.settle()
    assert {path.name for path in session.portal.root.iterdir()} == before | {".stadtschreiber"}
    assert [path.name for path in (session.portal.root / ".stadtschreiber").iterdir()] == [
        "preview"
    ]


def test_the_store_may_be_deleted_while_the_preview_runs(session: Session) -> None:
    session.settle()
    shutil.rmtree(session.portal.root / ".stadtschreiber")
    layout = session.portal.root / "layouts/base.html"
    layout.write_text(layout.read_text() + "<!-- anders -->")
    session.save(layout, session.portal.article("2026/06/neu.md", "Ein neuer Text."))
    assert session.settle().problems == ()
    assert "<!-- anders -->" in session.text("/impressum/")
    assert "Ein neuer Text." in session.text("/2026/05/neu/")


# Whatever is edited, what is in memory is what would be read anew.


def _edits(
    portal: TestPortal, chance: random.Random
) -> Iterator[tuple[str, Callable[[], list[Path]]]]:
    content = portal.root / "content"
    sources = sorted(content.glob("2026/**/*.md"))
    source = chance.choice(sources)
    number = chance.randrange(10_000)

    def changed(old: str, new: str) -> Callable[[], list[Path]]:
        def change() -> list[Path]:
            source.write_text(re.sub(old, new, source.read_text(), count=1, flags=re.MULTILINE))
            return [source]

        return change

    def add() -> list[Path]:
        return [portal.article(f"2026/06/neu-{number}.md", keywords=f"[Neu {number % 3}]")]

    def remove() -> list[Path]:
        source.unlink()
        return [source]

    def move() -> list[Path]:
        target = source.with_name(f"umbenannt-{number}.md")
        source.rename(target)
        return [source, target]

    def relayout() -> list[Path]:
        file = portal.root / "layouts" / "fragments" / "footer.html"
        file.write_text(file.read_text() + f"<!-- {number} -->")
        return [file]

    def restyle() -> list[Path]:
        file = portal.root / "assets" / "css" / "style.css"
        file.write_text(file.read_text() + f"/* {number} */")
        return [file]

    def rename() -> list[Path]:
        file = portal.root / "portal.toml"
        file.write_text(
            re.sub("^title = .*", f'title = "Blatt {number}"', file.read_text(), flags=re.M)
        )
        return [file]

    yield "text", changed(r"\Z", f"\nNachtrag {number}.\n")
    yield "title", changed("^title: .*", f"title: Neuer Titel {number}")
    yield "lead", changed("^section:", f"lead: Vorspann {number}\nsection:")
    credit = f"image: {{file: /icons/icon.svg, alt: Zeichen, credit: Foto {number}}}"
    yield "image", changed("^section:", f"{credit}\nsection:")
    yield "updated", changed("^section:", f"updated: 2026-06-1{number % 4}\nsection:")
    yield "source", changed("^section:", f"source: Amt {number}\nsection:")
    yield "kind", changed("^section:", f"kind: {('comment', 'sponsored')[number % 2]}\nsection:")
    yield "keyword", changed("^section:", f"keywords: [Amt {number % 4}]\nsection:")
    yield "section", changed("^section: .*", f"section: {('politik', 'technik')[number % 2]}")
    yield "date", changed("^date: .*", f"date: 2026-05-{number % 28 + 1:02}")
    yield "draft", changed("^section:", "draft: true\nsection:")
    yield "slug", changed("^section:", f"slug: anders-{number}\nsection:")
    yield "broken", changed("^date: .*", "date: irgendwann")
    yield "same", lambda: [source]
    yield "new", add
    yield "removed", remove
    yield "moved", move
    yield "layout", relayout
    yield "style", restyle
    yield "portal", rename


@pytest.mark.parametrize("seed", range(3))
def test_what_is_in_memory_is_what_would_be_read_anew(
    filled: TestPortal, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspace, "GRACE", 0.0)
    chance = random.Random(seed)
    session = Session(filled)
    done = []
    for turn in range(12):
        name, edit = chance.choice(list(_edits(filled, chance)))
        done.append(name)
        session.save(*edit())
        if chance.random() < 0.5:
            session.settle()
        if session.settle().problems:
            continue  # what is wrong stays as it was, and is not what would be read anew
        copy = TestPortal(tmp_path / f"copy-{turn}")
        shutil.copytree(filled.root, copy.root, ignore=shutil.ignore_patterns(".stadtschreiber"))
        anew = Session(copy)
        try:
            assert all_pages(session) == all_pages(anew), done
        finally:
            anew.backend.close()
    session.backend.close()


def test_a_token_changes_with_a_page_and_not_without(session: Session) -> None:
    session.settle()
    token = session.news.token
    file = session.portal.root / "content/2026/01/text-0.md"
    file.touch()
    assert session.save(file).token == token
    assert session.settle().token == token
    file.write_text(file.read_text() + "\nMehr.\n")
    changed = session.save(file)
    assert changed.token != token
    assert changed.changed == ("content/2026/01/text-0.md",)
    assert session.settle().token == changed.token


def test_files_that_nobody_told_of_are_found_later(session: Session) -> None:
    session.settle()
    session.portal.article("2026/06/still.md", title="Still und leise")
    session.save(session.portal.root / "content/2026/01/text-0.md")
    assert "Still und leise" not in session.text("/politik/")
    session.settle()
    assert "Still und leise" in session.text("/politik/")


# What is not published yet.


def test_drafts_and_future_articles_are_marked_on_their_pages_and_in_lists(
    session: Session,
) -> None:
    draft, later = '<span class="unpublished">Entwurf', "erscheint am 1.7.2026, 10:00 Uhr"
    assert draft in session.text("/2026/05/entwurf/")
    assert later in session.text("/2026/07/spaeter/")
    for page in ("/", "/politik/", "/2026/01/text-0/", "/archiv/2026/05/"):
        assert draft in session.text(page)
    assert later in session.text("/archiv/2026/07/")
    assert "unpublished" not in session.text("/2026/01/text-0/").partition("</h1>")[0]


def test_what_has_expired_is_not_shown(session: Session) -> None:
    answer = session.get("/2026/02/vorbei/")
    assert answer.status == 404
    assert "has expired" in answer.data.decode()
    assert "Vergangenes" not in session.text("/archiv/2026/02/")


def test_without_drafts_only_what_is_published_is_shown(filled: TestPortal) -> None:
    session = Session(filled, drafts=False)
    assert not any("unpublished" in text for text in all_pages(session).values())
    answer = session.get("/2026/05/entwurf/")
    assert answer.status == 404
    assert "--no-drafts" in answer.data.decode()
    session.backend.close()


def test_an_article_appears_at_its_time(
    filled: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = [NOW.replace(month=7, day=1, hour=9)]
    monkeypatch.setattr(Shown, "_at", lambda _shown: moment[0])
    session = Session(filled, at="", drafts=False)
    due = session.settle().due
    assert session.get("/2026/07/spaeter/").status == 404
    moment[0] = NOW.fromtimestamp(due, NOW.tzinfo)
    session.backend.look(None)
    assert session.get("/2026/07/spaeter/").status == 200
    session.backend.close()


# Mistakes.


def test_a_source_with_a_mistake_stays_as_it_was(session: Session) -> None:
    file = session.portal.root / "content/2026/01/text-0.md"
    before, page = file.read_text(), session.text("/2026/01/text-0/")
    file.write_text(before.replace("date: 2026-01-10", "date: bald"))
    session.save(file)
    assert session.problems() == [("content/2026/01/text-0.md", 3, "date-unreadable")]
    shown = session.text("/2026/01/text-0/")
    assert shown.startswith(page.rpartition("</body>")[0])
    assert "content/2026/01/text-0.md:3:7" in shown
    assert "date: bald\n      ^" in shown
    file.write_text(before)
    session.save(file)
    assert session.problems() == []
    assert session.text("/2026/01/text-0/") == page


def test_all_mistakes_are_shown_in_the_language_of_the_browser(session: Session) -> None:
    for number in range(3):
        file = session.portal.root / f"content/2026/0{number + 1}/text-{number}.md"
        file.write_text(file.read_text().replace("date: ", "date: am "))
    session.backend.look(None)
    english = session.get("/").data.decode()
    german = session.backend.answer(Ask("/", "localhost", "de")).data.decode()
    assert english.count('class="place"') == german.count('class="place"') == 3
    assert "There are 3 mistakes" in english
    assert "Im Portal sind 3 Fehler" in german


def test_a_link_that_leads_nowhere_is_found_though_its_page_is_in_order(session: Session) -> None:
    file = session.portal.root / "content/2026/01/text-0.md"
    before = file.read_text()
    file.write_text(before + "\n[weg](/2026/01/text-99.md)\n")
    session.save(file)
    session.settle()
    assert [name for _, _, name in session.problems()] == ["link-broken"]
    file.write_text(before)
    session.save(file)
    assert session.settle().problems == ()


def test_a_layout_with_a_mistake_leaves_pages_as_they_were(session: Session) -> None:
    file = session.portal.root / "layouts/standing.html"
    before, page = file.read_text(), session.text("/impressum/")
    file.write_text(before + "{% if %}")
    session.save(file)
    assert [name for _, _, name in session.problems()] == ["layout-syntax"]
    assert session.text("/impressum/").startswith(page.rpartition("</body>")[0])
    file.write_text(before.replace("item.lead", "item.vorspann"))
    session.save(file)
    shown = session.get("/impressum/")
    assert shown.status == 200
    assert "no attribute &#39;vorspann&#39;" in shown.data.decode()
    file.write_text(before)
    session.save(file)
    assert session.settle().problems == ()
    assert session.text("/impressum/") == page


def test_a_layout_that_never_ends_is_named_and_keeps_nobody_from_other_pages(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend, "TRIAL", 0.5)
    session.settle()
    file = session.portal.root / "layouts/month.html"
    before, endless = file.read_text(), "{% for i in range(99999) %}" * 3 + "{% endfor %}" * 3
    file.write_text(before.replace("{% block main %}", f"{{% block main %}}{endless}"))
    session.save(file)
    (found,) = session.settle().problems
    assert (found.name, found.path) == ("preview-page-slow", "layouts/month.html")
    assert session.get("/impressum/").status == 200
    file.write_text(before)
    session.save(file)
    assert session.settle().problems == ()


def test_what_one_source_kept_pages_from_is_no_mistake_once_that_is_mended(
    session: Session,
) -> None:
    """A picture that is gone is missed until its article shows another one."""
    portal = session.portal
    picture = portal.write("content/2026/06/bild.svg", SVG)
    file = portal.article("2026/06/neu.md", "![Ein Bild](bild.svg)", date="2026-06-14")
    session.save(picture, file)
    assert session.settle().problems == ()
    picture.unlink()
    session.save(picture)
    session.settle()
    assert "picture-missing" in [name for _, _, name in session.problems()]
    portal.article("2026/06/neu.md", "Kein Bild.", date="2026-06-14")
    session.save(file)
    assert session.settle().problems == ()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"Das ist kein Bild.", "picture-unknown"),
        (saved(Image.new("1", (16_000, 16_000)), "PNG"), "picture-huge"),
        (None, "picture-missing"),
    ],
    ids=["text", "bomb", "gone"],
)
def test_a_damaged_picture_keeps_no_page_from_being_shown(
    session: Session, data: bytes | None, name: str
) -> None:
    portal = session.portal
    picture = portal.write("content/2026/06/bild.png", data or b"")
    image = "{file: bild.png, alt: Der Saal}"
    file = portal.article("2026/06/neu.md", title="Neues", date="2026-06-14", image=image)
    if data is None:
        picture.unlink()
    session.save(picture, file)
    session.settle()
    for address in ("/", "/2026/06/neu/", "/feed.xml"):
        got = session.get(address)
        assert (got.status, b"Neues" in got.data) == (200, True)
    assert [found for _, _, found in session.problems()] == [name]
    assert b"bild.png" in session.get("/2026/06/neu/").data
    picture.write_text(SVG, encoding="utf-8")
    session.save(picture)
    assert session.settle().problems == ()
    assert b"bild." in session.get("/2026/06/neu/").data


def test_fields_are_read_in_the_order_of_their_names_in_portal_toml(session: Session) -> None:
    """Whose order alone may be another one."""
    settings = session.portal.root / "portal.toml"
    before = settings.read_text()
    names = ['kopf = "title"', 'zeile = "title"']
    for one, other in (names, reversed(names)):
        table = f"[front_matter.aliases]\n{one}\n{other}\n"
        settings.write_text(f"{before}\n{table}")
        session.save(settings)
        assert session.backend._shown is not None
        assert next(iter(session.backend._shown.portal.front_matter.aliases)) == one.split()[0]


def test_a_mistake_in_a_layout_of_a_page_that_nobody_looks_at_is_found(session: Session) -> None:
    session.settle()
    file = session.portal.root / "layouts/keywords.html"
    file.write_text(file.read_text().replace("{% block main %}", "{% block main %}{{ nichts }}"))
    session.save(file)
    session.settle()
    assert [name for _, _, name in session.problems()] == ["layout-failed"]


def test_another_portal_toml_leaves_nothing_of_the_earlier_one_in_memory(session: Session) -> None:
    earlier = weakref.ref(session.backend._shown)
    file = session.portal.root / "portal.toml"
    file.write_text(file.read_text().replace("Nachrichten", "Neues"))
    session.save(file)
    assert earlier() is None


def test_another_ledger_of_addresses_is_taken_in(session: Session) -> None:
    file = session.portal.write("addresses.txt", "/alt/\tarticle\t2026/01/text-0.md\n")
    assert session.save(file).changed == ("addresses.txt",)
    assert session.get("/alt/").status != 404
    file.write_text("/anders/\tarticle\t2026/01/text-0.md\n")
    session.save(file)
    assert session.get("/alt/").status == 404
    assert session.get("/anders/").status != 404


def test_a_broken_portal_toml_leaves_everything_as_it_was(session: Session) -> None:
    file = session.portal.root / "portal.toml"
    before, page = file.read_text(), session.text("/")
    file.write_text(before + "\n[unsinn\n")
    session.save(file)
    assert session.news.problems
    assert session.text("/").startswith(page.rpartition("</body>")[0])
    file.write_text(before)
    assert session.save(file).problems == ()
    assert session.text("/") == page


def test_a_portal_that_was_never_in_order_shows_what_is_wrong(portal: TestPortal) -> None:
    portal.write("portal.toml", "title = 3")
    session = Session(portal)
    assert (session.news.ready, session.get("/").status) == (False, 503)
    assert "portal.toml:1" in session.get("/").data.decode()
    portal.write("portal.toml", 'title = "Neu"\naddress = "https://neu.example"\n')
    session.save(portal.root / "portal.toml")
    assert (session.news.ready, session.get("/").status) == (True, 200)
    session.backend.close()


# Pages that are not there.


def test_a_missing_page_is_the_portals_own(session: Session) -> None:
    answer = session.get("/nirgends/")
    assert answer.status == 404
    assert "Seite nicht gefunden" in answer.data.decode()
    assert "stadtschreiber-preview" not in answer.data.decode()


def test_a_page_whose_source_was_deleted_says_so(session: Session) -> None:
    session.get("/2026/01/text-4/")
    file = session.portal.root / "content/2026/01/text-4.md"
    file.unlink()
    session.save(file)
    answer = session.get("/2026/01/text-4/")
    assert answer.status == 404
    assert "2026/01/text-4.md" in answer.data.decode()


def test_a_page_whose_address_changed_leads_to_the_new_one(session: Session) -> None:
    session.get("/2026/01/text-4/")
    file = session.portal.root / "content/2026/01/text-4.md"
    file.write_text(file.read_text().replace("section:", "slug: neu\nsection:"))
    session.save(file)
    answer = session.get("/2026/01/text-4/")
    assert answer.status == 404
    assert '<a href="/2026/01/neu/">' in answer.data.decode()


def test_an_address_without_its_last_slash_is_sent_on(session: Session) -> None:
    answer = session.get("/politik")
    assert (answer.status, answer.location) == (302, "/politik/")


@pytest.mark.parametrize(
    "path",
    [
        "/.stadtschreiber/preview/store.sqlite", "/../portal.toml", "/..%2fportal.toml",
        "/portal.toml", "/content/2026/01/text-0.md", "/assets/../portal.toml",
        "/assets/..%2f..%2fportal.toml", "/assets/css/.hidden.css", "//etc/passwd", "/%00", "/%ff",
        "/layouts/base.html", "/assets/inhalt/../../portal.toml",
        "/assets/inhalt/2026/01/text-0.md",
    ],
)  # fmt: skip
def test_nothing_but_the_portals_pages_and_assets_is_there(session: Session, path: str) -> None:
    assert session.get(path).status == 404


# Files to download.


def test_a_file_is_no_stray_before_the_texts_are_read_that_may_offer_it(
    filled: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MANY", 3)  # of more sources the headers are read first
    filled.write("content/2026/06/satzung.pdf", b"%PDF-1.7")
    filled.write("content/2026/06/verloren.pdf", b"%PDF-1.7")
    filled.article("2026/06/neu.md", "[Satzung](satzung.pdf)")
    session = Session(filled)
    said = [session.news]
    while session.news.more:
        session.news = session.backend.go_on()
        said.append(session.news)
    session.backend.close()
    told = [one for news in said for one in news.warnings if one.name == "content-strays"]
    assert told
    assert all("verloren.pdf" in str(one) and "satzung.pdf" not in str(one) for one in told)


def test_a_file_that_a_text_offers_is_there_as_long_as_it_does(session: Session) -> None:
    portal, address = session.portal, "/2026/05/neu/satzung.pdf"
    file = portal.write("content/2026/06/satzung.pdf", b"%PDF-1.7")
    text = portal.article("2026/06/neu.md", "Text.")
    session.save(file, text)
    session.settle()
    assert session.get(address).status == 404
    assert [one.name for one in session.news.warnings] == ["content-strays"]
    session.save(portal.article("2026/06/neu.md", "[Satzung](satzung.pdf)"))
    session.settle()
    assert "(PDF, 1\xa0KB)" in session.text("/2026/05/neu/")
    answer = session.get(address)
    assert (answer.status, answer.kind, answer.data) == (200, "application/pdf", b"%PDF-1.7")
    assert not answer.lasting
    assert session.news.problems == session.news.warnings == ()
    file.write_bytes(b"%PDF-1.7" + bytes(2_000_000))
    session.save(file)
    assert "(PDF, 2\xa0MB)" in session.text("/2026/05/neu/")
    assert len(session.get(address).data) == 2_000_008
    file.unlink()
    session.save(file)
    session.settle()
    assert session.problems() == [("content/2026/06/neu.md", 7, "download-missing")]
    assert "<a>Satzung</a>" in session.text("/2026/05/neu/")
    session.save(portal.article("2026/06/neu.md", "Text."))
    session.settle()
    assert session.problems() == []
    assert session.get(address).status == 404


def test_two_files_at_one_address_are_told_of_before_a_build(session: Session) -> None:
    portal = session.portal
    one = portal.write("content/2026/06/a.pdf", b"%PDF-1.7")
    two = portal.write("content/2026/06/A.pdf", b"%PDF-1.7")
    session.save(one, two, portal.article("2026/06/neu.md", "[a](a.pdf)"))
    session.settle()
    session.save(portal.article("2026/06/neu.md", "[a](a.pdf) [A](A.pdf)"))
    session.settle()
    assert session.problems() == [("content/2026/06/neu.md", 7, "download-address")]


# Reading much.


def test_what_is_newest_is_there_first_and_the_rest_follows(
    filled: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend, "START", 0.02)
    monkeypatch.setattr(sources, "AT_ONCE", 4)
    monkeypatch.setattr(sources, "MANY", 1)
    whole = Session(filled)
    whole.settle()
    pages = all_pages(whole)
    whole.backend.close()
    shutil.rmtree(filled.root / ".stadtschreiber")
    monkeypatch.setattr(backend, "START", 0.0)
    session = Session(filled)
    assert session.news.articles == 0
    assert "sources are left" in session.get("/").data.decode()
    session.news = session.backend.go_on()
    assert session.get("/2026/01/text-0/").status == 404
    token = session.news.token
    assert session.settle().token != token
    assert all_pages(session) == pages
    session.backend.close()


def test_texts_are_read_when_a_page_wants_them(
    filled: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MANY", 1)
    session = Session(filled)
    opened = session.backend._shown
    assert opened is not None
    assert len(opened._workspace.sources.unread) > 10
    token = session.news.token
    assert "Satz 3." in session.text("/2026/04/text-3/")
    assert "Satz 5." in session.text("/feed.xml")
    assert session.settle().token == token
    assert not opened._workspace.sources.unread
    session.backend.close()


def test_a_second_preview_reads_nothing_again(filled: TestPortal) -> None:
    first = Session(filled)
    first.settle()
    pages = all_pages(first)
    first.backend.close()
    second = Session(filled)
    opened = second.backend._shown
    assert opened is not None
    assert not opened.pages.pending
    assert not opened._workspace.sources.unread
    assert all_pages(second) == pages
    second.backend.close()


def test_a_lost_text_is_read_again(filled: TestPortal) -> None:
    first = Session(filled)
    first.settle()
    first.backend.close()
    session = Session(filled)
    store = session.backend._store
    assert store is not None
    store.forget_bodies(store.body_digests())
    store.commit()
    assert "Satz 3." in session.text("/2026/04/text-3/")
    session.backend.close()


def test_a_page_comes_though_the_store_loses_all_texts(
    filled: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Store, "put_bodies", lambda _store, _bodies: None)
    session = Session(filled)
    session.settle()
    opened = session.backend._shown
    assert opened is not None
    opened._workspace.store.texts._at_hand.clear()
    assert "Satz 3." in session.text("/2026/04/text-3/")
    assert "Satz 5." in session.text("/feed.xml")
    session.backend.close()


# Small things.


@pytest.mark.parametrize(
    ("path", "passed"),
    [
        ("2026/01/a.md", False), ("portal.toml", False), ("bilder/a.jpg", False),
        ("2026/01/.a.md.swp", True), ("2026/01/a.md~", True), ("2026/01/4913", True),
        ("2026/01/#a.md#", True), ("2026/01/.#a.md", True), (".git/index", True),
        ("a.md.tmp", True), ("a.md___jb_tmp___", True), ("2026/01", False),
    ],
)  # fmt: skip
def test_what_editors_write_for_themselves_is_passed_over(path: str, passed: bool) -> None:
    assert is_passed_over(path) == passed


@pytest.mark.parametrize(
    ("host", "bound", "ours"),
    [
        ("127.0.0.1:8000", "127.0.0.1", True), ("localhost:8000", "127.0.0.1", True),
        ("localhost", "127.0.0.1", True), ("LOCALHOST:1", "127.0.0.1", True),
        ("[::1]:8000", "127.0.0.1", True), ("blatt.localhost:8000", "127.0.0.1", True),
        ("evil.example:8000", "127.0.0.1", False), ("127.0.0.1.evil.example", "127.0.0.1", False),
        ("localhost.evil.example", "127.0.0.1", False), ("192.168.1.7:8000", "127.0.0.1", False),
        ("", "127.0.0.1", False), ("[", "127.0.0.1", False), ("10.1.1.7:80", "10.1.1.9", True),
        ("evil.example", "192.168.1.9", False), ("blatt.example:80", "blatt.example", True),
    ],
)  # fmt: skip
def test_only_a_request_for_this_server_is_answered(host: str, bound: str, ours: bool) -> None:
    assert is_ours(host, bound) == ours


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "de"), ("en-US,en;q=0.9,de;q=0.8", "en"), ("", "en"),
        ("fr,de;q=0.3", "de"), ("fr", "en"), ("en;q=0.1, de;q=0.2", "de"), ("de;q=x,en", "en"),
    ],
)  # fmt: skip
def test_a_browser_is_spoken_to_in_its_language(accepted: str, language: str) -> None:
    assert language_of(accepted) == language


def test_a_folder_whose_name_begins_with_that_of_another_is_heard(tmp_path: Path) -> None:
    changes = Changes(tmp_path, print)
    changes.listen_to((str(tmp_path / "text"), str(tmp_path / "text.neu")))
    changes._note({str(tmp_path / "text.neu/a.md"), str(tmp_path / "text/.b.md")})
    assert changes._paths == {str(tmp_path / "text.neu/a.md")}
