"""All pages of the review: importing their modules registers them."""

from screening.web.clinician import (  # noqa: F401  their pages register themselves
    answers,
    decisions,
    invitations,
    medicines,
    past,
    review,
    session_forms,
    waiting,
    workspace,
)
from screening.web.clinician.blueprint import clinician

BLUEPRINTS = (clinician,)

__all__ = ["BLUEPRINTS"]
