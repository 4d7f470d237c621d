"""Docked panels; a panel takes the session and never connects to another panel."""
