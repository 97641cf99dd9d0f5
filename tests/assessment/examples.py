"""On how many examples a property is tried: what one costs differs, and the long run tries each of them longer."""

from hypothesis import HealthCheck, settings

USUAL = 100


def examples(number: int) -> settings:
    """The profile with that number of examples in every build, and in the long run more in proportion."""
    suppressed = (*settings().suppress_health_check, HealthCheck.too_slow)
    return settings(max_examples=number * settings().max_examples // USUAL, suppress_health_check=suppressed)
