"""Markdown as people write it who know it from GitHub, Obsidian or WordPress, and write German."""

import time

import pytest

from generator.markdown.convert import convert
from generator.model.article import Picture


def html(text: str) -> str:
    return convert(text).html.replace("\n", "")


def told(text: str) -> list[tuple[str, int]]:
    return [(problem.name, problem.line) for problem in convert(text).problems]


class TestLists:
    @pytest.mark.parametrize(
        "text",
        [
            "Es fehlen:\n- Geld\n- Zeit",
            "Es fehlen\n- Geld\n- Zeit",
            "**Es fehlen:**\n* Geld",
            "Es fehlen:\n1. Geld\n2. Zeit",
        ],
    )
    def test_one_directly_below_text_is_one(self, text: str) -> None:
        assert "<li>Geld</li>" in html(text)
        assert html(text).startswith("<p>")

    @pytest.mark.parametrize(
        "text",
        [
            "Der Rat tagt wieder am\n1. Mai im Rathaus.",
            "Die Zahl stieg um\n+ 5 Prozent auf 120.",
            "Das Amt ist neu\n- so der Bürgermeister.",
            "- Die Zahl stieg um\n+ 5 Prozent",
            "Der Anteil liegt bei\n> 30 Prozent.",
            "1. Mai: Feier\n2.  Mai: Ruhe",
            "Termine:\n1. Mai 2026",
        ],
    )
    def test_a_sentence_that_was_broken_before_a_sign_is_none(self, text: str) -> None:
        made = html(text)
        assert made.count("<li>") == text.startswith("- ")
        assert "<ol" not in made
        assert "<blockquote" not in made

    @pytest.mark.parametrize(
        "text", ["Er sagte:\n> 30 Prozent", "Er sagte\n> Nein.", "Text\n> 1\n> 2"]
    )
    def test_a_quotation_directly_below_text_is_one(self, text: str) -> None:
        assert "<blockquote>" in html(text)

    def test_a_single_item_on_its_own_is_a_list(self) -> None:
        assert html("Text\n\n- Punkt\n\nText") == "<p>Text</p><ul><li>Punkt</li></ul><p>Text</p>"

    @pytest.mark.parametrize("indent", ["  ", "   ", "    ", "\t"])
    def test_nest_by_whatever_indentation(self, indent: str) -> None:
        text = f"- a\n{indent}- b\n{indent}- c\n- d"
        assert html(text) == "<ul><li>a<ul><li>b</li><li>c</li></ul></li><li>d</li></ul>"

    def test_below_an_item_a_list_that_is_indented_too_little_to_be_in_it_is_one(self) -> None:
        once = html("1. a\n  - b\n2. c")
        assert once == '<ol><li>a</li></ol><ul><li>b</li></ul><ol start="2"><li>c</li></ol>'
        twice = html("1. a\n  - b\n  - c\n2. d\n  - e")
        assert twice.count("<ul>") == 2
        assert twice.count("<li>") == 5
        assert html("- a\n * b\n- c").count("<li>") == 3

    def test_nest_in_a_numbered_one(self) -> None:
        text = "1. a\n   - b\n2. c\n   1. d\n   2. e"
        assert html(text) == (
            "<ol><li>a<ul><li>b</li></ul></li><li>c<ol><li>d</li><li>e</li></ol></li></ol>"
        )

    def test_hold_a_second_paragraph_code_a_table_and_a_picture(self) -> None:
        text = (
            "- a\n\n  b\n\n  ```py\n  x = 1\n\n  y\n  ```\n\n"
            "  | A | B |\n  |---|---|\n  | 1 | 2 |\n\n"
            "  ![Saal](saal.jpg)\n- c"
        )
        made = convert(text)
        item = made.html.partition("<li>")[2].partition("</li>")[0]
        assert '<pre><code class="language-py">x = 1\n\ny\n</code></pre>' in item
        assert item.count("<p>") == 2
        assert "<table>" in item
        assert isinstance(made.placeholders[0], Picture)
        assert "\x020\x03" in item

    def test_end_at_a_rule_or_a_heading(self) -> None:
        assert html("- a\n- b\n\n---\n\n## C").count("<li>") == 2
        assert "<hr>" in html("- a\n- b\n***\nText")

    def test_keep_the_number_with_a_bracket(self) -> None:
        assert html("3) a") == '<ol start="3"><li>a</li></ol>'


class TestDefinitions:
    @pytest.mark.parametrize(
        "text", ["OZG\n: ein Gesetz\n: eine Frist\n", "OZG\n:   ein Gesetz\n:   eine\n    Frist\n"]
    )
    def test_each_colon_begins_another_meaning(self, text: str) -> None:
        made = html(text).replace("eineFrist", "eine Frist")
        assert made == "<dl><dt>OZG</dt><dd>ein Gesetz</dd><dd>eine Frist</dd></dl>"

    @pytest.mark.parametrize("between", ["\n", "\n\n"])
    def test_a_term_may_mean_several_things(self, between: str) -> None:
        made = html(f"DSGVO{between}: Datenschutz{between}: Grundverordnung")
        assert made.count("<dt>") == 1
        assert made.count("<dd>") == 2

    def test_a_colon_within_a_meaning_is_text(self) -> None:
        assert "<dd>ein Gesetz: wichtig</dd>" in html("OZG\n: ein Gesetz: wichtig\n")


class TestTasks:
    def test_have_a_box_with_a_name(self) -> None:
        assert html("- [ ] Antrag\n- [x] *Beschluss*") == (
            '<ul><li class="task"><span aria-label="offen" role="img">☐</span> Antrag</li>'
            '<li class="task"><span aria-label="erledigt" role="img">☑</span> '
            "<em>Beschluss</em></li>"
            "</ul>"
        )

    def test_stay_tasks_beside_attributes_and_in_loose_lists(self) -> None:
        made = html("- [X] a\n\n- [ ] b\n\n## C {#c}\n\n<b>d</b>")
        assert made.count('role="img"') == 2
        assert "<p><span" in made

    def test_a_single_one_directly_below_text_is_one(self) -> None:
        assert 'class="task"' in html("Noch zu tun\n- [ ] Protokoll")

    def test_brackets_elsewhere_are_text(self) -> None:
        assert (
            html("- [] a\n- a [x] b\n- [x]") == "<ul><li>[] a</li><li>a [x] b</li><li>[x]</li></ul>"
        )


class TestTables:
    def test_one_directly_below_text_is_one(self) -> None:
        assert "<p>Text</p>" in html("Text\n| A | B |\n|---|---|\n| 1 | 2 |")
        assert "<td>1</td>" in html("Text\n| A | B |\n|---|---|\n| 1 | 2 |")

    def test_bars_at_the_edges_are_left_to_taste(self) -> None:
        assert html("A | B\n|--|--|\n1 | 2 |").count("<td") == 2

    def test_surplus_cells_are_told(self) -> None:
        assert told("| A | B |\n|---|---|\n| 1 | 2 |\n| 1 | 2 | 3 |") == [
            ("markdown-table-cells", 4)
        ]
        assert told("| A | B |\n|---|---|\n| 1 | 2\\|3 |\n| `a|b` | 4 |") == []

    def test_an_escaped_bar_is_a_bar_in_code_too(self) -> None:
        assert "<td><code>a|b</code></td><td>c|d</td>" in html(
            "| A | B |\n|---|---|\n| `a\\|b` | c\\|d |"
        )

    def test_without_rows_it_has_no_body(self) -> None:
        assert "<tbody>" not in html("| A | B |\n|---|---|")


class TestInLines:
    def test_struck_words(self) -> None:
        assert html("~~weg~~ und a~~b~~c, ~5 bis ~6") == (
            "<p><del>weg</del> und a<del>b</del>c, ~5 bis ~6</p>"
        )

    def test_a_backslash_breaks_a_line(self) -> None:
        assert html("a\\\nb") == "<p>a<br>b</p>"

    def test_a_backslash_takes_the_meaning_from_any_sign(self) -> None:
        signs = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
        made = html("".join(f"\\{sign}" for sign in signs))
        assert made == "<p>!\"#$%&amp;'()*+,-./:;&lt;=&gt;?@[\\]^_`{|}~</p>"
        assert html("\\ä C:\\Daten") == "<p>\\ä C:\\Daten</p>"

    @pytest.mark.parametrize(
        ("text", "address"),
        [
            ("siehe https://a.de/x_y_z?b=1.", "https://a.de/x_y_z?b=1"),
            ("(https://a.de/b_(c))", "https://a.de/b_(c)"),
            ("„https://a.de“", "https://a.de"),
            ("www.a.de/b, und", "https://www.a.de/b"),
            ("an redaktion@amt.de.", "mailto:redaktion@amt.de"),
            ("**https://a.de**", "https://a.de"),
            ("_https://a.de/b_c_", "https://a.de/b_c"),
            ("_www.a.de_ und", "https://www.a.de"),
            ("_x_y@b.de_", "mailto:x_y@b.de"),
        ],
    )
    def test_an_address_by_itself_is_a_link(self, text: str, address: str) -> None:
        assert f'<a href="{address}">' in html(text)
        assert "<a" not in convert(text, bare_links=False).html

    @pytest.mark.parametrize(
        "text",
        [
            "`https://a.de`",
            "```\nhttps://a.de\n```",
            "https://… http://",
            "a@b",
            "nur www. und //x",
        ],
    )
    def test_other_text_is_none(self, text: str) -> None:
        assert "<a" not in html(text)

    def test_a_link_holds_no_other(self) -> None:
        assert (
            html("[https://a.de](https://b.de)") == '<p><a href="https://b.de">https://a.de</a></p>'
        )
        assert html('<a href="https://b.de">https://a.de</a>').count("<a") == 1
        assert html('<span title="https://a.de">x</span>').count("<a") == 0


class TestRawHtml:
    @pytest.mark.parametrize("tag", ["details", "div", "figure", "section", "blockquote"])
    def test_markdown_between_blank_lines_counts(self, tag: str) -> None:
        made = html(f"<{tag}>\n\n**fett**\n\n- a\n- b\n\n</{tag}>\n\nText")
        assert made.startswith(f"<{tag}>")
        assert "<p><strong>fett</strong></p>" in made
        assert made.endswith(f"</{tag}><p>Text</p>")

    def test_a_summary_may_stand_above_it(self) -> None:
        text = "<details><summary>Mehr</summary>\n\n**fett** <b onclick=x>c</b>\n\n</details>"
        assert html(text) == (
            "<details><summary>Mehr</summary><p><strong>fett</strong> <b>c</b></p></details>"
        )

    def test_what_is_left_open_does_not_reach_over_the_text(self) -> None:
        assert html("<div>\n\nText\n\n## A") == '<div></div><p>Text</p><h2 id="a">A</h2>'
        assert told("Text\n\n<div>\n\nText") == [("markdown-html-open", 3)]


class TestFootnotes:
    def test_count_in_the_order_of_the_text_whatever_stands_around(self) -> None:
        text = "`[^c]` Toll![^b] So[^a]: ja[^b]. \\[^d]\n\n[^a]: A[^d]\n[^b]: B\n[^c]: C\n[^d]: D"
        made = html(text)
        places = [made.index(f"<p>{name}") for name in "BADC"]
        assert places == sorted(places)
        assert told(text) == [("markdown-footnote-unused", 5)]


class TestWhatStaysRaw:
    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("ein **Wort", "markdown-raw-emphasis"),
            ("**Ort:**Bonn", "markdown-raw-emphasis"),
            ("<div>**fett**</div>", "markdown-raw-emphasis"),
            ("<div>[Rat](rat.md)</div>", "markdown-raw-link"),
            ("|---|---|", "markdown-raw-table"),
            ("| Ort | Zahl |\n| Bonn | 3 |", "markdown-raw-table"),
            ("| A | B | C |\n|---|---|\n| 1 | 2 | 3 |", "markdown-raw-table"),
            ("##Titel", "markdown-raw-heading"),
            ('[caption id="a"]Bild[/caption]', "markdown-raw-command"),
            ("[gallery ids=1,2]", "markdown-raw-command"),
            ('[audio src="a.mp3"][/audio]', "markdown-raw-command"),
            ("[youtube=https://y.example/a]", "markdown-raw-command"),
            ("{{ site.title }}", "markdown-raw-command"),
            ("[a]({{ site.url }}/b)", "markdown-raw-command"),
            ("![a]({{ site.url }}/b.jpg)", "markdown-raw-command"),
            ("siehe [[Haushalt 2026]]", "markdown-raw-command"),
            ("![[saal.png]]", "markdown-raw-command"),
            ("> [!NOTE]\n> Frist beachten", "markdown-raw-command"),
            ("Text^[eine Fußnote]", "markdown-raw-command"),
            ("%% nur für uns %%", "markdown-raw-command"),
            ("ein ==Wort==", "markdown-raw-command"),
            ("ein ~Wort~", "markdown-raw-command"),
            ("[TOC]", "markdown-raw-command"),
            ("<%= page.title %>", "markdown-raw-command"),
            ("[Satzung][nirgends]", "markdown-raw-link"),
            ("Text {: .x}", "markdown-raw-attributes"),
            ("[Text]{.x}", "markdown-raw-attributes"),
        ],
    )
    def test_is_named_with_its_line(self, text: str, name: str) -> None:
        assert (name, 3) in told(f"Text\n\n{text}")

    @pytest.mark.parametrize(
        "text",
        ["**fett** und 2\\*\\*3", "`**` und `{{ x }}`", "    **\n", "#Digital", "[1] [Amt]",
         "<!-- ** -->", "## A {#b}", "| A |\n|---|\n| 1 |", "\\##Titel",
         "~5 bis ~6", "50 %, 30%%", "a == b", "https://a.de/~b~?c==d==",
         "[1](https://a.de)[^1]\n\n[^1]: b",
         "`[[a]]` und \\[[a]]", "[[1]](https://a.de)"],
    )  # fmt: skip
    def test_what_is_markup_or_meant_is_not(self, text: str) -> None:
        assert told(text) == []

    def test_code_that_does_not_end_is_told(self) -> None:
        assert told("Text\n\n```py\nx\n\nText {#a}") == [("markdown-fence-open", 3)]
        assert told("```\nx\n```\n\n```\ny\n\nText") == [("markdown-fence-open", 5)]
        assert told("```\nx\n```") == told("```\n```") == told("- ~~~\n  x\n  ~~~") == []

    def test_a_command_that_is_taken_out_is_told_once(self) -> None:
        assert told("{% include x %} {{< y >}}") == [("markdown-shortcode", 1)] * 2


@pytest.mark.parametrize(
    "piece",
    [
        "- a\n+ b\n* c\n", "1. a\n3. b\n\n", "> a\nb\n", "~~a ", "https://a.b ", "<div>\n\n",
        "<pre>\n\n", "</div>\n\n", "|a|b|\n|-|-|\n", "[x]: y\n", "a[^1]\n\n[^1]: b\n\n",
        "[a b=", "www.", "a@", "a+", "- [ ] a\n", "```\n", "1. Mai\n", ": b\n", "{{ a",
        "[caption ", "* ", "- a\n\n+ b\n7. x\n",
    ],
)  # fmt: skip
def test_the_time_grows_with_the_text(piece: str) -> None:
    begin = time.process_time()
    convert(piece * (60_000 // len(piece)))
    convert("https://a.b" + "!)" * 30_000)
    assert time.process_time() - begin < 20  # one or two; where it grew with the square, minutes
