"""Processes that measure: ours, and those of the peers (which know nothing of this project)."""
