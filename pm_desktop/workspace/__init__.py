"""The application without a window: workspace, edits, undo, changes, profile, search."""
