"""What every engine is given to assess: questions, when each is asked, scores, flags, and seeded responses.

The shape is that of a whole intake: 120 questions, 40 of them asked only under a condition, six scores of nine items
and 30 flags. Rules are JSON (`{"op": "and", "args": [...]}`), so that each engine gets them in its own words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

Rule = dict[str, Any]
Response = dict[str, Any]

SEED = 2_200_314
RESPONSES = 1_000
UNANSWERED = 0.1
HABITS = ("never", "once", "still", "unknown")
CODES = tuple(f"c{number}" for number in range(10))
KINDS = ("ordinal",) * 54 + ("bool",) * 30 + ("number",) * 16 + ("choice",) * 12 + ("multi",) * 8
ALWAYS_ASKED, GATED, SCORES, ITEMS, FLAGS = 10, 40, 6, 9, 30
NEAR = 30


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: its id, and its kind of answer with what may be chosen."""

    id: str
    kind: str
    options: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Specification:
    """The whole of it; `gates`, `scores` and `flags` in the order in which they are evaluated."""

    name: str
    questions: tuple[Asked, ...]
    gates: dict[str, Rule]
    scores: dict[str, tuple[str, ...]]
    flags: dict[str, Rule]
    responses: tuple[Response, ...]


def made() -> Specification:
    """Our own specification, the same in every run."""
    dice = Random(SEED)
    kinds = list(KINDS)
    dice.shuffle(kinds)
    options = {"ordinal": (0, 1, 2, 3), "choice": HABITS, "multi": CODES}
    questions = tuple(Asked(f"q{index}", kind, options.get(kind, ())) for index, kind in enumerate(kinds))
    items = [question.id for question in questions if question.kind == "ordinal"]
    dice.shuffle(items)
    scores = {f"s{index}": tuple(items[index * ITEMS : (index + 1) * ITEMS]) for index in range(SCORES)}
    gated = sorted(dice.sample(range(ALWAYS_ASKED, len(questions)), GATED))
    gates = {
        questions[at].id: _rule(dice, questions[max(0, at - NEAR) : at], dice.choice((0, 0, 1, 2))) for at in gated
    }
    flags = {f"f{index}": _flag(dice, questions, tuple(scores), index) for index in range(FLAGS)}
    responses = tuple(dict(_answers(dice, questions)) for _ in range(RESPONSES))
    return Specification("own", questions, gates, scores, flags, responses)


def read(folder: Path) -> Specification:
    """A specification made elsewhere: `spec.json` and `responses.json` in a folder."""
    spec = json.loads((folder / "spec.json").read_text())
    return Specification(
        str(folder.name),
        tuple(Asked(each["id"], each["type"], tuple(each.get("options", ()))) for each in spec["questions"]),
        {each["q"]: each["when"] for each in spec["visibility"]},
        {each["id"]: tuple(each["items"]) for each in spec["scores"]},
        {each["id"]: each["when"] for each in spec["flags"]},
        tuple(json.loads((folder / "responses.json").read_text())),
    )


def read_of(rule: Rule) -> Iterator[str]:
    """The ids of the questions and scores that a rule reads."""
    match rule:
        case {"op": "and" | "or", "args": parts}:
            for part in parts:
                yield from read_of(part)
        case {"op": "not", "arg": part}:
            yield from read_of(part)
        case {"op": "sge", "s": score}:
            yield score
        case {"q": question}:
            yield question


def _flag(dice: Random, questions: Sequence[Asked], scores: Sequence[str], index: int) -> Rule:
    """Every third flag asks a score, alone or with other answers."""
    if index % 3:
        return _rule(dice, questions, dice.choice((1, 2, 2)))
    score = {"op": "sge", "s": dice.choice(scores), "v": dice.randint(8, 18)}
    word = dice.choice(("alone", "and", "or"))
    return score if word == "alone" else {"op": word, "args": [score, _rule(dice, questions, 1)]}


def _rule(dice: Random, pool: Sequence[Asked], depth: int) -> Rule:
    if depth == 0:
        return _comparison(dice, dice.choice(pool))
    word = dice.choices(("not", "and", "or"), (15, 40, 45))[0]
    if word == "not":
        return {"op": "not", "arg": _rule(dice, pool, depth - 1)}
    parts = [_rule(dice, pool, dice.randrange(depth)) for _ in range(dice.choice((2, 2, 3)))]
    return {"op": word, "args": parts}


def _comparison(dice: Random, question: Asked) -> Rule:
    """One question compared so that its answer can make it true and can make it false."""
    match question.kind:
        case "bool":
            return {"op": "eq", "q": question.id, "v": dice.random() < 0.8}
        case "ordinal":
            return {"op": dice.choice(("ge", "le", "eq")), "q": question.id, "v": dice.choice((1, 2))}
        case "number":
            return {"op": dice.choice(("gt", "ge", "lt")), "q": question.id, "v": dice.randint(30, 170)}
        case "choice":
            return {"op": "in", "q": question.id, "v": dice.sample(question.options[:3], dice.choice((1, 2)))}
        case _:
            return {"op": "has", "q": question.id, "v": dice.choice(question.options)}


def _answers(dice: Random, questions: Sequence[Asked]) -> Iterator[tuple[str, Any]]:
    for question in questions:
        if dice.random() >= UNANSWERED:
            yield question.id, answer(dice, question)


def answer(dice: Random, question: Asked) -> Any:  # noqa: ANN401  whatever its kind takes
    """Some answer to the question."""
    match question.kind:
        case "bool":
            return dice.random() < 0.5
        case "number":
            return dice.randint(0, 200)
        case "multi":
            return sorted(dice.sample(question.options, dice.randint(1, 4)))
        case _:
            return dice.choice(question.options)
