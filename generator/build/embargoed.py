"""PDFs of articles that are still to come: on the day they appear nobody looks.

They are made to see what there is to warn of, and thrown away.  What was found is remembered by all
that such a PDF is made from but the neighbours of its article.
"""

from pathlib import Path
from typing import Final

from generator.base import digests
from generator.base.problems import PortalError, Problem
from generator.base.report import Options
from generator.build.workspace import Workspace
from generator.config.fingerprint import of_pages
from generator.engine import printing
from generator.load.pictures import Imagined
from generator.model.article import Article
from generator.model.entry import Entry
from generator.model.gate import unpublished
from generator.site import links
from generator.site.assets import Assets
from generator.site.pages import pdf_pages

KEY: Final = "embargoed"
"""What the store knows the findings by."""

PICTURE: Final = Path(__file__).with_name("picture.svg")
"""What stands for photos: whether those are sound is told elsewhere."""


class _Originals(Imagined):
    """Drawings as they lie in the folder, and one for all photos: nothing is made of them yet."""

    def __init__(self, assets: Assets) -> None:
        super().__init__()
        self._assets = assets

    def fallback(self, name: str) -> tuple[Path, bytes]:
        """Where a picture lies, and its digest."""
        drawn = name.lower().endswith(".svg")
        return self._assets.file(name) if drawn else PICTURE, self._assets.asset(name).digest


def problems(workspace: Workspace) -> tuple[Problem, ...]:
    """The warnings of the PDFs of all articles that wait for their day; paths below `content/`.

    A mistake of the layout is no matter of these articles.
    """
    assets, store, options = workspace.assets, workspace.store, workspace.options
    coming = {path: e for path, e in workspace.entries.items() if _is_coming(e, options)}
    if not (workspace.portal.pdf.enabled and coming):
        return ()
    drawings = _Originals(assets)
    layout = workspace.answers(workspace.site, (), drawings).pdf_layout
    fingerprint = tuple(of_pages(workspace.portal).items())
    keys = {path: _key(entry, assets, layout, fingerprint) for path, entry in coming.items()}
    known = store.get(KEY, dict[str, tuple[Problem, ...]])
    found = {key: known[key] for key in keys.values() if key in known}
    fresh = [path for path, key in keys.items() if key not in found]
    if fresh:
        ever = workspace.everything
        pages = [page for page in pdf_pages(ever) if page.article in fresh]
        answers = workspace.answers(ever, pages, drawings)
        try:
            for place, made in printing.printed(answers, pages, jobs=options.jobs):
                path = pages[place].article
                found[keys[path]] = tuple(one for one in made.problems if one.path == path)
        except PortalError:
            return ()
    if found.keys() != known.keys():
        store.put(KEY, found)
        store.commit()
    return tuple(one for path, key in keys.items() for one in found.get(key, ()))


def _is_coming(entry: Entry, options: Options) -> bool:
    source = entry.source
    return (
        not options.drafts
        and isinstance(source, Article)
        and unpublished(source, options.at) == "scheduled"
    )


def _key(
    entry: Entry, assets: Assets, layout: bytes, fingerprint: tuple[tuple[str, bytes], ...]
) -> str:
    """A name for all that an article's PDF is made from, but what its links lead to."""
    names = [assets.name_of(entry.source.path, image.file) for image, _ in links.images(entry)]
    pictures = [assets.asset(name).digest if assets.exists(name) else b"" for name in names]
    return digests.of_value((entry.digest, entry.text, pictures, layout, fingerprint)).hex()
