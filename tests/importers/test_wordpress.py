"""An export of WordPress becomes a portal: nothing is missing, nothing is told too much."""

import json
from collections.abc import Iterator
from functools import partial
from html import unescape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from PIL import Image

from generator.cli.main import main
from tests.importers.exports import HEAD, POLITICS, attachment, export, item, meta


class Imported:
    """What an import of some items wrote."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.report: dict[str, Any] = json.loads((folder / "import/report.json").read_text("utf-8"))

    def source(self, name: str) -> str:
        return (self.folder / "content" / name).read_text("utf-8")

    def text(self, name: str = "2023/11/beitrag-1.md") -> str:
        return self.source(name).split("\n---\n\n", 1)[1]

    def account(self, number: int) -> dict[str, Any]:
        key = f"alt.example/{number}"
        return next(each for each in self.report["items"] if each["key"] == key)


@pytest.fixture
def bring_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*items: str, head: str = HEAD, options: tuple[str, ...] = ()) -> Imported:
        (tmp_path / "export.xml").write_bytes(export(*items, head=head))
        into = tmp_path / "portal"
        code = main(["import", str(tmp_path / "export.xml"), *options, "--into", str(into)])
        assert code == 0, capsys.readouterr().err
        return Imported(into)

    return call


def test_the_portal_builds_and_says_what_the_export_says(bring_in: Any) -> None:
    made = bring_in(
        item(1, "Der Rat <b>tagt</b>.\n\nNoch ein Absatz.", encoded="Worum es geht."),
        item(2, "<!-- wp:paragraph --><p>Über uns</p><!-- /wp:paragraph -->", post_type="page",
             link="https://alt.example/ueber-uns/", post_name="ueber-uns", title="Über uns"),
    )  # fmt: skip
    assert made.source("2023/11/beitrag-1.md") == (
        "---\ntitle: Beitrag 1\nlead: Worum es geht.\ndate: 2023-11-20 10:00:00 +01:00\n"
        "section: politik\nauthor: ve\n---\n\nDer Rat **tagt**.\n\nNoch ein Absatz.\n"
    )
    assert made.source("seiten/ueber-uns.md") == "---\ntitle: Über uns\n---\n\nÜber uns\n"
    portal = (made.folder / "portal.toml").read_text("utf-8")
    for line in ('title = "Amtsblatt & mehr"', 'address = "https://alt.example"', 'id = "politik"',
                 'time_zone = "Europe/Berlin"', 've = "Vera Eschenbach"',
                 'article = "/{year}/{month}/{day}/{slug}/"'):  # fmt: skip
        assert line in portal
    assert main(["build", "--portal", str(made.folder), "--quiet"]) == 0
    assert (made.folder / "output/2023/11/20/beitrag-1/index.html").is_file()
    assert (made.folder / "output/ueber-uns/index.html").is_file()


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ("Zeile\nzwei\n\n<h2>Titel</h2>\nText", "Zeile  \nzwei\n\n## Titel\n\nText\n"),
        ("<ul>\n<li>a</li>\n<li>b</li>\n</ul>", "-   a\n-   b\n"),
        ("a<!--more-->\n\nb", "a\n\nb\n"),
        ("Ein [sic] bleibt.", "Ein [sic] bleibt.\n"),
        ("[vc_row][vc_separator][vc_column_text]Text[/vc_column_text][/vc_row]", "Text\n"),
        ("[one_half]Halb[/one_half][one_half_last]Rest[/one_half_last]", "Halb\n\nRest\n"),
        ("[divider] [spacer]\n\nText", "Text\n"),
        ("So ist $latex E=mc^2&s=2$.", "So ist `E=mc^2`.\n"),
        ("<math><mi>x</mi><annotation encoding='application/x-tex'>x_1</annotation></math>",
         "`x_1`\n"),
        ("[:de]Deutsch[:en]English[:] Ende", "Deutsch Ende\n"),
        ("<!--:en-->English<!--:--><!--:de-->Deutsch<!--:-->", "Deutsch\n"),
            ("[[gallery]] bleibt", "\\[gallery\\] bleibt\n"),
        ("[su_box title=\"x\"]Kasten[/su_box]", "**x**\n\nKasten\n"),
        ("a\n<!--nextpage-->\nb", "a\n\nb\n"),
        ("[toc]\n\nText [sic]", "Text [sic]\n"),
        ("[tabs][tab title=\"A\"]Eins[/tab][tab title=\"B\"]Zwei[/tab][/tabs]",
         "**A**\n\nEins\n\n**B**\n\nZwei\n"),
        ("[vc_custom_heading text=\"Titel\"][vc_raw_html]PHA+Um%TwvcD4=[/vc_raw_html]",
         "## Titel\n"),
        ("[vc_raw_html]JTNDcCUzRVJvaCUzQyUyRnAlM0U=[/vc_raw_html]", "Roh\n"),
        ("[vc_btn title=\"Mehr\" link=\"url:https%3A%2F%2Fx.example%2F|title:M\"]",
         "[Mehr](https://x.example/)\n"),
        ("[et_pb_button button_url=\"https://x.example/\" button_text=\"Los\"][/et_pb_button]",
         "[Los](https://x.example/)\n"),
        ("[su_quote cite=\"Vera\"]Zitat[/su_quote]", "> Zitat\n>\n> Vera\n"),
        ('<a href="../beitrag-9/">dort</a>', "[dort](https://alt.example/2023/11/20/beitrag-9/)\n"),
        ("https://video.example/1", "<https://video.example/1>\n"),
        ("[embed]https://video.example/1[/embed]", "<https://video.example/1>\n"),
        ("[youtube id=\"abc\"]", "<https://www.youtube.com/watch?v=abc>\n"),
        ("[code lang=\"php\"]echo <b>1</b>;[/code]", "```php\necho <b>1</b>;\n```\n"),
        ("Ja[ref]Eine Note.[/ref].", "Ja[^1].\n\n[^1]: Eine Note.\n"),
        ("<pre>[gallery]\n\nx</pre>", "```\n[gallery]\n\nx\n```\n"),
        ("Text.]]> Ende", "Text.]]> Ende\n"),
        ('<!-- wp:heading {"level":3} --><h3>A</h3><!-- /wp:heading -->', "## A\n"),
        ('<!-- wp:embed {"url":"x"} --><figure class="wp-block-embed"><div class='
         '"wp-block-embed__wrapper">\nhttps://video.example/1\n</div><figcaption>Ein Film'
         "</figcaption></figure><!-- /wp:embed -->",
         '<figure>\n<p><a href="https://video.example/1">https://video.example/1</a></p>\n'
         "<figcaption>Ein Film</figcaption>\n</figure>\n"),
        ('<!-- wp:social-link {"url":"https://s.example/","service":"x"} /-->',
         "[x](https://s.example/)\n"),
        ('<a href="https://alt.example/2023/11/20/beitrag-1/#a">hier</a>', "hier\n"),
        ('<a href="https://alt.example/2023/11/20/beitrag-1/#a">hier</a> <b id="a">da</b>',
         '[hier](#a) <strong id="a">da</strong>\n'),
        ('<a href="/irgendwo/">dort</a>', "[dort](https://alt.example/irgendwo/)\n"),
    ],
)  # fmt: skip
def test_a_text_reads_as_it_did(bring_in: Any, content: str, wanted: str) -> None:
    made = bring_in(item(1, content))
    assert made.text() == wanted
    assert made.account(1)["missing"] == []


def test_times_keep_their_zone_and_changes_their_day(bring_in: Any) -> None:
    made = bring_in(
        item(1, "a", post_date="2023-01-01 00:30:00", post_date_gmt="2022-12-31 23:30:00",
             post_modified="2023-02-01 08:00:00", post_modified_gmt="2023-02-01 07:00:00",
             link="https://alt.example/2023/01/01/beitrag-1/"),
    )  # fmt: skip
    source = made.source("2023/01/beitrag-1.md")
    assert "date: 2023-01-01 00:30:00 +01:00\nupdated: 2023-02-01 08:00:00 +01:00\n" in source
    assert "aliases" not in source


@pytest.mark.parametrize(
    "fields",
    [{"status": status} for status in ("draft", "pending", "private", "future")]
    + [{"post_password": "geheim"}, {"post_type": "veranstaltung"}],
)
def test_what_was_not_public_is_a_draft(bring_in: Any, fields: dict[str, str]) -> None:
    made = bring_in(item(1, "Öffentlich"), item(2, "Kanarienvogel", **fields))
    assert "\ndraft: yes\n" in made.source("2023/11/beitrag-2.md")
    assert "geheim" not in "".join(p.read_text("utf-8") for p in made.folder.rglob("*.md"))
    assert main(["build", "--portal", str(made.folder), "--quiet"]) == 0
    pages = [p.read_text("utf-8") for p in (made.folder / "output").rglob("*.html")]
    assert not [page for page in pages if "Kanarienvogel" in page or "beitrag-2" in page]


def test_no_password_and_no_e_mail_address_of_a_person_is_copied(bring_in: Any) -> None:
    comment = (
        "<wp:comment><wp:comment_author>Leo</wp:comment_author><wp:comment_author_email>leo@x.example"
        "</wp:comment_author_email><wp:comment_author_IP>10.1.2.3</wp:comment_author_IP>"
        "<wp:comment_content>Gut!</wp:comment_content><wp:comment_approved>1</wp:comment_approved>"
        "</wp:comment>"
    )
    made = bring_in(item(1, "a", post_password="geheim", more=POLITICS + comment))  # noqa: S106 - of a post
    assert made.account(1)["comments"] == 1
    comments = json.loads((made.folder / "import/comments.json").read_text("utf-8"))
    assert [(each["author"], each["text"]) for each in comments] == [("Leo", "Gut!")]
    written = "".join(
        path.read_text("utf-8")
        for path in made.folder.rglob("*")
        if path.suffix in (".md", ".json", ".html", ".toml") and "assets" not in path.parts
    )
    for secret in ("geheim", "leo@x.example", "10.1.2.3", "ve@alt.example"):
        assert secret not in written


def picture(folder: Path, name: str) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 6)).save(file)


def test_pictures_come_along_with_captions_credits_and_descriptions(
    bring_in: Any, tmp_path: Path
) -> None:
    for name in ("2023/11/saal.jpg", "2023/11/rat.png"):
        picture(tmp_path / "uploads", name)
    base = "https://alt.example/wp-content/uploads/2023/11"
    credit = 'a:1:{s:10:"image_meta";a:1:{s:6:"credit";s:2:"VE";}}'
    library = (
        attachment(8, "2023/11/saal.jpg", caption="Der Saal", parent="1",
                   _wp_attachment_image_alt="Ein Saal", _wp_attachment_metadata=credit),
        attachment(9, "2023/11/rat.png", parent="1", _wp_attachment_image_alt="Der Rat"),
    )  # fmt: skip
    content = (
        f'[caption id="x" width="3"]<a href="{base}/rat.png"><img src="{base}/rat-300x200.png" '
        'class="wp-image-9" title="DSC1" /></a> Der Rat <em>tagt</em>[/caption]\n\n[gallery]'
    )
    made = bring_in(
        item(1, content, more=POLITICS + meta(_thumbnail_id="8")),
        *library,
        options=("--pictures", str(tmp_path / "uploads")),
    )
    assert (
        'image:\n  file: "/bilder/2023/11/saal.jpg"\n  alt: Ein Saal\n  credit: VE\n'
        "  caption: Der Saal\n" in made.source("2023/11/beitrag-1.md")
    )
    assert made.text() == (
        '![Der Rat](/bilder/2023/11/rat.png "Der Rat tagt")\n\n'
        '![Ein Saal](/bilder/2023/11/saal.jpg "Der Saal (Foto: VE)")\n\n'
        "![Der Rat](/bilder/2023/11/rat.png)\n"
    )
    assert (made.folder / "assets/bilder/2023/11/rat.png").is_file()
    assert main(["build", "--portal", str(made.folder), "--quiet"]) == 0


def test_a_picture_that_is_not_to_be_had_is_a_line_in_the_report(bring_in: Any) -> None:
    src = "https://alt.example/wp-content/uploads/a.jpg"
    made = bring_in(
        item(1, f'<figure><img src="{src}" alt="Saal"><figcaption>Der Saal</figcaption></figure>')
    )
    assert made.account(1)["pictures"] == [
        [src, "is missing: no folder of pictures was named (--pictures)"]
    ]
    assert made.text() == (
        f'<figure>\n<p><a href="{src}">Saal</a></p>\n<figcaption>Der Saal</figcaption>\n</figure>\n'
    )
    assert main(["build", "--portal", str(made.folder), "--quiet"]) == 0


def test_footnotes_and_blocks_of_several_texts_come_to_their_places(bring_in: Any) -> None:
    notes = json.dumps([{"id": "n1", "content": "Siehe <em>dort</em>."}])
    content = (
        '<!-- wp:paragraph --><p>Ja<sup data-fn="n1" class="fn"><a href="#n1" id="n1-link">1</a>'
        '</sup>.</p><!-- /wp:paragraph --><!-- wp:block {"ref":7} /--><!-- wp:footnotes /-->'
    )
    made = bring_in(
        item(1, content, more=POLITICS + meta(footnotes=notes)),
        item(7, "<!-- wp:paragraph --><p>Überall gleich</p><!-- /wp:paragraph -->",
             post_type="wp_block"),
    )  # fmt: skip
    assert made.text() == "Ja[^1].\n\nÜberall gleich\n\n[^1]: Siehe *dort*.\n"


def test_categories_become_sections_and_keywords_in_one_spelling(bring_in: Any) -> None:
    def tag(name: str) -> str:
        return f'<category domain="post_tag" nicename="x">{name}</category>'

    made = bring_in(
        item(1, "a", more=POLITICS + tag("IT-Planungsrat")),
        item(2, "b", more=POLITICS + tag("IT-Planungsrat")),
        item(3, "c", more=POLITICS + tag("IT Planungsrat") + tag("Haushalt")),
    )
    assert "keywords: [IT-Planungsrat, Haushalt]\n" in made.source("2023/11/beitrag-3.md")
    assert 'IT-Planungsrat = ["IT Planungsrat"]' in (made.folder / "portal.toml").read_text("utf-8")


def test_old_addresses_stay_or_lead_on(bring_in: Any) -> None:
    made = bring_in(
        item(1, "a"), item(2, "b"),
        item(3, "c", link="https://alt.example/archiv/alt-3/"),
        item(4, "d", post_name="%d0%bf%d1%80", title="пр", link="https://alt.example/2023/11/20/%d0%bf%d1%80/"),
    )  # fmt: skip
    assert 'aliases: ["/archiv/alt-3/"]' in made.source("2023/11/beitrag-3.md")
    assert 'aliases: ["/2023/11/20/пр/"]' in made.source("2023/11/pr.md")
    assert main(["build", "--portal", str(made.folder), "--quiet"]) == 0


def test_names_that_differ_in_capitals_alone_get_files_of_their_own(bring_in: Any) -> None:
    made = bring_in(item(1, "a", post_name="Haushalt"), item(2, "b", post_name="haushalt"))
    assert made.text("2023/11/haushalt.md") == "a\n"
    assert made.text("2023/11/haushalt-2.md") == "b\n"


def test_a_menu_becomes_the_navigation(bring_in: Any) -> None:
    menu = '<category domain="nav_menu" nicename="haupt">Haupt</category>'
    made = bring_in(
        item(1, "a", post_type="page", link="https://alt.example/kontakt/", post_name="kontakt"),
        item(5, title="", post_type="nav_menu_item", more=menu + meta(
            _menu_item_type="post_type", _menu_item_object_id="1")),
        item(6, title="Nachbarn", post_type="nav_menu_item", more=menu + meta(
            _menu_item_type="custom", _menu_item_url="https://b.example/")),
    )  # fmt: skip
    portal = (made.folder / "portal.toml").read_text("utf-8")
    assert '[[navigation]]\nname = "Beitrag 1"\naddress = "/kontakt/"\n' in portal
    assert '[[navigation]]\nname = "Nachbarn"\naddress = "https://b.example/"\n' in portal
    assert made.account(5)["status"] == "used"


# -- A second time ---------------------------------------------------------------------------------


def test_a_second_run_keeps_what_was_edited_and_adds_what_is_new(bring_in: Any) -> None:
    first = bring_in(item(1, "a"), item(2, "b"), item(3, "c"), item(4, "d"))
    content = first.folder / "content/2023/11"
    for number in (2, 3):
        file = content / f"beitrag-{number}.md"
        file.write_text(file.read_text("utf-8") + "\nHier ergänzt.\n", "utf-8")
    (content / "beitrag-4.md").unlink()
    made = bring_in(item(1, "a neu"), item(2, "b"), item(3, "c neu"), item(4, "d"), item(5, "e"))
    assert [made.account(n)["outcome"] for n in range(1, 6)] == [
        "updated", "edited-here", "changed-twice", "deleted-here", "new",
    ]  # fmt: skip
    assert made.text("2023/11/beitrag-1.md") == "a neu\n"
    assert made.text("2023/11/beitrag-3.md") == "c\n\nHier ergänzt.\n"
    assert "c neu" in (made.folder / "import/changed/2023/11/beitrag-3.md").read_text("utf-8")
    assert not (content / "beitrag-4.md").exists()


def test_a_second_run_of_the_same_changes_nothing(bring_in: Any) -> None:
    first = bring_in(item(1, "a"), item(2, "b", post_type="page"))
    before = {p: p.read_bytes() for p in first.folder.rglob("*") if p.is_file()}
    before.pop(first.folder / "import/report.json")
    before.pop(first.folder / "import/report.html")
    again = bring_in(item(1, "a"), item(2, "b", post_type="page"))
    assert {path: path.read_bytes() for path in before} == before
    assert again.report["summary"]["outcome"] == {"same": 2}


def test_a_portal_that_is_there_is_added_to(bring_in: Any, tmp_path: Path) -> None:
    assert main(["init", str(tmp_path / "portal")]) == 0
    toml = tmp_path / "portal/portal.toml"
    before = toml.read_text("utf-8")
    made = bring_in(item(1, "a"))
    after = toml.read_text("utf-8")
    assert set(before.splitlines()) <= set(after.splitlines())
    assert 'id = "politik"' in after
    assert 've = "Vera Eschenbach"' in after
    assert main(["build", "--portal", str(made.folder), "--quiet"]) == 0


# -- Broken and hostile ----------------------------------------------------------------------------

BOMB = b'<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (export(item(1, "a"))[:-60], "U003"),
        (export(item(1, "a")).replace(b"Beitrag", b"Beitr\xe4g"), "U003"),
        (export(item(1, "&b;")).replace(b"?>\n", b"?>\n" + BOMB, 1), "U005"),
        (b"<rss><!-- wordpress --></rss>", "U004"),
        (b"kein XML", "U002"),
        (b"", "U002"),
    ],
)
def test_a_broken_export_is_refused_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes, message: str
) -> None:
    (tmp_path / "export.xml").write_bytes(data)
    assert main(["import", str(tmp_path / "export.xml"), "--into", str(tmp_path / "portal")]) == 1
    said = capsys.readouterr().err
    assert message in said
    assert "Traceback" not in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export.xml"]


def test_control_characters_and_names_of_html_do_no_harm(bring_in: Any) -> None:
    data = export(item(1, "a\x0bb")).replace(b"Beitrag 1]]>", b"Beitrag]]>&nbsp;1")
    made = bring_in(
        data.decode().split("<item>")[1].join(["<item>", ""]).replace("</channel></rss>\n", "")
    )
    assert made.text() == "ab\n"
    assert made.account(1)["title"] == "Beitrag 1"


@pytest.mark.parametrize("name", ["../../../etc/passwd", "..", "/abs", "a/b", "con", "x" * 400])
def test_no_name_leads_out_of_the_portal(bring_in: Any, tmp_path: Path, name: str) -> None:
    made = bring_in(item(1, "a", post_name=name))
    (path,) = (made.folder / "content/2023/11").iterdir()
    assert path.read_text("utf-8").endswith("\na\n")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["export.xml", "portal"]


def test_old_exports_and_split_ones_are_read(bring_in: Any, tmp_path: Path) -> None:
    old = HEAD.replace("export/1.2/", "export/1.0/").replace(
        "<wp:wxr_version>1.2", "<wp:wxr_version>1.0"
    )
    made = bring_in(item(1, "a", encoded="Kurz"), head=old)
    assert "lead: Kurz" in made.source("2023/11/beitrag-1.md")
    (tmp_path / "zwei.xml").write_bytes(export(item(1, "a"), item(2, "b")))
    made = bring_in(item(1, "a"), options=(str(tmp_path / "zwei.xml"),))
    assert made.text("2023/11/beitrag-2.md") == "b\n"


def test_a_dry_run_prints_the_settings_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "export.xml").write_bytes(export(item(1, "a")))
    assert main(["import", str(tmp_path / "export.xml"), "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert 'title = "Amtsblatt & mehr"' in said
    assert "1 article" in said
    assert [path.name for path in tmp_path.iterdir()] == ["export.xml"]


# -- Pictures from the old website -----------------------------------------------------------------


@pytest.fixture
def website(tmp_path: Path) -> Iterator[tuple[str, list[str]]]:
    """A server with one picture and one page; its address, and what it was asked for."""
    picture(tmp_path / "web", "wp-content/uploads/saal.png")
    (tmp_path / "web/wp-content/uploads/luege.png").write_text("<html>", "utf-8")
    asked: list[str] = []

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            super().do_GET()

        def guess_type(self, path: Any) -> str:
            return "text/html" if "luege" in str(path) else "image/png"

        def log_message(self, *_: object) -> None:
            pass

    handler = partial(Handler, directory=str(tmp_path / "web"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def test_pictures_are_fetched_from_the_named_host_alone_and_once(
    bring_in: Any, website: tuple[str, list[str]]
) -> None:
    site, asked = website
    base = f"{site}/wp-content/uploads"
    items = (
        item(1, f'<img src="{base}/saal.png" alt="A">\n\n<img src="{base}/luege.png" alt="B">'),
        *(
            item(n, post_type="attachment", status="inherit", attachment_url=url, more="")
            for n, url in ((2, f"{base}/saal.png"), (3, f"{base}/luege.png"),
                           (4, f"{base}/weg.png"), (5, "http://127.0.0.2/fremd.png"))
        ),
    )  # fmt: skip
    made = bring_in(*items, options=("--pictures", site))
    assert made.text() == f"![A](/bilder/wp-content/uploads/saal.png)\n\n[B]({base}/luege.png)\n"
    assert [made.account(n)["why"] for n in range(2, 6)] == [
        "", "is no picture (text/html)", "is not to be had: the server answers 404",
        f"is not of {site.removeprefix('http://')}",
    ]  # fmt: skip
    assert sorted(asked) == [f"/wp-content/uploads/{name}.png" for name in ("luege", "saal", "weg")]
    bring_in(*items, options=("--pictures", site))
    assert asked.count("/wp-content/uploads/saal.png") == 1


def test_an_old_address_that_leads_nowhere_is_told(bring_in: Any) -> None:
    made = bring_in(item(1, "a", link="https://alt.example/?p=1"), item(2, "b"), item(3, "c"))
    assert [made.account(n)["leads_on"] for n in (1, 2)] == [False, True]
    assert made.report["summary"]["old addresses that lead nowhere"] == 1
    page = (made.folder / "import/report.html").read_text("utf-8")
    assert "the old address leads nowhere" in page


def test_the_report_gives_its_reasons_in_the_language_of_the_command(bring_in: Any) -> None:
    src = "https://alt.example/wp-content/uploads/a.jpg"
    items = (
        item(1, f'<img src="{src}" alt="Saal"> <a href="/weg/">dort</a>', status="private"),
        item(2, post_type="attachment", status="inherit", attachment_url=src, more=""),
        item(3, "a", post_date="2023-11-20 25:00:00", post_date_gmt=""),
    )
    made = bring_in(*items, options=("--lang", "de"))
    page = unescape((made.folder / "import/report.html").read_text("utf-8"))
    assert "war dort nicht öffentlich (private)" in page
    assert f"Bild {src} fehlt: Kein Ordner mit Bildern ist genannt (--pictures)" in page
    assert "Link /weg/ führt zu nichts, was mitkam" in page
    assert "Den Tag oder die Uhrzeit „2023-11-20 25:00:00“ gibt es nicht." in page
    assert made.account(1)["why"] == "was not public there (private)"
    assert (made.folder / "import/refused/2023/11/beitrag-3.md").is_file()


def test_a_caption_of_the_old_editor_stays_on_its_picture(bring_in: Any, tmp_path: Path) -> None:
    (tmp_path / "up").mkdir()
    Image.new("RGB", (4, 4)).save(tmp_path / "up/a.jpg")
    src = "https://alt.example/wp-content/uploads/a-300x200.jpg"
    made = bring_in(
        item(1, f'<div class="wp-caption"><a href="{src}"><img src="{src}" alt="Rathaus"></a>'
                '<p class="wp-caption-text">Das Rathaus</p></div>'),
        item(2, f'<p><img src="{src}" alt="Rathaus"><br><em>Darunter</em></p>'),
        options=("--pictures", str(tmp_path / "up")),
    )  # fmt: skip
    assert made.text() == '![Rathaus](/bilder/a.jpg "Das Rathaus")\n'
    assert made.text("2023/11/beitrag-2.md") == "![Rathaus](/bilder/a.jpg)\n\n*Darunter*\n"


def test_a_document_of_the_library_is_offered_here(bring_in: Any, tmp_path: Path) -> None:
    (tmp_path / "up/2020").mkdir(parents=True)
    (tmp_path / "up/2020/Bericht.pdf").write_bytes(b"%PDF-1.4\n")
    (tmp_path / "up/2020/falsch.pdf").write_bytes(b"<html>")
    at = "https://alt.example/wp-content/uploads/2020"
    made = bring_in(
        item(1, f'<a href="{at}/Bericht.pdf">Bericht</a> <a href="{at}/falsch.pdf">x</a>'),
        options=("--pictures", str(tmp_path / "up")),
    )
    assert made.text() == f"[Bericht](/dokumente/2020/Bericht.pdf) [x]({at}/falsch.pdf)\n"
    assert main(["build", "--portal", str(made.folder), "--quiet"]) == 0
    assert (made.folder / "output/dateien/dokumente/2020/bericht.pdf").is_file()


def test_a_link_to_a_place_in_another_item_does_not_stop_the_portal(bring_in: Any) -> None:
    made = bring_in(
        item(1, '<a href="https://alt.example/2023/11/20/beitrag-2/#more-2">weiter</a>'), item(2)
    )
    assert made.text() == "[weiter](beitrag-2.md)\n"
    assert "no longer to a place" in made.account(1)["links"][0][1]
    assert main(["build", "--portal", str(made.folder), "--quiet"]) == 0


def test_what_a_block_keeps_for_itself_is_in_the_report(bring_in: Any) -> None:
    made = bring_in(
        item(1, '<!-- wp:acf/x {"data":{"titel":"Kasten","_titel":"field_1"}} /-->\n<p>Text</p>')
    )
    assert made.account(1)["losses"] == [["wp:acf/x", "Kasten"]]


def test_what_stands_beside_a_text_and_has_no_place_here_is_in_the_report(bring_in: Any) -> None:
    series = '<category domain="series" nicename="s"><![CDATA[Serie S]]></category>'
    fields = {"untertitel": "Ein Satz von Hand", "views": "12", "daten": 'a:1:{i:0;s:3:"a b";}'}
    made = bring_in(
        item(1, "[:de]Ja[:en]Yes[:]", title="[:de]Titel[:en]Title[:]", more=series + meta(**fields))
    )
    assert "title: Titel" in made.source("2023/11/beitrag-1.md")
    assert made.account(1)["losses"] == [
        ["[:en]", "Yes"], ["[:en]", "Title"], ["series", "Serie S"],
        ["field untertitel", "Ein Satz von Hand"],
    ]  # fmt: skip


def test_a_text_that_only_elementor_has_comes_in(bring_in: Any) -> None:
    widgets = (
        '[{"elType": "section", "elements": [{"widgetType": "heading", "settings": {"title": "A"}},'
        '{"widgetType": "text-editor", "settings": {"editor": "<p>Ein <b>Text</b></p>"}}]}]'
    )
    made = bring_in(item(1, "", more=POLITICS + meta(_elementor_data=widgets)))
    assert made.text() == "## A\n\nEin **Text**\n"


def test_a_category_without_a_name_for_addresses_becomes_a_section(bring_in: Any) -> None:
    made = bring_in(item(1, "a", more="<category><![CDATA[Kultur & Sport]]></category>"))
    assert "section: kultur-und-sport" in made.source("2023/11/beitrag-1.md")
    assert 'name = "Kultur & Sport"' in (made.folder / "portal.toml").read_text("utf-8")


def test_links_of_the_same_site_are_found_whatever_they_carry(bring_in: Any) -> None:
    link = "https://ALT.example/2023/11/20/beitrag-2?utm_source=x"
    made = bring_in(item(1, f'<a href="{link}">b</a> <a href="/?page_id=2">c</a>'), item(2, "b"))
    assert made.text() == "[b](beitrag-2.md) [c](beitrag-2.md)\n"


def test_more_items_than_any_site_has_are_refused_before_they_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "export.xml").write_bytes(export(*["<item><title>x</title></item>\n"] * 300_001))
    assert main(["import", str(tmp_path / "export.xml"), "--into", str(tmp_path / "portal")]) == 1
    assert "300000" in capsys.readouterr().err
    assert not (tmp_path / "portal").exists()


def test_an_impossible_time_or_address_costs_nobody_else_anything(bring_in: Any) -> None:
    made = bring_in(
        item(1, post_date="-1", post_date_gmt=""),
        item(2, post_date="9999-12-31 23:59:59", post_date_gmt="9999-12-31 23:59:59"),
        item(3, '<a href="http://[x">a</a> <img src="http://[y/a.jpg"> b', link="http://[z"),
    )
    assert [made.account(number)["status"] for number in (1, 2, 3)] == [
        "left-out", "left-out", "article",
    ]  # fmt: skip
    assert main(["build", "--portal", str(made.folder), "--quiet"]) == 0


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (lambda data: b"\n\n" + data, ""),
        (lambda data: data.decode().replace("UTF-8", "UTF-16").encode("utf-16"), ""),
        (lambda data: data.replace(b"UTF-8", b"x-none"), "unknown encoding"),
        (lambda data: data.replace(b"<item>", b"<a>" * 99), "too deeply"),
    ],
)
def test_a_file_is_read_or_the_message_says_why_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: Any, wanted: str
) -> None:
    (tmp_path / "export.xml").write_bytes(change(export(item(1, "Text"))))
    code = main(["import", str(tmp_path / "export.xml"), "--into", str(tmp_path / "portal")])
    assert code == bool(wanted)
    assert wanted in capsys.readouterr().err
