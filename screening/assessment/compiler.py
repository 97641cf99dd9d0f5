"""From expressions to Python source: the fast evaluator.

A condition becomes two plain Python expressions, one for "must be true" and one for "may be true". Together they are
Kleene's three values, and each is decided by two-valued `and` and `or`, which is what makes it fast. A number becomes
two expressions, for the lowest and the highest value it may have. Nothing of a definition's text enters the source but
numbers and the positions of codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from screening.assessment import arithmetic, layout
from screening.assessment.layout import Held, Slot
from screening.definition.expression import (
    And,
    Answer,
    Arithmetic,
    Calculate,
    Choose,
    Compare,
    Comparison,
    CountTrue,
    Elapsed,
    Holds,
    Largest,
    Node,
    Not,
    Number,
    OneOf,
    Or,
    Points,
    Quantifier,
    RowField,
    Rows,
    ScoreValue,
    Since,
    Smallest,
    Sum,
    Takes,
    Today,
    Treatment,
)
from screening.definition.model import QuestionType, TreatmentKind

TRUE, FALSE = "True", "False"
ANYTHING = ("-INFINITY", "INFINITY")


@dataclass(slots=True)
class Source:
    """Python source while it is written, and the constants that it names."""

    constants: dict[str, object] = field(default_factory=lambda: dict(arithmetic.NAMES))
    lines: list[str] = field(default_factory=list)
    indent: int = 1
    names: int = 0

    def line(self, text: str) -> None:
        """Writes one statement."""
        self.lines.append("    " * self.indent + text)

    def name(self) -> str:
        """A variable name that was not used before."""
        self.names += 1
        return f"t{self.names}"

    def constant(self, name: str, value: object) -> str:
        """The name of a constant, kept under that name."""
        self.constants.setdefault(name, value)
        return name


class Compiler:
    """Writes the evaluation of expressions over the slots of one plan."""

    def __init__(self, slots: Mapping[str, Slot], scores: Mapping[str, int], treatment: TreatmentKind) -> None:
        self.slots = slots
        self.scores = scores
        self.treatment = treatment
        self.source = Source()
        self.rows: dict[str, Mapping[str, tuple[str, ...]]] = {}
        self.row_slots: dict[str, Mapping[str, Slot]] = {}
        self.written: dict[Node, tuple[str, ...]] = {}

    # Conditions

    def must(self, node: Node) -> str:
        """Python source that is true where the condition is true whatever the unknown answers are."""
        return self._condition(node, certain=True)

    def may(self, node: Node) -> str:
        """Python source that is true where the condition is not certainly false."""
        return self._condition(node, certain=False)

    def _condition(self, node: Node, *, certain: bool) -> str:
        match node:
            case Not():
                return denied(self._condition(node.condition, certain=not certain))
            case And():
                return joined("and", (self._condition(each, certain=certain) for each in node.conditions))
            case Or():
                return joined("or", (self._condition(each, certain=certain) for each in node.conditions))
            case Answer():
                return self._mask_test(self._code(node), 1, certain=certain)
            case OneOf():
                return self._one_of(node, certain=certain)
            case Holds():
                must, may, bits = self._codes(node.codes)
                return f"({must if certain else may} & {bits.get(node.code, 0)})"
            case Takes():
                return self._condition(Holds(node.medicines, node.drug_class), certain=certain)
            case Compare():
                return self._compare(node, certain=certain)
            case Choose():
                return self._choose_condition(node, certain=certain)
            case Rows():
                return self._rows_condition(node, certain=certain)
            case RowField():
                return self._mask_test((self.rows[node.variable][node.field][0], 3), 1, certain=certain)
            case _:
                raise TypeError(f"{type(node).__name__} is no condition")

    def _mask_test(self, held: tuple[str, int], wanted: int, *, certain: bool) -> str:
        variable, every = held
        if not certain:
            return f"({variable} & {wanted})" if wanted else FALSE
        rest = every & ~wanted
        return denied(f"({variable} & {rest})") if rest else TRUE

    def _code(self, node: Node) -> tuple[str, int]:
        """The variable that holds a code's mask, and the mask of all codes; literally all where nothing holds it."""
        match node:
            case Answer() if node.key in self.slots:
                slot = self.slots[node.key]
                return f"q{slot.number}", slot.all
            case RowField():
                slot = self.row_slots[node.variable].get(node.field)
                every = slot.all if slot else (1 << len(layout.HOW_OFTEN)) - 1
                return self.rows[node.variable][node.field][0], every
            case _:
                return "3", 3

    def _one_of(self, node: OneOf, *, certain: bool) -> str:
        match node.value:
            case Treatment(field=which):
                here = getattr(self.treatment, which)
                if not here:
                    return FALSE if certain else TRUE
                return TRUE if here in node.codes else FALSE
            case Answer(key=key) if key in self.slots:
                wanted = self.slots[key].mask(node.codes)
            case RowField():
                slot = self.row_slots[node.value.variable].get(node.value.field)
                bits = slot.bits if slot else layout.how_often_bits()
                wanted = sum(bits.get(code, 0) for code in node.codes)
            case _:
                return FALSE if certain else TRUE
        return self._mask_test(self._code(node.value), wanted, certain=certain)

    def _codes(self, node: Node) -> tuple[str, str, Mapping[str, int]]:
        match node:
            case Answer() if node.key in self.slots:
                slot = self.slots[node.key]
                return f"c{slot.number}", f"d{slot.number}", slot.bits
            case RowField():
                must, may, *_ = self.rows[node.variable][node.field]
                slot = self.row_slots[node.variable][node.field]
                return must, may, slot.bits
            case _:
                return "0", "-1", _EveryBit()

    def _compare(self, node: Compare, *, certain: bool) -> str:
        (low, high), (other_low, other_high) = self.bounds(node.left), self.bounds(node.right)
        match node.how:
            case Comparison.EQUAL:
                if certain:
                    return f"({low} == {high} == {other_low} == {other_high})"
                return f"({low} <= {other_high} and {high} >= {other_low})"
            case Comparison.NOT_EQUAL:
                equal = Compare(node.left, Comparison.EQUAL, node.right)
                return denied(self._compare(equal, certain=not certain))
            case Comparison.LESS | Comparison.LESS_EQUAL:
                return f"({high if certain else low} {node.how} {other_low if certain else other_high})"
            case Comparison.GREATER | Comparison.GREATER_EQUAL:
                return f"({low if certain else high} {node.how} {other_high if certain else other_low})"

    def _choose_condition(self, node: Choose, *, certain: bool) -> str:
        must, may = self.must(node.condition), self.may(node.condition)
        then, other = self._condition(node.then, certain=certain), self._condition(node.otherwise, certain=certain)
        if certain:
            both = joined("and", (then, other))
            return joined("or", (joined("and", (must, then)), joined("and", (denied(may), other)), both))
        return joined("or", (joined("and", (may, then)), joined("and", (denied(must), other))))

    # Numbers and dates

    def bounds(self, node: Node) -> tuple[str, str]:
        """Python source of the lowest and the highest value that a number or date may have."""
        match node:
            case Number():
                return repr(node.value), repr(node.value)
            case Answer() if node.key in self.slots:
                number = self.slots[node.key].number
                return f"a{number}", f"b{number}"
            case ScoreValue() if node.key in self.scores:
                return f"x{self.scores[node.key]}", f"y{self.scores[node.key]}"
            case Points():
                return self._points(node)
            case RowField():
                low, high = self.rows[node.variable][node.field][:2]
                return low, high
            case Today():
                return "today", "today"
            case Sum():
                lows, highs = zip(*(self.bounds(each) for each in node.numbers), strict=True)
                return f"({' + '.join(lows)})", f"({' + '.join(highs)})"
            case Smallest() | Largest():
                name = "min" if isinstance(node, Smallest) else "max"
                lows, highs = zip(*(self.bounds(each) for each in node.numbers), strict=True)
                return f"{name}(({', '.join(lows)},))", f"{name}(({', '.join(highs)},))"
            case CountTrue():
                lows = [f"(1 if {self.must(each)} else 0)" for each in node.conditions]
                highs = [f"(1 if {self.may(each)} else 0)" for each in node.conditions]
                return f"({' + '.join(lows)})", f"({' + '.join(highs)})"
            case Calculate() | Elapsed() | Choose() | Rows():
                return self._written(node)
            case _:
                return ANYTHING

    def _points(self, node: Points) -> tuple[str, str]:
        slot = self.slots.get(node.answer.key)
        if slot is None:
            return ANYTHING
        lowest, highest = layout.points(slot.question)
        table = f"P{slot.number}"
        shared = next((n for n, v in self.source.constants.items() if v == lowest and n.startswith("P")), table)
        self.source.constant(shared, lowest)
        other = next(
            (n for n, v in self.source.constants.items() if v == highest and n.startswith("H")), f"H{slot.number}"
        )
        self.source.constant(other, highest)
        return f"{shared}[q{slot.number}]", f"{other}[q{slot.number}]"

    def _written(self, node: Node) -> tuple[str, str]:
        """The two variables into which a number that takes statements was written, once."""
        if node in self.written:
            low, high, *_ = self.written[node]
            return low, high
        names = self.source.name(), self.source.name()
        match node:
            case Calculate():
                self._calculate(node, names)
            case Elapsed():
                self._elapsed(node, names)
            case Choose():
                self._choose_number(node, names)
            case Rows():
                must, may, *_ = self._counted(node)
                return must, may
            case _:
                raise TypeError(f"{type(node).__name__} is no number")
        if not self.rows:
            self.written[node] = names
        return names

    def _calculate(self, node: Calculate, names: tuple[str, str]) -> None:
        (low, high), (other_low, other_high) = self.bounds(node.left), self.bounds(node.right)
        match node.how:
            case Arithmetic.ADD:
                values = f"{low} + {other_low}, {high} + {other_high}"
            case Arithmetic.SUBTRACT:
                values = f"{low} - {other_high}, {high} - {other_low}"
            case Arithmetic.MULTIPLY:
                values = f"product({low}, {high}, {other_low}, {other_high})"
            case Arithmetic.DIVIDE:
                values = f"quotient({low}, {high}, {other_low}, {other_high})"
        self.source.line(f"{names[0]}, {names[1]} = {values}")

    def _elapsed(self, node: Elapsed, names: tuple[str, str]) -> None:
        first, last = self.bounds(node.date)
        match node.unit:
            case Since.DAYS:
                values = f"today - {last}, today - {first}"
            case Since.MONTHS:
                values = f"months_between({last}, today), months_between({first}, today)"
            case Since.YEARS:
                values = f"years_between({last}, today), years_between({first}, today)"
        self.source.line(f"{names[0]}, {names[1]} = {values}")

    def _choose_number(self, node: Choose, names: tuple[str, str]) -> None:
        must, may = self.must(node.condition), self.may(node.condition)
        (low, high), (other_low, other_high) = self.bounds(node.then), self.bounds(node.otherwise)
        both = f"(min({low}, {other_low}), max({high}, {other_high}))"
        values = f"({low}, {high}) if {must} else {both} if {may} else ({other_low}, {other_high})"
        self.source.line(f"{names[0]}, {names[1]} = {values}")

    # Rows of lists

    def _rows_condition(self, node: Rows, *, certain: bool) -> str:
        must, may, rows = self._counted(node)
        if node.quantifier is Quantifier.ANY:
            return f"({must} > 0)" if certain else f"({may} > 0)"
        return f"({must} == {rows})" if certain else f"({may} == {rows})"

    def _counted(self, node: Rows) -> tuple[str, ...]:
        """The variables that count the rows that must and may meet the condition, and all rows."""
        slot = self.slots.get(node.rows.key)
        if slot is None:
            return "0", "99", "99"
        if node in self.written:
            return self.written[node]
        source = self.source
        must, may, rows, row = source.name(), source.name(), source.name(), source.name()
        most = slot.question.max
        source.line(f"{must}, {may}, {rows} = 0, {most}, {most}")
        source.line(f"if r{slot.number} is not None:")
        source.indent += 1
        source.line(f"{must}, {may}, {rows} = 0, 0, len(r{slot.number})")
        source.line(f"for {row} in r{slot.number}:")
        source.indent += 1
        self._open_row(node, slot, row)
        source.line(f"if {self.must(node.condition)}: {must} += 1")
        source.line(f"if {self.may(node.condition)}: {may} += 1")
        del self.rows[node.variable]
        source.indent -= 2
        if not self.rows:
            self.written[node] = must, may, rows
        return must, may, rows

    def _open_row(self, node: Rows, slot: Slot, row: str) -> None:
        if slot.question.type is QuestionType.MEDICINES:
            names = tuple(self.source.name() for _ in range(3))
            reader = self.source.constant(f"T{slot.number}", layout.taken_reader(slot))
            self.source.line(f"{', '.join(names)} = {reader}({row})")
            self.rows[node.variable] = {"classes": names[:2], "how_often": names[2:]}
            self.row_slots[node.variable] = {"classes": slot}
            return
        self.source.line(f"g{row} = {row}.get")
        self.row_slots[node.variable] = fields = {
            question.id: layout.slot_of(question.id, 1000 * (slot.number + 1) + index, question, ())
            for index, question in enumerate(slot.question.questions)
        }
        self.rows[node.variable] = {
            name: Loader(self).load(each, f"g{row}({each.key!r})", TRUE, TRUE) for name, each in fields.items()
        }


class _EveryBit(dict[str, int]):
    """The bits of a set that nothing holds: every code has the one bit of not known."""

    def get(self, _key: str, _default: int | None = None) -> int:  # type: ignore[override]
        return 1


class Loader:
    """Writes how a question's value gets into its variables, by what is known of whether it is asked."""

    def __init__(self, compiler: Compiler) -> None:
        self.source = compiler.source

    def load(self, slot: Slot, given: str, asked: str, maybe: str) -> tuple[str, ...]:
        """The variables into which the value `given` was loaded; `asked` and `maybe` say whether it is asked."""
        number = slot.number
        match slot.held:
            case Held.CODE:
                self._code(slot, given, asked, maybe)
                return (f"q{number}",)
            case Held.CODES:
                self._codes(slot, given, asked, maybe)
                if slot.question.type is QuestionType.MEDICINES:
                    self.source.line(f"r{number} = v.rows if v is not None and {asked} else None")
                return f"c{number}", f"d{number}"
            case Held.AMOUNT:
                low, high = slot.question.lowest, slot.question.highest
                self._pair(slot, given, (asked, maybe), ("v", "v"), (repr(low), repr(high)))
                return f"a{number}", f"b{number}"
            case Held.DAY:
                first, last = "v.first.toordinal()", "v.last.toordinal()"
                latest = str(layout.LAST_DAY) if slot.question.future else "today"
                self._pair(slot, given, (asked, maybe), (first, last), (str(layout.FIRST_DAY), latest))
                return f"a{number}", f"b{number}"
            case Held.ROWS:
                value = given if asked == TRUE else f"{given} if {asked} else None"
                self.source.line(f"r{number} = {value}")
                return (f"r{number}",)
            case Held.NOTHING:
                return ()

    def _code(self, slot: Slot, given: str, asked: str, maybe: str) -> None:
        known = f"{self.source.constant(f'M{slot.number}', dict(slot.bits).get)}({given}, {slot.all})"
        implied = slot.implied()
        if asked == TRUE:
            value = known
        elif implied is None:
            value = f"{known} if {asked} else {slot.all}"
        else:
            mask = slot.mask((str(implied),))
            value = f"{known} if {asked} else {known} | {mask} if {maybe} else {mask}"
        self.source.line(f"q{slot.number} = {value}")

    def _codes(self, slot: Slot, given: str, asked: str, maybe: str) -> None:
        number, every = slot.number, slot.all
        reader = self.source.constant(f"K{number}", layout.mask_reader(slot))
        self.source.line(f"v = {given}")
        self.source.line(f"c{number}, d{number} = {reader}(v) if v is not None else (0, {every})")
        implied = slot.implied()
        if asked == TRUE:
            return
        self.source.line(f"if not {asked}:")
        if isinstance(implied, tuple):
            mask = slot.mask(implied)
            join = f"(c{number} & {mask}, d{number} | {mask})"
            self.source.line(f"    c{number}, d{number} = {join} if {maybe} else ({mask}, {mask})")
        else:
            self.source.line(f"    c{number}, d{number} = 0, {every}")

    def _pair(
        self, slot: Slot, given: str, asked: tuple[str, str], known: tuple[str, str], unknown: tuple[str, str]
    ) -> None:
        low, high = f"a{slot.number}", f"b{slot.number}"
        sure, maybe = asked
        self.source.line(f"v = {given}")
        if sure == TRUE or slot.implied() is None:
            condition = "v is None" if sure == TRUE else f"v is None or not {sure}"
            self.source.line(f"if {condition}: {low}, {high} = {unknown[0]}, {unknown[1]}")
            self.source.line(f"else: {low}, {high} = {known[0]}, {known[1]}")
            return
        implied = repr(slot.implied())
        self.source.line(f"if v is None: {low}, {high} = {unknown[0]}, {unknown[1]}")
        self.source.line(f"else: {low}, {high} = {known[0]}, {known[1]}")
        self.source.line(f"if not {sure}:")
        self.source.line(f"    if {maybe}: {low}, {high} = min({low}, {implied}), max({high}, {implied})")
        self.source.line(f"    else: {low} = {high} = {implied}")


def joined(word: str, sides: Iterable[str]) -> str:
    """The sides joined by `and` or `or`, without those that decide nothing."""
    neutral, decisive = (TRUE, FALSE) if word == "and" else (FALSE, TRUE)
    kept = [side for side in sides if side != neutral]
    if decisive in kept:
        return decisive
    if not kept:
        return neutral
    return kept[0] if len(kept) == 1 else f"({f' {word} '.join(kept)})"


def denied(side: str) -> str:
    """The opposite of a side."""
    return {TRUE: FALSE, FALSE: TRUE}.get(side, f"(not {side})")
