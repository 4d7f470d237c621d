"""What leaves the workspace as a picture (no widgets; painting stands in cartography)."""
