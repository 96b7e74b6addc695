"""Dagster assets, thin: each calls the room below it. No SQL, no rules, no settings of their own."""
