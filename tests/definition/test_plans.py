"""A plan holds what a pathway asks, each flag with its tier for the treatment and the stage that it waits for."""

from dataclasses import replace

import pytest

from screening.definition.model import Flag, Library, Plan, Stage, Tier, TreatmentKind
from screening.definition.plans import plan_for, plan_for_questionnaire
from screening.definition.reading import read_library
from tests.assessment import shipped

ABOUT = """\
questionnaire: about_you
title: About you
audience: patient
pages:
  - {id: you, title: You, questions: [{id: date_of_birth, type: date, text: When were you born?}]}
"""
FORM = """\
questionnaire: NAME
title: Form
audience: patient
uses: [USES]
sources: {book: {cites: A book}}
pages:
  - id: page
    title: Page
    questions:
      - {id: first, type: yes_no, text: First?}
      - {id: later, type: integer, range: [0, 9], text: Later?WHEN}
scores:
  - {id: total, title: Total, value: later + 1}
flags:
"""
FLAG = "  - {id: ID, tier: TIER, when: WHEN, title: T, why: W, action: A, sources: [book]MORE}\n"
WAY = """\
pathway: way
title: Way
about: How it goes.
treatment: {product: ketamine, route: oral}
steps: [{questionnaire: about_you}, {questionnaire: early}, {questionnaire: late, stage: session}]
flags:
"""


def flag(name: str, when: str, tier: str = "caution", more: str = "") -> str:
    return FLAG.replace("ID", name).replace("TIER", tier).replace("WHEN", when).replace("MORE", more)


def form(name: str, uses: str = "", when: str = "") -> str:
    return FORM.replace("NAME", name).replace("USES", uses).replace("WHEN", when)


def files() -> dict[str, bytes]:
    late = form("late", "early", ", when: early.first")
    texts = {
        "about_you.yaml": ABOUT,
        "early.yaml": form("early") + flag("early_first", "first"),
        "late.yaml": late + flag("late_first", "first") + flag("old_first", "early.first"),
        "pathways/way.yaml": WAY
        + flag("of_the_day", "late.later > 3")
        + flag("of_a_score_of_the_day", "late.total > 3")
        + flag("of_before", "early.total > 3 and patient.age > 60")
        + flag("of_both", "early.first and late.first")
        + flag("of_the_treatment", "treatment.route == 'iv'"),
    }
    return {name: text.encode() for name, text in texts.items()}


def library() -> Library:
    return read_library(files())


def stages(plan: Plan) -> dict[str, Stage]:
    return {planned.id: planned.stage for planned in plan.flags}


def test_a_flag_belongs_to_the_latest_stage_that_it_reads() -> None:
    assert stages(plan_for(library(), "way")) == {
        "early_first": Stage.SCREENING,
        "late_first": Stage.SESSION,
        "old_first": Stage.SCREENING,
        "of_the_day": Stage.SESSION,
        "of_a_score_of_the_day": Stage.SESSION,
        "of_before": Stage.SCREENING,
        "of_both": Stage.SESSION,
        "of_the_treatment": Stage.SCREENING,
    }


def test_a_flag_waits_for_the_day_also_where_a_question_before_it_depends_on_the_day() -> None:
    changed = files()
    order = b"{questionnaire: early, stage: session}, {questionnaire: late}]"
    changed["pathways/way.yaml"] = changed["pathways/way.yaml"].replace(
        b"{questionnaire: early}, {questionnaire: late, stage: session}]", order
    )
    found = stages(plan_for(read_library(changed), "way"))

    assert found["of_the_day"] is Stage.SESSION  # `later` is asked only if early.first
    assert found["late_first"] is Stage.SCREENING


def test_shipped_flags_of_the_day_wait_for_the_day() -> None:
    found = stages(shipped.plan("esketamine_intranasal"))

    assert {found[name] for name in ("preg_current", "sud_drug_high")} == {Stage.SESSION}


def test_a_plan_names_what_its_pathway_says() -> None:
    plan = plan_for(library(), "way")

    assert (plan.id, plan.title, plan.about) == ("way", "Way", "How it goes.")
    assert plan.treatment == TreatmentKind("ketamine", "oral")
    assert [form.id for form in plan.questionnaires] == ["about_you", "early", "late"]
    assert [plan.stage(form.id) for form in plan.questionnaires] == [Stage.SCREENING, Stage.SCREENING, Stage.SESSION]
    assert {planned.id: planned.questionnaire for planned in plan.flags}["late_first"] == "late"
    assert {planned.id: planned.questionnaire for planned in plan.flags}["of_both"] is None
    assert plan.question("late.later").id == "later"
    assert plan.question("late.later").has_answer
    assert plan.questionnaire("late").page("page").title == "Page"


def test_what_a_plan_does_not_have_is_a_key_error() -> None:
    plan = plan_for(library(), "way")
    sex = shipped.library().questionnaires["about_you"].page("you").questions[1]
    assert sex.option("male").text == "Male"

    for absent in (
        lambda: plan_for(library(), "elsewhere"),
        lambda: plan_for_questionnaire(library(), "elsewhere"),
        lambda: plan.questionnaire("elsewhere"),
        lambda: plan.stage("elsewhere"),
        lambda: plan.question("late.never"),
        lambda: plan.question("elsewhere.first"),
        lambda: plan.questionnaire("late").page("elsewhere"),
        lambda: sex.option("mail"),
    ):
        with pytest.raises(KeyError):
            absent()


# Tiers

IV, ORAL, SPRAY = (TreatmentKind(*each.split()) for each in ("ketamine iv", "ketamine oral", "esketamine intranasal"))
TIERS = {
    "one word": ("relative", "", (Tier.RELATIVE, Tier.RELATIVE, Tier.RELATIVE)),
    "a product": ("{ketamine: absolute}", "", (Tier.ABSOLUTE, Tier.ABSOLUTE, None)),
    "a product by a route": ("{ketamine.oral: info}", "", (None, Tier.INFO, None)),
    "the route goes before the product": (
        "{ketamine: absolute, ketamine.oral: info}",
        "",
        (Tier.ABSOLUTE, Tier.INFO, None),
    ),
    "otherwise": ("{ketamine.oral: info, otherwise: caution}", "", (Tier.CAUTION, Tier.INFO, Tier.CAUTION)),
    "treatments by product": ("relative", ", treatments: [esketamine]", (None, None, Tier.RELATIVE)),
    "treatments by route": (
        "relative",
        ", treatments: [ketamine.iv, esketamine]",
        (Tier.RELATIVE, None, Tier.RELATIVE),
    ),
    "both": ("{ketamine: emergency}", ", treatments: [ketamine.oral, esketamine]", (None, Tier.EMERGENCY, None)),
}


@pytest.mark.parametrize(("tier", "more", "expected"), TIERS.values(), ids=TIERS.keys())
def test_the_most_specific_tier_counts(tier: str, more: str, expected: tuple[Tier | None, ...]) -> None:
    changed = files()
    changed["early.yaml"] += flag("varied", "first", tier, more).encode()
    read = read_library(changed)
    (varied,) = (each for each in read.questionnaires["early"].flags if each.id == "varied")

    assert tuple(varied.tier(kind) for kind in (IV, ORAL, SPRAY)) == expected
    planned = {each.id: each.tier for each in plan_for(read, "way").flags}
    assert planned.get("varied") == expected[1]


def test_a_flag_of_no_treatment_has_no_tier() -> None:
    (flag_,) = library().questionnaires["early"].flags
    bare: Flag = replace(flag_, tiers={})

    assert bare.tier(IV) is None


def test_without_a_treatment_every_flag_is_there_at_its_gravest() -> None:
    changed = files()
    changed["early.yaml"] += flag("varied", "first", "{ketamine: info, esketamine.intranasal: absolute}").encode()
    plan = plan_for_questionnaire(read_library(changed), "early")

    assert {planned.id: planned.tier.word for planned in plan.flags} == {"early_first": "caution", "varied": "absolute"}
    assert plan_for_questionnaire(read_library(changed), "early", ORAL).flags[-1].tier is Tier.INFO


def test_a_questionnaire_alone_comes_after_all_that_it_uses() -> None:
    changed = files()
    changed["last.yaml"] = form("last", "late").encode().removesuffix(b"flags:\n")
    plan = plan_for_questionnaire(read_library(changed), "last")

    assert [each.id for each in plan.questionnaires] == ["about_you", "early", "late", "last"]
    assert set(stages(plan).values()) == {Stage.SCREENING}


# Hashes


@pytest.mark.parametrize("file", [*files(), "formulary.csv"])
def test_the_hash_changes_with_any_file(file: str) -> None:
    before = {**files(), "formulary.csv": b"generic,brands,classes,rxcui\n"}
    after = {**before, file: before[file] + b"\n"}
    one, same, other = (plan_for(read_library(each), "way") for each in (before, dict(reversed(before.items())), after))

    assert one == same
    assert hash(one) == hash(same)
    assert one.hash != other.hash
    assert one != other


def test_plans_of_one_library_have_each_their_hash() -> None:
    read = library()
    hashes = {
        plan_for(read, "way").hash,
        plan_for_questionnaire(read, "early").hash,
        plan_for_questionnaire(read, "late").hash,
        plan_for_questionnaire(read, "late", IV).hash,
        plan_for_questionnaire(read, "late", ORAL).hash,
    }

    assert len(hashes) == 5
    assert plan_for(read, "way") != "way"
