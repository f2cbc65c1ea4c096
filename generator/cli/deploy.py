"""The command `deploy`: brings what was built to where readers see it."""

import argparse
import gc

from generator.base import console
from generator.base.problems import Problem
from generator.base.words import Language, word
from generator.cli.diff import run as diff
from generator.config.portal import Portal
from generator.deploy.deploy import Done, Wishes, deploy, put_back, target_of

# ruff: noqa: T201 (printing is what it is for)


def run(portal: Portal, options: argparse.Namespace) -> int:
    """Deploys, or puts a release back, or says what a deploy would do; the exit code."""
    if options.dry_run:
        return diff(portal, options)
    gc.disable()  # many values are made, and nearly all of them are needed to the end
    language, target = options.language, target_of(portal, options.name)

    def tell(found: Problem) -> None:
        console.say_problems([found], language=language, closing=False)

    wishes = Wishes(verify=options.verify, force=options.force, resume=options.resume, tell=tell)
    if options.back:
        done = put_back(portal, target, options.back, wishes)
    else:
        done = deploy(portal, target, wishes)
    if not options.quiet:
        print(_said(done, target.name, target.place, language))
    console.say_problems(done.problems, language=language, closing=False)
    return int(bool(done.problems))


def _said(done: Done, name: str, place: str, language: Language) -> str:
    found = done.changes
    return word(
        "deployed", language,
        target=name, place=place, sent=done.sent,
        new=len(found.new), changed=len(found.changed), gone=len(found.gone),
    )  # fmt: skip
