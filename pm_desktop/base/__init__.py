"""Ground floor: paths, settings, errors, labels, coordinates, background jobs. No Qt, no database."""
