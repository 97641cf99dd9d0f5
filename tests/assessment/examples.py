"""How many examples a property is tried on: as many as it asks for, or as the profile says, if that is more."""

from hypothesis import HealthCheck, settings


def examples(number: int) -> settings:
    """The settings of the profile, with at least so many examples: in every build that number, in the long run more."""
    suppressed = (*settings().suppress_health_check, HealthCheck.too_slow)
    return settings(max_examples=max(number, settings().max_examples), suppress_health_check=suppressed)
