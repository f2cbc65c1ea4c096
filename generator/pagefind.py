"""Pagefind, the program that makes the search index: documents go in, files come out.

It is spoken to as its own packages for Node.js and Python do: one message after the other, each
answered before the next, so that the documents keep their order.  (The one for Python waits a
tenth of a second for each answer.)
"""

import base64
import gzip
import json
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer
from typing import IO, Any, Final, NamedTuple

import cbor2
import pagefind_bin

from generator import digests
from generator.problems import PortalError, problem

BUDGET: Final = 1800.0
"""Seconds for a whole index; one of 10,000 articles takes about forty."""

WANTED: Final = ("*/*.pf_*", "*.pf_meta", "wasm.{}.pagefind", "pagefind-worker.js", "pagefind.js",
                 "pagefind-entry.json")  # fmt: skip
"""What of its files a page needs that has an interface of its own; what others name comes first."""

_SIGNATURE: Final = b"pagefind_dcd"


class Document(NamedTuple):
    """Something to be found: its address, and HTML with Pagefind's attributes."""

    address: str
    html: str


def index(
    documents: Iterable[Document],
    language: str,
    folder: Path,
    progress: Callable[[int], None] = lambda _done: None,
) -> Iterator[Path]:
    """Writes the index of `documents` into an empty `folder`: the files to be published.

    The same documents in the same order give the same bytes.  PortalError: Pagefind fails.
    """
    with _running() as ask:
        number = ask(type="NewIndex", config={"force_language": language.lower()})["index_id"]
        for done, (address, html) in enumerate(documents, 1):
            ask(type="AddFile", index_id=number, url=address, file_path=None, file_contents=html)
            progress(done)
        ask(type="WriteFiles", index_id=number, output_path=str(folder))
    wasm = _put_in_order(folder)
    for pattern in WANTED:
        yield from sorted(folder.glob(pattern.format(wasm)))


@contextmanager
def _running() -> Iterator[Callable[..., Any]]:
    """A function that sends Pagefind a message and gives its answer."""
    try:
        process = subprocess.Popen(  # noqa: S603 (it comes with its package)
            [pagefind_bin.get_executable(), "--service"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except OSError as error:
        raise _failure(error) from error
    assert process.stdin and process.stdout  # noqa: S101 (for the type checker)
    sent, received = process.stdin, process.stdout
    watchdog = Timer(BUDGET, process.kill)
    watchdog.start()
    try:
        yield lambda **message: _ask(sent, received, message)
    except OSError as error:  # a broken pipe, or no room on the disk
        raise _failure(error) from error
    finally:
        watchdog.cancel()
        process.kill()  # all that it does is done, or not wanted any more
        process.wait()
        received.close()
        with suppress(BrokenPipeError):
            sent.close()


def _ask(sent: IO[bytes], received: IO[bytes], message: dict[str, Any]) -> Any:
    text = json.dumps({"message_id": 1, "payload": message}).encode()
    sent.write(base64.b64encode(text) + b",")
    sent.flush()
    answer = b""
    while not answer.endswith(b","):
        part = received.read1(1 << 16)  # type: ignore[attr-defined] # a pipe is buffered
        if not part:
            raise _failure("it ended without an answer")
        answer += part
    payload = json.loads(base64.b64decode(answer[:-1]))["payload"]
    if payload["type"] == "Error":
        raise _failure(payload["message"])
    return payload


def _failure(reason: object) -> PortalError:
    return PortalError((problem("search-failed", reason=reason),))


def _put_in_order(folder: Path) -> str:
    """Sorts what Pagefind 1.5 writes in an order of chance; returns which program belongs to it.

    That are the filters, and the values of each.  Files are named by what they hold, and each is
    named by another one: filters by the metadata, these by the entry.
    """
    entry = json.loads((folder / "pagefind-entry.json").read_text(encoding="utf-8"))
    ((language, found),) = entry["languages"].items()
    old = folder / f"pagefind.{found['hash']}.pf_meta"
    version, pages, chunks, filters, *rest = _read(old)
    ordered = []
    for name, digest in sorted(filters):
        place = folder / "filter" / f"{digest}.pf_filter"
        called, values = _read(place)
        place.unlink()
        ordered.append([name, _write(folder / "filter", language, [called, sorted(values)])])
    old.unlink()
    found["hash"] = _write(folder, language, [version, pages, chunks, ordered, *rest])
    text = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
    (folder / "pagefind-entry.json").write_text(text, encoding="utf-8")
    return found["wasm"] or "unknown"


def _read(file: Path) -> Any:
    return cbor2.loads(gzip.decompress(file.read_bytes()).removeprefix(_SIGNATURE))


def _write(folder: Path, language: str, value: Any) -> str:
    """Writes a file named by its digest; returns the name as other files have it."""
    data = cbor2.dumps(value)
    name = f"{language}_{digests.of_bytes(data).hex()}"
    file = f"{name}.pf_filter" if folder.name == "filter" else f"pagefind.{name}.pf_meta"
    (folder / file).write_bytes(gzip.compress(_SIGNATURE + data, mtime=0))
    return name
