"""A plain article: a layout that cannot set it cannot set any."""

from datetime import UTC, datetime
from typing import Final

from generator.article import SourceLink
from generator.pdf_document import Document

_PARAGRAPH: Final = (
    "<p>Der Rat hat beschlossen, die Anträge künftig auch über das Netz anzunehmen. Wer lieber "
    "schreibt, <em>kann</em> das weiterhin tun; die Frist ist dieselbe.</p>"
)

SAMPLE: Final = Document(
    path="",
    address="https://www.beispiel.example/artikel/",
    title="Ein Artikel",
    kicker="Probe",
    label="",
    kind="news",
    lead="Ein Vorspann.",
    date="1. Juli 2026",
    updated="",
    published=datetime(2026, 7, 1, tzinfo=UTC),
    authors=("Erika Beispiel",),
    section="Nachrichten",
    keywords=("Probe",),
    sources=(SourceLink("Stadt Beispiel", "https://www.stadt.example/"),),
    image=None,
    # Longer than two pages: the heads of later ones differ.
    body=_PARAGRAPH + "<h2>Wie es weitergeht</h2>" + _PARAGRAPH * 30,
    pictures=(),
    portal="Beispiel",
    publisher="Verlag Beispiel",
    language="de",
)
