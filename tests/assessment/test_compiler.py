"""What the compiled evaluator must bear: deep and wide definitions, and nodes where they have no meaning."""

import datetime as dt
import textwrap
import time
from collections.abc import Mapping

import pytest

from screening.assessment.answers import read_answers
from screening.assessment.compiler import Compiler
from screening.assessment.layout import slots_of
from screening.assessment.program import program_for
from screening.definition.expression import Answer, Holds, Node, Not, Number, OneOf, Today
from screening.definition.model import Plan, TreatmentKind
from screening.definition.plans import plan_for_questionnaire
from screening.definition.reading import read_library

TODAY = dt.date(2026, 10, 18)
HEAD = """\
questionnaire: form
title: Form
audience: patient
sources: {book: {cites: A book}}
pages:
  - id: page
    title: Page
    questions:
"""
FLAG = '  - {{id: {id}, tier: relative, when: "{when}", title: T, why: W, action: A, sources: [book]}}\n'
FORMULARY = b"generic,brands,classes,rxcui\nalpha,,rx_a,\n"


def plan(questions: str, *conditions: str) -> Plan:
    text = HEAD + textwrap.indent(textwrap.dedent(questions), "      ") + "flags:\n"
    text += "".join(FLAG.format(id=f"flag_{index}", when=when) for index, when in enumerate(conditions))
    files = {"form.yaml": text.encode(), "formulary.csv": FORMULARY}
    return plan_for_questionnaire(read_library(files), "form")


def states(made: Plan, answers: Mapping[str, object]) -> list[str]:
    read = read_answers(made, {"form": answers}, TODAY)
    return [state.value for state in program_for(made).states(read, TODAY).values()]


LISTED = """\
- id: falls
  type: list
  max: 3
  text: Falls?
  questions:
    - {id: height, type: integer, range: [0, 9], text: H?}
    - {id: when, type: date, text: When?}
    - {id: how, type: text, text: How?}
- {id: asked, type: yes_no, text: Asked?}
- {id: medicines, type: medicines, max: 3, text: Medicines?}
"""


@pytest.mark.parametrize(
    ("when", "answers", "state"),
    [
        (
            "any(any(x.height > y.height for x in falls) for y in falls)",
            {"falls": [{"height": 1}, {"height": 2}]},
            "raised",
        ),
        ("any(any(x.height > y.height for x in falls) for y in falls)", {"falls": [{"height": 2}]}, "ruled_out"),
        ("any(any(x.height > y.height for x in falls) for y in falls)", {"falls": [{"height": 2}, {}]}, "open"),
        ("any(x.height > 3 for x in falls)", {}, "open"),
        ("any(x.height > 9 for x in falls)", {}, "ruled_out"),
        ("any(asked and x.height > 3 for x in falls)", {"asked": "no"}, "ruled_out"),
        ("all(x.height >= 0 for x in falls)", {}, "raised"),
        ("all(x.height > 3 for x in falls)", {}, "open"),
        ("all(x.height > 9 for x in falls)", {}, "open"),
        ("all(x.height > 9 for x in falls)", {"falls": []}, "raised"),
        ("count(x.height > 3 for x in falls) > 3", {}, "ruled_out"),
        ("count(x.height > 3 for x in falls) >= 3", {}, "open"),
        ("count(x.height > 3 for x in falls) == 1", {"falls": [{"height": 4}, {"height": 3}]}, "raised"),
        ("count(x.height > 3 for x in falls) == 1", {"falls": [{"height": 4}, {}]}, "open"),
        ("any(days_since(x.when) < 9 for x in falls)", {"falls": [{"when": "2026-10-10"}]}, "raised"),
        ("any(days_since(x.when) < 9 for x in falls)", {"falls": [{"when": "2026-10"}]}, "open"),
        ("any('rx_a' in x.classes and x.how_often == 'daily' for x in medicines)", {}, "open"),
        (
            "any('rx_a' in x.classes and x.how_often == 'daily' for x in medicines)",
            {"medicines": [{"name": "alpha", "how_often": "Daily"}]},
            "raised",
        ),
        (
            "any('rx_a' in x.classes and x.how_often == 'daily' for x in medicines)",
            {"medicines": [{"name": "alpha", "how_often": "now and then"}]},
            "open",
        ),
        ("takes('rx_a')", {"medicines": [{"name": "unheard of"}]}, "open"),
        ("takes('rx_a')", {"medicines": []}, "ruled_out"),
    ],
)
def test_rows(when: str, answers: Mapping[str, object], state: str) -> None:
    assert states(plan(LISTED, when), answers) == [state]


OFFERED = """\
- {id: tested, type: yes_no, text: Tested?}
- id: result
  type: choice
  text: Result?
  options: [{id: clear, text: Clear, when: tested}, {id: found, text: Found, when: tested}, {id: none, text: None}]
- id: signs
  type: choices
  text: Signs?
  options: [{id: fever, text: Fever, when: tested}, {id: rash, text: Rash}, {id: pain, text: Pain}]
- id: only
  type: choice
  text: Only?
  options: [{id: one, text: One, when: tested}, {id: two, text: Two, when: tested}]
"""


@pytest.mark.parametrize(
    ("when", "answers", "state"),
    [
        pytest.param("result == 'clear'", {"result": "clear", "tested": "yes"}, "raised", id="offered"),
        pytest.param("result == 'found'", {"result": "clear", "tested": "yes"}, "ruled_out", id="another is chosen"),
        pytest.param("result == 'found'", {"result": "clear", "tested": "no"}, "ruled_out", id="neither is offered"),
        pytest.param("result == 'none'", {"result": "clear", "tested": "no"}, "raised", id="what else is offered"),
        pytest.param("result == 'none'", {"result": "clear"}, "open", id="it may not have been offered"),
        pytest.param("result == 'found'", {"result": "clear"}, "open", id="or another may be"),
        pytest.param("result == 'none'", {"tested": "no"}, "raised", id="the only one that is offered"),
        pytest.param("result == 'none'", {"result": "none"}, "raised", id="always offered"),
        pytest.param("'fever' in signs", {"signs": ["fever", "rash"], "tested": "yes"}, "raised", id="of several"),
        pytest.param("'fever' in signs", {"signs": ["fever", "rash"], "tested": "no"}, "ruled_out", id="one is gone"),
        pytest.param("'rash' in signs", {"signs": ["fever", "rash"]}, "raised", id="the other stays"),
        pytest.param(
            "'rash' in signs", {"signs": ["fever"], "tested": "no"}, "open", id="none that was chosen is left"
        ),
        pytest.param("'rash' in signs", {"signs": []}, "ruled_out", id="nothing was chosen"),
        pytest.param("only == 'one'", {"only": "one", "tested": "no"}, "open", id="nothing at all is offered"),
    ],
)
def test_an_option_that_is_not_offered_was_not_chosen(when: str, answers: Mapping[str, object], state: str) -> None:
    assert states(plan(OFFERED, when), answers) == [state]


def test_answers_of_which_no_option_is_offered_are_stale() -> None:
    made = plan(OFFERED, "tested")
    answers = {"tested": "no", "result": "clear", "signs": ["fever"], "only": "one"}
    kept = {"tested": "no", "result": "none", "signs": ["fever", "rash"]}
    program = program_for(made)

    assert program.stale(read_answers(made, {"form": answers}, TODAY), TODAY) == {
        "form.result",
        "form.signs",
        "form.only",
    }
    assert program.stale(read_answers(made, {"form": kept}, TODAY), TODAY) == frozenset()
    assert program.stale(read_answers(made, {"form": {"signs": []}}, TODAY), TODAY) == frozenset()


def test_scales_of_many_options_keep_their_own_points() -> None:
    up = ", ".join(f"{{id: o{index}, text: O, points: {index}}}" for index in range(12))
    down = ", ".join(f"{{id: o{index}, text: O, points: {20 - index}}}" for index in range(12))
    made = plan(
        f"- {{id: up, type: scale, text: U?, options: [{up}]}}\n"
        f"- {{id: down, type: scale, text: D?, options: [{down}]}}\n",
        "up + 0 == 1",
        "down + 0 == 19",
    )

    assert states(made, {"up": "o1", "down": "o1"}) == ["raised", "raised"]


@pytest.mark.parametrize(
    ("when", "state"),
    [
        pytest.param("asked if asked else " * 28 + "asked", "raised", id="choices in choices"),
        pytest.param("count(" * 18 + "asked" + ") > 0" * 18, "raised", id="counts in counts"),
        pytest.param("asked == 'yes' and (" * 18 + "asked" + ")" * 18, "raised", id="brackets in brackets"),
        pytest.param("not " * 50 + "asked", "raised", id="not, again and again"),
        pytest.param(
            "any(" * 2 + "count(" * 15 + "asked" + ") > 0" * 15 + " for x in falls) for y in falls)", "raised"
        ),
        pytest.param("min(" * 20 + "count(asked)" + ", 5)" * 20 + " > 0", "raised", id="smallest of smallest"),
    ],
)
def test_what_is_nested_as_deep_as_may_be_is_read_and_compiled_at_once(when: str, state: str) -> None:
    start = time.process_time()

    assert states(plan(LISTED, when), {"asked": "yes", "falls": [{}]}) == [state]
    assert time.process_time() - start < 5


def test_more_than_a_thousand_questions_do_not_get_into_the_rows_way() -> None:
    pages = "".join(
        f"  - id: page_{page}\n    title: Page\n    questions:\n"
        + "".join(f"      - {{id: q_{page}_{index}, type: yes_no, text: Q?}}\n" for index in range(60))
        for page in range(17)
    )
    head = HEAD.removesuffix("pages:\n  - id: page\n    title: Page\n    questions:\n")
    listed = "  - id: first\n    title: First\n    questions:\n" + textwrap.indent(LISTED, "      ")
    flag = FLAG.format(id="flag", when="any(x.height > 3 for x in falls) and q_16_41")
    text = head + "pages:\n" + listed + pages + "flags:\n" + flag
    made = plan_for_questionnaire(read_library({"form.yaml": text.encode(), "formulary.csv": FORMULARY}), "form")

    assert states(made, {"falls": [{"height": 4}], "q_16_41": "yes"}) == ["raised"]
    assert states(made, {"falls": [{"height": 4}], "q_16_41": "no"}) == ["ruled_out"]


def test_a_thousand_flags_are_compiled_and_asked() -> None:
    made = plan(LISTED, *(f"asked and count(x.height > {index % 9} for x in falls) > 0" for index in range(1000)))

    assert states(made, {"asked": "no"}) == ["ruled_out"] * 1000


ASKED = Answer("form", "asked")


@pytest.mark.parametrize(
    ("node", "ask"),
    [
        pytest.param(Number(1), "condition", id="a number is no condition"),
        pytest.param(OneOf(Today(), frozenset({"yes"})), "condition", id="a day is no code"),
        pytest.param(Holds(Today(), "rx_a"), "condition", id="a day is no set of codes"),
        pytest.param(Not(ASKED), "number", id="a condition is no number"),
    ],
)
def test_a_tree_that_the_reader_would_refuse_is_not_compiled(node: Node, ask: str) -> None:
    compiler = Compiler(slots_of(plan(LISTED, "asked")), {}, TreatmentKind("ketamine", "iv"))

    with pytest.raises(TypeError, match="is no"):
        compiler.must(node) if ask == "condition" else compiler.bounds(node)


def test_what_is_not_in_the_plan_is_not_compiled() -> None:
    compiler = Compiler(slots_of(plan(LISTED, "asked")), {}, TreatmentKind("ketamine", "iv"))

    with pytest.raises(KeyError):
        compiler.must(Answer("form", "elsewhere"))
