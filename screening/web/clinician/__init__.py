"""The clinician's review: the queue, one intake, the decision."""
