"""Many intakes through `screening assess --jsonl`: how fast, and in how much memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from subprocess import PIPE
from threading import Thread
from time import perf_counter
from typing import IO, Any, NamedTuple

from benchmarks.figures import Figure
from screening.cli.libraries import library_at
from screening.cli.people import read_people

PATHWAY = "ketamine_iv"
SIZES = (1_000, 10_000, 100_000)
DAY = date(2026, 11, 23)
LEFT_OUT, DAYS = 3, 7
# A process counts the memory of the one that started it as its own until it runs its program, so a small one starts it.
STARTER = """\
import resource, subprocess, sys
status = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(status)
"""
MEBIBYTE = 1 << 20


class Run(NamedTuple):
    """What one run took."""

    intakes: int
    seconds: float
    peak_mib: float


class StreamError(Exception):
    """The command did not answer every line."""


def figures() -> list[Figure]:
    """Intakes a second, and the peak memory of the longest run beside that of the shortest."""
    runs = [run(size) for size in SIZES]
    short, long = runs[0], runs[-1]
    peaks = ", ".join(f"{each.intakes:,}: {each.peak_mib:.1f} MiB" for each in runs)
    return [
        Figure(
            f"peak memory, {long.intakes:,} intakes through assess --jsonl",
            long.peak_mib,
            "MiB",
            f"{short.intakes:,} intakes",
            short.peak_mib,
            1.1,
            peaks,
        ),
        Figure(
            "intakes assessed with reasons, start-up included",
            long.intakes / long.seconds,
            "a second",
            note=f"{long.intakes:,} in {long.seconds:.0f} s on one core",
        ),
    ]


def run(count: int) -> Run:
    """One run over so many intakes, each of them different. Raises: StreamError where a line is refused or lost."""
    words = [sys.executable, "-m", "screening", "assess", PATHWAY, "-", "--jsonl"]
    words = [sys.executable, "-S", "-c", STARTER, *words]
    start = perf_counter()
    with subprocess.Popen(words, stdin=PIPE, stdout=PIPE, stderr=PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        answered: list[int] = []
        reader = Thread(target=_count, args=(process.stdout, answered))
        reader.start()
        for line in lines(count):
            process.stdin.write(line)
        process.stdin.close()
        reader.join()
        told = process.stderr.read().decode()
    seconds = perf_counter() - start
    if process.returncode or answered != [count]:
        raise StreamError(f"{answered} of {count} lines answered, exit status {process.returncode}: {told}")
    peak = int(told.split()[-1]) * (1 if sys.platform == "darwin" else 1024)
    return Run(count, seconds, peak / MEBIBYTE)


def _count(stream: IO[bytes], into: list[int]) -> None:
    """Counts lines without keeping them: there is more than a gibibyte of them."""
    found = 0
    while chunk := stream.read(MEBIBYTE):
        found += chunk.count(b"\n")
    into.append(found)


def lines(count: int) -> Iterator[bytes]:
    """The people of the demo again and again, never twice the same: other days, weights, and answers left out."""
    dice = Random(count)
    forms = {step.questionnaire for step in library_at(None).pathways[PATHWAY].steps}
    people = [
        {name: dict(answers) for name, answers in person.answers.items() if name in forms}
        for person in read_people(datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC), UTC)
    ]
    for number in range(count):
        today = DAY + timedelta(days=dice.randrange(DAYS))
        record = {"id": number, "today": today.isoformat(), "answers": _varied(dice, people[number % len(people)])}
        yield json.dumps(record).encode() + b"\n"


def _varied(dice: Random, answers: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    varied = dict(answers)
    for name in dice.sample(sorted(varied), min(LEFT_OUT, len(varied))):
        given = dict(varied[name])
        given.pop(dice.choice(sorted(given)), None)
        varied[name] = given
    weight = round(dice.uniform(45, 140), 1)
    varied["about_you"] = {**varied["about_you"], "weight": weight}
    return varied
