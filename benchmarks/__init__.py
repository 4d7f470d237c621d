"""Measures the program beside its peers; ``make bench`` or ``pm-desktop bench`` (docs/decisions tell how and why)."""
