"""A plan compiled once: what answers mean is then a function call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from screening.assessment.answers import Answers, Value, read_answers
from screening.assessment.compiler import Compiler
from screening.assessment.layout import Slot, scores_of, slots_of
from screening.assessment.loading import AnswerForm, Loader
from screening.assessment.source import TRUE
from screening.assessment.truth import State, Truth
from screening.definition.expression import Node, Not, Or, references
from screening.definition.model import Check, Plan
from screening.definition.order import in_order, needs, trees

Given = Callable[[str], Any]
PLANS_KEPT = 64

_STATES = (State.RULED_OUT, State.OPEN, State.RAISED)
_TRUTHS = (Truth.FALSE, Truth.UNKNOWN, Truth.TRUE)


class Wanted(NamedTuple):
    """What a compiled function shall say: the truth of conditions, the ranges of scores, and which gated are asked.

    Where it is not `gated`, every answer counts, whether it is asked or not.
    """

    conditions: tuple[Node, ...] = ()
    scores: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    gated: bool = True


class Said(NamedTuple):
    """What it says, in the order of what was wanted; a truth is 0 false, 1 unknown, 2 true."""

    conditions: tuple[int, ...]
    scores: tuple[tuple[int | float, int | float], ...]
    asked: tuple[int, ...]


Evaluate = Callable[[Given, int], Said]


@lru_cache(maxsize=PLANS_KEPT)
def program_for(plan: Plan) -> Program:
    """The compiled plan; one for all plans of the same content hash."""
    return Program(plan)


class Program:
    """A compiled plan. Its functions take answers and a day, and touch nothing else."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.slots = slots_of(plan)
        self.scores = scores_of(plan)
        self.trees = trees(plan.questionnaires)
        self.needs = needs(plan.questionnaires)
        self.order = in_order(plan.questionnaires)
        self.gated = tuple(key for key, slot in self.slots.items() if slot.question.when)
        self.offering = tuple(k for k, slot in self.slots.items() if any(o.when for o in slot.question.options))
        self.conditions = tuple(planned.flag.when.tree for planned in plan.flags)
        self._functions: dict[Wanted, Evaluate] = {}
        self._bearing: dict[str, frozenset[str]] = {}

    def states(self, answers: Answers, today: date) -> dict[str, State]:
        """The state of every flag, by id; no reasons, so it is fast."""
        said = self._states(answers.known.get, today.toordinal())
        return {flag.id: _STATES[truth] for flag, truth in zip(self.plan.flags, said.conditions, strict=True)}

    def whole(self) -> Evaluate:
        """The function that says everything: flags, scores, and what is asked, in the plan's order."""
        return self._whole[AnswerForm.READ]

    def of_stored(self, raw: Mapping[str, Mapping[str, object]], today: date) -> Said:
        """Everything that is said of answers as they are stored, `{questionnaire: {question: raw}}`.

        They were checked when they were saved, so they are read while they are assessed, which is faster. Raises:
        AnswersError where they do not fit after all.
        """
        day = today.toordinal()
        with suppress(AttributeError, KeyError, TypeError, ValueError):
            return self._whole[AnswerForm.STORED](raw.get, day)
        return self.whole()(read_answers(self.plan, raw, today).known.get, day)

    def asked(self, answers: Answers, today: date) -> dict[str, Truth]:
        """Whether each question is asked, by key; one whose condition is unknown is shown."""
        said = self._asked(answers.known.get, today.toordinal())
        asked = dict.fromkeys(self.slots, Truth.TRUE)
        asked.update(zip(self.gated, (_TRUTHS[truth] for truth in said.asked), strict=True))
        return asked

    def options_asked(self, key: str, answers: Answers, today: date) -> frozenset[str]:
        """The ids of a question's options that are offered: those whose own condition is not certainly false."""
        options = self.slots[key].question.options
        conditions = tuple(option.when.tree for option in options if option.when)
        truths = iter(self._truths(conditions, answers, today))
        return frozenset(option.id for option in options if not option.when or next(truths) is not Truth.FALSE)

    def stale(self, answers: Answers, today: date) -> frozenset[str]:
        """The keys of answers of which no option is offered any more; they count as unknown."""
        chosen = {key: _chosen(answers.known[key]) for key in self.offering if key in answers.known}
        return frozenset(
            key for key, codes in chosen.items() if codes and codes.isdisjoint(self.options_asked(key, answers, today))
        )

    def failed_checks(self, answers: Answers, today: date) -> tuple[tuple[str, str], ...]:
        """The key and message of every answered question that may be asked and whose check is certainly false."""
        checks, evaluate = self._checks
        said = evaluate(answers.known.get, today.toordinal())
        return tuple(
            (key, check.message)
            for (key, check), truth in zip(checks.items(), said.conditions, strict=True)
            if key in answers.known and _TRUTHS[truth] is Truth.FALSE
        )

    def _truths(self, conditions: tuple[Node, ...], answers: Answers, today: date) -> tuple[Truth, ...]:
        if not conditions:
            return ()
        said = self.compiled(Wanted(conditions))(answers.known.get, today.toordinal())
        return tuple(_TRUTHS[truth] for truth in said.conditions)

    def cone(self, trees: Iterable[Node]) -> tuple[str, ...]:
        """The keys of all questions and scores that some expressions rest on, in the order of evaluation."""
        seen: set[str] = set()
        waiting = [reference.key for tree in trees for reference in references(tree)]
        while waiting:
            key = waiting.pop()
            if key not in seen:
                seen.add(key)
                waiting.extend(self.needs.get(key, ()))
        return tuple(key for key in self.order if key in seen)

    def compiled(self, wanted: Wanted) -> Evaluate:
        """A function that says what is wanted, evaluating only what that rests on; kept for next time."""
        if wanted not in self._functions:
            self._functions[wanted] = _Writer(self).function(wanted)
        return self._functions[wanted]

    @cached_property
    def cones(self) -> Mapping[str, frozenset[str]]:
        """The keys of all questions and scores that each flag rests on, by the flag's id."""
        return {planned.id: frozenset(self.cone((planned.flag.when.tree,))) for planned in self.plan.flags}

    def bearing_on(self, questionnaire: str) -> frozenset[str]:
        """The keys of a questionnaire's questions, and of all that decides whether they are asked."""
        if questionnaire not in self._bearing:
            own = [key for key in self.slots if key.partition(".")[0] == questionnaire]
            self._bearing[questionnaire] = frozenset(
                (*own, *self.cone(tree for key in own for tree in self.trees[key]))
            )
        return self._bearing[questionnaire]

    @cached_property
    def _states(self) -> Evaluate:
        return self.compiled(Wanted(self.conditions))

    @cached_property
    def _asked(self) -> Evaluate:
        return self.compiled(Wanted(asked=self.gated))

    @cached_property
    def _checks(self) -> tuple[dict[str, Check], Evaluate]:
        """The checks of all questions by key, and one function for them: of subsets there would be too many."""
        checks = {key: slot.question.check for key, slot in self.slots.items() if slot.question.check}
        gates = (self.slots[key].question.when for key in checks)
        met = (
            Or((Not(gate.tree), check.that.tree)) if gate else check.that.tree
            for gate, check in zip(gates, checks.values(), strict=True)
        )
        return checks, self.compiled(Wanted(tuple(met)))

    @cached_property
    def _whole(self) -> dict[AnswerForm, Evaluate]:
        everything = Wanted(self.conditions, tuple(self.scores), self.gated)
        return {form: _Writer(self, form).function(everything) for form in AnswerForm}


def _chosen(value: Value) -> frozenset[str]:
    return frozenset(code for code in (value if isinstance(value, tuple) else (value,)) if isinstance(code, str))


class _Writer:
    """Writes one function of a program."""

    def __init__(self, program: Program, form: AnswerForm = AnswerForm.READ) -> None:
        self.program = program
        self.forms: dict[str, str] = {}
        self.numbers = {key: number for number, key in enumerate(program.scores)}
        self.compiler = Compiler(program.slots, self.numbers, program.plan.treatment)
        self.source = self.compiler.source
        self.loader = Loader(self.source, form, program.plan.formulary)

    def function(self, wanted: Wanted) -> Evaluate:
        """The function from given answers and the day's ordinal to what is said of them."""
        program = self.program
        gates = [when.tree for key in wanted.asked if (when := program.slots[key].question.when)]
        scores = [program.scores[key].value.tree for key in wanted.scores]
        settled = program.cone([*wanted.conditions, *scores, *gates])
        for key in (*settled, *(key for key in wanted.scores if key not in settled)):
            if key in program.slots:
                self._load(program.slots[key], gated=wanted.gated)
            else:
                self._score(key)
        for tree in gates:
            self.compiler.gate(tree)
        truths = [self.compiler.truth(tree) for tree in wanted.conditions]
        asked = [self.compiler.truth(tree) for tree in gates]
        ranges = [f"(x{self.numbers[key]}, y{self.numbers[key]})" for key in wanted.scores]
        self.source.line(f"return new(Said, ({_tuple(truths)}, {_tuple(ranges)}, {_tuple(asked)}))")
        return self._compiled()

    def _compiled(self) -> Evaluate:
        text = "\n".join(["def evaluate(given, today):", *self.source.lines])
        space: dict[str, Any] = {**self.source.constants, "NOTHING": {}, "Said": Said, "new": tuple.__new__}
        exec(compile(text, "<plan>", "exec"), space)  # noqa: S102  our own code: numbers and positions, no author's text
        evaluate: Evaluate = space["evaluate"]
        return evaluate

    def _load(self, slot: Slot, *, gated: bool) -> None:
        gate = slot.question.when if gated else None
        asked, maybe = self.compiler.gate(gate.tree) if gate else (TRUE, TRUE)
        self.loader.load(slot, self._given(slot), asked, maybe, self.compiler.offered(slot))

    def _given(self, slot: Slot) -> str:
        """Python source of the answer as it is given."""
        if not self.loader.stored:
            return f"given({slot.key!r})"
        form, _, question = slot.key.partition(".")
        if form not in self.forms:
            self.forms[form] = f"g{len(self.forms)}"
            self.source.line(f"{self.forms[form]} = given({form!r}, NOTHING).get")
        return f"{self.forms[form]}({question!r})"

    def _score(self, key: str) -> None:
        low, high = self.compiler.bounds(self.program.scores[key].value.tree)
        self.source.line(f"x{self.numbers[key]} = {low}")
        self.source.line(f"y{self.numbers[key]} = {high}")


def _tuple(values: list[str]) -> str:
    return f"({', '.join(values)},)" if values else "()"
