"""Every flag should be shown raised, ruled out and open; what is missing is told with its place."""

import textwrap

from screening.definition.mistakes import Severity
from screening.definition.model import Library
from screening.definition.reading import read_library
from screening.proof.coverage import coverage_of

SLEEP = """\
    questionnaire: sleep
    title: Sleep
    audience: patient
    sources:
      label: {cites: The product label}
    pages:
      - id: nights
        title: Your nights
        questions:
          - {id: snores, type: yes_no, text: Do you snore?}
          - {id: mask, type: yes_no, text: Do you wear a mask?}
    flags:
      - {id: snoring, tier: caution, when: snores, title: Snores, why: Apnea., action: Ask., sources: [label]}
      - {id: unmasked, tier: caution, when: snores and not mask, title: No mask, why: A., action: B., sources: [label]}
    cases:
      - {name: yes, answers: {snores: yes}, expect: {snoring: raised, unmasked: open}}
      - {name: no, answers: {snores: no}, expect: {snoring: ruled_out}}
      - {name: nothing, answers: {}, expect: {snoring: open}}
    """


def library(text: str = SLEEP) -> Library:
    return read_library({"sleep.yaml": textwrap.dedent(text).encode()})


def test_totals_count_the_flags_that_each_state_is_shown_for() -> None:
    coverage = coverage_of(library())

    assert (coverage.flags, coverage.covered) == (2, 1)
    assert (coverage.raised, coverage.ruled_out, coverage.open) == (1, 1, 2)
    assert str(coverage) == "1 of 2 flags: raised 1, ruled out 1, open 2"


def test_a_flag_without_a_case_is_a_warning_at_its_place() -> None:
    (mistake,) = coverage_of(library()).mistakes

    assert mistake.severity is Severity.WARNING
    assert str(mistake.place) == "sleep.yaml:14:6"
    assert mistake.sentence == (
        "The flag unmasked has no case that raises it and none that rules it out. Add one under cases."
    )


def test_one_definition_may_be_looked_at_alone() -> None:
    assert coverage_of(library(), "sleep").flags == 2
    assert coverage_of(library(), "dreams").flags == 0


def test_a_library_in_which_every_flag_is_shown_has_nothing_to_tell() -> None:
    more = """\
          - {name: bare, answers: {snores: yes, mask: no}, expect: {unmasked: raised}}
          - {name: masked, answers: {snores: yes, mask: yes}, expect: {unmasked: ruled_out}}
    """
    text = textwrap.dedent(SLEEP) + textwrap.indent(textwrap.dedent(more), "  ")

    coverage = coverage_of(library(text))

    assert coverage.mistakes == ()
    assert coverage.covered == coverage.flags == 2
