"""What a clinician reads of one assessment: findings with their answers, what is not ruled out, and the scores.

A report is made from values alone (a plan, a stored assessment, the answers), so the screen, the print and later
exports show the same thing. Milder findings are folded under the graver ones that name them, and stay in sight.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from screening.assessment.answers import read_answers
from screening.assessment.forecast import Turn, turns
from screening.assessment.program import program_for
from screening.assessment.truth import State, Truth
from screening.definition.model import Audience, Plan, PlannedFlag, QuestionType, Source, Stage, Tier
from screening.exchange.answered import Raw, Said, Seen, classes_read, in_order, places, raw_answer, said
from screening.exchange.scores import ScorePicture, score_pictures
from screening.exchange.wording import (
    NOT_ASKED,
    counted,
    evidence_words,
    is_unknown,
    listed,
    read_words,
    tier_counts,
    triage_headline,
    turn_words,
    unknown_words,
    unrecognised,
)


@dataclass(frozen=True, slots=True)
class Citation:
    """A source as the clinician sees it; `read` says in words how far it was read."""

    cites: str
    section: str
    year: str
    url: str
    read: str


@dataclass(frozen=True, slots=True)
class RaisedFinding:
    """A raised flag with everything it rests on; `milder` are the raised findings that it outweighs.

    `turn` says when time alone changes it, and is empty where it does not.
    """

    id: str
    tier: Tier
    title: str
    why: str
    action: str
    said: tuple[Said, ...]
    sources: tuple[Citation, ...]
    evidence: str
    later: bool
    turn: str
    milder: tuple[RaisedFinding, ...]

    @property
    def sources_words(self) -> str:
        """How many sources there are and how far they were read: `3 sources: 2 primary text read, 1 convention`."""
        if not self.sources:
            return "no source"
        read = Counter(source.read for source in self.sources if source.read)
        how = list(read) if len(read) == 1 else [f"{number} {words}" for words, number in read.items()]
        return f"{counted(len(self.sources), 'source')}{': ' if how else ''}{', '.join(how)}"


@dataclass(frozen=True, slots=True)
class OpenFinding:
    """A flag that is not ruled out; `also` are the other questions on which it turns."""

    id: str
    tier: Tier
    title: str
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MissingAnswer:
    """An answer that keeps findings open, `reason` why it is missing, `asks` what to ask the patient to settle them.

    Findings that rest on several answers stand under the first of them that the form asks.
    """

    key: str
    question: str
    reason: str
    findings: tuple[OpenFinding, ...]
    asks: tuple[str, ...]
    medicines: tuple[str, ...] = ()

    @property
    def tier(self) -> Tier:
        """The gravest tier that the answer keeps open."""
        return max(finding.tier for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Report:
    """One assessment in words; `missing` is what it still turns on, `waiting` what a later stage is to settle.

    `ahead` are the findings that time alone will raise or open, each with its day.
    """

    triage: str
    headline: str
    counts: tuple[str, ...]
    raised: tuple[RaisedFinding, ...]
    missing: tuple[MissingAnswer, ...]
    waiting: tuple[MissingAnswer, ...]
    ruled_out: tuple[str, ...]
    ahead: tuple[str, ...]
    scores: tuple[ScorePicture, ...]
    sources: Mapping[str, Citation]
    today: str
    definitions: str

    @property
    def unrecognised(self) -> tuple[str, ...]:
        """The medicines that keep findings open because the formulary does not know them."""
        return tuple(name for answer in self.missing for name in answer.medicines)

    @property
    def open_findings(self) -> int:
        """How many findings of the stage are neither raised nor ruled out."""
        return sum(len(answer.findings) for answer in self.missing)

    @property
    def waiting_findings(self) -> int:
        """How many findings only a later stage can settle."""
        return sum(len(answer.findings) for answer in self.waiting)

    @property
    def missing_words(self) -> str:
        """How much rests on how little: `2 answers keep 5 findings open`."""
        return _resting(self.missing)

    @property
    def waiting_words(self) -> str:
        """The same for what waits for a later stage."""
        return _resting(self.waiting)

    @property
    def asks(self) -> int:
        """How many of the missing answers the patient can be asked for."""
        return sum(bool(answer.asks) for answer in self.missing)

    @property
    def actions(self) -> tuple[str, ...]:
        """What the raised findings say to do, gravest first, each once: offered as conditions of a decision."""
        return tuple(dict.fromkeys(finding.action for finding in flattened(self.raised) if finding.action))


def _resting(answers: Sequence[MissingAnswer]) -> str:
    findings = counted(sum(len(answer.findings) for answer in answers), "finding")
    one = len(answers) == 1
    return f"{counted(len(answers), 'answer')} {'keeps' if one else 'keep'} {findings} open"


class Basis(NamedTuple):
    """What a report is made from: `places` is the order of the questions, `seen` how some read in another language."""

    plan: Plan
    raw: Raw
    not_asked: frozenset[str]
    places: Mapping[str, int]
    seen: Mapping[str, Seen]


def basis_of(plan: Plan, raw: Raw, today: date, seen: Mapping[str, Seen] | None = None) -> Basis:
    """The plan and the answers with what they left unasked on that day."""
    asked = program_for(plan).asked(read_answers(plan, raw, today), today)
    return Basis(
        plan, raw, frozenset(key for key, truth in asked.items() if truth is Truth.FALSE), places(plan), seen or {}
    )


def report_of(
    plan: Plan,
    raw: Raw,
    assessment: Mapping[str, Any],
    stage: Stage | None = None,
    seen: Mapping[str, Seen] | None = None,
) -> Report:
    """The report on a stored assessment (`language.md` section 7) of those answers, triaged for a stage or all.

    `seen` are the questions that were answered in another language, by their keys.
    """
    today = date.fromisoformat(assessment["today"])
    basis = basis_of(plan, raw, today, seen)
    findings: Mapping[str, Mapping[str, Any]] = assessment["flags"]
    raised, unsettled, ruled_out = (
        _in_state(plan, findings, state) for state in (State.RAISED, State.OPEN, State.RULED_OUT)
    )
    because = {planned.id: tuple(findings[planned.id]["because"]) for planned in raised}
    settled_by = {planned.id: tuple(findings[planned.id]["settled_by"]) for planned in unsettled}
    now = [planned for planned in unsettled if _reached(planned, stage)]
    later = [planned for planned in unsettled if not _reached(planned, stage)]
    cited = {name: citation(source) for name, source in plan.sources.items()}
    turning = {turn.flag: turn for turn in turns(program_for(plan), raw, today)}
    return Report(
        triage=assessment["triage"],
        headline=triage_headline(assessment["triage"], sum(planned.tier >= Tier.RELATIVE for planned in now)),
        counts=tier_counts(planned.tier for planned in raised),
        raised=_folded(basis, raised, because, cited, turning),
        missing=_missing(basis, now, settled_by),
        waiting=_missing(basis, later, settled_by),
        ruled_out=tuple(planned.flag.title for planned in ruled_out),
        ahead=tuple(
            f"{planned.flag.title}: {turn_words(turning[planned.id])}"
            for planned in (*unsettled, *ruled_out)
            if planned.id in turning
        ),
        scores=score_pictures(plan, assessment["scores"], raw, today),
        sources=cited,
        today=assessment["today"],
        definitions=assessment["definitions"],
    )


def _reached(planned: PlannedFlag, stage: Stage | None) -> bool:
    stages = tuple(Stage)
    return stage is None or stages.index(planned.stage) <= stages.index(stage)


def citation(source: Source) -> Citation:
    """The source in the clinician's words."""
    return Citation(source.cites, source.section, source.year, source.url, read_words(source.read))


def flattened(findings: Sequence[RaisedFinding]) -> tuple[RaisedFinding, ...]:
    """The findings with those folded under them, gravest first."""
    everything = [*findings, *(one for finding in findings for one in flattened(finding.milder))]
    return tuple(sorted(everything, key=lambda finding: -finding.tier))


def _in_state(plan: Plan, findings: Mapping[str, Mapping[str, Any]], state: State) -> list[PlannedFlag]:
    matching = [flag for flag in plan.flags if flag.id in findings and findings[flag.id]["state"] == state.value]
    return sorted(matching, key=lambda planned: -planned.tier)


def _folded(
    basis: Basis,
    raised: Sequence[PlannedFlag],
    because: Mapping[str, tuple[str, ...]],
    cited: Mapping[str, Citation],
    turning: Mapping[str, Turn],
) -> tuple[RaisedFinding, ...]:
    """The raised findings as a forest: each milder one under the gravest raised one that names it."""
    graver: dict[str, str] = {}
    for planned in raised:
        for milder in planned.flag.graver_than:
            if milder in because and milder not in _line(graver, planned.id):
                graver.setdefault(milder, planned.id)

    def finding(planned: PlannedFlag) -> RaisedFinding:
        flag, classes = planned.flag, classes_read(planned.flag.when.tree)
        return RaisedFinding(
            id=flag.id,
            tier=planned.tier,
            title=flag.title,
            why=flag.why,
            action=flag.action,
            said=tuple(
                replace(said(basis.plan, key, basis.raw, classes), seen=basis.seen.get(key))
                for key in in_order(basis.places, because[flag.id])
            ),
            sources=tuple(cited[name] for name in flag.sources if name in cited),
            evidence=evidence_words(flag.evidence),
            later=planned.stage is not Stage.SCREENING,
            turn=turn_words(turning[flag.id]) if flag.id in turning else "",
            milder=tuple(finding(other) for other in raised if graver.get(other.id) == flag.id),
        )

    return tuple(finding(planned) for planned in raised if planned.id not in graver)


def _line(graver: Mapping[str, str], flag: str) -> set[str]:
    """The flag and all that it is folded under, so that two that name each other do not both vanish."""
    line = {flag}
    while (flag := graver.get(flag, "")) and flag not in line:
        line.add(flag)
    return line


def _missing(
    basis: Basis, unsettled: Sequence[PlannedFlag], settled_by: Mapping[str, tuple[str, ...]]
) -> tuple[MissingAnswer, ...]:
    """The open findings under the answers they rest on, gravest first; every finding stands once."""
    under: dict[str, list[PlannedFlag]] = {}
    for planned in unsettled:
        first = next(iter(in_order(basis.places, settled_by[planned.id])), "")
        under.setdefault(first, []).append(planned)
    answers = [_missing_answer(basis, key, under[key], settled_by) for key in in_order(basis.places, under)]
    return tuple(sorted(answers, key=lambda answer: -answer.tier))


def _missing_answer(
    basis: Basis, key: str, unsettled: Sequence[PlannedFlag], settled_by: Mapping[str, tuple[str, ...]]
) -> MissingAnswer:
    findings = tuple(_open_finding(basis, planned, key, settled_by[planned.id]) for planned in unsettled)
    if not key:
        return MissingAnswer("", "No single answer settles these", "", findings, ())
    question = basis.plan.question(key)
    raw = raw_answer(basis.raw, key)
    names = unrecognised(raw, basis.plan.formulary) if question.type is QuestionType.MEDICINES else ()
    wanted = {other for planned in unsettled for other in settled_by[planned.id] if _can_ask(basis, other)}
    return MissingAnswer(
        key=key,
        question=question.text,
        reason=_reason(basis, key, names),
        findings=findings,
        asks=in_order(basis.places, wanted),
        medicines=names,
    )


def _open_finding(basis: Basis, planned: PlannedFlag, under: str, settled_by: Sequence[str]) -> OpenFinding:
    others = in_order(basis.places, (key for key in settled_by if key != under))
    also = tuple(basis.plan.question(key).text for key in others)
    return OpenFinding(planned.id, planned.tier, planned.flag.title, also)


def _reason(basis: Basis, key: str, medicines: Sequence[str]) -> str:
    if medicines:
        return f"{listed([f'“{name}”' for name in medicines])} not recognised"
    if key in basis.not_asked:
        return NOT_ASKED
    raw = raw_answer(basis.raw, key)
    if is_unknown(raw):
        return unknown_words(raw)
    words = listed(said(basis.plan, key, basis.raw).words)
    return f"answered “{words.strip('“”')}”, which is not exact enough"


def _can_ask(basis: Basis, key: str) -> bool:
    form = basis.plan.questionnaire(key.partition(".")[0])
    return form.audience is Audience.PATIENT and key not in basis.not_asked
