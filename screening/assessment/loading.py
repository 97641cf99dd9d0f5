"""How an answer gets into the variables of the function that is being written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import Enum

from screening.assessment import layout
from screening.assessment.answers import Unknown, Value, read_answer
from screening.assessment.layout import Held, Slot
from screening.assessment.source import TRUE, Source
from screening.definition.formulary import Formulary
from screening.definition.model import QuestionType


class AnswerForm(Enum):
    """As what answers reach the function: as values that were read, or raw, as they are stored."""

    READ = "read"
    STORED = "stored"


class Loader:
    """Writes how a question's value gets into its variables, by what is known of whether it is asked."""

    def __init__(self, source: Source, form: AnswerForm, formulary: Formulary) -> None:
        self.source = source
        self.stored = form is AnswerForm.STORED
        self.formulary = formulary

    def load(
        self, slot: Slot, given: str, asked: str, maybe: str, offered: tuple[str, str] | None = None
    ) -> tuple[str, ...]:
        """The variables into which the value `given` was loaded; `asked` and `maybe` say whether it is asked.

        `offered` are the masks of the options that must and may be offered, where not all always are.
        """
        number = slot.number
        match slot.held:
            case Held.CODE:
                self._code(slot, given, asked, maybe, offered)
                return (f"q{number}",)
            case Held.CODES:
                self._codes(slot, given, asked, maybe, offered)
                if slot.question.type is QuestionType.MEDICINES:
                    self.source.line(f"r{number} = v.rows if v is not None and {asked} else None")
                return f"c{number}", f"d{number}"
            case Held.AMOUNT:
                self._amount(slot, given, asked, maybe)
                return f"a{number}", f"b{number}"
            case Held.DAY:
                self._day(slot, given, asked)
                return f"a{number}", f"b{number}"
            case Held.ROWS:
                self.source.line(f"r{number} = {only_if(asked, self._read(slot, given), 'None')}")
                return (f"r{number}",)
            case Held.NOTHING:
                return ()

    def _code(self, slot: Slot, given: str, asked: str, maybe: str, offered: tuple[str, str] | None) -> None:
        table = self.source.shared("M", tuple(slot.bits), dict([*slot.bits.items(), (None, slot.all)]))
        known, implied = f"{table}[{given}]", slot.implied()
        if offered:
            # An option that is not offered was not chosen: of it nothing is left but what else may be chosen.
            sure, possible = offered
            self.source.line(f"v = {only_if(asked, known, str(slot.all)) if implied is None else known}")
            self.source.line(f"if v & ~{sure}: v = v & {possible} | ({possible} if {sure} else {slot.all})")
            known = "v"
        if implied is None:
            value = only_if(asked, known, str(slot.all))
        else:
            mask = slot.mask((str(implied),))
            value = f"{known} if {asked} else {known} | {mask} if {maybe} else {mask}"
        self.source.line(f"q{slot.number} = {value}")

    def _codes(self, slot: Slot, given: str, asked: str, maybe: str, offered: tuple[str, str] | None) -> None:
        must, may, implied = f"c{slot.number}", f"d{slot.number}", slot.implied()
        line, value = self.source.line, self._read(slot, given)
        line(f"v = {only_if(asked, value, 'None') if implied is None else value}")
        line(f"if v is None: {must}, {may} = 0, {slot.all}")
        if slot.question.type is QuestionType.MEDICINES:
            reader = self.source.constant(f"K{slot.number}", layout.mask_reader(slot))
            line(f"else: {must}, {may} = {reader}(v)")
        else:
            bits = self.source.shared("B", tuple(slot.bits), dict(slot.bits))
            line("else:")
            line(f"    {must} = 0")
            line(f"    for w in v: {must} |= {bits}[w]")
            line(f"    {may} = {must}")
        if offered:
            sure, possible = offered
            line(f"if {must} & {sure}: {must}, {may} = {must} & {sure}, {may} & {possible}")
            line(f"elif {may}: {must}, {may} = 0, {possible}")
        if isinstance(implied, tuple):
            mask = slot.mask(implied)
            line(f"if not {asked}:")
            line(f"    {must}, {may} = ({must} & {mask}, {may} | {mask}) if {maybe} else ({mask}, {mask})")

    def _amount(self, slot: Slot, given: str, asked: str, maybe: str) -> None:
        low, high, implied = f"a{slot.number}", f"b{slot.number}", slot.implied()
        lowest, highest = slot.question.lowest, slot.question.highest
        line = self.source.line
        line(f"{low} = {only_if(asked, given, 'None') if implied is None else given}")
        line(f"if {low} is None: {low}, {high} = {lowest!r}, {highest!r}")
        if self.stored:
            line(f"elif not {lowest!r} <= {low} <= {highest!r}: raise ValueError")
        line(f"else: {high} = {low}")
        if implied is not None:
            line(f"if not {asked}:")
            line(f"    if {maybe}: {low}, {high} = min({low}, {implied!r}), max({high}, {implied!r})")
            line(f"    else: {low} = {high} = {implied!r}")

    def _day(self, slot: Slot, given: str, asked: str) -> None:
        low, high = f"a{slot.number}", f"b{slot.number}"
        latest = str(layout.LAST_DAY) if slot.question.future else "today"
        self.source.line(f"v = {only_if(asked, self._read(slot, given), 'None')}")
        self.source.line(f"if v is None: {low}, {high} = {layout.FIRST_DAY}, {latest}")
        self.source.line(f"else: {low}, {high} = v.first.toordinal(), v.last.toordinal()")

    def _read(self, slot: Slot, given: str) -> str:
        """The value itself; a stored one that is more than a code, codes or a number is read first."""
        if not self.stored or slot.question.type is QuestionType.CHOICES:
            return given
        return f"{self.source.constant(f'R{slot.number}', _reader(slot, self.formulary))}({given}, today)"


def only_if(asked: str, value: str, otherwise: str) -> str:
    """The value where it is asked, else the other."""
    return value if asked == TRUE else f"{value} if {asked} else {otherwise}"


def _reader(slot: Slot, formulary: Formulary) -> Callable[[object, int], Value | None]:
    """A function from a stored answer and the day's ordinal to its value; None where it is unknown."""

    def read(raw: object, today: int) -> Value | None:
        value = read_answer(slot.question, raw, date.fromordinal(today), formulary)
        return None if isinstance(value, Unknown) else value

    return read
