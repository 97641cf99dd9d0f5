"""From expressions to Python source: the fast evaluator.

A condition becomes two plain Python expressions, one for "must be true" and one for "may be true". Together they are
Kleene's three values, and each is decided by two-valued `and` and `or`, which is what makes it fast. A number becomes
two expressions, for the lowest and the highest value it may have. Nothing of a definition's text enters the source but
numbers and the positions of codes.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping

from screening.assessment import layout
from screening.assessment.layout import Slot
from screening.assessment.loading import AnswerForm, Loader
from screening.assessment.source import FALSE, TRUE, Source, denied, joined
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
from screening.definition.formulary import EMPTY
from screening.definition.model import QuestionType, TreatmentKind

_ORDERS = {
    Comparison.LESS: operator.lt,
    Comparison.LESS_EQUAL: operator.le,
    Comparison.GREATER: operator.gt,
    Comparison.GREATER_EQUAL: operator.ge,
}


class Compiler:
    """Writes the evaluation of expressions over the slots of one plan."""

    def __init__(self, slots: Mapping[str, Slot], scores: Mapping[str, int], treatment: TreatmentKind) -> None:
        self.slots = slots
        self.scores = scores
        self.treatment = treatment
        self.source = Source()
        self.truths: dict[Node, str] = {}
        self.rows: dict[str, Mapping[str, tuple[str, ...]]] = {}
        self.row_slots: dict[str, Mapping[str, Slot]] = {}
        self.written: dict[Node, tuple[str, ...]] = {}
        self.opened = 0

    # Conditions

    def must(self, node: Node) -> str:
        """Python source that is true where the condition is true whatever the unknown answers are."""
        return self._condition(node, certain=True)

    def may(self, node: Node) -> str:
        """Python source that is true where the condition is not certainly false."""
        return self._condition(node, certain=False)

    def truth(self, node: Node) -> str:
        """Python source of what is known of a condition: 0 false, 1 unknown, 2 true."""
        if node in self.truths:
            return self.truths[node]
        must, may = self.must(node), self.may(node)
        if must == TRUE:
            return "2"
        if may == FALSE:
            return "0"
        unless = "1" if must == FALSE else f"(2 if {must} else 1)"
        return unless if may == TRUE else f"({unless} if {may} else 0)"

    def gate(self, node: Node) -> tuple[str, str]:
        """Python source of whether a condition must and may be true, kept in a variable for whoever asks again."""
        truth = self.truth(node)
        if truth in ("0", "1", "2"):
            return self.must(node), self.may(node)
        if node not in self.truths:
            self.truths[node] = self.source.name()
            self.source.line(f"{self.truths[node]} = {truth}")
        return f"({self.truths[node]} == 2)", self.truths[node]

    def _condition(self, node: Node, *, certain: bool) -> str:
        if node in self.truths:
            return f"({self.truths[node]} == 2)" if certain else self.truths[node]
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
                return f"({must if certain else may} & {bits[node.code]})"
            case Takes():
                return self._condition(Holds(node.medicines, node.drug_class), certain=certain)
            case Compare():
                return self._compare(node, certain=certain)
            case Choose():
                return self._chosen(node)[0 if certain else 1]
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

    def _code(self, node: Answer | RowField) -> tuple[str, int]:
        """The variable that holds a code's mask, and the mask of all codes."""
        match node:
            case Answer():
                slot = self.slots[node.key]
                return f"q{slot.number}", slot.all
            case RowField():
                field = self.row_slots[node.variable].get(node.field)
                return self.rows[node.variable][node.field][0], field.all if field else layout.any_time()

    def _one_of(self, node: OneOf, *, certain: bool) -> str:
        match node.value:
            case Treatment(field=which):
                here = getattr(self.treatment, which)
                if not here:
                    return FALSE if certain else TRUE
                return TRUE if here in node.codes else FALSE
            case RowField(variable, name) as value:
                slot = self.row_slots[variable].get(name)
                bits = slot.bits if slot else layout.how_often_bits()
            case Answer() as value:
                bits = self.slots[value.key].bits
            case _:
                raise TypeError(f"{type(node.value).__name__} is no code")
        wanted = sum(bits[code] for code in node.codes)
        return self._mask_test(self._code(value), wanted, certain=certain)

    def _codes(self, node: Node) -> tuple[str, str, Mapping[str, int]]:
        match node:
            case Answer():
                slot = self.slots[node.key]
                return f"c{slot.number}", f"d{slot.number}", slot.bits
            case RowField():
                must, may, *_ = self.rows[node.variable][node.field]
                slot = self.row_slots[node.variable][node.field]
                return must, may, slot.bits
            case _:
                raise TypeError(f"{type(node).__name__} is no set of codes")

    def _compare(self, node: Compare, *, certain: bool) -> str:
        if isinstance(node.left, Points) and isinstance(node.right, Number) and node.how in _ORDERS:
            return self._compare_points(node.left.answer, node.how, node.right.value, certain=certain)
        return self._compare_ranges(node, certain=certain)

    def _compare_points(self, answer: Answer, how: Comparison, value: float, *, certain: bool) -> str:
        """The options that have such points, as one test of the mask."""
        slot = self.slots[answer.key]
        wanted = slot.mask(tuple(o.id for o in slot.question.options if _ORDERS[how](o.points or 0, value)))
        return self._mask_test(self._code(answer), wanted, certain=certain)

    def _compare_ranges(self, node: Compare, *, certain: bool) -> str:
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

    def _chosen(self, node: Choose) -> tuple[str, ...]:
        """The two variables of a condition that is chosen by another; variables, so that nesting does not double."""
        if node in self.written:
            return self.written[node]
        must, may = self.must(node.condition), self.may(node.condition)
        then, other = self.must(node.then), self.must(node.otherwise)
        both = joined("and", (then, other))
        sure = joined("or", (joined("and", (must, then)), joined("and", (denied(may), other)), both))
        then, other = self.may(node.then), self.may(node.otherwise)
        possible = joined("or", (joined("and", (may, then)), joined("and", (denied(must), other))))
        names = self.source.name(), self.source.name()
        self.source.line(f"{names[0]}, {names[1]} = {sure}, {possible}")
        self.written[node] = names
        return names

    def offered(self, slot: Slot) -> tuple[str, str] | None:
        """The masks of the options that must and may be offered; None where all always are."""
        options = slot.question.options
        if not any(option.when for option in options):
            return None
        names = self.source.name(), self.source.name()
        for name, ask in zip(names, (self.must, self.may), strict=True):
            bits = ((slot.bits[option.id], ask(option.when.tree) if option.when else TRUE) for option in options)
            self.source.line(f"{name} = {' + '.join(f'({bit} if {asked} else 0)' for bit, asked in bits)}")
        return names

    # Numbers and dates

    def bounds(self, node: Node) -> tuple[str, str]:
        """Python source of the lowest and the highest value that a number or date may have."""
        match node:
            case Number():
                return repr(node.value), repr(node.value)
            case Answer():
                number = self.slots[node.key].number
                return f"a{number}", f"b{number}"
            case ScoreValue():
                return f"x{self.scores[node.key]}", f"y{self.scores[node.key]}"
            case Points():
                return self._points(node)
            case RowField():
                low, high = self.rows[node.variable][node.field][:2]
                return low, high
            case Today():
                return "today", "today"
            case Sum() if self._added(node):
                return self._written(node)
            case Sum():
                lows, highs = zip(*(self.bounds(each) for each in node.numbers), strict=True)
                return f"({' + '.join(lows)})", f"({' + '.join(highs)})"
            case Smallest() | Largest():
                name = "min" if isinstance(node, Smallest) else "max"
                lows, highs = zip(*(self.bounds(each) for each in node.numbers), strict=True)
                return f"{name}(({', '.join(lows)},))", f"{name}(({', '.join(highs)},))"
            case CountTrue() | Calculate() | Elapsed() | Choose() | Rows():
                return self._written(node)
            case _:
                raise TypeError(f"{type(node).__name__} is no number")

    def _points(self, node: Points) -> tuple[str, str]:
        slot = self.slots[node.answer.key]
        lowest, highest = layout.points(slot.question)
        same = slot.points
        low, high = self.source.shared("L", same, lowest), self.source.shared("H", same, highest)
        return f"{low}[q{slot.number}]", f"{high}[q{slot.number}]"

    def _added(self, node: Sum) -> tuple[Slot, ...]:
        """The questions whose points a sum adds, where one addition gives lowest and highest together; else none."""
        slots = (self.slots[part.answer.key] for part in node.numbers if isinstance(part, Points))
        added = tuple(slot for slot in slots if layout.are_packed(slot.question))
        return added if len(added) == len(node.numbers) <= layout.MOST_ADDED else ()

    def _add(self, node: Sum, names: tuple[str, str]) -> None:
        tables = (
            (slot, self.source.shared("P", slot.points, layout.packed_points(slot.question)))
            for slot in self._added(node)
        )
        self.source.line(f"v = {' + '.join(f'{table}[q{slot.number}]' for slot, table in tables)}")
        self.source.line(f"{names[0]}, {names[1]} = v & {layout.LOWEST}, v >> {layout.PACKED}")

    def _written(self, node: Sum | CountTrue | Calculate | Elapsed | Choose | Rows) -> tuple[str, str]:
        """The two variables into which a number that takes statements was written, once."""
        if node in self.written:
            low, high, *_ = self.written[node]
            return low, high
        names = self.source.name(), self.source.name()
        match node:
            case Sum():
                self._add(node, names)
            case CountTrue():
                self._count(node, names)
            case Calculate():
                self._calculate(node, names)
            case Elapsed():
                self._elapsed(node, names)
            case Choose():
                self._choose_number(node, names)
            case Rows():
                must, may, *_ = self._counted(node)
                return must, may
        self.written[node] = names
        return names

    def _count(self, node: CountTrue, names: tuple[str, str]) -> None:
        sure = " + ".join(f"(1 if {self.must(each)} else 0)" for each in node.conditions)
        possible = " + ".join(f"(1 if {self.may(each)} else 0)" for each in node.conditions)
        self.source.line(f"{names[0]}, {names[1]} = {sure}, {possible}")

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
        """The variables that count the rows that must and may meet the condition, and all rows.

        A list that is unknown may hold any rows or none: the condition is asked of one of which nothing is known.
        """
        if node in self.written:
            return self.written[node]
        slot, source, outside = self.slots[node.rows.key], self.source, self.written
        must, may, rows, row = source.name(), source.name(), source.name(), source.name()
        listed, blank = f"r{slot.number}", source.constant(f"Z{slot.number}", layout.blank_rows(slot.question))
        source.line(f"{rows} = {blank} if {listed} is None else {listed}")
        source.line(f"{must} = {may} = 0")
        source.line(f"for {row} in {rows}:")
        source.indent += 1
        self.written = dict(outside)
        self._open_row(node, slot, row)
        source.line(f"if {self.must(node.condition)}: {must} += 1")
        source.line(f"if {self.may(node.condition)}: {may} += 1")
        del self.rows[node.variable]
        source.indent -= 1
        match node.quantifier:
            case Quantifier.ANY:
                source.line(f"if {listed} is None: {must} = 0")
            case Quantifier.ALL:
                source.line(f"if {listed} is None: {may} = 1")
            case Quantifier.COUNT:
                source.line(f"if {listed} is None: {must}, {may} = 0, {may} * {slot.question.max}")
        self.written = {**outside, node: (must, may, f"len({rows})")}
        return self.written[node]

    def _open_row(self, node: Rows, slot: Slot, row: str) -> None:
        if slot.question.type is QuestionType.MEDICINES:
            names = tuple(self.source.name() for _ in range(3))
            reader = self.source.constant(f"T{slot.number}", layout.taken_reader(slot))
            self.source.line(f"{', '.join(names)} = {reader}({row})")
            self.rows[node.variable] = {"classes": names[:2], "how_often": names[2:]}
            self.row_slots[node.variable] = {"classes": slot}
            return
        self.source.line(f"g{row} = {row}.get")
        self.opened += 1
        self.row_slots[node.variable] = fields = {
            question.id: layout.slot_of(question.id, layout.MOST_SLOTS * self.opened + index, question, ())
            for index, question in enumerate(slot.question.questions)
        }
        loader = Loader(self.source, AnswerForm.READ, EMPTY)
        self.rows[node.variable] = {
            name: loader.load(each, f"g{row}({each.key!r})", TRUE, TRUE) for name, each in fields.items()
        }
