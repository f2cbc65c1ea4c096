"""The command `diff`: what readers would see if one deployed."""

import argparse

from generator.config.portal import Portal
from generator.deploy.deploy import seen, target_of
from generator.deploy.difference import addresses, sentences, what_changes
from generator.deploy.pages import published_pages

# ruff: noqa: T201 (printing is what it is for)


def run(portal: Portal, options: argparse.Namespace) -> int:
    """Says what is otherwise in the output folder than at a target; the exit code."""
    target = target_of(portal, options.name)
    found = what_changes(portal, seen(portal, target), published_pages(portal))
    said = addresses(found) if options.list else sentences(found, options.language)
    for line in said:
        print(line)
    return 0
