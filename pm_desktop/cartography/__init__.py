"""The map engine: styles, tile cache, painter, labels, render process (QtGui, no widgets)."""
