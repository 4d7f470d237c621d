"""Street packs: streets, water, green, buildings, rail and their names, built from OSM data or a generator."""
