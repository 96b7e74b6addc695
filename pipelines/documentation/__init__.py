"""The ACP documentation extract: what the record says of each advance-care-planning talk, as a table."""
