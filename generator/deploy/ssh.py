"""OpenSSH's client as it is called here: it knows keys, agents, jump hosts and known hosts."""

import os
import shlex
from typing import Final

from generator.config.deploy import Target

COMMAND: Final = "STADTSCHREIBER_SSH"
"""The environment's variable that may hold another call of `ssh`, with options."""

_OPTIONS: Final = (
    "BatchMode=yes",  # nobody is asked for a password: what would answer a timer?
    "ConnectTimeout=15",
    "ServerAliveInterval=10",
    "ServerAliveCountMax=3",  # a line that is cut ends after half a minute
    "ClearAllForwardings=yes",
)


def call(target: Target) -> list[str]:
    """How to call `ssh` for a target; the host and what is to run there come after it."""
    port = ["-p", str(target.port)] if target.port else []
    user = ["-l", target.user] if target.user else []
    options = [part for option in _OPTIONS for part in ("-o", option)]
    return [*shlex.split(os.environ.get(COMMAND, "ssh")), *options, *port, *user]
