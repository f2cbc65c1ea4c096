"""Of which kind a file is: by the end of its name, and by its first bytes."""

import io
import zipfile

import pytest

from generator.model.downloads import KINDS, begins_like, download_kind, published_name


def packed(*files: tuple[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in files:
            archive.writestr(name, text)
    return stream.getvalue()


TEXT = packed(("mimetype", "application/vnd.oasis.opendocument.text"))
BOOK = packed(("mimetype", "application/epub+zip"))
WORD = packed(("[Content_Types].xml", "<Types/>"))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("satzung.pdf", "pdf"),
        ("a/Satzung.PDF", "pdf"),
        ("plan.2026.xlsx", "xlsx"),
        ("bild.svg", ""),
        ("seite.html", ""),
        ("pdf", ""),
        ("setup.exe", ""),
    ],
)
def test_a_kind_is_known_by_the_end_of_the_name(name: str, kind: str) -> None:
    assert download_kind(name) == kind


@pytest.mark.parametrize(
    ("kind", "head"),
    [
        ("pdf", b"%PDF-1.7\n"),
        ("pdf", b"\xef\xbb\xbf\n%PDF-1.4"),
        ("odt", TEXT),
        ("odt", WORD),
        ("epub", BOOK),
        ("docx", WORD),
        ("xlsx", WORD),
        ("zip", packed()),
        ("zip", BOOK),
        ("csv", "Straße;Länge\nAmtsweg;3\n".encode("cp1252")),
        ("csv", "Straße;Länge\n".encode("utf-16")),
        ("csv", b"<5 Jahre;12\n"),
        ("csv", b""),
        ("ics", b"\xef\xbb\xbfBEGIN:VCALENDAR\r\n"),
    ],
)
def test_a_file_may_begin_as_its_kind_does(kind: str, head: bytes) -> None:
    assert begins_like(kind, head)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "head",
    [
        b"<!DOCTYPE html><script>",
        b"\xef\xbb\xbf <HTML>",
        b'<?xml version="1.0"?><svg>',
        b"<svg onload=x>",
        b"MZ\x90\x00\x03\x00\x00\x00",
        b"\x7fELF\x02\x01\x01\x00\x00",
        b"#!/bin/sh\n",
    ],
)
def test_no_page_and_no_program_is_taken_for_a_document(kind: str, head: bytes) -> None:
    assert not begins_like(kind, head)


@pytest.mark.parametrize(
    ("kind", "head"),
    [("pdf", TEXT), ("odt", BOOK), ("epub", TEXT), ("docx", b"%PDF-1.7"), ("csv", b"%PDF-1.7")],
)
def test_one_kind_is_not_taken_for_another(kind: str, head: bytes) -> None:
    assert not begins_like(kind, head)


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("Satzung 2026.PDF", "satzung-2026.pdf"),
        ("Gebühren & Beiträge.xlsx", "gebuehren-und-beitraege.xlsx"),
        ("🚀.csv", "datei.csv"),
        ("plan.v2.pdf", "plan-v2.pdf"),
    ],
)
def test_names_in_addresses_are_as_plain_as_all_others(name: str, published: str) -> None:
    assert published_name(name) == published
