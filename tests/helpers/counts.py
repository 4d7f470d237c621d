"""How many rounds a test takes: few in ``make test``, the full count in ``make soak``."""

import os

SOAK = os.environ.get("PM_DESKTOP_SOAK") == "1"


def count(test: int, soak: int) -> int:
    """Rounds of a test."""
    return soak if SOAK else test
