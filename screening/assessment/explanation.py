"""Why a flag is raised and what would settle an open one, found by asking the evaluator again.

`because` forgets answers one by one as long as the flag stays raised; the evaluator is monotone (the law), so what is
left is minimal. `settled_by` looks for answers without which the flag stays open though all others are definite.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from screening.assessment.answers import Answers, Value
from screening.assessment.completion import completions, is_exact, named
from screening.assessment.program import Evaluate, Program, Wanted
from screening.definition.expression import Node, references
from screening.definition.model import PlannedFlag

RULED_OUT, OPEN, RAISED = 0, 1, 2
MOST_TRIES = 3_000

Known = Mapping[str, Value]


class Explanation:
    """The reasons of one plan's findings on one set of answers; `unasked` questions are certainly not asked."""

    def __init__(self, program: Program, answers: Answers, today: date, unasked: frozenset[str]) -> None:
        self.program = program
        self.known = dict(answers.known)
        self.today = today
        self.unasked = unasked

    def because(self, planned: PlannedFlag) -> tuple[str, ...]:
        """A smallest set of answers that raise the flag whatever all others are, in the order of the form."""
        tree = planned.flag.when.tree
        evaluate = self.program.compiled(Wanted((tree,)))
        cone = [key for key in self.program.cone((tree,)) if key in self.known]
        direct = [reference.key for reference in references(tree)]
        kept = {key: self.known[key] for key in cone}
        for key in sorted(cone, key=lambda key: direct.index(key) + 1 if key in direct else 0):
            less = {other: value for other, value in kept.items() if other != key}
            if evaluate(less.get, self.today.toordinal()).conditions[0] == RAISED:
                kept = less
        return tuple(key for key in self.program.slots if key in kept)

    def settled_by(self, planned: PlannedFlag) -> tuple[str, ...]:
        """The answers, missing or imprecise, on which the open flag still turns, in the order of the form.

        None where no answer would settle it: what it reads is not asked, and nothing says what that implies.
        """
        tree = planned.flag.when.tree
        search = _Search(self, tree)
        turning = {key for key in search.values if search.turns_on(key)}
        return tuple(key for key in self.program.slots if key in turning)


class _Search:
    """Looks for definite values of the other answers under which a flag waits for one."""

    def __init__(self, explanation: Explanation, tree: Node) -> None:
        program, self.known = explanation.program, explanation.known
        self.day = explanation.today.toordinal()
        self.evaluate: Evaluate = program.compiled(Wanted((tree,)))
        cone = program.cone((tree,))
        wanted = named((tree, *(each for key in cone for each in program.trees[key])))
        self.values: dict[str, tuple[Value, ...]] = {}
        for key in cone:
            slot, value = program.slots.get(key), self.known.get(key)
            if slot is None or key in explanation.unasked:
                continue
            if value is None or not is_exact(slot.question, value, wanted):
                self.values[key] = completions(slot.question, value, explanation.today, wanted)
        self.tries = MOST_TRIES

    def turns_on(self, key: str) -> bool:
        """Whether the flag is open for want of this answer where all others are definite, and some value settles it.

        A search that grows too long says yes: to name an answer too many is safe, to leave one out is not.
        """
        return self._waits(key, self.known, [other for other in self.values if other != key])

    def _waits(self, key: str, known: Known, others: list[str]) -> bool:
        if self._state(known) != OPEN:
            return False
        states = {self._state({**known, key: value}) for value in self.values[key]}
        if not others:
            return states != {OPEN}
        if {RULED_OUT, RAISED} <= states or self.tries <= 0:
            return True
        first, *rest = others
        return any(self._waits(key, {**known, first: value}, rest) for value in self.values[first])

    def _state(self, known: Known) -> int:
        self.tries -= 1
        return self.evaluate(known.get, self.day).conditions[0]
