"""pm_desktop: desktop GIS for overseeing residential property management in Pudong."""

__version__ = "0.1.0"
