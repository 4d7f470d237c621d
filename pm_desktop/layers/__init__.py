"""Map layers, one file each: a new layer is a new module here with a module-level ``LAYER``."""
