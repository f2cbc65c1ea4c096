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
from threading import Timer
from typing import IO, Any, Final, NamedTuple

import cbor2
import pagefind_bin

from generator.base import digests
from generator.base.problems import PortalError, problem

BUDGET: Final = 1800.0
"""Seconds for a whole index; one of 10,000 articles takes about forty."""

WANTED: Final = ("filter/", "fragment/", "index/", "pagefind.{}.pf_meta", "wasm.{}.pagefind",
                 "pagefind-worker.js", "pagefind.js", "pagefind-entry.json")  # fmt: skip
"""What of its files a page with an interface of its own needs; what others name comes first."""

_SIGNATURE: Final = b"pagefind_dcd"


class Document(NamedTuple):
    """Something to be found: its address, and HTML with Pagefind's attributes."""

    address: str
    html: str


def index(
    documents: Iterable[Document],
    language: str,
    progress: Callable[[int], None] = lambda _done: None,
) -> dict[str, bytes]:
    """The files of the index of `documents` by path, in the order of publishing.

    The same documents in the same order give the same bytes.  PortalError: Pagefind fails.
    """
    with _running() as ask:
        number = ask(type="NewIndex", config={"force_language": language.lower()})["index_id"]
        for done, (address, html) in enumerate(documents, 1):
            ask(type="AddFile", index_id=number, url=address, file_path=None, file_contents=html)
            progress(done)
        # Files that it writes itself may not be complete when it says so.
        given = ask(type="GetFiles", index_id=number)["files"]
    files = {file["path"].replace("\\", "/"): base64.b64decode(file["content"]) for file in given}
    hashed, wasm = _put_in_order(files)
    wanted = [pattern.format(wasm if "wasm" in pattern else hashed) for pattern in WANTED]
    return {
        path: files[path] for start in wanted for path in sorted(files) if path.startswith(start)
    }


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
    answer = bytearray()
    while not answer.endswith(b","):
        part = received.read1(1 << 20)  # type: ignore[attr-defined] # a pipe is buffered
        if not part:
            raise _failure("it ended without an answer")
        answer += part
    payload = json.loads(base64.b64decode(answer[:-1]))["payload"]
    if payload["type"] == "Error":
        raise _failure(payload["message"])
    return payload


def _failure(reason: object) -> PortalError:
    return PortalError((problem("search-failed", reason=reason),))


def _put_in_order(files: dict[str, bytes]) -> tuple[str, str]:
    """Sorts what Pagefind 1.5 writes in an order of chance: the filters, and the values of each.

    Files are named by what they hold, and named by another one: filters by the metadata, these by
    the entry.  Returns the new name of the metadata, and that of the program.
    """
    entry = json.loads(files["pagefind-entry.json"])
    (found,) = entry["languages"].values()
    version, pages, chunks, filters, *rest = _read(files.pop(f"pagefind.{found['hash']}.pf_meta"))
    ordered = []
    for name, hashed in sorted(filters):
        called, values = _read(files.pop(f"filter/{hashed}.pf_filter"))
        data = cbor2.dumps([called, sorted(values)])
        ordered.append([name, _named(data)])
        files[f"filter/{_named(data)}.pf_filter"] = _packed(data)
    data = cbor2.dumps([version, pages, chunks, ordered, *rest])
    found["hash"] = _named(data)
    files[f"pagefind.{found['hash']}.pf_meta"] = _packed(data)
    text = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
    files["pagefind-entry.json"] = text.encode()
    return found["hash"], found["wasm"] or "unknown"


def _named(data: bytes) -> str:
    return digests.of_bytes(data).hex()


def _read(data: bytes) -> Any:
    return cbor2.loads(gzip.decompress(data).removeprefix(_SIGNATURE))


def _packed(data: bytes) -> bytes:
    return gzip.compress(_SIGNATURE + data, mtime=0)
