"""The error that is meant for the user's eyes."""

from __future__ import annotations


class MidpointError(Exception):
    """One line: what is wrong, where (file, position), and what to do. The command prints it and exits 1, without a traceback."""


class WarehouseBusyError(MidpointError):
    """Another process has the warehouse open: who may wait can try again."""
