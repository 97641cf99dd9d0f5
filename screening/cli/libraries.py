"""Which definition files a command works on: the installed library, a folder, or single files with what they need."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from screening.definition.document import plain_data, read_document
from screening.definition.model import Library
from screening.definition.reading import FORMULARY, LOCALES, SOURCES, check_library
from screening.resources import folder

_SUFFIXES = (".yaml", ".yml", ".csv")
_DEFINES = ("questionnaire", "pathway")
_NAMED = re.compile(rb"[a-z][a-z0-9_]*")
_INNER = ("pathways", "locale")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The files to read, by their name in a library; `shown` maps those that were asked about to the given path."""

    files: Mapping[str, bytes]
    shown: Mapping[str, str]


def files_in(root: Path) -> dict[str, bytes]:
    """The definition files below a folder, by their path in it."""
    found = (path for path in sorted(root.rglob("*")) if path.is_file() and path.suffix in _SUFFIXES)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def installed_files() -> dict[str, bytes]:
    """The definition files that ship with the product."""
    return files_in(folder("questionnaires"))


def chosen(paths: Iterable[Path]) -> Chosen:
    """The files at some paths, and from the installed library whatever they refer to and do not define."""
    given: dict[str, bytes] = {}
    shown: dict[str, str] = {}
    beside: dict[str, bytes] = {}
    for path in paths:
        root = path if path.is_dir() else _root_of(path)
        wanted = files_in(path) if path.is_dir() else {path.relative_to(root).as_posix(): path.read_bytes()}
        given.update(wanted)
        shown.update({name: str(root / name) for name in wanted})
        if path.is_file():
            beside.update({name: content for name, content in files_in(root).items() if name not in given})
    if not given:
        installed = installed_files()
        return Chosen(installed, {name: name for name in installed})
    return Chosen({**given, **_needed(given, {**installed_files(), **beside})}, shown)


def library_at(path: Path | None) -> Library:
    """The library in a folder, or the installed one. Raises: click.ClickException listing what is wrong in it."""
    files = chosen([path] if path else []).files
    reading = check_library(files)
    if reading.library is None:
        raise click.ClickException("The definitions have errors:\n" + "\n".join(map(str, reading.mistakes)))
    return reading.library


def _root_of(path: Path) -> Path:
    """The folder that a single file's name is relative to: above `pathways/` and `locale/LANG/`."""
    for parent in path.parents:
        if parent.name in _INNER:
            return parent.parent
    return path.parent


def _needed(given: Mapping[str, bytes], others: Mapping[str, bytes]) -> dict[str, bytes]:
    """Of the other files, those that define what the given ones name and do not define themselves."""
    defined = {name for content in given.values() for name in _defined(content)}
    offered = {name: file for file, content in others.items() for name in _defined(content) if name not in defined}
    needed: dict[str, bytes] = {name: others[name] for name in (FORMULARY, SOURCES) if name in others}
    waiting = [*given.values(), b"about_you"]
    while waiting:
        for word in set(_NAMED.findall(waiting.pop())):
            file = offered.pop(word.decode(), None)
            if file is not None and file not in given:
                needed[file] = others[file]
                waiting.append(others[file])
    return {file: content for file, content in needed.items() if file not in given and not file.startswith(LOCALES)}


def _defined(content: bytes) -> Iterator[str]:
    """The questionnaire or pathway that a file defines, where it can be read that far."""
    data = plain_data(read_document("", content).root)
    if isinstance(data, dict):
        yield from (str(data[key]) for key in _DEFINES if key in data)
