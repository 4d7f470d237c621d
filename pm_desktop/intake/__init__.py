"""Files in: readers, coordinates, matching, batches."""
