"""Why a flag is raised and what would settle an open one, found by asking the evaluator again.

`because` forgets answers one by one as long as the flag stays raised; the evaluator is monotone (the law), so what is
left is minimal. `settled_by` looks for two completions that differ in one answer only and lead to different states.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from screening.assessment.answers import Answers, Value
from screening.assessment.completion import completions, is_exact
from screening.assessment.program import Evaluate, Program, Wanted
from screening.definition.expression import Holds, Node, Number, Takes, references, walk
from screening.definition.model import PlannedFlag

RULED_OUT, OPEN, RAISED = 0, 1, 2
MOST_TRIES = 3_000


class Explanation:
    """The reasons of one plan's findings on one set of answers."""

    def __init__(self, program: Program, answers: Answers, today: date) -> None:
        self.program = program
        self.known = dict(answers.known)
        self.today = today

    def because(self, planned: PlannedFlag) -> tuple[str, ...]:
        """A smallest set of answers that raise the flag whatever all others are, in the order of the form."""
        tree = planned.flag.when.tree
        evaluate = self.program.compiled(Wanted((tree,)))
        cone = [key for key in self.program.cone((tree,)) if key in self.known]
        direct = [reference.key for reference in references(tree)]
        kept = {key: self.known[key] for key in cone}
        for key in sorted(cone, key=lambda key: direct.index(key) + 1 if key in direct else 0):
            less = {other: value for other, value in kept.items() if other != key}
            if self._state(evaluate, less) == RAISED:
                kept = less
        return tuple(key for key in self.program.slots if key in kept)

    def settled_by(self, planned: PlannedFlag) -> tuple[str, ...]:
        """The answers, missing or imprecise, on which the open flag still turns, in the order of the form."""
        tree = planned.flag.when.tree
        cone = self.program.cone((tree,))
        loose = [key for key in cone if key in self.program.slots and self._is_loose(key)]
        if not loose:
            return ()
        search = _Search(self, self.program.compiled(Wanted((tree,))), tree, loose)
        turning = {key for key in loose if search.turns_on(key)}
        if not turning:
            direct = {reference.key for reference in references(tree)}
            turning = {key for key in loose if key in direct}
        return tuple(key for key in self.program.slots if key in turning)

    def _is_loose(self, key: str) -> bool:
        return key not in self.known or not is_exact(self.known[key])

    def _state(self, evaluate: Evaluate, known: dict[str, Value]) -> int:
        return evaluate(known.get, self.today.toordinal()).conditions[0]


class _Search:
    """Looks for completions that differ in one answer and in the flag's state."""

    def __init__(self, explanation: Explanation, evaluate: Evaluate, tree: Node, loose: list[str]) -> None:
        self.explanation = explanation
        self.evaluate = evaluate
        self.loose = loose
        program, known = explanation.program, explanation.known
        classes, numbers = _named(program, tree)
        self.values: dict[str, tuple[Value, ...]] = {
            key: completions(program.slots[key].question, known.get(key), explanation.today, classes, numbers)
            for key in loose
        }
        self.tries = MOST_TRIES

    def turns_on(self, key: str) -> bool:
        """Whether two completions that differ only in this answer lead to different states.

        A search that grows too long says yes: to name an answer too many is safe, to leave one out is not.
        """
        others = [other for other in self.loose if other != key]
        return self._differs(key, dict(self.explanation.known), others)

    def _differs(self, key: str, known: dict[str, Value], others: list[str]) -> bool:
        states = set(self._states(key, known))
        if {RULED_OUT, RAISED} <= states:
            return True
        if OPEN not in states or not others:
            return False
        if self.tries <= 0:
            return True
        first, *rest = others
        return any(self._differs(key, {**known, first: value}, rest) for value in self.values[first])

    def _states(self, key: str, known: dict[str, Value]) -> Iterator[int]:
        day = self.explanation.today.toordinal()
        for value in self.values[key]:
            self.tries -= 1
            yield self.evaluate({**known, key: value}.get, day).conditions[0]


def _named(program: Program, tree: Node) -> tuple[frozenset[str], frozenset[int | float]]:
    """The classes of medicines and the numbers that a flag's condition names, or any condition that it rests on."""
    trees = [tree]
    for key in program.cone((tree,)):
        if key in program.scores:
            trees.append(program.scores[key].value.tree)
        elif gate := program.slots[key].question.when:
            trees.append(gate.tree)
    nodes = [node for each in trees for node in walk(each)]
    classes = frozenset(node.drug_class for node in nodes if isinstance(node, Takes))
    held = frozenset(node.code for node in nodes if isinstance(node, Holds))
    return classes | held, frozenset(node.value for node in nodes if isinstance(node, Number))
