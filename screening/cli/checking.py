"""`screening check` and `screening schema`: what is wrong in definitions, and the shape that they must have."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from screening.cli.libraries import chosen
from screening.cli.readability import readability_of
from screening.definition.mistakes import Mistake, Severity
from screening.definition.reading import check_library
from screening.definition.schema import json_schema
from screening.proof.cases import failing_cases
from screening.proof.coverage import coverage_of


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of lines.")
@click.option("--readability", is_flag=True, help="Also grade how hard patients' texts are to read.")
def check(paths: tuple[Path, ...], *, as_json: bool, readability: bool) -> None:
    """Check definitions: form, names, types, cases and their coverage.

    PATHS are files or folders; without any, the installed library is checked. What a file refers to and does not
    define is taken from beside it, or from the installed library. Exit status: 0 without errors, 1 with.
    """
    files = chosen(paths)
    reading = check_library(files.files)
    mistakes = list(reading.mistakes)
    summary = ""
    if reading.library is not None:
        failing = failing_cases(reading.library)
        for result in failing:
            told = "; ".join(f"{d.name} is {d.found}, expected {d.expected}" for d in result.differences)
            mistakes.append(Mistake(result.case.place, f"The case “{result.case.name}” fails: {told}."))
        coverage = coverage_of(reading.library)
        mistakes.extend(coverage.mistakes)
        summary = f"{coverage}; {len(failing)} failing cases."
        if readability:
            graded = readability_of(reading.library, files.files)
            mistakes.extend(graded.mistakes)
            summary = f"{summary}\n{graded}"
    found = _shown(mistakes, files.shown)
    if as_json:
        click.echo(json.dumps([_plain(mistake) for mistake in found], ensure_ascii=False, indent=2))
    else:
        for mistake in found:
            click.echo(str(mistake))
        click.echo(summary or "The definitions cannot be used until the errors are mended.", err=True)
    sys.exit(any(mistake.severity is Severity.ERROR for mistake in found))


def _shown(mistakes: Iterable[Mistake], shown: Mapping[str, str]) -> list[Mistake]:
    """The mistakes in the files that were asked about, at the paths that were given, by place.

    Errors elsewhere are shown too: they keep the files that were asked about from being used.
    """
    kept = [m for m in mistakes if m.place.file in shown or m.severity is Severity.ERROR]
    kept.sort(key=lambda m: (m.place.file, m.place.line, m.place.column))
    return [m.at(shown.get(m.place.file, m.place.file)) for m in kept]


def _plain(mistake: Mistake) -> dict[str, object]:
    place = mistake.place
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "severity": mistake.severity.value,
        "sentence": mistake.sentence,
    }


@click.command()
def schema() -> None:
    """Print the JSON Schema of a definition file."""
    click.echo(json.dumps(json_schema(), indent=2))
