"""What all tests share: how thoroughly the generated ones look."""

from hypothesis import HealthCheck, settings

# The same examples on every run, so that a red build is about the change and nothing else.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)

# `pytest --hypothesis-profile long`: fresh examples, and many, for a night or for a change of the core.
settings.register_profile(
    "long", derandomize=False, deadline=None, max_examples=5_000, suppress_health_check=[HealthCheck.too_slow]
)

settings.load_profile("ci")
