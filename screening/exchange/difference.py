"""What changed between two assessments of one patient, in words: findings, scores and answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from screening.assessment.truth import State
from screening.definition.model import Plan
from screening.exchange.answered import Raw, raw_answer
from screening.exchange.wording import is_unknown, range_words


class Assessed(NamedTuple):
    """A stored assessment with the plan and the raw answers that it was made from."""

    plan: Plan
    raw: Raw
    assessment: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """Titles of findings that came, went or opened, scores before and after, and how many answers changed."""

    raised: tuple[str, ...]
    no_longer: tuple[str, ...]
    opened: tuple[str, ...]
    scores: tuple[str, ...]
    changed: int
    same: int

    def lines(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What there is to say, as pairs of a word and its lines."""
        answers = (f"{self.changed} changed, {self.same} the same",) if self.changed else ()
        said = (
            ("New", self.raised),
            ("Gone", self.no_longer),
            ("Now open", self.opened),
            ("Scores", self.scores),
            ("Answers", answers),
        )
        return tuple((name, lines) for name, lines in said if lines)


def difference(before: Assessed, after: Assessed) -> Difference:
    """What is different in the later assessment; flags and questions are the same where their ids are."""
    old, new = _titles(before, State.RAISED), _titles(after, State.RAISED)
    old_open, new_open = _titles(before, State.OPEN), _titles(after, State.OPEN)
    keys = {*_keys(before.raw), *_keys(after.raw)}
    differing = {key for key in keys if _given(before.raw, key) != _given(after.raw, key)}
    given = {key for key in keys if _given(after.raw, key) is not None}
    return Difference(
        raised=tuple(title for flag, title in new.items() if flag not in old),
        no_longer=tuple(title for flag, title in old.items() if flag not in new),
        opened=tuple(title for flag, title in new_open.items() if flag not in old_open and flag not in old),
        scores=tuple(_scores(before, after)),
        changed=len(differing),
        same=len(given - differing),
    )


def _titles(assessed: Assessed, state: State) -> dict[str, str]:
    flags = sorted(assessed.plan.flags, key=lambda planned: -planned.tier)
    found = assessed.assessment["flags"]
    return {flag.id: flag.flag.title for flag in flags if found.get(flag.id, {}).get("state") == state.value}


def _scores(before: Assessed, after: Assessed) -> Iterator[str]:
    """Scores whose range is another one now; one that was never answered before is no change."""
    old, new = before.assessment["scores"], after.assessment["scores"]
    for form in after.plan.questionnaires:
        for score in form.scores:
            key = f"{form.id}.{score.id}"
            if key in old and key in new:
                was, now = (range_words(value["low"], value["high"]) for value in (old[key], new[key]))
                if was != now:
                    yield f"{score.title} {was} → {now}"


def _keys(raw: Raw) -> Iterator[str]:
    for questionnaire, answers in raw.items():
        for question in answers:
            yield f"{questionnaire}.{question}"


def _given(raw: Raw, key: str) -> object:
    """The answer, with all ways of leaving it open alike."""
    answer = raw_answer(raw, key)
    return None if is_unknown(answer) else answer
