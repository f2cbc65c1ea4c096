"""What of a body is searched and quoted: all that readers see, nothing run together."""

from generator.markdown import convert
from generator.search.text import lines


def lines_of(markdown: str, *captions: str) -> list[str]:
    return lines(convert.convert(markdown, bare_links=False).html, captions)


def test_no_element_runs_into_the_next() -> None:
    text = "Begriff\n:   Erklärung\n\n| Amt | Ort |\n|---|---|\n| eins | zwei |\n\n- drei<br>vier"
    assert lines_of(text) == ["Begriff", "Erklärung", "Amt", "Ort", "eins", "zwei", "drei", "vier"]
    table = "<table><caption>Titel</caption><tr><th>A</th></tr></table>"
    assert lines(f"{table}<details><summary>Kurz</summary>Lang</details>") == [
        "Titel", "A", "Kurz", "Lang",
    ]  # fmt: skip


def test_signs_of_footnotes_are_left_out_and_their_texts_are_not() -> None:
    assert lines_of("Ein Satz[^1].\n\n[^1]: Eine Note.") == ["Ein Satz.", "Eine Note."]


def test_inside_of_a_line_nothing_is_torn_apart() -> None:
    html = '<p>CO<sub>2</sub>, <em>Bürger</em>*innen &amp; <a title="a > b" href="/x">mehr</a></p>'
    assert lines(html) == ["CO2, Bürger*innen & mehr"]


def test_a_picture_gives_its_caption_and_not_its_address() -> None:
    assert lines_of('Davor.\n\n![Alt](bild.jpg "Am Rathaus")', "Am <Rathaus>") == [
        "Davor.",
        "Am <Rathaus>",
    ]
