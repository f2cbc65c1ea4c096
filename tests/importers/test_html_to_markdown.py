"""What comes in as HTML is on the page afterwards: the same words in the same elements."""

import string
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.importers.html_to_markdown import (
    PLAIN,
    Converted,
    html_to_markdown,
    read_back,
)
from generator.importers.html_tree import Element, Node, element, parse, visible_text, walk, words
from generator.importers.reduced_html import Loss, reduced
from generator.markdown.convert import convert


def tags(nodes: tuple[Node, ...]) -> Counter[str]:
    return Counter(e.tag for e in walk(nodes) if e.tag != "li" or e.content)


def markdown(html: str) -> str:
    """The Markdown of `html`, in which nothing may be lost."""
    made = html_to_markdown(html)
    assert made.losses == ()
    assert_same(html, made)
    return made.text


def assert_same(html: str, made: Converted) -> None:
    wanted, got = reduced(parse(html)), read_back(made.text)
    assert tags(got.blocks) == tags(wanted.blocks)
    assert visible_text(got.blocks).split() == visible_text(wanted.blocks).split()


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ("<p>Der Rat <b>stimmt</b> <i>zu</i>.</p>", "Der Rat **stimmt** *zu*.\n"),
        ("<p>30. März: der Rat tagt</p>", "30. März: der Rat tagt\n"),
        ("<p>Bürger*innen und Kund*innen, Nutzer_innen</p>",
         "Bürger*innen und Kund*innen, Nutzer_innen\n"),
        ("<p>3 * 4 = 12, *eins* und _zwei_</p>", "3 * 4 = 12, \\*eins\\* und \\_zwei\\_\n"),
        ("<p><b>Bürger</b>steig</p>", "<strong>Bürger</strong>steig\n"),
        ("<p>vor <b> fett </b>nach</p>", "vor **fett** nach\n"),
        ("<p><b>a</b><b>b</b></p>", "**ab**\n"),
        ("<p><b><i>a</i> b</b></p>", "**_a_ b**\n"),
        ("<p># kein Titel</p><p>- kein Punkt</p><p>> kein Zitat</p><p>+ plus</p><p>1) eins</p>",
         "\\# kein Titel\n\n\\- kein Punkt\n\n\\> kein Zitat\n\n\\+ plus\n\n1\\) eins\n"),
        ("<p>[kein](link) und [auch] nicht</p>", "\\[kein](link) und [auch] nicht\n"),
        ("<p>5 &lt; 6 und &lt;b&gt; und &amp;amp; und A&amp;B</p>",
         "5 < 6 und \\<b> und &amp;amp; und A&B\n"),
        ("<p>{{ a }} und {% b %} und {c}</p>", "&#123;\\{ a }} und &#123;% b %} und \\{c}\n"),
        ("<p>~~nicht~~ gestrichen</p>", "&#126;~nicht&#126;~ gestrichen\n"),
        ("<ul><li><input type='checkbox' checked> Rat<li><input type='checkbox'> Amt</ul>",
         "-   [x] Rat\n-   [ ] Amt\n"),
        ("<p><del>weg</del> H<sub>2</sub>O m<sup>2</sup></p>",
         "~~weg~~ H<sub>2</sub>O m<sup>2</sup>\n"),
        ("<p>eins<br>zwei</p>", "eins  \nzwei\n"),
        ("<p><code>a`b</code> und <code>`</code></p>", "``a`b`` und `` ` ``\n"),
        ("<p><code>&lt;b&gt; *x*</code></p>", "`<b> *x*`\n"),
        ("<p><a href='https://a.example/x_(y)'>Ort [Karte]</a></p>",
         "[Ort \\[Karte\\]](https://a.example/x_(y))\n"),
        ("<p><a href='/a)b' title='Er sagt „ja“'>x</a></p>", '[x](</a)b> "Er sagt „ja“")\n'),
        ("<p><a href='https://a.example/'>https://a.example/</a></p>", "<https://a.example/>\n"),
        ("<p>Ja!<a href='/x'>y</a></p>", "Ja\\![y](/x)\n"),
        ("<h1>A</h1><h3>B</h3><h2>C #</h2>", "## A\n\n### B\n\n### C \\#\n"),
        ("<h2 id='ziel'>A</h2><p><a href='#ziel'>hin</a></p>", "## A {#ziel}\n\n[hin](#ziel)\n"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "-   a\n    -   b\n-   c\n"),
        ("<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>", "1.  a\n    -   b\n2.  c\n"),
        ("<ul><li><p>a</p><p>b</p></li><li><p>c</p></li></ul>", "-   a\n\n    b\n\n-   c\n"),
        ("<ul><li>a</li></ul><ul><li>b</li></ul>", "-   a\n\n<!-- -->\n\n-   b\n"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "-   a\n    -   b\n"),
        ("<ul><li>- a</li><li>[x] b</li><li>1. c</li></ul>", "-   \\- a\n-   \\[x] b\n-   1. c\n"),
        ("<ol type='a'><li>a</li></ol>", '<ol type="a">\n<li>a</li>\n</ol>\n'),
        ("<blockquote><p>a</p></blockquote><blockquote>b</blockquote>",
         "> a\n\n<!-- -->\n\n> b\n"),
        ("<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote>", "> a\n>\n> > b\n"),
        ("<pre><code class='language-python'>a\n\n```\n  b</code></pre>",
         "````python\na\n\n```\n  b\n````\n"),
        ("<pre>a <b>b</b>\n\nc</pre>", "<pre>a <strong>b</strong>&#10;\nc</pre>\n"),
        ("<p>a</p><hr><p>b</p>", "a\n\n---\n\nb\n"),
        ("<dl><dt>OZG</dt><dd>ein Gesetz</dd></dl>", "OZG\n:   ein Gesetz\n"),
        ("<dl><dt>A</dt><dd><p>b</p><p>c</p></dd></dl>", "A\n:   b\n\n    c\n"),
        ("<table><thead><tr><th>a|b</th></tr></thead><tbody><tr><td>c<br>d</td></tr></tbody></table>",
         "| a\\|b   |\n| ------ |\n| c<br>d |\n"),
        ("<table><tr><th>a</th></tr><tr><td align=right>1</td></tr></table>",
         '<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n'
         '<td class="right">1</td>\n</tr>\n</tbody>\n</table>\n'),
        ("<table><tr><th align=right>a</th></tr><tr><td align=right>1</td></tr></table>",
         "| a   |\n| --: |\n| 1   |\n"),
        ("<table><tr><td>a</td><td colspan=2>b</td></tr></table>",
         '<table>\n<tbody>\n<tr>\n<td>a</td>\n<td colspan="2">b</td>\n</tr>\n</tbody>\n</table>\n'),
        ("<figure><img src='a.jpg' alt='A'><figcaption>Der Saal (Foto: VE)</figcaption></figure>",
         '![A](a.jpg "Der Saal (Foto: VE)")\n'),
        ("<p>vor <img src='a b.jpg' alt='A'> nach</p>", "vor nach\n\n![A](a%20b.jpg)\n"),
        ("<p><a href='gross.jpg'><img src='a.jpg' alt='A'></a></p>", "![A](a.jpg)\n"),
        ("<figure><table><tr><td>1</td></tr></table><figcaption>T</figcaption></figure>",
         "<figure>\n<table>\n<tbody>\n<tr>\n<td>1</td>\n</tr>\n</tbody>\n</table>\n"
         "<figcaption>T</figcaption>\n</figure>\n"),
        ("<p>Ja<sup><a class='footnote-ref' href='#fn1'>1</a></sup>.</p><section class='footnotes'>"
         "<ol><li id='fn1'><p>Gut.</p><p>Sehr.</p></li></ol></section>",
         "Ja[^1].\n\n[^1]: Gut.\n\n    Sehr.\n"),
        ("<p><abbr title='Gesetz'>OZG</abbr> <kbd>Strg</kbd></p>",
         '<abbr title="Gesetz">OZG</abbr> <kbd>Strg</kbd>\n'),
        ("<div>lose <p>Absatz</p> Ende</div>", "lose\n\nAbsatz\n\nEnde\n"),
        ("<b>fett <p>weiter</p></b>", "**fett**\n\n**weiter**\n"),
        ("<p>a\xa0b</p><p>&nbsp;</p><p></p>", "a\xa0b\n"),
        ("<span style='font-weight:700'>fett</span>", "**fett**\n"),
        ("<p>C:\\temp\\ und \\*</p>", "C:\\temp\\\\ und \\\\\\*\n"),
        ("<p>a &lt;!-- b --&gt; c</p>", "a \\<!-- b --> c\n"),
    ],
)  # fmt: skip
def test_html_becomes_the_markdown_that_an_editor_would_write(html: str, wanted: str) -> None:
    assert markdown(html) == wanted


@pytest.mark.parametrize(
    "html",
    [
        "<ul><li>a<pre><code>x\n  y</code></pre></li></ul>",
        "<details><summary>Mehr</summary><p>a</p><ul><li>b</li></ul></details>",
        "<blockquote><ul><li>a</li></ul><pre><code>x</code></pre></blockquote>",
        "<table><tr><th>a</th></tr><tr><td><ul><li>b</li></ul></td></tr></table>",
        "<ol start='5'><li>c</li></ol>",
        "<p>30. März</p><p>31. März</p>",
        "<p>30. März</p><p>31. März</p><ol><li>a</li><li>b</li></ol>",
        "<ol><li>a</li><li></li><li>c</li></ol>",
        "<dl><dt>OZG</dt><dd>ein Gesetz</dd><dd>und mehr</dd></dl>",
        "<p># a</p><p>===</p><p>---</p><p>~~~</p><p>: b</p><p>|a|</p><p>* * *</p>",
        "<p>*[OZG]: x</p><p>[a]: http://b.example/</p><p>[^1]: c</p><p>a[^1]</p>",
        "<table><tr><th><code>a|b</code></th></tr><tr><td>c</td></tr></table>",
        "<p><a href='/x'>a <b>b</b> <code>]</code></a></p>",
        "<p>Ein <a href='https://a.example/?b=1&c=2'>Link</a></p>",
        "<p>a<br><br>b</p>",
        "<h2>A<br>b <code>c</code></h2>",
    ],
)
def test_what_markdown_has_no_signs_for_comes_back_all_the_same(html: str) -> None:
    markdown(html)


def test_a_linked_number_is_no_list_and_a_year_stays_a_year() -> None:
    assert markdown("<p>2026. Ein Jahr</p><ul><li>a</li></ul>") == "2026. Ein Jahr\n\n-   a\n"


@pytest.mark.parametrize(
    ("html", "tag"),
    [
        ("<p>a</p><script>alert(1)</script>", "script"),
        ("<iframe src='https://v.example/1'></iframe>", "iframe"),
        ("<p><a href='javascript:x()'>a</a></p>", "a"),
        ("<p><img src='https://a.example/b.jpg' alt='B'></p>", "img"),
        ("<p><font color='red'>a</font></p>", "font"),
        ("<dl><dt>A</dt></dl>", "dl"),
        ("<table><tr><td><img src='a.jpg' alt='b'></td></tr></table>", "table"),
    ],
)
def test_what_an_article_cannot_hold_is_named_and_its_words_stay(html: str, tag: str) -> None:
    made = html_to_markdown(html)
    assert tag in [loss.tag for loss in made.losses]
    got = words(visible_text(read_back(made.text).blocks))
    assert set(words(visible_text(parse(html)))) <= set(got)


def test_footnotes_that_are_kept_elsewhere_come_to_their_signs() -> None:
    html = "<p>a<sup data-fn='x' class='fn'><a href='#x' id='x-link'>1</a></sup></p>"
    assert (
        html_to_markdown(html, {"x": "Eine <b>Note</b>"}).text == "a[^1]\n\n[^1]: Eine **Note**\n"
    )


# -- Any HTML --------------------------------------------------------------------------------------

SIGNS = st.text(
    st.sampled_from(
        [*"ab ÄßÉ12.,*_`[](){}<>#+-!|~^=:;&$%'\"\\/@\n\t", "\xa0", "é", "\u200b", "🙂"]
    ),
    max_size=12,
)
INLINE = ["b", "i", "em", "strong", "code", "a", "sup", "del", "span", "abbr", "u", "font"]
BLOCKS = [
    *["p", "div", "blockquote", "ul", "ol", "li", "h2", "h3", "h5", "pre", "dl", "dt", "dd"],
    *["table", "tr", "td", "th", "figure", "figcaption", "details", "summary", "section"],
]


def rendered(parts: list[str], tag: str) -> str:
    kept = {"a": ' href="https://a.example/b_c?d=1&amp;e"', "abbr": ' title="x"'}.get(tag, "")
    return f"<{tag}{kept}>{''.join(parts)}</{tag}>"


TEXT = SIGNS.map(lambda said: said.replace("&", "&amp;").replace("<", "&lt;"))
HTML = st.recursive(
    TEXT | st.sampled_from(["<br>", "<hr>", "<img src='a.jpg' alt='b'>"]),
    lambda inner: st.builds(
        rendered, st.lists(inner, max_size=4), st.sampled_from([*INLINE, *BLOCKS])
    ),
    max_leaves=14,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(HTML, max_size=5).map("".join))
def test_any_html_comes_back_or_an_element_is_named(html: str) -> None:
    made = html_to_markdown(html)
    wanted, got = reduced(parse(html)), read_back(made.text)
    if made.losses == wanted.losses:
        assert tags(got.blocks) == tags(wanted.blocks)
    assert words(visible_text(got.blocks)) == words(visible_text(wanted.blocks))
    assert convert(made.text).problems == ()


@settings(max_examples=150, deadline=None)
@given(st.lists(TEXT, max_size=5))
def test_any_text_comes_back_word_for_word_and_nothing_is_named(texts: list[str]) -> None:
    html = "".join(f"<p>{said}</p>" for said in texts)
    made = html_to_markdown(html)
    assert made.losses == ()
    assert read_back(made.text).blocks == reduced(parse(html)).blocks


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_anything_at_all_is_read(html: str) -> None:
    html_to_markdown(html)


def test_html_nested_without_end_is_read() -> None:
    for tag in ("div", "b", "ul><li", "blockquote", "table><tr><td"):
        made = html_to_markdown(f"<{tag}>" * 3000 + "Ende")
        assert "Ende" in made.text


def test_the_markdown_makes_no_message_of_the_build() -> None:
    text = markdown("<p>a {b} <code>{{c}}</code> d</p><details><summary>S</summary>t</details>")
    assert convert(text).problems == ()


def test_elements_are_frozen_values() -> None:
    assert parse("<p>a</p>") == (Element("p", (), ("a",)),)


@given(st.text(alphabet=string.ascii_letters + "äöüß 0123456789,.;:?!()„“”‚‘’–%§€'\"-", min_size=1))
def test_a_line_that_is_not_proved_comes_back_as_it_was(said: str) -> None:
    """Lines without a sign of Markdown are left out of the proof: each must hold by itself."""
    line = " ".join(f"A{said}".split())
    if PLAIN.fullmatch(line) and "www." not in line:
        assert read_back(f"{line}\n").blocks == (element("p", line),)


SENTENCE = st.text(
    alphabet=string.ascii_letters + "äöüß 0123456789,.;:?!()„“”‚‘’–%§€'\"-", min_size=1, max_size=30
)
PARTS = ["{}", "<b>{}</b>", "<a href='https://a.example/{}'>{}</a>", "<i>{}</i>", "<br>", "{}"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.tuples(st.sampled_from(PARTS), SENTENCE), max_size=5), max_size=4))
def test_words_and_addresses_that_another_text_had_otherwise_come_back(
    blocks: list[list[tuple[str, str]]],
) -> None:
    """Only shapes that no text had before are tried: what has such a shape must hold all the same.

    All examples share what was proved.
    """
    html = "".join(
        f"<{tag}>{''.join(part.format(said, said) for part, said in block)}</{tag}>"
        for tag, block in zip(("p", "h2", "li", "td"), blocks, strict=False)
    )
    made = html_to_markdown(html)
    wanted = reduced(parse(html))
    if made.losses == wanted.losses:
        got = read_back(made.text)
        assert got.blocks == wanted.blocks or tags(got.blocks) == tags(wanted.blocks)
        assert visible_text(got.blocks) == visible_text(wanted.blocks)


@pytest.mark.parametrize(
    "html",
    [
        '<p>Text<sup id="r1"><a href="#f1">1</a></sup></p>'
        '<ol><li id="f1">Die Note <a href="#r1">↩</a></li></ol>',
        '<p>Text<a href="#f1" id="r1"><sup>1</sup></a></p>'
        '<p id="f1"><a href="#r1">1</a> Die Note</p>',
        '<p>Text<a href="#_ftn1" name="_ftnref1">[1]</a></p>'
        '<div id="ftn1"><p><a href="#_ftnref1" name="_ftn1">[1]</a> Die Note</p></div>',
    ],
)
def test_footnotes_that_are_links_there_and_back_are_footnotes(html: str) -> None:
    assert markdown(html) == "Text[^1]\n\n[^1]: Die Note\n"


def test_a_link_to_another_place_of_the_text_is_no_footnote() -> None:
    html = '<p>siehe <a href="#x">5</a></p><ul><li id="x">Ziel</li><li>y</li></ul>'
    assert markdown(html) == 'siehe [5](#x)\n\n-   <span id="x"></span>Ziel\n-   y\n'


def test_an_address_that_is_no_link_stays_readable_and_none() -> None:
    html = "<p>https://a.example/x_y und www.b.example, redaktion@a.example, @name</p>"
    wanted = "https:\\//a.example/x_y und www\\.b.example, redaktion\\@a.example, @name\n"
    assert markdown(html) == wanted


def test_what_stands_in_controls_stays_words_of_its_own() -> None:
    made = html_to_markdown("<select><option>Eins</option><option>Zwei</option></select>")
    assert made.text == "Eins Zwei\n"


def test_a_row_keeps_its_head() -> None:
    made = markdown('<table><tr><th scope="row">R</th><td>1</td></tr></table>')
    assert '<th scope="row">R</th>' in made


def test_a_picture_that_loads_late_is_the_real_one() -> None:
    made = html_to_markdown('<img src="data:image/gif;base64,R0" data-src="/a.jpg" alt="Rathaus">')
    assert made.text == "![Rathaus](/a.jpg)\n"


def test_a_link_to_a_place_that_is_not_there_leaves_its_words() -> None:
    html = '<p>Ein <a href="#oben">Sprung</a>, <a href="https://a.example/">b</a></p>'
    made = html_to_markdown(html)
    assert made.text == "Ein Sprung, [b](https://a.example/)\n"
    assert made.losses == (("a", "#oben"),)


@pytest.mark.parametrize("hiding", ["hidden", 'hidden=""', 'style="color: red; display:none"'])
def test_what_the_old_portal_hid_is_not_published_but_named(hiding: str) -> None:
    html = f"<p>Der Rat tagt.</p><div {hiding}><p>Intern: <b hidden>nicht</b> vor 8.</p></div>"
    made = html_to_markdown(html)
    assert made.text == "Der Rat tagt.\n"
    assert made.losses == (Loss("div hidden", "Intern: nicht vor 8."),)


@pytest.mark.parametrize(
    "html",
    [
        '<p hidden="until-found">Gesucht.</p>',
        '<p><a href="#mehr">Mehr</a></p><div id="mehr" hidden>Gesucht.</div>',
        '<p><button aria-controls="mehr">Mehr</button></p><p id="mehr" hidden>Gesucht.</p>',
        '<div role="tabpanel" hidden>Gesucht.</div>',
    ],
)
def test_what_readers_of_the_old_portal_could_open_is_text(html: str) -> None:
    assert "Gesucht." in html_to_markdown(html).text
