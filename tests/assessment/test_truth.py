import pytest

from screening.assessment.truth import State, Truth


@pytest.mark.parametrize("truth", list(Truth))
def test_a_truth_is_never_taken_for_yes_or_no(truth: Truth) -> None:
    with pytest.raises(TypeError, match="three values"):
        bool(truth)


@pytest.mark.parametrize(
    ("truth", "state"),
    [(Truth.TRUE, State.RAISED), (Truth.FALSE, State.RULED_OUT), (Truth.UNKNOWN, State.OPEN)],
    ids=lambda value: value.name,
)
def test_a_flag_is_in_the_state_of_its_conditions_truth(truth: Truth, state: State) -> None:
    assert State.of(truth) is state
