"""What an editor's Markdown becomes, and what an editor is told about it."""

import re
import sys
import threading
import time
from html.parser import HTMLParser

import pytest

from generator.base.words import LANGUAGES
from generator.markdown.convert import convert
from generator.model.article import Body, Heading, Image, Link, Picture


def html(text: str) -> str:
    return convert(text).html


def told(text: str) -> list[tuple[str, int]]:
    """The names and lines of what the editor is told about `text`."""
    return [(problem.name, problem.line) for problem in convert(text).problems]


class TestParagraphsAndLists:
    @pytest.mark.parametrize(
        "text",
        [
            "40. Sitzung des IT-Planungsrats endet ohne Beschluss.",
            "3. Oktober: Das Rathaus bleibt zu.",
            "40. Sitzung des Rates, vertagt auf den\n12. März im Rathaus.",
            "> 40. Sitzung des Rates",
            "Der Rat tagt.\n\n40. Sitzung\n\nEs ging um Geld.",
            "40. Sitzung\n\n\n42. Sitzung",
            "1234567890123. Sitzung",
        ],
    )
    def test_a_paragraph_may_begin_with_an_ordinal(self, text: str) -> None:
        assert "<ol" not in html(text)

    def test_an_ordinal_in_a_list_item_stays_text(self) -> None:
        assert html("- 40. Sitzung\n- 41. Sitzung") == (
            "<ul>\n<li>40. Sitzung</li>\n<li>41. Sitzung</li>\n</ul>"
        )

    @pytest.mark.parametrize(
        "text",
        [
            "1. Antrag\n2. Beschluss",
            "1. Antrag\n1. Beschluss",
            "1. Antrag vom\n3. März\n2. Beschluss",
            "1. Antrag\n\n2. Beschluss",
            "1. Antrag\n\n\n2. Beschluss",
        ],
    )
    def test_items_that_count_on_are_one_list(self, text: str) -> None:
        assert html(text).count("<ol>") == 1
        assert html(text).count("<li>") >= 2

    def test_one_item_with_a_paragraph_of_its_own_is_a_list(self) -> None:
        assert html("1. Antrag\n\n    Er kam spät.").startswith("<ol>\n<li>")

    def test_a_list_over_blank_lines_goes_on_for_as_long_as_it_counts(self) -> None:
        made = html("1. eins\n\n2. zwei\n\n3. drei\n\n5. Mai: Alles ist gut.")
        assert made.count("<li>") == 3
        assert made.endswith("<p>5. Mai: Alles ist gut.</p>")

    def test_a_list_keeps_the_number_that_it_begins_with(self) -> None:
        assert html("3. drei\n4. vier").startswith('<ol start="3">')

    def test_kinds_of_lists_are_not_mixed(self) -> None:
        assert html("1. eins\n2. zwei\n\n- Strich").count("<ul>") == 1

    def test_a_hashtag_is_no_heading(self) -> None:
        assert html("#Digital ist das Motto.") == "<p>#Digital ist das Motto.</p>"


class TestEmphasis:
    @pytest.mark.parametrize(
        "text",
        [
            "Bürger*innen und Nutzer*innen",
            "Nutzer_innen und Leser_innen",
            "Leser:innen und Autor:innen",
            "Kolleg*innen*treffen",
            "3 * 4 * 5",
        ],
    )
    def test_signs_in_words_are_text(self, text: str) -> None:
        assert html(text) == f"<p>{text}</p>"

    def test_emphasis_beside_such_words(self) -> None:
        assert html("**Bürger*innen** sind _alle_") == (
            "<p><strong>Bürger*innen</strong> sind <em>alle</em></p>"
        )


class TestHeadings:
    def test_begin_below_the_title_of_the_page(self) -> None:
        body = convert("# Überblick\n\nText\n\n## Größe & Maß\n\n# Überblick")
        assert body.headings == (
            Heading(2, "ueberblick", "Überblick"),
            Heading(3, "groesse-und-mass", "Größe & Maß"),
            Heading(2, "ueberblick-2", "Überblick"),
        )
        assert '<h3 id="groesse-und-mass">Größe &amp; Maß</h3>' in body.html
        assert body.problems == ()

    def test_the_highest_level_in_use_becomes_the_second(self) -> None:
        assert [h.level for h in convert("### A\n\n#### B\n\n### C").headings] == [2, 3, 2]

    def test_a_skipped_level_is_closed_up_and_reported(self) -> None:
        body = convert("## A\n\n#### B\n\n#### C\n\n### D\n\n## E")
        assert [h.level for h in body.headings] == [2, 3, 3, 3, 2]
        assert told("## A\n\n#### B\n\n### C") == [("markdown-heading-skipped", 3)]

    def test_an_id_of_its_own_wins(self) -> None:
        body = convert("## Kosten\n\n## Kosten {#kosten}\n\n## Kosten")
        assert [h.id for h in body.headings] == ["kosten-2", "kosten", "kosten-3"]

    def test_the_text_is_without_markup_and_footnote_marks(self) -> None:
        body = convert("## *Neu:* `<b>` &amp; H<sub>2</sub>O [Netz](x.md)[^1]\n\n[^1]: Note")
        assert body.headings[0].text == "Neu: <b> & H2O Netz"

    def test_without_words_there_is_none(self) -> None:
        body = convert("## A\n\n## \n\nText")
        assert [h.text for h in body.headings] == ["A"]
        assert told("## A\n\n## \n\nText") == [("markdown-heading-empty", 3)]
        assert body.html.count("<h") == 1

    def test_signs_alone_still_have_an_anchor(self) -> None:
        assert [h.id for h in convert("## ???\n\n## !").headings] == ["abschnitt", "abschnitt-2"]


class TestLinks:
    def test_to_another_article_is_a_hole(self) -> None:
        body = convert("Text\n\nDas ([wir berichteten](../../2023/03/rat.md#kosten)) auch.")
        assert body.html.endswith('<p>Das (<a href="\x020\x03">wir berichteten</a>) auch.</p>')
        assert body.placeholders == (Link("../../2023/03/rat.md#kosten", 3),)

    def test_each_has_its_own_line_however_it_is_written(self) -> None:
        body = convert('[a](x.pdf "A")\n\n[b](x.pdf)\n\n[c](<x.pdf>)\n\n[d](x\\_y.pdf)')
        assert [one.line for one in body.placeholders] == [1, 3, 5, 7]
        pictures = convert('![](a.jpg)\n\n![A](a.jpg "A")\n\n![](a.jpg)')
        assert [one.line for one in pictures.placeholders] == [1, 3, 5]
        assert [problem.line for problem in pictures.problems] == [1, 5]

    def test_each_has_its_own_line(self) -> None:
        body = convert("[a](a.md) [b](ba.md)\n\n[c](a.md)\n\n[d][r]\n\n[r]: d.md")
        assert [(one.target, one.line) for one in body.placeholders if isinstance(one, Link)] == [
            ("a.md", 1),
            ("ba.md", 1),
            ("a.md", 3),
            ("d.md", 7),
        ]

    def test_to_other_sites_are_listed_once(self) -> None:
        body = convert("[a](https://a.de/?x=1&y=2) <https://b.de> [c](https://a.de/?x=1&amp;y=2)")
        assert body.links == ("https://a.de/?x=1&y=2", "https://b.de")
        assert body.html.count('href="https://a.de/?x=1&amp;y=2"') == 2

    @pytest.mark.parametrize(
        "address", ["mailto:a@b.de", "tel:+4930123", "/archiv/", "#a", "../?a=x.pdf"]
    )
    def test_others_stay_as_they_are(self, address: str) -> None:
        assert html(f"[a]({address})") == f'<p><a href="{address}">a</a></p>'

    @pytest.mark.parametrize(
        "text",
        [
            "[a](javascript:alert(1))",
            "[a](JaVaScRiPt&#58;alert(1))",
            "[a](javascript&colon;alert(1))",
            "[a](<java\nscript:alert(1)>)",
            "[a](<\x01javascript:alert(1)>)",
            "[a](\u00adjavascript:alert(1))",
            "[a](data:text/html;base64,PHNjcmlwdD4=)",
            "[a](vbscript:x)",
            "<javascript://%0aalert(1)>",
            "[a][b]\n\n[b]: javascript:alert(1)",
            '[a](b){: href="javascript:alert(1)"}',
            '<a href="javascript:alert(1)">a</a>',
            "<a href=java&#10;script:alert(1)>a</a>",
            '<div><a href=" JAVASCRIPT:alert(1)">a</a></div>',
        ],
    )
    def test_that_run_programs_are_refused(self, text: str) -> None:
        body = convert(text)
        assert "href" not in body.html
        assert "markdown-link-executable" in {problem.name for problem in body.problems}
        assert any(problem.is_error and problem.line for problem in body.problems)

    def test_with_a_mistyped_beginning_keep_their_text(self) -> None:
        assert html("[Rat](htps://rat.de)") == "<p>Rat</p>"
        assert told("\n[Rat](htps://rat.de)") == [("markdown-link-scheme", 2)]

    def test_is_told_with_its_own_line_where_another_address_begins_as_it_does(self) -> None:
        text = "[Rat](htps://rat.de/plan)\n\n[Rat](htps://rat.de)\n\n[Rat](<htps://rat.de/p>)"
        assert [line for _, line in told(text)] == [1, 3, 5]

    def test_without_address_or_text_are_none(self) -> None:
        assert html("[Rat]() und [](https://a.de)!") == "<p>Rat und !</p>"
        assert told("[Rat]()\n\n[](https://a.de)") == [
            ("markdown-link-empty", 1),
            ("markdown-link-empty", 3),
        ]

    def test_within_a_link_the_outer_one_stays(self) -> None:
        body = convert("[a <https://b.de> c](https://d.de)")
        assert body.html == '<p><a href="https://d.de">a https://b.de c</a></p>'
        assert body.links == ("https://d.de",)


class TestPictures:
    def test_alone_takes_the_place_of_its_paragraph(self) -> None:
        body = convert('Text\n\n![Das Rathaus](r.jpg "Vor dem Umbau (Foto: A. B./Stadt)")\n\nText')
        assert body.html == "<p>Text</p>\n\n\x020\x03\n<p>Text</p>"
        image = Image("r.jpg", "Das Rathaus", "A. B./Stadt", "Vor dem Umbau")
        assert body.placeholders == (Picture(image, 3),)

    @pytest.mark.parametrize(
        ("title", "credit", "caption"),
        [
            ("Plan (Grafik: Amt (Nord))", "Amt (Nord)", "Plan"),
            ("(Quelle: Amt)", "Amt", ""),
            ("Ein Bild (2023)", "", "Ein Bild (2023)"),
            ("Rat &amp; Tat (Illustration: X &amp; Y)", "X & Y", "Rat & Tat"),
        ],
    )
    def test_the_credit_stands_at_the_end_of_the_caption(
        self, title: str, credit: str, caption: str
    ) -> None:
        assert convert(f'![A](a.jpg "{title}")').placeholders == (
            Picture(Image("a.jpg", "A", credit, caption), 1),
        )

    @pytest.mark.parametrize("list_", ['{: credit="A. B." }', '\n{: credit="A. B." }'])
    def test_the_credit_may_be_an_attribute(self, list_: str) -> None:
        body = convert(f'![A](a.jpg "Rat"){list_}')
        assert body.placeholders == (Picture(Image("a.jpg", "A", "A. B.", "Rat"), 1),)
        assert body.problems == ()

    def test_within_a_sentence_stands_behind_the_paragraph(self) -> None:
        body = convert("Hier ![A](a.jpg) und **dort ![B](b.jpg)**.\n\nEnde")
        assert body.html == (
            "<p>Hier  und <strong>dort </strong>.</p>\n\x020\x03\n\x021\x03\n<p>Ende</p>"
        )
        assert [one.image.alt for one in body.placeholders if isinstance(one, Picture)] == [
            "A",
            "B",
        ]

    def test_in_a_list_stays_in_its_item(self) -> None:
        assert html("- ![A](a.jpg)\n- b").split() == [
            "<ul>",
            "<li>",
            "\x020\x03",
            "</li>",
            "<li>b</li>",
            "</ul>",
        ]

    def test_in_a_link_loses_the_link(self) -> None:
        body = convert("[![A](a.jpg)](https://a.de)")
        assert body.html == "\x020\x03"
        assert told("[![A](a.jpg)](https://a.de)") == [("markdown-picture-linked", 1)]

    @pytest.mark.parametrize(
        "address", ["https://a.de/b.jpg", "//a.de/b.jpg", "data:image/png;base64,x"]
    )
    def test_on_another_server_is_refused(self, address: str) -> None:
        body = convert(f"Text\n\n![A]({address})")
        assert body.html == "<p>Text</p>"
        assert told(f"Text\n\n![A]({address})") == [("markdown-picture-elsewhere", 3)]

    def test_without_a_description_is_reported(self) -> None:
        assert told("![](a.jpg)") == [("markdown-picture-undescribed", 1)]

    def test_a_file_name_may_hold_spaces(self) -> None:
        body = convert("![A](<mein bild.jpg>)\n\n![B](mein%20bild.jpg)")
        assert {one.image.file for one in body.placeholders if isinstance(one, Picture)} == {
            "mein bild.jpg"
        }


class TestTables:
    TEXT = "| Ort | Zahl |\n|---|---:|\n| Bonn | 1 |\n"

    def test_have_headers_classes_and_a_name(self) -> None:
        made = html(self.TEXT)
        assert made.startswith(
            '<div aria-label="Tabelle" class="table" role="region" tabindex="0">\n<table>'
        )
        assert '<th scope="col">Ort</th>' in made
        assert '<td class="right">1</td>' in made
        assert "style" not in made

    def test_names_are_unique(self) -> None:
        made = html(f"{self.TEXT}\nText\n\n{self.TEXT}")
        assert re.findall(r'aria-label="(.*?)"', made) == ["Tabelle 1", "Tabelle 2"]

    def test_an_empty_header_is_an_ordinary_cell(self) -> None:
        assert "<td></td>\n<th" in html("| | Zahl |\n|---|---|\n| Bonn | 1 |")


class TestFootnotes:
    TEXT = "Eins[^b c] und zwei[^a] und eins[^b c].\n\n[^a]: Zweite\n[^b c]: *Erste*\n"

    def test_count_as_the_text_refers_to_them(self) -> None:
        made = html(self.TEXT)
        assert re.findall(r'role="doc-noteref">(\d)<', made) == ["1", "2", "1"]
        assert made.index("Erste") < made.index("Zweite")

    def test_are_german_and_lead_there_and_back(self) -> None:
        made = html(self.TEXT)
        assert 'aria-label="Fußnote 1"' in made
        assert 'title="Zurück zur Textstelle (Fußnote 2)"' in made
        ids = re.findall(r' id="(.*?)"', made)
        assert len(ids) == len(set(ids)) == 5
        assert set(re.findall(r'href="#(.*?)"', made)) == set(ids)
        assert not any(re.search(r"\s", name) for name in ids)

    def test_two_bodies_on_one_page_do_no_harm(self) -> None:
        other = self.TEXT.replace("Zweite", "Andere")
        first, second = (set(re.findall(r' id="(.*?)"', html(text))) for text in (self.TEXT, other))
        assert first.isdisjoint(second)

    def test_without_a_note_or_a_reference_are_reported(self) -> None:
        assert told("Text[^x]\n\n[^y]: Note") == [
            ("markdown-footnote-missing", 1),
            ("markdown-footnote-unused", 3),
        ]
        assert "Note" in html("Text\n\n[^y]: Note")


class TestRawHtml:
    @pytest.mark.parametrize(
        "text",
        [
            "<p>H<sub>2</sub>O <kbd>Strg</kbd> <mark>neu</mark></p>",
            '<details class="box"><summary>Mehr</summary><p>Text</p></details>',
            '<table><tbody><tr><td colspan="2">a</td></tr></tbody></table>',
        ],
    )
    def test_on_the_list_stays(self, text: str) -> None:
        assert html(text) == text
        assert told(text) == []

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("<script>alert(1)</script>", "markdown-html-program"),
            ("<style>p {color: red}</style>", "markdown-html-program"),
            ('<iframe src="https://a.de"></iframe>', "markdown-html-program"),
            ("<form><input name=a></form>", "markdown-html-program"),
            ("<svg onload=alert(1)></svg>", "markdown-html-picture"),
            ("<img src=x onerror=alert(1)>", "markdown-html-picture"),
            ("<center>Text</center>", "markdown-html-style"),
            ("Text <font color=red>rot</font>", "markdown-html-style"),
            ("<h1>Titel</h1>", "markdown-html-heading"),
            ("Der <Name> fehlt", "markdown-html-unknown"),
            ("<p onclick=alert(1)>Text</p>", "markdown-attribute"),
            ("Text\n{: onclick=alert(1) }", "markdown-attribute"),
            ('## Titel {: style="color:red" }', "markdown-attribute"),
            ("```{ .py onclick=alert(1) }\nx\n```", "markdown-attribute"),
        ],
    )
    def test_not_on_the_list_goes_and_is_reported(self, text: str, name: str) -> None:
        assert name in {problem.name for problem in convert(text).problems}
        tags = _Tags(html(text))
        assert tags.names <= {"p", "h2", "pre", "code", "sub"}
        assert tags.attributes <= {"class", "id"}

    def test_the_line_is_told(self) -> None:
        assert told("Text\n\nmehr <blink>x</blink>") == [("markdown-html-style", 3)]

    def test_content_is_kept(self) -> None:
        assert html("<center>Der <b>Rat</b></center>") == "<p>Der <b>Rat</b></p>"

    def test_what_is_left_open_ends_with_its_block(self) -> None:
        assert html("Das <b>gilt\n\nweiter") == "<p>Das <b>gilt</b></p>\n<p>weiter</p>"
        assert told("Das <b>gilt\n\nweiter") == [("markdown-html-open", 1)]
        assert html("<div><b>x</div>\n\nweiter").endswith("<p>weiter</p>")

    def test_links_and_addresses_in_it_are_like_others(self) -> None:
        body = convert(
            '<p>\n<a href="../x.md">x</a> <a href="https://a.de">y</a> <https://b.de></p>'
        )
        assert body.placeholders == (Link("../x.md", 2),)
        assert body.links == ("https://a.de", "https://b.de")

    def test_a_program_left_open_does_not_swallow_the_text(self) -> None:
        assert html("Text <script>\n\nweiter") == "<p>Text </p>\n<p>weiter</p>"
        assert "<script" not in html("Text <script>alert(1)</script>")

    def test_comments_go_without_a_trace(self) -> None:
        assert html("Text\n\n<!-- prüfen! -->\n\nText") == "<p>Text</p>\n\n<p>Text</p>"

    def test_no_id_is_given_twice(self) -> None:
        assert told("## A {#x}\n\n## B {#x}") == [("markdown-id-twice", 1)]
        assert [h.id for h in convert("## A {#x}\n\n## B {#x}").headings] == ["x", "b"]


class TestForeignCommands:
    def test_each_is_reported_with_its_line_and_left_out(self) -> None:
        text = 'A {{< img src="x" >}} B\n\n{{% note %}}Wichtig{{% /note %}}\n\n{% include x.html %}'
        assert [line for _, line in told(text)] == [1, 3, 5]
        assert html(text) == "<p>A  B</p>\n<p>Wichtig</p>"

    def test_a_link_through_one_keeps_its_text(self) -> None:
        text = 'Das [Blatt]({{< ref "blatt.md" >}}) und [mehr]({{< ref "mehr.md" >}}#a).'
        assert html(text) == "<p>Das Blatt und mehr.</p>"
        assert {name for name, _ in told(text)} == {"markdown-shortcode"}

    def test_code_may_speak_of_them(self) -> None:
        text = "`{{< img >}}`\n\n```\n{% raw %}\n```"
        assert told(text) == []
        assert "{% raw %}" in html(text)

    def test_lines_after_one_over_several_lines_are_right(self) -> None:
        assert told("{{< img\nsrc=x >}}\n\n[a](javascript:x)")[1] == ("markdown-link-executable", 4)


class TestCharacters:
    def test_what_xml_forbids_goes_and_is_reported(self) -> None:
        assert html("A\x00b\ufffec\x9d d&#11;e &#8211;") == "<p>Abc d e &#8211;</p>"
        assert told("A\n\nb\x0c c") == [("markdown-control-character", 3)]

    def test_marks_of_holes_cannot_be_forged(self) -> None:
        body = convert("\x020\x03 \x02h0\x03 <b>&#2;h0&#3;</b> ![A](a.jpg) &#2;0&#3;")
        assert re.findall("[\x02\x03].?", body.html) == ["\x020", "\x03"]

    def test_emoji_and_old_letters_stay(self) -> None:
        assert html("🚀 ſ ﬁ ‰ \u00a0") == "<p>🚀 ſ ﬁ ‰ \u00a0</p>"


class TestLimits:
    @pytest.mark.parametrize(
        ("text", "name"),
        [
            (">" * 500 + " Text", "markdown-nesting"),
            ("\n".join(" " * 4 * n + "- x" for n in range(400)), "markdown-nesting"),
            ("*a **b " * 2000, None),
            ("[" * 8000, None),
            ("![" * 8000, None),
            ("[a](<b" * 5000, None),
        ],
    )
    def test_strange_text_is_no_traceback_and_takes_no_minute(
        self, text: str, name: str | None
    ) -> None:
        begin = time.process_time()
        body = convert(text)
        assert time.process_time() - begin < 60  # the long way takes minutes for some
        names = {problem.name for problem in body.problems if problem.is_error}
        assert names <= {name or "markdown-failed"}

    def test_after_a_failure_the_next_text_is_fine(self) -> None:
        for deep in (">" * 500 + " Text", "\n".join(" " * 4 * n + "- x" for n in range(400))):
            before = convert("Text\n\n- Text\n\n    Text")
            convert(deep)
            assert convert("Text\n\n- Text\n\n    Text") == before

    def test_nothing_becomes_nothing(self) -> None:
        assert convert("") == convert(" \n\n") == Body("", (), (), (), ())


class TestPurity:
    TEXT = "## A\n\nText[^1] *kursiv* [x](y.md)\n\n[^1]: Note\n\n[r]: https://a.de\n\n*[BMI]: Amt\n"

    def test_a_text_depends_on_no_other(self) -> None:
        alone = convert("[r] BMI [^1]\n\n## A")
        convert(self.TEXT)
        assert convert("[r] BMI [^1]\n\n## A") == alone

    def test_threads_do_not_meet(self) -> None:
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)
        try:
            self.threads_give_the_same()
        finally:
            sys.setswitchinterval(interval)

    def threads_give_the_same(self) -> None:
        texts = [f"## T{n}\n\n[a](b{n}.md) [^1]\n\n[^1]: n{n}" for n in range(40)]
        wanted = [convert(text) for text in texts]
        made: dict[int, list[Body]] = {}

        def work(key: int) -> None:
            made[key] = [convert(text) for text in texts]

        threads = [threading.Thread(target=work, args=(key,)) for key in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert list(made.values()) == [wanted] * 4


def test_each_message_can_be_read_in_both_languages() -> None:
    text = "{{< x >}} <h1>a</h1> <b>\n\n![](a.jpg)\n\n[a](javascript:b)\n\n#### x\n\n# y\n\nz[^1]"
    problems = convert(text).problems
    assert len(problems) >= 7
    for problem in problems:
        for language in LANGUAGES:
            assert "{" not in problem.hint(language).replace("{{<", "")
            assert problem.what(language).endswith(".")


class _Tags(HTMLParser):
    """The elements and attributes in a piece of HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.mark.parametrize("unit", ["^[", "[a]("])
def test_a_long_run_of_what_never_ends_takes_no_longer_than_its_length_asks(unit: str) -> None:
    """In processor time: eight times the length took 64 times as long."""

    def seconds(count: int) -> float:
        begun = time.process_time()
        convert(unit * count)
        return time.process_time() - begun

    convert(unit)
    assert seconds(12_000) < 30 * seconds(1_500)
