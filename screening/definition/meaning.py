"""From phrases to a typed tree: every name found, every comparison between things that can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from lark import Token, Tree

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
    Since,
    Smallest,
    Sum,
    Takes,
    parts,
)
from screening.definition.grammar import ExpressionError, Phrase, offset_of, parsed
from screening.definition.mistakes import did_you_mean
from screening.definition.scope import CONDITION, DATE, NUMBER, UNKNOWN, Family, Kind, Meant, Scope

MOST_TERMS = 30
MOST_LEVELS = 60
MOST_ROWS_OPEN = 2

FUNCTIONS = ("sum", "min", "max", "count", "any", "all", "years_since", "months_since", "days_since", "takes")
_SINCE_UNITS = {Since.YEARS: "a", Since.MONTHS: "mo", Since.DAYS: "d"}
_ORDERED = (Comparison.LESS, Comparison.LESS_EQUAL, Comparison.GREATER, Comparison.GREATER_EQUAL)
_NOTHING = Number(0)
_UNREADABLE = Meant(_NOTHING, UNKNOWN)


@dataclass(frozen=True, slots=True)
class TypeMistake:
    """What does not fit in an expression, `offset` characters from its start."""

    offset: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Reading:
    """An expression's tree, or what is wrong with it."""

    tree: Node | None
    mistakes: tuple[TypeMistake, ...]


def read_condition(source: str, scope: Scope) -> Reading:
    """The tree of an expression that must be true or false."""
    return _read(source, scope, Family.CONDITION)


def read_number(source: str, scope: Scope) -> Reading:
    """The tree of an expression that must be a number."""
    return _read(source, scope, Family.NUMBER)


def _read(source: str, scope: Scope, family: Family) -> Reading:
    try:
        phrase = parsed(source)
    except ExpressionError as mistake:
        return Reading(None, (TypeMistake(mistake.offset, mistake.sentence),))
    reader = _Reader(scope)
    tree = reader.condition(phrase) if family is Family.CONDITION else reader.number(phrase).node
    if not reader.mistakes and _levels(tree) > MOST_LEVELS:
        reader.wrong(phrase, f"The expression is nested more than {MOST_LEVELS} deep. Split it over several scores.")
    return Reading(None if reader.mistakes else tree, tuple(reader.mistakes))


def _levels(tree: Node) -> int:
    """How deep a tree is nested, counted no further than what is refused: every later pass walks down so far."""
    level, depth = [tree], 0
    while level and depth <= MOST_LEVELS:
        level = [inner for node in level for inner in parts(node)]
        depth += 1
    return depth


class _Reader:
    """Types one expression; collects every mistake and goes on with an unreadable value in its place."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.rows: dict[str, dict[str, Kind]] = {}
        self.read: dict[int, Meant] = {}
        self.mistakes: list[TypeMistake] = []

    def wrong(self, at: Phrase | Token, sentence: str) -> Meant:
        """Notes a mistake and stands in for what could not be read."""
        mistake = TypeMistake(offset_of(at), sentence)
        if mistake not in self.mistakes:
            self.mistakes.append(mistake)
        return _UNREADABLE

    # What is wanted in a place

    def condition(self, phrase: Phrase) -> Node:
        """The phrase as a condition."""
        meant = self.meant(phrase)
        if meant.kind.family not in (Family.CONDITION, Family.UNKNOWN):
            self.wrong(phrase, f"This is {meant.kind.family}, where a yes or no is needed. Compare it with something.")
        return meant.node

    def number(self, phrase: Phrase) -> Meant:
        """The phrase as a number; a question with points stands for its points."""
        meant = self.meant(phrase)
        match meant.kind.family:
            case Family.NUMBER | Family.UNKNOWN:
                return meant
            case Family.CODE if meant.kind.points and isinstance(meant.node, Answer):
                return Meant(Points(meant.node), NUMBER)
            case Family.CODE:
                return self.wrong(phrase, "This is one code, and its options have no points, so it is no number.")
            case _:
                return self.wrong(phrase, f"This is {meant.kind.family}, where a number is needed.")

    def date(self, phrase: Phrase) -> Node:
        """The phrase as a date."""
        meant = self.meant(phrase)
        if meant.kind.family not in (Family.DATE, Family.UNKNOWN):
            self.wrong(phrase, f"This is {meant.kind.family}, where a date is needed.")
        return meant.node

    # Phrases by their name in the grammar

    def meant(self, phrase: Phrase) -> Meant:
        """The typed node of any phrase, read once however often it is asked for."""
        if id(phrase) not in self.read:
            self.read[id(phrase)] = self._meant(phrase)
        return self.read[id(phrase)]

    def _meant(self, phrase: Phrase) -> Meant:
        children = [child for child in phrase.children if isinstance(child, Tree)]
        match phrase.data:
            case "either":
                return Meant(Or(tuple(self.condition(child) for child in children)), CONDITION)
            case "both":
                return Meant(And(tuple(self.condition(child) for child in children)), CONDITION)
            case "negation":
                return Meant(Not(self.condition(children[0])), CONDITION)
            case "choose":
                return self._choose(*children)
            case "comparison":
                return self._chain(phrase)
            case "amount" | "term":
                return self._calculation(phrase)
            case "signed":
                return self._signed(phrase)
            case "number":
                text = str(phrase.children[0])
                return Meant(Number(float(text) if "." in text else int(text)), NUMBER)
            case "name":
                return self._name(phrase)
            case "over_rows":
                return self._over_rows(phrase)
            case "call":
                return self._call(phrase, children)
            case "code":
                return self.wrong(phrase, "A quoted code stands here alone. Compare it: question == 'code'.")
            case _:
                return self.wrong(phrase, "A set of codes stands here alone. Write: question in {'a', 'b'}.")

    def _choose(self, then: Phrase, condition: Phrase, otherwise: Phrase) -> Meant:
        asked = self.condition(condition)
        one, other = self.meant(then), self.meant(otherwise)
        if UNKNOWN in (one.kind, other.kind):
            return _UNREADABLE
        if one.kind.family is Family.CONDITION and other.kind.family is Family.CONDITION:
            return Meant(Choose(asked, one.node, other.node), CONDITION)
        if one.kind.family is Family.DATE and other.kind.family is Family.DATE:
            return Meant(Choose(asked, one.node, other.node), DATE)
        left, right = self.number(then), self.number(otherwise)
        unit = self._one_unit(otherwise, left.kind, right.kind)
        return Meant(Choose(asked, left.node, right.node), Kind(Family.NUMBER, unit=unit))

    def _signed(self, phrase: Phrase) -> Meant:
        sign, inner = phrase.children
        amount = self.number(inner) if isinstance(inner, Tree) else _UNREADABLE
        if str(sign) == "+":
            return amount
        return Meant(Calculate(Number(0), Arithmetic.SUBTRACT, amount.node), amount.kind)

    def _calculation(self, phrase: Phrase) -> Meant:
        first, *rest = phrase.children
        if len(rest) // 2 >= MOST_TERMS:
            return self.wrong(phrase, f"More than {MOST_TERMS} values follow one another here. Use sum(...).")
        total = self.number(first) if isinstance(first, Tree) else _UNREADABLE
        for sign, operand in zip(rest[::2], rest[1::2], strict=True):
            how = Arithmetic(str(sign))
            other = self.number(operand) if isinstance(operand, Tree) else _UNREADABLE
            unit = ""
            if how in (Arithmetic.ADD, Arithmetic.SUBTRACT) and isinstance(operand, Tree):
                unit = self._one_unit(operand, total.kind, other.kind)
            total = Meant(Calculate(total.node, how, other.node), Kind(Family.NUMBER, unit=unit))
        return total

    def _one_unit(self, at: Phrase, one: Kind, other: Kind) -> str:
        if one.unit and other.unit and one.unit != other.unit:
            self.wrong(at, f"The units do not agree: {one.unit} and {other.unit}.")
        return one.unit or other.unit

    # Comparisons

    def _chain(self, phrase: Phrase) -> Meant:
        amounts = cast(list[Phrase], phrase.children[::2])
        signs = phrase.children[1::2]
        links = [self._link(*link) for link in zip(amounts, signs, amounts[1:], strict=False)]
        return Meant(links[0] if len(links) == 1 else And(tuple(links)), CONDITION)

    def _link(self, left: Phrase, how: Phrase | Token, right: Phrase) -> Node:
        if isinstance(how, Tree):
            held = self._membership(left, right)
            return Not(held) if how.data == "not_in" else held
        symbol = Comparison(str(how))
        if left.data == "code" or right.data == "code":
            return self._equal_code(left, symbol, right)
        return self._compared(left, symbol, right)

    def _compared(self, left: Phrase, how: Comparison, right: Phrase) -> Node:
        one, other = self.meant(left), self.meant(right)
        families = {one.kind.family, other.kind.family}
        if Family.UNKNOWN in families:
            return _NOTHING
        if families == {Family.DATE}:
            return Compare(one.node, how, other.node)
        if how not in _ORDERED and Family.CODE in families:
            self.wrong(right, "A code is compared with a quoted code: question == 'code'.")
            return _NOTHING
        if Family.DATE in families:
            self.wrong(right, "A date is compared with a date. For time passed, use days_since(...).")
            return _NOTHING
        low, high = self.number(left), self.number(right)
        self._one_unit(right, low.kind, high.kind)
        return Compare(low.node, how, high.node)

    def _equal_code(self, left: Phrase, how: Comparison, right: Phrase) -> Node:
        if left.data == "code" and right.data == "code":
            self.wrong(right, "Two quoted codes are compared with each other. Compare a question with a code.")
            return _NOTHING
        quoted, asked = (left, right) if left.data == "code" else (right, left)
        meant = self.meant(asked)
        if how in _ORDERED:
            self.wrong(quoted, "Codes have no order. Use == or in, or the points of the options.")
            return _NOTHING
        equal = self._is_code(asked, meant, [quoted.children[0]])
        return Not(equal) if how is Comparison.NOT_EQUAL else equal

    def _membership(self, left: Phrase, right: Phrase) -> Node:
        if right.data == "codes":
            if left.data == "code":
                self.wrong(left, "A quoted code is looked for in quoted codes. Name the question: question in {...}.")
                return _NOTHING
            return self._is_code(left, self.meant(left), right.children)
        held = self.meant(right)
        if held.kind.family is Family.UNKNOWN:
            return _NOTHING
        if held.kind.family is not Family.CODES:
            self.wrong(right, f"After in comes a set of codes; this is {held.kind.family}.")
            return _NOTHING
        if left.data != "code":
            self.wrong(left, "Before in comes a quoted code when it is looked for in a set: 'code' in question.")
            return _NOTHING
        code = self._known_code(left.children[0], held.kind)
        return Holds(held.node, code)

    def _is_code(self, asked: Phrase, meant: Meant, quoted: list[object] | list[Token | Phrase]) -> Node:
        match meant.kind.family:
            case Family.UNKNOWN:
                return _NOTHING
            case Family.CODE:
                codes = frozenset(self._known_code(token, meant.kind) for token in quoted)
                return OneOf(meant.node, codes)
            case Family.CONDITION:
                wanted = {self._known_code(token, Kind(Family.CODE, ("yes", "no"))) for token in quoted}
                sides = [meant.node if code == "yes" else Not(meant.node) for code in sorted(wanted)]
                return sides[0] if len(sides) == 1 else Or(tuple(sides))
            case Family.CODES:
                self.wrong(asked, "This question may have several answers. Write: 'code' in question.")
            case family:
                self.wrong(asked, f"This is {family}; it cannot be compared with a code.")
        return _NOTHING

    def _known_code(self, token: object, kind: Kind) -> str:
        code = str(token)[1:-1]
        if code not in kind.codes and isinstance(token, Token):
            known = ", ".join(kind.codes[:8]) + (", ..." if len(kind.codes) > 8 else "")
            self.wrong(token, f"There is no code '{code}' here.{did_you_mean(code, kind.codes)} Known: {known}.")
        return code

    # Names

    def _name(self, phrase: Phrase) -> Meant:
        words = [str(token) for token in phrase.children]
        if len(words) == 2 and words[0] in self.rows:
            return self._row_field(phrase, *words)
        found = self.scope.named(*words)
        return self.wrong(phrase, found) if isinstance(found, str) else found

    def _row_field(self, phrase: Phrase, variable: str, name: str) -> Meant:
        fields = self.rows[variable]
        if name not in fields:
            return self.wrong(phrase, f"A row has no field {name}.{did_you_mean(name, fields)}")
        return Meant(RowField(variable, name), fields[name])

    # Functions

    def _call(self, phrase: Phrase, arguments: list[Phrase]) -> Meant:
        name = str(phrase.children[0])
        match name:
            case "takes":
                return self._takes(phrase, arguments)
            case "years_since" | "months_since" | "days_since":
                if len(arguments) != 1:
                    return self.wrong(phrase, f"{name} takes one date.")
                unit = Since(name)
                return Meant(Elapsed(unit, self.date(arguments[0])), Kind(Family.NUMBER, unit=_SINCE_UNITS[unit]))
            case "sum" | "min" | "max" | "count" if not arguments:
                return self.wrong(phrase, f"{name} needs at least one value between the brackets.")
            case "sum" | "min" | "max":
                return self._aggregate(name, arguments)
            case "count":
                return Meant(CountTrue(tuple(self.condition(argument) for argument in arguments)), NUMBER)
            case "any" | "all":
                return self.wrong(phrase, f"{name} goes over the rows of a list: {name}(... for row in list).")
            case _:
                return self.wrong(phrase, f"There is no function {name}.{did_you_mean(name, FUNCTIONS)}")

    def _aggregate(self, name: str, arguments: list[Phrase]) -> Meant:
        numbers = [self.number(argument) for argument in arguments]
        unit = ""
        for argument, number in zip(arguments, numbers, strict=True):
            unit = self._one_unit(argument, Kind(Family.NUMBER, unit=unit), number.kind)
        nodes = tuple(number.node for number in numbers)
        node: Node = Sum(nodes) if name == "sum" else Smallest(nodes) if name == "min" else Largest(nodes)
        return Meant(node, Kind(Family.NUMBER, unit=unit))

    def _takes(self, phrase: Phrase, arguments: list[Phrase]) -> Meant:
        if len(arguments) != 1 or arguments[0].data != "code":
            return self.wrong(phrase, "takes needs one quoted class: takes('rx_maoi').")
        listed = self.scope.medicines()
        if listed is None:
            return self.wrong(phrase, "No question of type medicines is within reach. List its questionnaire in uses.")
        token = arguments[0].children[0]
        drug_class = str(token)[1:-1]
        if drug_class not in self.scope.classes:
            near = did_you_mean(drug_class, self.scope.classes)
            return self.wrong(arguments[0], f"No medicine of the formulary has the class {drug_class}.{near}")
        return Meant(Takes(Answer(*listed), drug_class), CONDITION)

    def _over_rows(self, phrase: Phrase) -> Meant:
        name, rows = phrase.children
        if not isinstance(rows, Tree) or str(name) not in tuple(Quantifier):
            return self.wrong(phrase, f"Only any, all and count go over rows, not {name}.")
        condition, variable, *path = rows.children
        listed = self._list(phrase, [str(word) for word in path])
        if listed is None or not isinstance(condition, Tree):
            return _UNREADABLE
        answer, fields = listed
        if str(variable) in self.rows:
            return self.wrong(phrase, f"The name {variable} stands for another row already.")
        if len(self.rows) >= MOST_ROWS_OPEN:
            return self.wrong(phrase, f"Rows are gone over inside rows more than {MOST_ROWS_OPEN} deep here.")
        self.rows[str(variable)] = fields
        node = Rows(Quantifier(str(name)), answer, str(variable), self.condition(condition))
        del self.rows[str(variable)]
        return Meant(node, NUMBER if node.quantifier is Quantifier.COUNT else CONDITION)

    def _list(self, phrase: Phrase, path: list[str]) -> tuple[Answer, dict[str, Kind]] | None:
        room, name = path if len(path) == 2 else (self.scope.own, path[0])
        contents = self.scope.reach.get(room)
        signature = contents.questions.get(name) if contents else None
        if signature is None or signature.kind().family is not Family.ROWS:
            self.wrong(phrase, f"{'.'.join(path)} is no list of rows within reach.")
            return None
        return Answer(room, name), self.scope.fields(signature)
