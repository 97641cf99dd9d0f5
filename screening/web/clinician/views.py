"""All pages of the review: importing their modules registers them."""

from screening.web.clinician import (  # noqa: F401  their pages register themselves
    answers,
    decisions,
    invitations,
    past,
    queue,
    review,
    session_forms,
    workspace,
)
from screening.web.clinician.blueprint import clinician

BLUEPRINTS = (clinician,)

__all__ = ["BLUEPRINTS"]
