"""The text of the article on a page, by trafilatura. Its only importer."""

from __future__ import annotations

import logging
from copy import deepcopy

import trafilatura
from lxml.html import HtmlElement
from trafilatura.settings import Document

from monitor.ingest.text import lines

# what it cannot do it returns; it need not log it too
for name in ("trafilatura", "htmldate", "courlan", "justext"):
    logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def main_text(tree: HtmlElement) -> str:
    """Every line is a paragraph; "" where no article can be made out. `tree` stays as it is."""
    found = trafilatura.bare_extraction(
        # what does not belong tells events that are not the article's; what lacks can be told
        deepcopy(tree),
        include_comments=False,
        favor_precision=True,
    )
    told = found.text if isinstance(found, Document) else None
    return lines("\n".join(map(_unmarked, (told or "").split("\n"))))


def _unmarked(line: str) -> str:
    """A line without the marks of list items and table rows that are put before it."""
    if line.startswith("|"):
        cells = [cell.strip() for cell in line.split("|")]
        return " ".join(cell for cell in cells if cell.strip("-"))
    return line.removeprefix("- ")
