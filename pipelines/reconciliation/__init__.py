"""Reconciliation: the identities that money must obey from the bytes of the files to the published tables, and how they are run."""
