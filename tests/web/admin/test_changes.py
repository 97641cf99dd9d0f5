"""What is different between two texts, as an admin reads it before publishing."""

from hypothesis import given
from hypothesis import strategies as st

from screening.web.admin.changes import MAX_LINES, Side, changes_between

LINES = st.lists(st.sampled_from(["", "- id: a", "- id: b", "when: x > 140", "when: x > 150"]), max_size=12)


@given(LINES, LINES)
def test_the_shown_lines_are_those_of_the_texts(older: list[str], newer: list[str]) -> None:
    changes = changes_between("\n".join(older), "\n".join(newer))

    lines = [line for run in changes.runs for line in run]
    before, after = "\n".join(older).splitlines(), "\n".join(newer).splitlines()
    assert all(before[line.older - 1] == line.text for line in lines if line.older)
    assert all(after[line.newer - 1] == line.text for line in lines if line.newer)
    assert len(after) - len(before) == changes.added - changes.removed
    assert bool(changes) == (before != after)


def test_a_line_that_was_changed_shows_what_changed_in_it() -> None:
    changes = changes_between("a: 1\nwhen: x > 140\n", "a: 1\nwhen: x > 150\n")

    (run,) = changes.runs
    assert [(line.side, line.parts) for line in run[1:]] == [
        (Side.OLDER, ("when: x > 1", "4", "0")),
        (Side.NEWER, ("when: x > 1", "5", "0")),
    ]


def test_a_new_line_is_all_new_but_for_its_indentation() -> None:
    changes = changes_between("a: 1\n", "a: 1\n  - id: b\n")

    assert [line.parts for run in changes.runs for line in run if line.side is Side.NEWER] == [("  ", "- id: b", "")]


def test_only_a_few_lines_around_a_change_are_shown() -> None:
    older = [str(number) for number in range(100)]
    newer = [*older[:50], "new", *older[50:]]

    (run,) = changes_between("\n".join(older), "\n".join(newer)).runs

    assert [line.text for line in run] == ["47", "48", "49", "new", "50", "51", "52"]


def test_texts_too_long_to_compare_are_said_to_be_so() -> None:
    long = "x\n" * (MAX_LINES + 1)

    assert not changes_between(long, long + "y").compared
    assert changes_between(long, long + "y")
    assert not changes_between(long, long)
