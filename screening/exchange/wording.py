"""The one formatter of clinical words: answers, triage, tiers, times and sources as people read them.

A decision is a value; here it gets its sentence, for the screen, the print and every export alike.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from screening.assessment.answers import recognised
from screening.assessment.findings import Triage
from screening.assessment.forecast import Turn
from screening.assessment.truth import State
from screening.definition.formulary import Formulary, Medicine
from screening.definition.model import Band, Question, QuestionType, Tier

LB_PER_KG = 2.2046226
CM_PER_INCH = 2.54
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# As gettext names it: marks a text for translation where it is not yet said.
N_ = str

UNSURE = N_("I'm not sure")
DECLINED = N_("I'd rather not say")
NOT_ANSWERED = N_("not answered")
NOT_ASKED = "not asked"

UNITS: Mapping[str, tuple[str, str]] = {
    "mm[Hg]": ("mmHg", "mmHg"),
    "/min": (N_("per minute"), N_("per minute")),
    "h": (N_("hour"), N_("hours")),
    "min": (N_("minute"), N_("minutes")),
    "d": (N_("day"), N_("days")),
    "wk": (N_("week"), N_("weeks")),
    "mo": (N_("month"), N_("months")),
    "a": (N_("year"), N_("years")),
}

HOW_OFTEN: Mapping[str, str] = {
    "daily": N_("daily"),
    "weekly": N_("weekly"),
    "monthly": N_("monthly"),
    "as_needed": N_("as needed"),
}

TRIAGE: Mapping[str, str] = {
    Triage.EMERGENCY: "Emergency answer reported",
    Triage.ABSOLUTE: "Absolute contraindication reported",
    Triage.RELATIVE: "Relative contraindication reported",
    Triage.INCOMPLETE: "Not complete",
    Triage.CAUTION: "Cautions reported",
    Triage.NONE_FOUND: "None found by the answers",
}

TRIAGE_SHORT: Mapping[str, str] = {
    Triage.EMERGENCY: "emergency",
    Triage.ABSOLUTE: "absolute",
    Triage.RELATIVE: "relative",
    Triage.INCOMPLETE: "not complete",
    Triage.CAUTION: "caution",
    Triage.NONE_FOUND: "none found",
}

READ = {
    "V": "read in full",
    "V2": "read in summary",
    "K": "from memory, not read again",
    "P": "our convention",
}

RESTS_ON = {
    "V": "a primary text that was read",
    "V2": "a summary",
    "K": "what is known but was not read again",
    "P": "a convention of ours",
}

STATES = {
    "invited": "invited",
    "in_progress": "being filled in",
    "submitted": "waiting for review",
    "in_review": "in review",
    "needs_info": "patient asked",
    "decided": "decided",
    "expired": "expired",
    "withdrawn": "withdrawn",
}

OUTCOMES = {
    "suitable": "Suitable",
    "suitable_with_conditions": "Suitable with conditions",
    "not_suitable_now": "Not suitable now",
    "refer_on": "Refer on",
}


def counted(number: int, one: str, many: str = "") -> str:
    """The number with its noun: `1 finding`, `3 findings`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def listed(parts: Sequence[str], last: str = "and") -> str:
    """The parts as a list in a sentence: `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def number_words(value: float) -> str:
    """The number with at most one decimal, cut and not rounded, so that it never reads as the next band: `34.9`."""
    cut = math.floor(value * 10 + 1e-6) / 10
    return str(int(cut)) if cut == int(cut) else f"{cut:.1f}"


def range_words(low: float, high: float) -> str:
    """A score's value: one number where it is exact, else both ends."""
    first, last = number_words(low), number_words(high)
    return first if first == last else f"{first}–{last}"  # noqa: RUF001 - a range takes an en dash


def date_words(written: str) -> str:
    """An ISO date, month or year in words: `18 Oct 2026`, `Oct 2026`, `2026`."""
    match [int(part) for part in written.split("-")]:
        case [year, month, day]:
            return f"{day} {MONTHS[month - 1]} {year}"
        case [year, month]:
            return f"{MONTHS[month - 1]} {year}"
        case _:
            return written


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language that answers are worded in: `gettext` translates a text of this module, `date` words an ISO date."""

    gettext: Callable[[str], str]
    date: Callable[[str], str]


ENGLISH = Tongue(gettext=str, date=date_words)


def moment_words(moment: dt.datetime, zone: dt.tzinfo, now: dt.datetime | None = None) -> str:
    """The moment on the clinic's clock, without the year while it is this year's: `21 Nov, 18:42`."""
    local = moment.astimezone(zone)
    day = f"{local.day} {MONTHS[local.month - 1]}"
    if now is None or local.year != now.astimezone(zone).year:
        day = f"{day} {local.year}"
    return f"{day}, {local:%H:%M}"


def span_words(span: dt.timedelta) -> str:
    """How long something takes or has waited, in its largest fitting unit: `25 min`, `14 h`, `3 days`."""
    minutes = max(int(span.total_seconds() // 60), 0)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    days = minutes // (24 * 60)
    return f"{days} days" if days < 90 else f"{days // 30} months"


def age_on(day: dt.date, born: dt.date) -> int:
    """Whole years from birth to the day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def triage_headline(triage: str | None, open_findings: int) -> str:
    """The triage in words, which never say that anyone is cleared; `open_findings` are those that keep it open."""
    if triage is None:
        return "Not assessed yet"
    words = TRIAGE[triage]
    return f"{words}: {counted(open_findings, 'finding')} open" if triage == Triage.INCOMPLETE else words


def tier_counts(raised: Iterable[Tier]) -> tuple[str, ...]:
    """How many findings of each tier, gravest first: `1 absolute`, `2 caution`."""
    tiers = list(raised)
    return tuple(f"{tiers.count(tier)} {tier.word}" for tier in sorted(Tier, reverse=True) if tier in tiers)


def read_words(mark: str) -> str:
    """How far a source was read."""
    return READ.get(mark, mark)


def evidence_words(marks: str) -> str:
    """What a finding rests on; several marks are joined by `+`: `a primary text that was read, and a convention`."""
    return ", and ".join(RESTS_ON.get(mark.strip(), mark.strip()) for mark in marks.split("+") if mark.strip())


def turn_words(turn: Turn) -> str:
    """From when time alone makes a finding what it is not today."""
    day = date_words(turn.day.isoformat())
    match turn.after:
        case State.RAISED:
            return f"raised from {day} on, if no answer changes"
        case State.OPEN:
            return f"open from {day} on, if no answer changes"
        case State.RULED_OUT:
            return f"no longer raised from {day} on, if no answer changes"


def band_words(bands: Sequence[Band], low: float, high: float) -> str:
    """The bands that a score's range reaches, lowest first: `moderate` or `moderate or severe`; empty without bands."""
    reached = [
        band.label
        for band, following in zip(bands, [*bands[1:], None], strict=False)
        if band.low <= high and (following is None or low < following.low)
    ]
    return listed(reached, "or")


def unknown_words(raw: object) -> str:
    """Why there is no answer: not sure, declined, or never given."""
    match raw:
        case {"unknown": "unsure"}:
            return f"answered “{UNSURE}”"
        case {"unknown": "declined"}:
            return f"answered “{DECLINED}”"
        case _:
            return NOT_ANSWERED


def is_unknown(raw: object) -> bool:
    """Whether the raw answer is none: left out, or an unknown with its reason."""
    return raw is None or (isinstance(raw, dict) and "unknown" in raw)


def answer_words(question: Question, raw: object, formulary: Formulary, tongue: Tongue = ENGLISH) -> tuple[str, ...]:
    """A raw answer as the patient gave it, in the question's language: one line, or one for each row.

    Free text and names stand in quotation marks; a medicine shows the generic that it was recognised as.
    """
    match raw:
        case {"unknown": "unsure"}:
            return (f"“{tongue.gettext(UNSURE)}”",)
        case {"unknown": "declined"}:
            return (f"“{tongue.gettext(DECLINED)}”",)
        case None | {"unknown": _}:
            return (tongue.gettext(NOT_ANSWERED),)
        case _:
            return _known_words(question, raw, formulary, tongue)


def _known_words(question: Question, raw: object, formulary: Formulary, tongue: Tongue) -> tuple[str, ...]:
    match question.type:
        case QuestionType.YES_NO:
            return (tongue.gettext("Yes") if raw == "yes" else tongue.gettext("No"),)
        case QuestionType.CHOICE | QuestionType.SCALE:
            return (_option_words(question, raw),)
        case QuestionType.CHOICES:
            return (", ".join(_option_words(question, one) for one in _rows(raw)) or tongue.gettext("Nothing chosen"),)
        case QuestionType.INTEGER | QuestionType.DECIMAL:
            return (_measured(raw, question.unit, tongue),)
        case QuestionType.WEIGHT:
            return (weight_words(_number(raw)),)
        case QuestionType.HEIGHT:
            return (height_words(_number(raw), tongue),)
        case QuestionType.DATE:
            return (tongue.date(str(raw)),)
        case QuestionType.TEXT | QuestionType.ATTESTATION:
            return (f"“{raw}”",)
        case QuestionType.MEDICINES:
            named = tuple(medicine_words(row, formulary, tongue) for row in _rows(raw))
            return named or (tongue.gettext("Takes no medicines"),)
        case QuestionType.LIST:
            return tuple(_row_words(question, row, formulary, tongue) for row in _rows(raw)) or (
                tongue.gettext("None"),
            )
        case QuestionType.STATEMENT:
            return ()


def weight_words(kilograms: float) -> str:
    """The weight in both units: `76.5 kg (169 lb)`."""
    return f"{number_words(kilograms)} kg ({round(kilograms * LB_PER_KG)} lb)"


def height_words(centimetres: float, tongue: Tongue = ENGLISH) -> str:
    """The height in both units: `175 cm (5 ft 9 in)`."""
    feet, inches = divmod(round(centimetres / CM_PER_INCH), 12)
    words = tongue.gettext("%(centimetres)s cm (%(feet)s ft %(inches)s in)")
    return words % {"centimetres": number_words(centimetres), "feet": feet, "inches": inches}


def medicine_words(row: object, formulary: Formulary, tongue: Tongue = ENGLISH) -> str:
    """One medicine: name, dose, how often, and the generic behind a brand, or that the name is not recognised."""
    if not isinstance(row, dict):
        return f"“{row}”"
    name = str(row.get("name", ""))
    medicine = _meant(row, formulary)
    parts = [name if medicine else f"“{name}”"]
    if not is_unknown(row.get("dose")):
        parts.append(str(row["dose"]))
    if not is_unknown(row.get("how_often")):
        often = str(row["how_often"])
        parts.append(tongue.gettext(HOW_OFTEN[often]) if often in HOW_OFTEN else often.replace("_", " "))
    if medicine is None:
        parts.append(tongue.gettext("(not recognised)"))
    elif medicine.generic.casefold() != name.strip().casefold():
        parts.append(f"({medicine.generic})")
    return " ".join(parts)


def unrecognised(raw: object, formulary: Formulary) -> tuple[str, ...]:
    """The names in a medicines answer that the formulary does not know."""
    rows = (row for row in _rows(raw) if isinstance(row, dict))
    return tuple(str(row.get("name", "")) for row in rows if _meant(row, formulary) is None)


def _meant(row: Mapping[str, object], formulary: Formulary) -> Medicine | None:
    return recognised(str(row.get("name", "")), str(row.get("identified") or ""), formulary)


def _row_words(question: Question, row: object, formulary: Formulary, tongue: Tongue) -> str:
    if not isinstance(row, dict):
        return f"“{row}”"
    words = [
        ", ".join(answer_words(part, row.get(part.id), formulary, tongue))
        for part in question.questions
        if not is_unknown(row.get(part.id))
    ]
    return " · ".join(words)


def _rows(raw: object) -> tuple[object, ...]:
    return tuple(raw) if isinstance(raw, list | tuple) else ()


def _number(raw: object) -> float:
    return raw if isinstance(raw, int | float) else float(str(raw))


def _measured(raw: object, unit: str, tongue: Tongue) -> str:
    if unit in ("", "1"):
        return str(raw)
    if unit == "%":
        return f"{raw}%"
    one, many = UNITS.get(unit, (unit, unit))
    return f"{raw} {tongue.gettext(one if raw == 1 else many)}"


def _option_words(question: Question, code: object) -> str:
    for option in question.options:
        if option.id == code:
            return option.text
    # An option that a newer version dropped: what was stored is still shown, never hidden.
    return str(code)
