"""Folders of other generators become portals: dates, addresses, links, commands, settings."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from generator.cli.main import main

DAY = {"date": "2024-03-05"}


class Imported:
    """What an import of a folder wrote."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.portal = (folder / "portal.toml").read_text("utf-8")
        self.report: dict[str, Any] = json.loads((folder / "import/report.json").read_text("utf-8"))

    def source(self, name: str) -> str:
        return (self.folder / "content" / name).read_text("utf-8")

    def text(self, name: str) -> str:
        return self.source(name).split("\n---\n\n", 1)[1]

    def account(self, origin: str) -> dict[str, Any]:
        return next(each for each in self.report["items"] if each["origin"] == origin)


@pytest.fixture
def bring_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def call(files: dict[str, str]) -> Imported:
        archive = tmp_path / "archive"
        for name, text in files.items():
            file = archive / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        before = {p: p.read_bytes() for p in archive.rglob("*") if p.is_file()}
        into = tmp_path / "portal"
        assert main(["import", str(archive), "--into", str(into)]) == 0, capsys.readouterr().err
        assert {p: p.read_bytes() for p in archive.rglob("*") if p.is_file()} == before
        return Imported(into)

    return call


def test_jekyll(bring_in: Any) -> None:
    made = bring_in({
        "_config.yml": "title: Amtsblog\nurl: https://alt.example\ndescription: Neues\n"
                       "timezone: Europe/Vienna\npermalink: pretty\n",
        "_posts/2024-03-05-haushalt.md":
            "---\ntitle: Der Haushalt\ncategories: Politik\ntags: [Geld, Rat]\n"
            "author: Vera Eschenbach\n"
            "redirect_from: /alt/haushalt/\nexcerpt: Kurz.\n---\n# Der Haushalt\n\n"
            "Siehe [gestern]({% post_url 2024-03-04-rat %}) und [hier]({{ site.url "
            "}}/politik/2024/03/04/rat/).\n\n"
            "{% highlight ruby %}\nputs 1\n{% endhighlight %}\n\n{% raw %}{{ x }}{% endraw %}\n",
        "_posts/2024-03-04-rat.md": "---\ntitle: Der Rat\ncategories: [Politik]\n---\nText\n",
        "_posts/2024-03-06-geheim.md": "---\ntitle: Geheim\npublished: false\n---\nText\n",
        "_drafts/idee.md": "---\ntitle: Idee\ndate: 2024-01-01\n---\nText\n",
        "about.md": "---\ntitle: Über uns\npermalink: /ueber/\n---\nWir.\n",
        "README.md": "# Liesmich\n",
    })  # fmt: skip
    assert (
        made.source("2024/03/haushalt.md")
        == (
            "---\ntitle: Der Haushalt\nlead: Kurz.\ndate: 2024-03-05\nsection: politik\n"
            "keywords: [Geld, Rat]\nauthor: vera-eschenbach\n"
            'aliases: ["/alt/haushalt/"]\n---\n\n'
            "Siehe [gestern](rat.md) und [hier](rat.md).\n\n```ruby\nputs 1\n```\n\n&#123;{ x }}\n"
        )
        or 'article = "/politik/' in made.portal
    )
    for line in ('title = "Amtsblog"', 'address = "https://alt.example"',
                 'time_zone = "Europe/Vienna"',
                 'vera-eschenbach = "Vera Eschenbach"', 'id = "politik"'):  # fmt: skip
        assert line in made.portal
    for name in ("2024/03/geheim.md", "2024/01/idee.md"):
        assert "\ndraft: yes\n" in made.source(name)
    assert made.text("seiten/about.md") == "Wir.\n"
    assert made.account("README.md")["status"] == "left-out"
    assert main(["build", "--portal", str(made.folder), "--quiet"]) == 0


@pytest.mark.parametrize(
    "head",
    [
        '---\ntitle: "Der Haushalt"\ndate: 2024-03-05T10:00:00+01:00\ntags: [Geld]\n---\n',
        '+++\ntitle = "Der Haushalt"\ndate = 2024-03-05T10:00:00+01:00\ntags = ["Geld"]\n+++\n',
        '{"title": "Der Haushalt", "date": "2024-03-05T10:00:00+01:00", "tags": ["Geld"]}\n',
    ],
)
def test_hugo_in_each_of_its_styles(bring_in: Any, head: str) -> None:
    made = bring_in({
        "hugo.toml": 'baseURL = "https://alt.example/"\ntitle = "Amt"\nlanguageCode = "de-de"\n',
        "content/news/haushalt.md": head + "Siehe [oben]({{< ref \"rat.md\" >}}).\n",
        "content/news/rat/index.md": "+++\ntitle = 'Rat'\ndate = 2024-03-04\n"
                                     "url = '/alt/rat'\n+++\nText\n",
        "content/news/_index.md": "---\ntitle: Neues\n---\n",
    })  # fmt: skip
    assert made.source("2024/03/haushalt.md") == (
        "---\ntitle: Der Haushalt\ndate: 2024-03-05 10:00:00 +01:00\nsection: news\n"
        'keywords: [Geld]\naliases: ["/news/haushalt/"]\n---\n\nSiehe [oben](rat.md).\n'
    )
    assert 'aliases: ["/alt/rat/"]' in made.source("2024/03/rat.md")
    assert main(["build", "--portal", str(made.folder), "--quiet"]) == 0


def test_pelican(bring_in: Any) -> None:
    made = bring_in({
        "pelicanconf.py": "import os\nSITENAME = 'Amt'\nSITEURL = 'https://alt.example'\n"
                          "TIMEZONE = 'Europe/Paris'\nARTICLE_URL = '{date:%Y}/{slug}/'\n"
                          "open('/tmp/darf-nicht-sein', 'w')\n",
        "content/haushalt.md": "Title: Der Haushalt: ein Streit\nDate: 2024-03-05 10:00\n"
                               "Category: Politik\n"
                               "Tags: Geld, Rat\nAuthor: Vera\n\n"
                               "[Rat]({filename}rat.md) und [x]({filename}/pages/wir.md)\n",
        "content/rat.md": "Title: Der Rat\nDate: 2024-03-04\nStatus: draft\n\nText\n",
        "content/pages/wir.md": "Title: Wir\nSlug: wir\n\nText\n",
        "content/alt.rst": "Titel\n=====\n",
    })  # fmt: skip
    assert made.source("2024/03/haushalt.md") == (
        '---\ntitle: "Der Haushalt: ein Streit"\ndate: 2024-03-05 10:00:00 +01:00\n'
        "section: politik\n"
        "keywords: [Geld, Rat]\nauthor: vera\n---\n\n[Rat](rat.md) und [x](../../seiten/wir.md)\n"
    )
    assert "\ndraft: yes\n" in made.source("2024/03/rat.md")
    assert 'article = "/{year}/{slug}/"' in made.portal
    assert "reStructuredText" in made.account("content/alt.rst")["why"]
    assert not Path("/tmp/darf-nicht-sein").exists()  # noqa: S108 - what must never be written


def test_zola(bring_in: Any) -> None:
    made = bring_in({
        "config.toml": 'base_url = "https://alt.example"\ntitle = "Amt"\n',
        "content/blog/2024-03-05-haushalt.md": '+++\ntitle = "Haushalt"\n[taxonomies]\n'
                                               'tags = ["Geld"]\n'
                                               "categories = [\"Politik\"]\n+++\n"
                                               "[Rat](@/blog/rat.md)\n"
                                               '{{ youtube(id="abc") }}\n',
        "content/blog/rat.md": '+++\ntitle = "Rat"\ndate = 2024-03-04\n+++\nText\n',
    })  # fmt: skip
    assert made.report["items"][0]["old_address"] == "/blog/haushalt/"
    assert (
        made.text("2024/03/haushalt.md") == "[Rat](rat.md)\n<https://www.youtube.com/watch?v=abc>\n"
    )
    assert 'article = "/blog/{slug}/"' in made.portal


def test_nikola(bring_in: Any) -> None:
    made = bring_in({
        "conf.py": 'BLOG_TITLE = "Amt"\nSITE_URL = "https://alt.example/"\n',
        "posts/haushalt.md": "<!--\n.. title: Der Haushalt\n.. slug: haushalt-2024\n"
                             ".. date: 2024-03-05 10:00:00 UTC+01:00\n.. tags: Geld, draft\n"
                             "-->\n\nText\n",
    })  # fmt: skip
    source = made.source("2024/03/haushalt-2024.md")
    assert "title: Der Haushalt\ndate: 2024-03-05 10:00:00 +01:00\n" in source


def test_eleventy(bring_in: Any) -> None:
    made = bring_in({
        ".eleventy.js": "module.exports = () => {}",
        "_data/metadata.json": '{"title": "Amt", "url": "https://alt.example"}',
        "posts/haushalt.md": "---\ntitle: Haushalt\ndate: 2024-03-05\ntags: [posts, Geld]\n---\n"
                             "[Rat]({{ '/posts/rat/' | url }})\n",
        "posts/rat.md": "---\ntitle: Rat\ndate: 2024-03-04\n"
                        "eleventyExcludeFromCollections: true\n---\nText\n",
    })  # fmt: skip
    assert made.text("2024/03/haushalt.md") == "[Rat](rat.md)\n"
    assert "keywords: [Geld]\n" in made.source("2024/03/haushalt.md")
    assert "\ndraft: yes\n" in made.source("2024/03/rat.md")


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        ("{{< youtube abc >}}", "<https://www.youtube.com/watch?v=abc>"),
        ("{{< gist vera 123 >}}", "<https://gist.github.com/vera/123>"),
        ("{{< highlight go >}}\na := 1\n{{< /highlight >}}", "```go\na := 1\n```"),
        ('{{< note heading="Achtung" >}}\nText\n{{< /note >}}', "Achtung\nText"),
        ('{% include youtube.html id="abc" %}', "<https://www.youtube.com/watch?v=abc>"),
        ("{% include kasten.html text='Hallo' %}", "Kasten: Hallo"),
        ("{% comment %}weg{% endcomment %}da", "da"),
        ("`{{ bleibt }}` und {{ weg }}", "`{{ bleibt }}` und "),
        ("{% for p in site.posts %}\n- [{{ p.title }}]({{ p.url }})\n{% endfor %}\nText", "Text"),
        ("{{</* youtube abc */>}}", "&#123;&#123;< youtube abc >}}"),
        ("`{{</* youtube abc */>}}`", "`{{< youtube abc >}}`"),
        ("{% if a %}Ja{% else %}Nein{% endif %}", "Ja Nein"),
        ("{% tweet https://x.example/1 %}", "<https://x.example/1>"),
        ("<div class='a' markdown='1'>\n**Fett**\n</div>", "<div class='a'>\n\n**Fett**\n\n</div>"),
        ('!!! note "Achtung"\n    Glatteis\n', "> **Achtung**\n>\n> Glatteis"),
        ("[x]({{ site.baseurl }}{% post_url 2024-03-05-a %})", "[x](a.md)"),
        ("* TOC\n{:toc}\n\nText", "Text"),
        ("<iframe src='https://v.example/1'></iframe>", "<https://v.example/1>"),
        ("![Saal](https://fremd.example/a.jpg)", "[Saal](https://fremd.example/a.jpg)"),
        ("[x](/gibt/es/nicht/)", "[x](https://alt.example/gibt/es/nicht/)"),
        ("[x](https://fremd.example/a_(b))", "[x](https://fremd.example/a_(b))"),
    ],
)
def test_a_command_with_a_meaning_is_markdown(bring_in: Any, command: str, wanted: str) -> None:
    made = bring_in({
        "_config.yml": "url: https://alt.example\n",
        "_includes/kasten.html": "Kasten: {{ include.text }}",
        "_posts/2024-03-05-a.md": f"---\ntitle: A\n---\nVorher.\n\n{command}\n",
    })  # fmt: skip
    assert made.text("2024/03/a.md").strip() == f"Vorher.\n\n{wanted}".strip()
    assert made.account("_posts/2024-03-05-a.md")["missing"] == []


HEAD_JEKYLL = "---\ntitle: {}\n---\nText\n"


@pytest.mark.parametrize(
    ("files", "origin"),
    [
        ({"_config.yml":
          "defaults:\n- scope: {path: _posts/x}\n  values: {published: false}\n",
          "_posts/x/2024-03-05-a.md": HEAD_JEKYLL.format("A")}, "_posts/x/2024-03-05-a.md"),
        ({"_config.yml": "title: x\n", "_drafts/a.md": HEAD_JEKYLL.format("A"),
          "_posts/2024-03-05-b.md": HEAD_JEKYLL.format("B")}, "_drafts/a.md"),
        ({"_config.yml": "collections: {thema: {output: false}}\n",
          "_thema/a.md": HEAD_JEKYLL.format("A")}, "_thema/a.md"),
        ({"hugo.toml": "title = 'x'", "content/posts/a.md":
          "---\ntitle: A\ndate: 2024-03-05\n_build: {render: never}\n---\nText\n"},
         "content/posts/a.md"),
        ({"conf.py": "BLOG_TITLE='x'", "posts/a.md": "Text\n",
          "posts/a.meta": ".. title: A\n.. date: 2024-03-05\n.. tags: x, draft\n"}, "posts/a.md"),
    ],
)  # fmt: skip
def test_what_was_not_public_by_more_than_its_head_is_a_draft(
    bring_in: Any, files: dict[str, str], origin: str
) -> None:
    account = bring_in(files).account(origin)
    assert account["status"] == "draft"
    assert account["title"] == "A"


def test_sections_in_addresses_are_found(bring_in: Any) -> None:
    head = "---\ntitle: {}\ncategories: {}\n---\nText\n"
    names = [("a", "Rat"), ("b", "Amt"), ("c", "Amt")]
    made = bring_in({"_config.yml": "permalink: pretty"} | {
        f"_posts/2024-03-05-{name}.md": head.format(name, section) for name, section in names
    })  # fmt: skip
    assert 'article = "/{section}/{year}/{month}/{day}/{slug}/"' in made.portal


def test_what_is_to_appear_later_has_that_date(bring_in: Any) -> None:
    head = "---\ntitle: A\ndate: 2024-03-05\npublishDate: 2099-01-01\n---\nText\n"
    made = bring_in({"hugo.toml": "title = 'x'", "content/posts/a.md": head})
    assert "\ndate: 2099-01-01\n" in made.source("2099/01/a.md")


@pytest.mark.parametrize(
    ("files", "address"),
    [
        ({"_config.yml": "url: https://a.example\nbaseurl: /neu\npermalink: pretty\n",
          "_posts/2024-03-05-a.md": HEAD_JEKYLL.format("A")}, "/neu/2024/03/05/a/"),
        ({"_config.yml": "collections: {projekte: {output: true, permalink: /p/:name/}}\n",
          "_projekte/a.md": HEAD_JEKYLL.format("A")}, "/p/a/"),
        ({"eleventy.config.js": "", "src/b/b.json": '{"permalink": "/x/{{ page.fileSlug }}/"}',
          "src/b/2024-03-05-a.njk": "---\ntitle: A\n---\n<p>Text</p>\n"}, "/x/a/"),
        ({"hugo.toml": "[languages.de]\n[languages.en]\n", "content/posts/a.en.md":
          "---\ntitle: A\ndate: 2024-03-05\n---\nText\n"}, "/en/posts/a/"),
    ],
)  # fmt: skip
def test_old_addresses_are_those_of_the_whole_configuration(
    bring_in: Any, files: dict[str, str], address: str
) -> None:
    made = bring_in(files)
    assert [a["old_address"] for a in made.report["items"] if a["title"] == "A"] == [address]


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("a.md", "Title: A\n\nText\n", "Text\n"),
        ("a.html", "<html><head><title>A</title><meta name='date' content='2024-03-05'></head>"
                   "<body><p>Ein <b>Text</b></p></body></html>", "Ein **Text**\n"),
        ("a.md", "Title: A\nDate: 2024-03-05\n\n[TOC]\n\n    :::python\n    x = 1\n",
         "    x = 1\n"),
    ],
)  # fmt: skip
def test_pelican_in_its_other_forms(bring_in: Any, name: str, text: str, wanted: str) -> None:
    made = bring_in({"pelicanconf.py": "SITENAME = 'x'", f"content/{name}": text})
    path = made.account(f"content/{name}")["path"]
    assert made.text(path) == wanted


def test_pelicans_names_of_lists_are_links_to_the_lists_here(bring_in: Any) -> None:
    links = (
        "[a]({tag}geld-im-rat) [b](|tag|Geld%20im%20Rat) [c]({category}politik)"
        " [d]({author}vera-e) [e]({index}) [f]({tag}nur-im-entwurf) [g]({category}fehlt#x)"
    )
    made = bring_in({
        "pelicanconf.py": "SITENAME = 'x'\nSITEURL = 'https://alt.example'\n",
        "content/a.md": "Title: A\nDate: 2024-03-05\nCategory: Politik\nTags: Geld im Rat\n"
                        f"Author: Vera E.\n\n{links}\n",
        "content/b.html": "<html><head><title>B</title><meta name='date' content='2024-03-05'>"
                          "</head><body><p><a href='{category}politik'>B</a></p></body></html>",
        "content/c.md": "Title: C\nDate: 2024-03-05\nStatus: draft\nTags: Nur im Entwurf\n\nC\n",
    })  # fmt: skip
    assert made.text("2024/03/a.md") == (
        "[a](/stichwort/geld-im-rat/) [b](/stichwort/geld-im-rat/) [c](/politik/)"
        " [d](/autor/vera-e/) [e](/) [f](https://alt.example/tag/nur-im-entwurf.html)"
        " [g](https://alt.example/category/fehlt.html#x)\n"
    )
    assert made.text("2024/03/b.md") == "[B](/politik/)\n"
    lost = [written for written, _ in made.account("content/a.md")["links"]]
    assert lost == ["/tag/nur-im-entwurf.html", "/category/fehlt.html#x"]
    assert main(["build", "--portal", str(made.folder), "--quiet"]) == 0
    for page in ("stichwort/geld-im-rat", "politik", "autor/vera-e"):
        assert (made.folder / f"output/{page}/index.html").is_file()


def test_a_file_beside_a_text_is_put_in_and_none_from_elsewhere(bring_in: Any) -> None:
    made = bring_in({
        "_config.yml": "url: https://alt.example\n",
        "geheim.txt": "geheim",
        "_posts/rat/kasten.txt": "Kasten: {{ include.text }}",
        "_posts/rat/teile/fuss.txt": "Fuß",
        "_posts/rat/2024-03-05-a.md": "---\ntitle: A\n---\n"
            "{% include_relative kasten.txt text='Hallo' %} {% include_relative teile/fuss.txt %}"
            "{% include_relative ../../geheim.txt %}\n",
    })  # fmt: skip
    assert made.text("2024/03/a.md") == "Kasten: Hallo Fuß\n"
    (lost,) = made.account("_posts/rat/2024-03-05-a.md")["losses"]
    assert "geheim.txt" in str(lost)


def test_a_text_in_another_format_is_in_the_report(bring_in: Any) -> None:
    made = bring_in({"_config.yml": "", "_posts/2024-03-05-a.md": HEAD_JEKYLL.format("A"),
                     "_posts/2024-03-05-b.adoc": "= B\n\nText\n"})  # fmt: skip
    assert "(.adoc)" in made.account("_posts/2024-03-05-b.adoc")["why"]


def test_pictures_of_the_archive_come_along(bring_in: Any, tmp_path: Path) -> None:
    for name in ("static/img/saal.png", "content/news/rat/rat.png"):
        (tmp_path / "archive" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 6)).save(tmp_path / "archive" / name)
    made = bring_in({
        "hugo.toml": 'title = "Amt"\n',
        "content/news/rat/index.md": "---\ntitle: Rat\ndate: 2024-03-04\nimage: rat.png\n---\n"
                                     '![Rat](rat.png "Der Rat")\n\n'
                                     '{{< figure src="/img/saal.png" alt="Saal" '
                                     'caption="Der Saal" attr="VE" >}}\n\n'
                                     "![weg](fehlt.png)\n",
    })  # fmt: skip
    assert made.text("2024/03/rat.md") == (
        '![Rat](/bilder/content/news/rat/rat.png "Der Rat")\n\n'
        '![Saal](/bilder/static/img/saal.png "Der Saal (Foto: VE)")\n\nweg\n'
    )
    assert made.account("content/news/rat/index.md")["pictures"] == [
        ["fehlt.png", "is not in the archive"]
    ]
    assert main(["build", "--portal", str(made.folder), "--quiet"]) == 0


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("_posts/2024-03-05-a.md", "---\ntitle: [offen\n---\nText\n"),
        ("_posts/2024-03-05-a.md", "+++\ntitle = \n+++\nText\n"),
        ("_posts/a.md", "---\ntitle: A\n---\nohne Tag\n"),
        ("_posts/2024-03-05-a.md", '{"title": \n'),
    ],
)
def test_what_cannot_be_read_is_a_line_in_the_report(bring_in: Any, name: str, text: str) -> None:
    made = bring_in({name: text, "_posts/2024-03-06-b.md": "---\ntitle: B\n---\nGut\n"})
    assert made.account(name)["status"] == "left-out"
    assert made.account(name)["why"]
    assert main(["build", "--portal", str(made.folder), "--quiet"]) == 0


def test_nothing_is_read_from_outside_the_archive(bring_in: Any, tmp_path: Path) -> None:
    (tmp_path / "geheim.txt").write_text("Kanarienvogel", "utf-8")
    (tmp_path / "archive/_posts").mkdir(parents=True)
    (tmp_path / "archive/_posts/2024-03-07-c.md").symlink_to(tmp_path / "geheim.txt")
    made = bring_in(
        {"_posts/2024-03-05-a.md": "---\ntitle: A\n---\n{% include ../../geheim.txt %}\n"}
    )
    assert "Kanarienvogel" not in "".join(p.read_text("utf-8") for p in made.folder.rglob("*.md"))


def test_an_archive_in_the_portal_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    assert main(["import", str(tmp_path / "a"), "--into", str(tmp_path / "a/b")]) == 2
    assert main(["import", str(tmp_path / "fehlt"), "--into", str(tmp_path / "b")]) == 1
    assert main(["import", str(tmp_path / "a")]) == 2
    (tmp_path / "c").mkdir()
    (tmp_path / "c/x").write_text("x", "utf-8")
    assert main(["import", str(tmp_path / "a"), "--into", str(tmp_path / "c")]) == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "c"]


# -- In place --------------------------------------------------------------------------------------

FOREIGN = {
    "toml": '+++\ntitle = "Haushalt"\ntags = ["Geld"]\n+++\nText\n',
    "json": '{"title": "Haushalt", "tags": ["Geld"]}\nText\n',
    "pelican": "Title: Haushalt\nTags: Geld\nStatus: published\n\nText\n",
    "nikola": ".. title: Haushalt\n.. tags: Geld\n\nText\n",
}


@pytest.mark.parametrize("style", FOREIGN)
def test_a_portal_reads_foreign_heads_where_it_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], style: str
) -> None:
    posts = tmp_path / "archive/_posts"
    posts.mkdir(parents=True)
    (posts / "2024-03-05-haushalt.md").write_text(FOREIGN[style], "utf-8")
    (posts / "2024-03-06-hinweis.md").write_text(
        "---\ntitle: H\n---\nHinweis: Kein Kopf.\n", "utf-8"
    )
    assert main(["import", str(tmp_path / "archive"), "--dry-run"]) == 0
    printed = capsys.readouterr().out
    assert f'styles = ["{style}"]\ndate_from = "file name"\n' in printed
    assert [line for line in printed.splitlines() if line.startswith("#  ")] == []
    assert main(["init", str(tmp_path / "portal")]) == 0
    (tmp_path / "portal/portal.toml").write_text(printed, "utf-8")
    assert main(["build", "--portal", str(tmp_path / "portal"), "--quiet"]) == 0
    pages = [path.parent.name for path in (tmp_path / "portal/output").rglob("*.html")]
    assert {"haushalt", "hinweis"} <= set(pages)
    said = printed.replace(f'styles = ["{style}"]\n', "")
    (tmp_path / "portal/portal.toml").write_text(said, "utf-8")
    assert main(["build", "--portal", str(tmp_path / "portal"), "--quiet"]) == 1


def test_a_mistake_in_a_foreign_head_has_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", str(tmp_path / "portal")]) == 0
    toml = tmp_path / "portal/portal.toml"
    toml.write_text(toml.read_text("utf-8") + '\n[front_matter]\nstyles = ["pelican"]\n', "utf-8")
    (tmp_path / "portal/content/2026/01/a.md").write_text(
        "Title: A\nDate: 2026-01-02\nSection: aktuelles\nAutorin: V\nTiitel: B\n\nText\n", "utf-8"
    )
    assert main(["build", "--portal", str(tmp_path / "portal"), "--quiet"]) == 1
    assert "a.md:5:1" in capsys.readouterr().err


@pytest.mark.parametrize("line", ['styles = ["rst"]', 'date_from = "git"'])
def test_portal_toml_names_only_styles_that_there_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    assert main(["init", str(tmp_path / "portal")]) == 0
    toml = tmp_path / "portal/portal.toml"
    toml.write_text(toml.read_text("utf-8") + f"\n[front_matter]\n{line}\n", "utf-8")
    assert main(["build", "--portal", str(tmp_path / "portal")]) == 1
    assert "P195" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ('![B](/a.jpg){:height="36px" width="36px"}', "[B](https://alt.example/a.jpg)"),
        ("{:.lead}\nEin Absatz.", "Ein Absatz."),
        ("| A |\n|---|\n| 1 |\n{: .table .wide}", "| A |\n|---|\n| 1 |"),
        ("## Titel {: #anker}\n\n[hin](#anker)", "## Titel {#anker}\n\n[hin](#anker)"),
        ("Ende {.klasse}", "Ende"),
        ("{::nomarkdown}x{:/}", "x"),
        ("Satz {nicht: gemeint}", "Satz {nicht: gemeint}"),
    ],
)
def test_lists_of_attributes_stand_on_no_page(bring_in: Any, written: str, wanted: str) -> None:
    made = bring_in({
        "_config.yml": "url: https://alt.example\n",
        "_posts/2024-03-05-a.md": f"---\ntitle: A\n---\n{written}\n",
    })  # fmt: skip
    assert made.text("2024/03/a.md").rstrip() == wanted
    assert made.account("_posts/2024-03-05-a.md")["losses"] == []


def test_an_attribute_that_says_more_than_looks_is_in_the_report(bring_in: Any) -> None:
    made = bring_in({"_posts/2024-03-05-a.md": '---\ntitle: A\n---\n1. a\n2. b\n{:start="3"}\n'})
    assert made.account("_posts/2024-03-05-a.md")["losses"] == [["{: }", 'start="3"']]


def test_links_lead_on_from_pages_and_from_html(bring_in: Any) -> None:
    made = bring_in({
        "_config.yml": "url: https://alt.example\npermalink: /:year/:title:output_ext\n",
        "_posts/2024-03-05-a.md": "---\ntitle: A\n---\n## Teil\n\n[b](b.html#nichts)\n",
        "_posts/2024-03-06-b.html": "---\ntitle: B\n---\n"
            '<p><a href="{% post_url 2024-03-05-a %}#teil">a</a> '
            '<a href="{{ site.url }}/2024/a.html">b</a></p>',
        "about.md": "---\ntitle: Wir\n---\n[a]({% link _posts/2024-03-05-a.md %})\n",
    })  # fmt: skip
    assert made.text("2024/03/b.md") == "[a](a.md#teil) [b](a.md)\n"
    assert made.text("2024/03/a.md") == "## Teil\n\n[b](b.md)\n"
    assert made.text("seiten/about.md") == "[a](../2024/03/a.md)\n"
    assert 'aliases: ["/2024/a.html"]' in made.source("2024/03/a.md")
    assert main(["build", "--portal", str(made.folder), "--quiet"]) == 0


def test_a_document_beside_the_text_is_offered(bring_in: Any) -> None:
    made = bring_in({
        "hugo.toml": 'baseURL = "https://alt.example/"\n',
        "content/posts/a/index.md":
            "---\ntitle: A\ndate: 2024-03-05\n---\n[Bericht](Bericht.pdf)\n",
        "content/posts/a/Bericht.pdf": "%PDF-1.4\n",
    })  # fmt: skip
    assert made.text("2024/03/a.md") == "[Bericht](/dokumente/content/posts/a/Bericht.pdf)\n"
    assert main(["build", "--portal", str(made.folder), "--quiet"]) == 0
