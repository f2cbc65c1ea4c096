"""The command `publish`: builds and deploys."""

import argparse
from collections.abc import Callable

from generator.cli import deploy
from generator.config.portal import Portal
from generator.deploy.deploy import learn, target_of


def run(
    portal: Portal, options: argparse.Namespace, build: Callable[[argparse.Namespace], int]
) -> int:
    """Builds the portal, with the addresses that its target knows, and brings it there.

    The exit code is that of the build where sources were left out, else that of the deploy.
    """
    learn(portal, target_of(portal, options.name), first=options.first)
    left_out = build(options)
    return deploy.run(portal, options) or left_out
