"""Denial rates: the definitions of sql/definitions, the units that they count, and tables of a release by any of them."""
