"""Assessing one intake: ours beside json-logic-js and SurveyJS's expression runner, in one run, on the same answers."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.assess.agreement import check_completions, check_two_valued, refuse
from benchmarks.assess.dialects import definition, json_logic, stored, survey, two_valued
from benchmarks.assess.specification import Specification, made, read
from benchmarks.figures import Figure
from benchmarks.timing import Spread, microseconds
from screening.assessment.answers import read_answers
from screening.assessment.assessing import assess
from screening.assessment.program import Program, program_for
from screening.definition.plans import plan_for_questionnaire
from screening.definition.reading import read_library

HERE = Path(__file__).parent
TODAY = date(2026, 11, 23)
ROUNDS = 3
PASSES = {"json-logic": 6, "survey": 2}
OUR_PASSES = 10
EXPLAINED = 100
AIMS = {"json-logic": ("json-logic-js", 1 / 3), "survey": ("SurveyJS expressions", 1 / 30)}


def figures() -> list[Figure]:
    """The figures of our own specification, or of the one in the folder that SCREENING_PEERS names."""
    folder = os.environ.get("SCREENING_PEERS")
    spec = read(Path(folder)) if folder else made()
    program = program_for(plan_for_questionnaire(read_library({"intake.yaml": definition(spec)}), "intake"))
    agreed = [check_two_valued(spec, program, TODAY), check_completions(spec, program, TODAY)]
    if folder:
        expected = json.loads((Path(folder) / "expected.json").read_text())
        refuse(_different("expected.json", expected, [two_valued(spec, response) for response in spec.responses]))
    print(*agreed, sep="\n")
    ours, theirs = _timed(spec, program)
    name = f"one intake of {len(spec.responses):,}, {len(spec.questions)} questions"
    rows = [
        Figure(
            name,
            ours["stored"].best,
            "us",
            AIMS[peer][0],
            theirs[peer].best,
            AIMS[peer][1],
            _medians(ours, theirs, peer),
        )
        for peer in AIMS
    ]
    return [
        *rows,
        Figure("the same, every answer checked first", ours["checked"].best, "us", note=str(ours["checked"])),
        Figure(
            "the same, with the reasons of every finding", ours["explained"].best, "us", note=str(ours["explained"])
        ),
    ]


def _medians(ours: dict[str, Spread], theirs: dict[str, Spread], peer: str) -> str:
    return f"best of all passes; medians {ours['stored'].median:.1f} and {theirs[peer].median:.1f}"


def _timed(spec: Specification, program: Program) -> tuple[dict[str, Spread], dict[str, Spread]]:
    """Our times and the peers', taken by turns."""
    intakes = [stored(spec, response) for response in spec.responses]
    expected = [two_valued(spec, response) for response in spec.responses]
    ours: list[float] = []
    checked: list[float] = []
    theirs: dict[str, list[float]] = {peer: [] for peer in PASSES}
    with tempfile.TemporaryDirectory() as folder:
        job = Path(folder) / "job.json"
        job.write_text(json.dumps(_job(spec)))
        for _ in range(ROUNDS):
            for peer, passes in PASSES.items():
                found = _peer(peer, job, passes)
                refuse(_different(peer, expected, found["found"]))
                theirs[peer] += found["times"]
            ours += microseconds(lambda raw: program.of_stored(raw, TODAY), intakes, OUR_PASSES)
            checked += microseconds(lambda raw: _checked(program, raw), intakes, 2)
    explained = microseconds(
        lambda raw: assess(program, read_answers(program.plan, raw, TODAY), TODAY), intakes[:EXPLAINED], 2
    )
    spreads = {"stored": Spread.of(ours), "checked": Spread.of(checked), "explained": Spread.of(explained)}
    return spreads, {peer: Spread.of(times) for peer, times in theirs.items()}


def _checked(program: Program, raw: dict[str, dict[str, Any]]) -> object:
    return program.whole()(read_answers(program.plan, raw, TODAY).known.get, TODAY.toordinal())


def _job(spec: Specification) -> dict[str, Any]:
    """What the peers are given: the rules in their words, prepared here, and the responses."""
    sums = {"json-logic": _json_sum, "survey": lambda items: f"sum({','.join(f'{{{item}}}' for item in items)})"}
    job: dict[str, Any] = {"responses": spec.responses}
    for peer, printed in (("json-logic", json_logic), ("survey", survey)):
        job[peer] = {
            "gates": [(id, printed(rule)) for id, rule in spec.gates.items()],
            "scores": [(id, sums[peer](items)) for id, items in spec.scores.items()],
            "flags": [(id, printed(rule)) for id, rule in spec.flags.items()],
        }
    return job


def _json_sum(items: tuple[str, ...]) -> dict[str, Any]:
    return {"+": [{"var": [item, 0]} for item in items]}


def _peer(peer: str, job: Path, passes: int) -> dict[str, Any]:
    """What a peer found, and microseconds per response in each pass, from a process of its own."""
    words = ["node", str(HERE / "peers.js"), peer, str(job), str(passes)]
    run = subprocess.run(words, stdout=subprocess.PIPE, check=True, text=True)
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def _different(who: str, expected: list[dict[str, Any]], found: list[dict[str, Any]]) -> list[str]:
    """Where one does not find what two-valued logic does."""
    return [
        f"{who} differs at response {number}: {mine} is not {theirs}"
        for number, (mine, theirs) in enumerate(zip(expected, found, strict=True))
        if (sorted(mine["hidden"]), mine["scores"], sorted(mine["flags"]))
        != (sorted(theirs["hidden"]), theirs["scores"], sorted(theirs["flags"]))
    ]
