"""`screening assess` and `screening vignettes`: answers in, findings out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TextIO

import click

from screening.assessment.answers import AnswerProblem, AnswersError, read_answers
from screening.assessment.assessing import assess as assessed
from screening.assessment.program import Program, program_for
from screening.cli.libraries import library_at
from screening.definition.document import plain_data, read_document
from screening.definition.mistakes import did_you_mean
from screening.definition.model import Library, Plan, Stage, TreatmentKind
from screening.definition.plans import plan_for, plan_for_questionnaire
from screening.proof.vignettes import VignetteError, read_vignettes, run_vignettes

_LIBRARY = click.option(
    "--library", type=click.Path(exists=True, path_type=Path), help="Folder of definitions; default: the installed one."
)


class _Day(click.ParamType[date]):
    """A day written as 2026-10-18."""

    name = "YYYY-MM-DD"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value} is no day. Write it as 2026-10-18.", param, ctx)


@click.command()
@click.argument("pathway")
@click.argument("file", type=click.File("r", encoding="utf-8"), default="-")
@click.option("--today", type=_Day(), help="The day of the assessment; default: today.")
@click.option(
    "--stage", type=click.Choice([stage.value for stage in Stage]), help="Triage for this stage; default: all."
)
@click.option("--treatment", help="product.route, where PATHWAY is a single questionnaire.")
@click.option("--json", "as_json", is_flag=True, help="The whole result as JSON.")
@click.option("--jsonl", is_flag=True, help='One {"id", "today", "answers"} per line in, one result per line out.')
@_LIBRARY
def assess(  # noqa: PLR0913  one parameter per option
    *,
    pathway: str,
    file: TextIO,
    today: date | None,
    stage: str | None,
    treatment: str | None,
    as_json: bool,
    jsonl: bool,
    library: Path | None,
) -> None:
    """Assess answers from a YAML or JSON FILE (default: standard input) for a PATHWAY.

    Answers are {questionnaire: {question: answer}}. Exit status: 0, or 1 where an answer does not fit its question.
    """
    program = program_for(_plan(library_at(library), pathway, treatment))
    day = today or datetime.now(UTC).astimezone().date()
    wanted = Stage(stage) if stage else None
    if jsonl:
        sys.exit(_stream(program, file, day, wanted))
    try:
        result = _result(program, _answers(file), day, wanted)
    except AnswersError as error:
        for problem in error.problems:
            click.echo(f"{file.name}: {problem.key}: {problem.message}", err=True)
        sys.exit(1)
    click.echo(json.dumps(result, ensure_ascii=False, indent=2) if as_json else _told(result))


def _plan(library: Library, name: str, treatment: str | None) -> Plan:
    if name in library.pathways:
        return plan_for(library, name)
    if name in library.questionnaires:
        product, _, route = (treatment or "").partition(".")
        return plan_for_questionnaire(library, name, TreatmentKind(product, route) if product else None)
    known = (*library.pathways, *library.questionnaires)
    near = did_you_mean(name, known)
    raise click.UsageError(f"There is no pathway {name}.{near} Known: {', '.join(library.pathways)}.")


def _answers(file: TextIO) -> Mapping[str, object]:
    """The answers in a file. Raises: AnswersError where it holds none."""
    try:
        text = file.read()
    except UnicodeDecodeError:
        raise _refused("The file is not UTF-8 text.") from None
    if text.lstrip().startswith("{"):
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            data = _yaml(text)
    else:
        data = _yaml(text)
    if not isinstance(data, dict):
        raise _refused("The answers are written as {questionnaire: {question: answer}}.")
    return data


def _yaml(text: str) -> object:
    document = read_document("answers", text.encode())
    if document.mistakes:
        first = document.mistakes[0]
        raise _refused(f"line {first.place.line}, column {first.place.column}: {first.sentence}")
    return plain_data(document.root)


def _refused(message: str) -> AnswersError:
    return AnswersError([AnswerProblem("answers", message)])


def _result(program: Program, raw: Mapping[str, object], today: date, stage: Stage | None) -> dict[str, Any]:
    """The result for some answers. Raises: AnswersError also where a definition's own check refuses an answer."""
    answers = read_answers(program.plan, raw, today)
    failed = program.failed_checks(answers, today)
    if failed:
        raise AnswersError(AnswerProblem(key, message) for key, message in failed)
    return assessed(program, answers, today, stage).as_json()


def _stream(program: Program, file: TextIO, today: date, stage: Stage | None) -> int:
    """Assesses line by line in constant memory; 1 where any line could not be."""
    status = 0
    for line in _lines(file):
        record: object = None
        try:
            record = json.loads(line)
            result = _result(program, *_taken(record, today), stage)
        except AnswersError as error:
            status = 1
            problems = [{"answer": problem.key, "message": problem.message} for problem in error.problems]
            result = {"errors": problems}
        except (ValueError, RecursionError) as error:
            status = 1
            result = {"errors": [{"answer": "line", "message": f"This line is not JSON: {error}"}]}
        name = {"id": record.get("id")} if isinstance(record, dict) else {"id": None}
        click.echo(json.dumps({**name, **result}, ensure_ascii=False))
    return status


def _lines(file: TextIO) -> Iterator[str]:
    for line in file:
        if line.strip():
            yield line


def _taken(record: object, today: date) -> tuple[Mapping[str, object], date]:
    """The answers and the day of one line. Raises: AnswersError where they are not there."""
    if not isinstance(record, dict) or not isinstance(record.get("answers"), dict):
        raise _refused('A line is written as {"id": ..., "today": ..., "answers": {...}}.')
    written = record.get("today")
    try:
        return record["answers"], today if written is None else date.fromisoformat(str(written))
    except ValueError:
        raise _refused(f"{written} is no day. Write today as 2026-10-18.") from None


_SHAPES = {"emergency": "■", "absolute": "▲", "relative": "◆", "caution": "●", "info": "○"}


def _told(result: Mapping[str, Any]) -> str:
    """The result for people: the triage, what is raised, what is open and why, and the scores."""
    lines = [f"Triage: {result['triage'].replace('_', ' ')} (for a clinician to review; it clears nobody)"]
    flags = result["flags"]
    for state, reasons in (("raised", "because"), ("open", "settled_by")):
        found = [(name, flag) for name, flag in flags.items() if flag["state"] == state]
        lines.append(f"\n{state.capitalize()}: {len(found)}")
        for name, flag in found:
            told = ", ".join(flag[reasons])
            lines.append(f"  {_SHAPES[flag['tier']]} {flag['tier']:<9} {name:<26} {told}")
    lines.append("\nScores:")
    for name, score in result["scores"].items():
        value = f"{score['low']:g}" if score["low"] == score["high"] else f"{score['low']:g} to {score['high']:g}"
        lines.append(f"  {name:<36} {value:<12} {score['band'] or ''}".rstrip())
    return "\n".join(lines)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_LIBRARY
def vignettes(file: Path, library: Path | None) -> None:
    """Assess fictional patients and compare with what is expected of them.

    FILE holds baselines, and vignettes with answers and expectations. Exit status: 0 where all come out as expected.
    """
    try:
        cases = read_vignettes(str(file), file.read_bytes())
    except VignetteError as error:
        raise click.ClickException(str(error)) from error
    results = run_vignettes(library_at(library), cases)
    for result in results:
        click.echo(
            f"{'as expected' if result.passed else 'DIFFERS    '}  {result.vignette.id}  {result.vignette.title}"
        )
        for difference in result.differences:
            click.echo(f"    {difference.name}: expected {difference.expected}, found {difference.found}")
    passed = sum(result.passed for result in results)
    click.echo(f"{passed} of {len(results)} as expected.", err=True)
    sys.exit(passed < len(results))
