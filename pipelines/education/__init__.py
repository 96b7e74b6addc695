"""Provider education: lists of who should learn what, letters, and whether they worked. Reads a release, never the warehouse."""
