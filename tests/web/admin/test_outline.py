"""The outline beside the text: what it holds and where, also while the text is wrong."""

from screening.definition.model import Tier
from screening.web.admin.outline import Entry, outline_of

TEXT = """\
questionnaire: sleep
pages:
  - id: nights
    title: Your nights
  - title: A page without an id
scores:
  - id: stop
flags:
  - id: snoring
    tier: caution
  - id: apnea
    tier: {esketamine: absolute, otherwise: relative}
  - id: unsure
    tier: gravest
cases:
  - name: one
"""


def test_pages_scores_and_flags_stand_at_their_lines() -> None:
    outline = outline_of("sleep.yaml", TEXT)

    assert outline.pages == (Entry("nights", "Your nights", 3),)
    assert outline.scores == (Entry("stop", "stop", 7),)
    assert outline.flags == (
        Entry("snoring", "snoring", 9, Tier.CAUTION),
        Entry("apnea", "apnea", 11, Tier.ABSOLUTE),
        Entry("unsure", "unsure", 13, None),
    )
    assert outline.cases == 1


def test_what_cannot_be_read_has_no_outline() -> None:
    assert not outline_of("sleep.yaml", "pages: [")
    assert not outline_of("sleep.yaml", "- a list\n")
    assert not outline_of("sleep.yaml", "pages: none\nflags:\n  a: b\n")
