"""Markdown of definitions as safe HTML: bold, links and lists, and no HTML of its own."""

from __future__ import annotations

import functools

from flask import Flask
from markdown_it import MarkdownIt
from markupsafe import Markup

_MARKDOWN = MarkdownIt("zero", {"html": False}).enable(
    ["paragraph", "list", "emphasis", "link", "newline", "escape", "entity", "text_collapse", "balance_pairs"],
    ignoreInvalid=True,
)


@functools.lru_cache(maxsize=8192)
def prose(text: str) -> Markup:
    """The text as paragraphs and lists."""
    return Markup(_MARKDOWN.render(text))  # noqa: S704 - markdown-it escapes everything that is not its own markup


@functools.lru_cache(maxsize=8192)
def prose_line(text: str) -> Markup:
    """The text as part of a line, without a paragraph around it."""
    return Markup(_MARKDOWN.renderInline(text))  # noqa: S704 - as above


def init_prose(app: Flask) -> None:
    """Give templates the filters `prose` and `prose_line`."""
    app.jinja_env.filters.update(prose=prose, prose_line=prose_line)
