"""Names become what they stand for, and what cannot be compared is told where it stands."""

from types import MappingProxyType

import pytest

from screening.definition import expression as e
from screening.definition.expression import parts, references, walk
from screening.definition.meaning import TypeMistake, read_condition, read_number
from screening.definition.model import QuestionType as T
from screening.definition.scope import Contents, Scope, Signature

ROOM = {
    "yes": Signature(T.YES_NO),
    "bed": Signature(T.CHOICE, ("soft", "hard")),
    "mood": Signature(T.SCALE, ("low", "high"), points=True),
    "aids": Signature(T.CHOICES, ("tea", "music")),
    "hours": Signature(T.INTEGER, unit="h"),
    "plain": Signature(T.DECIMAL),
    "weight": Signature(T.WEIGHT),
    "height": Signature(T.HEIGHT),
    "since": Signature(T.DATE),
    "words": Signature(T.TEXT),
    "pills": Signature(T.MEDICINES),
    "naps": Signature(T.LIST, fields={"minutes": Signature(T.INTEGER, unit="min"), "deep": Signature(T.YES_NO)}),
    "broken": Signature(T.TEXT, readable=False),
}
ABOUT = {"date_of_birth": Signature(T.DATE), "sex_at_birth": Signature(T.CHOICE, ("female", "male"))}
EVERYTHING = {"own": Contents(ROOM, frozenset({"total"})), "about_you": Contents(ABOUT), "far": Contents({})}
SCOPE = Scope(
    own="own",
    reach={name: EVERYTHING[name] for name in ("own", "about_you")},
    everything=EVERYTHING,
    classes=frozenset({"rx_a", "rx_b"}),
    products=("esketamine", "ketamine"),
    routes=("iv", "oral"),
)


def own(name: str) -> e.Answer:
    return e.Answer("own", name)


BED_SOFT = e.OneOf(own("bed"), frozenset({"soft"}))
YES = own("yes")
HOURS = own("hours")
LESS, MORE = e.Comparison.LESS, e.Comparison.GREATER

CONDITIONS: dict[str, e.Node] = {
    "yes": YES,
    "yes == 'yes'": YES,
    "yes != 'yes'": e.Not(YES),
    "'no' == yes": e.Not(YES),
    "yes in {'yes', 'no'}": e.Or((e.Not(YES), YES)),
    "not yes": e.Not(YES),
    "yes and bed == 'soft'": e.And((YES, BED_SOFT)),
    "yes or 'soft' == bed": e.Or((YES, BED_SOFT)),
    "bed != 'soft'": e.Not(BED_SOFT),
    "bed in {'soft', 'hard'}": e.OneOf(own("bed"), frozenset({"soft", "hard"})),
    "bed not in {'soft'}": e.Not(BED_SOFT),
    "'tea' in aids": e.Holds(own("aids"), "tea"),
    "'tea' not in aids": e.Not(e.Holds(own("aids"), "tea")),
    "mood > 1": e.Compare(e.Points(own("mood")), MORE, e.Number(1)),
    "mood == 'high'": e.OneOf(own("mood"), frozenset({"high"})),
    "1 < hours < 3": e.And((e.Compare(e.Number(1), LESS, HOURS), e.Compare(HOURS, LESS, e.Number(3)))),
    "since < today": e.Compare(own("since"), LESS, e.Today()),
    "(today if yes else since) < today": e.Compare(e.Choose(YES, e.Today(), own("since")), LESS, e.Today()),
    "yes if yes else not yes": e.Choose(YES, YES, e.Not(YES)),
    "total > 1.5": e.Compare(e.ScoreValue("own", "total"), MORE, e.Number(1.5)),
    "treatment.route == 'iv'": e.OneOf(e.Treatment("route", ("iv", "oral")), frozenset({"iv"})),
    "patient.age > 1": e.Compare(e.Elapsed(e.Since.YEARS, e.Answer("about_you", "date_of_birth")), MORE, e.Number(1)),
    "patient.sex_at_birth == 'male'": e.OneOf(e.Answer("about_you", "sex_at_birth"), frozenset({"male"})),
    "takes('rx_a')": e.Takes(own("pills"), "rx_a"),
    "any(n.deep for n in naps)": e.Rows(e.Quantifier.ANY, own("naps"), "n", e.RowField("n", "deep")),
    "all('rx_a' in m.classes for m in own.pills)": e.Rows(
        e.Quantifier.ALL, own("pills"), "m", e.Holds(e.RowField("m", "classes"), "rx_a")
    ),
}
NUMBERS: dict[str, e.Node] = {
    "hours": HOURS,
    "+hours": HOURS,
    "-hours": e.Calculate(e.Number(0), e.Arithmetic.SUBTRACT, HOURS),
    "mood": e.Points(own("mood")),
    "hours * 2 / plain": e.Calculate(
        e.Calculate(HOURS, e.Arithmetic.MULTIPLY, e.Number(2)), e.Arithmetic.DIVIDE, own("plain")
    ),
    "sum(hours, 1)": e.Sum((HOURS, e.Number(1))),
    "min(hours, 1)": e.Smallest((HOURS, e.Number(1))),
    "max(hours, 1)": e.Largest((HOURS, e.Number(1))),
    "count(yes, hours < 1)": e.CountTrue((YES, e.Compare(HOURS, LESS, e.Number(1)))),
    "count(n.deep for n in naps)": e.Rows(e.Quantifier.COUNT, own("naps"), "n", e.RowField("n", "deep")),
    "months_since(since)": e.Elapsed(e.Since.MONTHS, own("since")),
    "days_since(today)": e.Elapsed(e.Since.DAYS, e.Today()),
    "mood if yes else 2": e.Choose(YES, e.Points(own("mood")), e.Number(2)),
}


@pytest.mark.parametrize(("source", "tree"), CONDITIONS.items(), ids=CONDITIONS.keys())
def test_a_condition_becomes_a_tree(source: str, tree: e.Node) -> None:
    assert read_condition(source, SCOPE).mistakes == ()
    assert read_condition(source, SCOPE).tree == tree


@pytest.mark.parametrize(("source", "tree"), NUMBERS.items(), ids=NUMBERS.keys())
def test_a_number_becomes_a_tree(source: str, tree: e.Node) -> None:
    assert read_number(source, SCOPE).mistakes == ()
    assert read_number(source, SCOPE).tree == tree


MISTAKES: dict[str, tuple[tuple[int, str], ...]] = {
    "hours": ((0, "This is a number, where a yes or no is needed. Compare it with something."),),
    "bed": ((0, "This is one code, where a yes or no is needed. Compare it with something."),),
    "yes > 1": ((0, "This is a yes or no, where a number is needed."),),
    "bed > 1": ((0, "This is one code, and its options have no points, so it is no number."),),
    "bed == hours": ((7, "A code is compared with a quoted code: question == 'code'."),),
    "bed > 'soft'": ((6, "Codes have no order. Use == or in, or the points of the options."),),
    "'a' == 'b'": ((7, "Two quoted codes are compared with each other. Compare a question with a code."),),
    "'a' in {'b'}": ((0, "A quoted code is looked for in quoted codes. Name the question: question in {...}."),),
    "yes or 'a'": ((7, "A quoted code stands here alone. Compare it: question == 'code'."),),
    "yes or {'a'}": ((7, "A set of codes stands here alone. Write: question in {'a', 'b'}."),),
    "bed == 'sofd'": ((7, "There is no code 'sofd' here. Did you mean soft? Known: soft, hard."),),
    "yes == 'maybe'": ((7, "There is no code 'maybe' here. Known: yes, no."),),
    "words == 'a'": ((0, "This is free text; it cannot be compared with a code."),),
    "aids == 'tea'": ((0, "This question may have several answers. Write: 'code' in question."),),
    "bed in aids": ((0, "Before in comes a quoted code when it is looked for in a set: 'code' in question."),),
    "'tea' in bed": ((9, "After in comes a set of codes; this is one code."),),
    "since > 3": ((8, "A date is compared with a date. For time passed, use days_since(...)."),),
    "days_since(hours) > 3": ((11, "This is a number, where a date is needed."),),
    "days_since() > 3": ((0, "days_since takes one date."),),
    "sum() > 1": ((0, "sum needs at least one value between the brackets."),),
    "hours + weight > 1": ((8, "The units do not agree: h and kg."),),
    "hours > height": ((8, "The units do not agree: h and cm."),),
    "sum(hours, weight) > 1": ((11, "The units do not agree: h and kg."),),
    "(hours if yes else weight) > 1": ((19, "The units do not agree: h and kg."),),
    "(hours if yes else bed) > 1": ((19, "This is one code, and its options have no points, so it is no number."),),
    "any(yes)": ((0, "any goes over the rows of a list: any(... for row in list)."),),
    "sums(1) > 0": ((0, "There is no function sums. Did you mean sum?"),),
    "eval('x')": ((0, "There is no function eval."),),
    "sum(n.deep for n in naps)": ((0, "Only any, all and count go over rows, not sum."),),
    "any(n.deep for n in hours)": ((0, "hours is no list of rows within reach."),),
    "any(n.deep for n in nowhere.naps)": ((0, "nowhere.naps is no list of rows within reach."),),
    "any(n.depe for n in naps)": ((4, "A row has no field depe. Did you mean deep?"),),
    "any(any(n.deep for n in naps) for n in naps)": ((4, "The name n stands for another row already."),),
    "any(any(any(a.deep for a in naps) for b in naps) for c in naps)": (
        (8, "Rows are gone over inside rows more than 2 deep here."),
    ),
    "takes(yes)": ((0, "takes needs one quoted class: takes('rx_maoi')."),),
    "takes('rx_c')": ((6, "No medicine of the formulary has the class rx_c. Did you mean rx_a?"),),
    "patient.name == 'a'": ((0, "patient has age and sex_at_birth, not name."),),
    "treatment.dose > 1": ((0, "treatment has product and route, not dose."),),
    "date_of_birth < today": ((0, "There is no question date_of_birth here. Did you mean about_you.date_of_birth?"),),
    "tomorrow > 1": ((0, "There is no question tomorrow."),),
    "far.away": ((0, "far is not within reach. List it: uses: [far]."),),
    "fur.away": ((0, "There is no questionnaire fur. Did you mean far?"),),
    "about_you.sex == 'male'": ((0, "about_you has no question sex."),),
    "1" + " + 1" * 30 + " > 0": ((0, "More than 30 values follow one another here. Use sum(...)."),),
    "not " * 61 + "yes": ((0, "The expression is nested more than 60 deep. Split it over several scores."),),
    "huors > 1 or bed == 'x' or huors > 1": (
        (0, "There is no question huors. Did you mean hours?"),
        (20, "There is no code 'x' here. Known: soft, hard."),
        (27, "There is no question huors. Did you mean hours?"),
    ),
    "'x' in huors or days_since(huors) > 1": (
        (7, "There is no question huors. Did you mean hours?"),
        (27, "There is no question huors. Did you mean hours?"),
    ),
    "(huors if yes else 1) > 1 or huors == 'x'": (
        (1, "There is no question huors. Did you mean hours?"),
        (29, "There is no question huors. Did you mean hours?"),
    ),
}


@pytest.mark.parametrize(("source", "mistakes"), MISTAKES.items(), ids=[source[:50] for source in MISTAKES])
def test_every_mistake_is_told_at_its_offset(source: str, mistakes: tuple[tuple[int, str], ...]) -> None:
    reading = read_condition(source, SCOPE)

    assert reading.tree is None
    assert reading.mistakes == tuple(TypeMistake(*mistake) for mistake in mistakes)


def test_what_could_not_be_read_gives_no_second_mistake() -> None:
    source = "broken and broken > 1 and broken == 'x' and 'x' in broken and days_since(broken) > sum(broken, 1)"

    assert read_condition(source, SCOPE).mistakes == ()


def test_names_need_what_they_stand_for() -> None:
    alone = Scope("own", {"own": Contents({})}, {"own": Contents({})}, frozenset(), (), ())

    assert read_condition("patient.age > 1", alone).mistakes == (
        TypeMistake(0, "patient.age needs the question about_you.date_of_birth."),
    )
    assert read_condition("takes('rx_a')", alone).mistakes == (
        TypeMistake(0, "No question of type medicines is within reach. List its questionnaire in uses."),
    )


def test_medicines_of_another_questionnaire_within_reach_are_meant_where_there_are_none_of_its_own() -> None:
    other = Contents(MappingProxyType({"list": Signature(T.MEDICINES)}))
    scope = Scope("own", {"own": Contents({}), "other": other}, {}, frozenset({"rx_a"}), (), ())

    assert read_condition("takes('rx_a')", scope).tree == e.Takes(e.Answer("other", "list"), "rx_a")


@pytest.mark.parametrize("source", [*CONDITIONS, "sum(mood, total) > min(hours, 3) + max(1, 2)"])
def test_a_walk_meets_every_part_outermost_first(source: str) -> None:
    tree = read_condition(source, SCOPE).tree
    assert tree is not None
    met = list(walk(tree))

    assert met[0] == tree
    assert all(part in met for node in met for part in parts(node))


def test_references_are_named_once_in_the_order_in_which_they_are_read() -> None:
    source = "yes and mood > 1 and takes('rx_a') and any(n.deep and yes for n in naps) and total > hours"
    tree = read_condition(source, SCOPE).tree
    assert tree is not None

    assert [found.key for found in references(tree)] == [
        f"own.{name}" for name in ("yes", "mood", "pills", "naps", "total", "hours")
    ]
