"""The same rules in each engine's words, and what two-valued logic makes of them."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.assess.specification import Asked, Response, Rule, Specification

SYMBOLS = {"eq": "==", "ge": ">=", "le": "<=", "gt": ">", "lt": "<"}


def definition(spec: Specification) -> bytes:
    """The specification as one questionnaire file of ours (JSON is YAML)."""
    kinds = {question.id: question for question in spec.questions}
    questions = [_question(question, kinds, spec.gates.get(question.id)) for question in spec.questions]
    pages = [
        {"id": f"p{start}", "title": f"Page {start}", "questions": questions[start : start + 10]}
        for start in range(0, len(questions), 10)
    ]
    cited = {"why": "Measured.", "action": "None.", "sources": ["made_up"]}
    return json.dumps(
        {
            "questionnaire": "intake",
            "title": "Intake",
            "audience": "patient",
            "sources": {"made_up": {"cites": "Made up for measuring."}},
            "pages": pages,
            "scores": [
                {"id": id, "title": id, "value": f"sum({', '.join(items)})"} for id, items in spec.scores.items()
            ],
            "flags": [
                {"id": id, "tier": "relative", "when": expression(rule, kinds), "title": id, **cited}
                for id, rule in spec.flags.items()
            ],
        }
    ).encode()


def _question(question: Asked, kinds: dict[str, Asked], gate: Rule | None) -> dict[str, Any]:
    asked: dict[str, Any] = {"id": question.id, "text": question.id}
    if gate:
        asked["when"] = expression(gate, kinds)
    match question.kind:
        case "bool":
            return {**asked, "type": "yes_no"}
        case "ordinal":
            options = [{"id": f"o{points}", "text": str(points), "points": points} for points in question.options]
            return {**asked, "type": "scale", "options": options}
        case "number":
            return {**asked, "type": "integer", "range": [0, 200]}
        case kind:
            options = [{"id": code, "text": code} for code in question.options]
            return {**asked, "type": "choices" if kind == "multi" else "choice", "options": options}


def expression(rule: Rule, kinds: dict[str, Asked]) -> str:
    """A rule in our language."""
    match rule:
        case {"op": "and" | "or" as word, "args": parts}:
            return "(" + f" {word} ".join(expression(part, kinds) for part in parts) + ")"
        case {"op": "not", "arg": part}:
            return f"(not {expression(part, kinds)})"
        case {"op": "sge", "s": score, "v": least}:
            return f"({score} >= {least})"
        case {"op": "has", "q": question, "v": code}:
            return f"('{code}' in {question})"
        case {"op": "in", "q": question, "v": codes}:
            return f"({question} in {{{', '.join(map(repr, codes))}}})"
        case {"op": op, "q": question, "v": value}:
            literal = _literal(kinds[question], op, value)
            return f"({question} {SYMBOLS[op]} {literal})"
    raise ValueError(rule)


def _literal(question: Asked, op: str, value: Any) -> str:  # noqa: ANN401  whatever its kind takes
    match question.kind:
        case "bool":
            return "'yes'" if value else "'no'"
        case "ordinal" if op == "eq":
            return f"'o{value}'"
        case "choice":
            return repr(value)
        case _:
            return str(value)


def stored(spec: Specification, response: Response) -> dict[str, dict[str, Any]]:
    """A response as our intakes keep it: option codes, numbers and lists by questionnaire and question."""
    kinds = {question.id: question.kind for question in spec.questions}
    codes = {"bool": lambda value: "yes" if value else "no", "ordinal": lambda value: f"o{value}"}
    return {"intake": {id: codes.get(kinds[id], lambda value: value)(value) for id, value in response.items()}}


def json_logic(rule: Rule) -> Any:  # noqa: ANN401  JSON
    """A rule for json-logic-js, guarded so that a missing answer makes every comparison false."""
    match rule:
        case {"op": "and" | "or" as word, "args": parts}:
            return {word: [json_logic(part) for part in parts]}
        case {"op": "not", "arg": part}:
            return {"!": [json_logic(part)]}
        case {"op": "sge", "s": score, "v": least}:
            return {">=": [{"var": score}, least]}
        case {"op": "has", "q": question, "v": code}:
            return {"in": [code, {"var": question}]}
        case {"op": "in", "q": question, "v": codes}:
            return {"in": [{"var": question}, codes]}
        case {"op": "eq", "q": question, "v": value}:
            return {"===": [{"var": question}, value]}
        case {"op": op, "q": question, "v": value}:
            known = {"!==": [{"var": question}, None]}
            return {"and": [known, {SYMBOLS[op]: [{"var": question}, value]}]}
    raise ValueError(rule)


def survey(rule: Rule) -> str:
    """A rule for SurveyJS's expression runner."""
    match rule:
        case {"op": "and" | "or" as word, "args": parts}:
            return "(" + f" {word} ".join(survey(part) for part in parts) + ")"
        case {"op": "not", "arg": part}:
            return f"!({survey(part)})"
        case {"op": "sge", "s": score, "v": least}:
            return f"({{{score}}} >= {least})"
        case {"op": "has", "q": question, "v": code}:
            return f"({{{question}}} contains '{code}')"
        case {"op": "in", "q": question, "v": codes}:
            return f"({{{question}}} anyof [{', '.join(map(repr, codes))}])"
        case {"op": op, "q": question, "v": value}:
            return f"({{{question}}} {SYMBOLS[op]} {json.dumps(value)})"
    raise ValueError(rule)


def two_valued(spec: Specification, response: Response) -> dict[str, Any]:
    """What logic without an unknown says: hidden questions, score totals, flags raised.

    A hidden answer is dropped before anything later reads it; a comparison with a missing answer is false; a missing
    item adds nothing to a score.
    """
    given = dict(response)
    hidden = []
    for question, gate in spec.gates.items():
        if not _holds(gate, given):
            hidden.append(question)
            given.pop(question, None)
    totals = {score: sum(given.get(item, 0) for item in items) for score, items in spec.scores.items()}
    given.update(totals)
    return {"hidden": hidden, "scores": totals, "flags": [id for id, rule in spec.flags.items() if _holds(rule, given)]}


def _holds(rule: Rule, given: dict[str, Any]) -> bool:
    match rule:
        case {"op": "and", "args": parts}:
            return all(_holds(part, given) for part in parts)
        case {"op": "or", "args": parts}:
            return any(_holds(part, given) for part in parts)
        case {"op": "not", "arg": part}:
            return not _holds(part, given)
        case {"op": "sge", "s": score, "v": least}:
            return bool(given[score] >= least)
        case {"op": op, "q": question, "v": value}:
            return question in given and _compared(op, given[question], value)
    raise ValueError(rule)


def _compared(op: str, answer: Any, value: Any) -> bool:  # noqa: ANN401  whatever the kinds take
    match op:
        case "eq":
            return bool(answer == value)
        case "in":
            return answer in value
        case "has":
            return value in answer
        case "ge":
            return bool(answer >= value)
        case "le":
            return bool(answer <= value)
        case "gt":
            return bool(answer > value)
        case _:
            return bool(answer < value)
