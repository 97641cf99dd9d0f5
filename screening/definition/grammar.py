"""The grammar of expressions, and what a syntax error says. Text becomes a tree of phrases; nothing is executed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

MAX_LENGTH = 4_000
MAX_NESTING = 40

GRAMMAR = r"""
?start: choice
?choice: either
    | either "if" either "else" choice   -> choose
?either: both ("or" both)*
?both: denied ("and" denied)*
?denied: "not" denied                    -> negation
    | comparison
?comparison: amount (_compared amount)*
_compared: COMPARE | in | not_in
in: "in"
not_in: "not" "in"
?amount: term (PLUS_MINUS term)*
?term: factor (TIMES_OVER factor)*
?factor: PLUS_MINUS factor               -> signed
    | atom
?atom: NUMBER                            -> number
    | QUOTED                             -> code
    | NAME ("." NAME)?                   -> name
    | NAME "(" rows ")"                  -> over_rows
    | NAME "(" [choice ("," choice)* ","?] ")"  -> call
    | "{" QUOTED ("," QUOTED)* ","? "}"  -> codes
    | "(" choice ")"
rows: choice "for" NAME "in" NAME ("." NAME)?

COMPARE: "==" | "!=" | "<=" | ">=" | "<" | ">"
PLUS_MINUS: "+" | "-"
TIMES_OVER: "*" | "/"
NUMBER: /[0-9]{1,15}(\.[0-9]{1,15})?/
QUOTED: /'[^'\n]{1,100}'|"[^"\n]{1,100}"/
NAME: /[a-z][a-z0-9_]*/
%ignore /[ \t\r\n]+/
"""

_EXPECTED = {
    "NAME": "a name",
    "NUMBER": "a number",
    "QUOTED": "a quoted code",
    "LPAR": "(",
    "RPAR": ")",
    "LBRACE": "{",
    "RBRACE": "}",
    "COMMA": ",",
    "DOT": ".",
    "COMPARE": "a comparison such as >=",
    "PLUS_MINUS": "+ or -",
    "TIMES_OVER": "* or /",
    "$END": "the end",
}
_ORDER = ("NAME", "NUMBER", "QUOTED", "LPAR", "LBRACE", "NOT", "COMPARE", "AND", "OR", "IN", "RPAR", "COMMA", "$END")
_MOST_EXPECTED = 4

Phrase = Tree[Token]


class ExpressionError(ValueError):
    """An expression that cannot be read; `offset` counts characters from its start."""

    def __init__(self, offset: int, sentence: str) -> None:
        super().__init__(sentence)
        self.offset = offset
        self.sentence = sentence


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", propagate_positions=True, maybe_placeholders=False)


def parsed(source: str) -> Phrase:
    """The phrases of an expression. Raises: ExpressionError with the offset and what was expected there."""
    if len(source) > MAX_LENGTH:
        raise ExpressionError(
            0, f"The expression is longer than {MAX_LENGTH:,} characters. Split it over several flags."
        )
    _refuse_deep(source)
    try:
        tree = _parser().parse(source)
    except (UnexpectedCharacters, UnexpectedToken) as error:
        raise _explained(source, error) from None
    _refuse_tall(tree)
    return tree


def _refuse_deep(source: str) -> None:
    depth = 0
    for offset, character in enumerate(source):
        depth += (character in "({") - (character in ")}")
        if depth > MAX_NESTING:
            raise ExpressionError(offset, f"Brackets are nested more than {MAX_NESTING} deep here.")


def _refuse_tall(tree: Phrase) -> None:
    """Refuses what nests without brackets too (`not not not ...`), so that no later pass meets a deep tree."""
    level: list[Phrase] = [tree]
    for _ in range(3 * MAX_NESTING):
        level = [child for phrase in level for child in phrase.children if isinstance(child, Tree)]
        if not level:
            return
    raise ExpressionError(offset_of(level[0]), "The expression is nested too deep here.")


def _explained(source: str, error: UnexpectedCharacters | UnexpectedToken) -> ExpressionError:
    if isinstance(error, UnexpectedCharacters):
        offset = error.pos_in_stream or 0
        return ExpressionError(offset, _unknown_character(source[offset]))
    if error.token.type == "$END":
        return ExpressionError(len(source), f"The expression ends too soon; expected {_listed(error.expected)}.")
    return ExpressionError(
        error.token.start_pos or 0, f"Did not expect {error.token} here; expected {_listed(error.expected)}."
    )


def _unknown_character(found: str) -> str:
    hints = {"=": "Compare with == (two signs).", "&": "Write and.", "|": "Write or.", "!": "Write not, or !=."}
    hint = hints.get(found, "Names are lower case; codes are in quotes.")
    return f"The character {found} means nothing here. {hint}"


def _listed(expected: Iterable[str]) -> str:
    wanted = set(expected)
    if "COMPARE" in wanted:
        wanted.discard("NOT")  # here it only starts "not in"
    ordered = [name for name in _ORDER if name in wanted] + sorted(wanted - set(_ORDER))
    words = [_EXPECTED.get(name, f'"{name.lower()}"') for name in ordered[:_MOST_EXPECTED]]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def offset_of(phrase: Phrase | Token) -> int:
    """How many characters stand before a phrase or token."""
    start = phrase.start_pos if isinstance(phrase, Token) else getattr(phrase.meta, "start_pos", 0)
    return start or 0
