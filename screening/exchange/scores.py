"""Scores as pictures: a bar with its bands, a pin where the value is exact, a hatched span where it is not."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from screening.assessment.program import Wanted, program_for
from screening.definition.expression import references
from screening.definition.model import Band, Plan, Score
from screening.exchange.answered import Raw, raw_answer
from screening.exchange.wording import band_words, is_unknown, listed, number_words, range_words

WIDTH = 300.0
SHADES = 5


@dataclass(frozen=True, slots=True)
class Segment:
    """A band on the bar, from `x` on, `width` wide; `shade` runs from 0 (mildest) to `SHADES`."""

    x: float
    width: float
    shade: int
    label: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A published cut-off on the bar."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class ScorePicture:
    """A score ready to be drawn and read: `pin` is where an exact value stands, `span` where an inexact one may.

    `known` is whether anything is known of it: with nothing answered it may be all that it can be.
    """

    key: str
    title: str
    value: str
    band: str
    cutoffs: str
    answered: str
    segments: tuple[Segment, ...]
    ticks: tuple[Tick, ...]
    pin: float | None
    span: tuple[float, float] | None
    description: str
    prorated: str
    licence: str
    sources: tuple[str, ...]
    known: bool


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where numbers fall on the bar: values from `low` to `high` over its whole width, others at its ends."""

    low: float
    high: float

    def x(self, value: float) -> float:
        if self.high <= self.low:
            return 0.0
        return round(WIDTH * min(max((value - self.low) / (self.high - self.low), 0.0), 1.0), 1)


def score_pictures(
    plan: Plan, values: Mapping[str, Mapping[str, object]], raw: Raw, today: date
) -> tuple[ScorePicture, ...]:
    """A picture of each score that the assessment holds, in the order of the plan."""
    program = program_for(plan)
    widest = program.compiled(Wanted(scores=tuple(program.scores)))(_nothing, today.toordinal()).scores
    extents = dict(zip(program.scores, widest, strict=True))
    return tuple(_picture(key, program.scores[key], values[key], raw, extents[key]) for key in extents if key in values)


def _nothing(_key: str) -> None:
    """No answer to any question: what a score can be at all is its range on these."""


def _picture(
    key: str, score: Score, value: Mapping[str, object], raw: Raw, extent: tuple[float, float]
) -> ScorePicture:
    low, high = float(str(value["low"])), float(str(value["high"]))
    exact = low == high
    scale = _scale(score, *extent)
    band = band_words(score.bands, low, high)
    return ScorePicture(
        key=key,
        title=score.title,
        value=range_words(low, high),
        band=band,
        cutoffs=_cutoff_words(score, low, high),
        answered="" if exact else _answered_words(score, raw),
        segments=_segments(score.bands, scale),
        ticks=tuple(Tick(scale.x(cut.at), f"{number_words(cut.at)}: {cut.label}") for cut in score.cutoffs),
        pin=scale.x(low) if exact else None,
        span=None if exact else (scale.x(low), max(scale.x(high) - scale.x(low), 3.0)),
        description=_description(score, band, scale, exact=exact),
        prorated=number_words(float(str(value["prorated"]))) if "prorated" in value else "",
        licence=score.licence,
        sources=score.sources,
        known=(low, high) != extent,
    )


def _scale(score: Score, lowest: float, highest: float) -> _Scale:
    """The bar's two ends: what the score can be, cut where an outer band is far wider than the others (BMI to 350)."""
    edges = [band.low for band in score.bands]
    inner = [after - before for before, after in itertools.pairwise(edges[1:])]
    if not inner:
        return _Scale(lowest, highest)
    usual = sum(inner) / len(inner)
    low = edges[1] - usual if edges[1] - lowest > 2.5 * usual else lowest
    high = edges[-1] + usual if highest - edges[-1] > 2.5 * usual else highest
    return _Scale(low, high)


def _segments(bands: Sequence[Band], scale: _Scale) -> tuple[Segment, ...]:
    if not bands:
        return (Segment(0.0, WIDTH, 0, ""),)
    ends = [band.low for band in bands[1:]] + [scale.high]
    return tuple(
        Segment(
            x=scale.x(band.low if at else scale.low),
            width=round(scale.x(end) - scale.x(band.low if at else scale.low), 1),
            shade=round(SHADES * at / max(len(bands) - 1, 1)),
            label=band.label,
        )
        for at, (band, end) in enumerate(zip(bands, ends, strict=True))
    )


def _cutoff_words(score: Score, low: float, high: float) -> str:
    """Where the value stands to the cut-offs: the highest reached for certain, else the first that is ahead."""
    reached = [cut for cut in score.cutoffs if low >= cut.at]
    if reached:
        top = max(reached, key=lambda cut: cut.at)
        return f"cut-off of {number_words(top.at)} reached: {top.label}"
    ahead = sorted(score.cutoffs, key=lambda cut: cut.at)
    if not ahead:
        return ""
    side = "below" if high < ahead[0].at else "may reach"
    return f"{side} the cut-off of {number_words(ahead[0].at)}"


def _answered_words(score: Score, raw: Raw) -> str:
    items = {answer.key for answer in references(score.value.tree)}
    given = sum(not is_unknown(raw_answer(raw, key)) for key in items)
    return f"{given} of {len(items)} answered"


def _description(score: Score, band: str, scale: _Scale, *, exact: bool) -> str:
    parts = [f"{band}." if band else ""]
    if not exact:
        parts.append("The hatched part is what missing answers leave open.")
    if score.bands:
        parts.append(f"Bands: {listed([f'{one.label} from {number_words(one.low)}' for one in score.bands])}.")
    parts.append(f"The bar runs from {number_words(scale.low)} to {number_words(scale.high)}.")
    return " ".join(part for part in parts if part)
