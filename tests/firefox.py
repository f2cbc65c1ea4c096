"""Debian's Firefox, driven by WebDriver BiDi, which it speaks itself."""

import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from websockets.sync.client import ClientConnection, connect

from tests import needs
from tests.browser import SLOW

KEYS: Final = {"Enter": "\ue007", "ArrowDown": "\ue015", "ArrowUp": "\ue013", "Escape": "\ue00c"}
"""What WebDriver calls the keys that write nothing."""

_LISTENING: Final = re.compile(r"WebDriver BiDi listening on (ws://\S+)")

_PREFERENCES: Final = """
user_pref("intl.accept_languages", "de-DE");
user_pref("ui.prefersReducedMotion", 1);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
"""


class Tab:
    """The one tab of a Firefox, and what its pages said to the console."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._number = 0
        self.console: list[str] = []
        self._send("session.new", capabilities={})
        self._send("session.subscribe", events=["log.entryAdded"])
        self._context = self._send("browsingContext.getTree")["contexts"][0]["context"]

    def _send(self, method: str, **parameters: object) -> dict[str, Any]:
        """The answer to a command; what happens meanwhile is noted."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        self._connection.send(json.dumps(message))
        while True:
            answer = json.loads(self._connection.recv(SLOW / 1000))
            if answer.get("method") == "log.entryAdded":
                self.console.append(str(answer["params"]["text"]))
            if answer.get("id") == self._number:
                assert answer["type"] == "success", answer
                return dict(answer["result"])

    def open(self, address: str) -> None:
        """Opens a page as if its address had been typed, and waits until it is loaded."""
        self._send("browsingContext.navigate", context=self._context, url=address, wait="complete")

    def back(self) -> None:
        """Goes back in the history."""
        self._send("browsingContext.traverseHistory", context=self._context, delta=-1)

    def ask(self, expression: str) -> Any:
        """What an expression comes to on the page, by way of JSON."""
        answer = self._send(
            "script.evaluate",
            expression=f"JSON.stringify({expression})",
            target={"context": self._context},
            awaitPromise=True,
        )
        assert answer["type"] == "success", answer
        value = answer["result"].get("value")
        return None if value is None else json.loads(value)

    def until(self, expression: str, holds: Callable[[Any], object] = bool) -> Any:
        """What an expression comes to as soon as that holds."""
        end = time.monotonic() + SLOW / 1000
        while not holds(value := self.ask(expression)):
            assert time.monotonic() < end, (expression, value)
            time.sleep(0.05)
        return value

    def press(self, *keys: str) -> None:
        """Presses keys one by one; a text is typed."""
        every = [key for text in keys for key in ([KEYS[text]] if text in KEYS else text)]
        actions = [{"type": kind, "value": key} for key in every for kind in ("keyDown", "keyUp")]
        keyboard = {"type": "key", "id": "keyboard", "actions": actions}
        self._send("input.performActions", context=self._context, actions=[keyboard])


@contextmanager
def started(profile: Path) -> Iterator[Tab]:
    """Firefox without a window, with an empty profile in that folder."""
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "user.js").write_text(_PREFERENCES, encoding="utf-8")
    command = [str(needs.FIREFOX), "--headless", "--no-remote", "--remote-debugging-port", "0"]
    said = profile / "said"
    with (
        said.open("wb") as log,
        subprocess.Popen(
            [*command, "--profile", str(profile)],
            stdout=subprocess.DEVNULL,
            stderr=log,
            env={"HOME": str(profile), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        ) as process,
    ):
        try:
            with connect(f"{_address(said)}/session", max_size=None, proxy=None) as connection:
                yield Tab(connection)
        finally:
            process.kill()


def _address(said: Path) -> str:
    """Where Firefox listens, once it says so."""
    end = time.monotonic() + SLOW / 1000
    while not (found := _LISTENING.search(text := said.read_text(encoding="utf-8"))):
        assert time.monotonic() < end, f"Firefox does not listen: {text}"
        time.sleep(0.05)
    return found[1]
