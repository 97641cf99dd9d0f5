"""Text becomes phrases, or an error that says where it stopped making sense and what was expected there."""

import pytest
from lark import Tree

from screening.definition.grammar import ExpressionError, Phrase, offset_of, parsed


def shape(phrase: Phrase) -> str:
    """The phrase as nested words, with every bracket that is meant."""
    inner = [shape(child) if isinstance(child, Tree) else str(child) for child in phrase.children]
    return f"{phrase.data}({' '.join(inner)})"


SHAPES = {
    "and binds more than or": ("a or b and c", "either(name(a) both(name(b) name(c)))"),
    "not binds more than and": ("not a and b", "both(negation(name(a)) name(b))"),
    "not binds less than a comparison": ("not a < b", "negation(comparison(name(a) < name(b)))"),
    "brackets bind most": ("(a or b) and c", "both(either(name(a) name(b)) name(c))"),
    "times binds more than plus": ("a + b * c", "amount(name(a) + term(name(b) * name(c)))"),
    "a sign binds more than times": ("-a * b", "term(signed(- name(a)) * name(b))"),
    "subtraction runs from the left": ("a - b - c", "amount(name(a) - name(b) - name(c))"),
    "comparisons in a chain": ("1 < a <= 3", "comparison(number(1) < name(a) <= number(3))"),
    "if else binds least": (
        "a or b if c else d or e",
        "choose(either(name(a) name(b)) name(c) either(name(d) name(e)))",
    ),
    "one if else after another": (
        "a if b else c if d else e",
        "choose(name(a) name(b) choose(name(c) name(d) name(e)))",
    ),
    "in": ("'x' in a", "comparison(code('x') in() name(a))"),
    "not in": ("a not in {'x', \"y\",}", "comparison(name(a) not_in() codes('x' \"y\"))"),
    "a name elsewhere": ("room.question", "name(room question)"),
    "a call": ("sum(a, 1.5,)", "call(sum name(a) number(1.5))"),
    "a call of nothing": ("sum()", "call(sum)"),
    "rows": ("any(r.x for r in room.rows)", "over_rows(any rows(name(r x) r room rows))"),
    "white space of every kind": ("a\t\r\n  and\nb", "both(name(a) name(b))"),
    "words that only start like others": ("nota and order", "both(name(nota) name(order))"),
}


@pytest.mark.parametrize(("source", "expected"), SHAPES.values(), ids=SHAPES.keys())
def test_phrases_bind_as_people_read_them(source: str, expected: str) -> None:
    assert shape(parsed(source)) == expected


ERRORS = {
    "nothing": ("", 0, "The expression ends too soon; expected a name, a number, a quoted code or (."),
    "only spaces": ("   ", 3, "The expression ends too soon; expected a name, a number, a quoted code or (."),
    "an end after and": ("a and", 5, "The expression ends too soon; expected a name, a number, a quoted code or (."),
    "an open bracket": (
        "(a",
        2,
        "The expression ends too soon; expected ).",
    ),
    "a bracket too many": ("a)", 1, "Did not expect ) here; expected the end."),
    "an if without else": (
        "a if b",
        6,
        'The expression ends too soon; expected "else".',
    ),
    "two names": ("a b", 2, 'Did not expect b here; expected (, a comparison such as >=, "and" or "or".'),
    "an empty set": ("a in {}", 6, "Did not expect } here; expected a quoted code."),
    "a number in a set": ("a in {1}", 6, "Did not expect 1 here; expected a quoted code."),
    "two signs": ("a ** 2", 3, "Did not expect * here; expected a name, a number, a quoted code or (."),
    "three names": ("a.b.c", 3, 'Did not expect . here; expected a comparison such as >=, "and", "or" or "in".'),
    "rows of nothing": ("any(a for r in )", 15, "Did not expect ) here; expected a name."),
    "one equals": ("a = 1", 2, "The character = means nothing here. Compare with == (two signs)."),
    "ampersands": ("a && b", 2, "The character & means nothing here. Write and."),
    "bars": ("a || b", 2, "The character | means nothing here. Write or."),
    "an exclamation mark": ("!a", 0, "The character ! means nothing here. Write not, or !=."),
    "a capital": ("a and B", 6, "The character B means nothing here. Names are lower case; codes are in quotes."),
    "another script": ("a < é", 4, "The character é means nothing here. Names are lower case; codes are in quotes."),
    "a quote that never ends": (
        "a == 'x",
        5,
        "The character ' means nothing here. Names are lower case; codes are in quotes.",
    ),
    "an empty code": ("a == ''", 5, "The character ' means nothing here. Names are lower case; codes are in quotes."),
    "a lambda": ("(lambda: 0)()", 7, "The character : means nothing here. Names are lower case; codes are in quotes."),
    "too long": ("a" * 4001, 0, "The expression is longer than 4,000 characters. Split it over several flags."),
    "a thousand brackets": ("(" * 1000 + "a" + ")" * 1000, 40, "Brackets are nested more than 40 deep here."),
    "a thousand not": ("not " * 900 + "a", 480, "The expression is nested too deep here."),
    "a thousand signs": ("-" * 1000 + "a", 120, "The expression is nested too deep here."),
}


@pytest.mark.parametrize(("source", "offset", "sentence"), ERRORS.values(), ids=ERRORS.keys())
def test_an_error_says_where_and_what(source: str, offset: int, sentence: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        parsed(source)

    assert (refused.value.offset, refused.value.sentence) == (offset, sentence)


def test_a_phrase_knows_its_offset() -> None:
    phrase = parsed("a or  b")

    assert [offset_of(child) for child in phrase.children] == [0, 6]
    assert offset_of(parsed("  a")) == 2
