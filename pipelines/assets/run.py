"""Runs a job of the definitions in this process, without Dagster's own log and instance: what the `midpoint` command does.

What does not belong here: what a job does (definitions) and how progress looks (terminal).
"""

from __future__ import annotations

import logging
import signal
import socket
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import dagster as dg

from pipelines.definitions import build_definitions
from pipelines.errors import MidpointError

# (step, steps done, steps in all)
Progress = Callable[[str, int, int], None]


class _Steps(logging.Handler):
    """Turns Dagster's event log into calls of a Progress, and stops the run before its next step when a signal was lost in the last."""

    def __init__(self) -> None:
        super().__init__()
        self.progress: Progress | None = None
        self.signalled: Callable[[], bool] = lambda: False
        self.done, self.total = 0, 0

    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "dagster_event", None)
        if event is None or event.step_key is None:
            return
        if event.event_type_value == "STEP_START" and self.signalled():
            raise KeyboardInterrupt
        if self.progress is None:
            return
        if event.event_type_value == "STEP_START":
            self.progress(event.step_key, self.done, self.total)
        elif event.event_type_value == "STEP_SUCCESS":
            self.done += 1
            self.progress(event.step_key, self.done, self.total)


@contextmanager
def _signals() -> Generator[Callable[[], bool]]:
    """Tells whether a signal came during the block.

    The exception that Dagster makes of one does not always arrive: DuckDB turns it into a RuntimeError when it comes amid a query,
    Great Expectations takes that for an expectation's own, and Python drops (and prints) it when it comes amid a weak reference's end.
    Main thread only, as signals are.
    """
    reader, writer = socket.socketpair()
    came = False

    def signalled() -> bool:
        nonlocal came
        with suppress(BlockingIOError):
            came = came or bool(reader.recv(64))
        return came

    def unraisable(dropped: sys.UnraisableHookArgs) -> None:
        if not isinstance(dropped.exc_value, KeyboardInterrupt | dg.DagsterExecutionInterruptedError):
            hook(dropped)

    hook = sys.unraisablehook
    with reader, writer:
        reader.setblocking(False)
        writer.setblocking(False)
        before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        sys.unraisablehook = unraisable
        try:
            yield signalled
        finally:
            sys.unraisablehook = hook
            signal.set_wakeup_fd(before)


def run_job(name: str, overrides: Mapping[str, object], progress: Progress | None = None) -> dict[str, Any]:
    """Run the job ``name`` with settings laid over by ``overrides``; returns the metadata of its assets as plain values, by table name.

    Raises the MidpointError of the asset that failed, or one that names the critical expectations that were not met;
    KeyboardInterrupt when a signal stopped it.
    """
    steps = _Steps()

    @dg.logger
    def quiet(_: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.Logger("midpoint", logging.DEBUG)
        logger.addHandler(steps)
        return logger

    logging.getLogger("dagster").setLevel(logging.ERROR)
    job = build_definitions(overrides, quiet).resolve_job_def(name)
    steps.progress, steps.total = progress, len(job.graph.node_defs)
    with _signals() as signalled:
        steps.signalled = signalled
        try:
            result = job.execute_in_process(run_config={"loggers": {"midpoint": {}}})
        except (dg.DagsterExecutionInterruptedError, Exception) as error:
            if signalled():
                raise KeyboardInterrupt from error
            told = _told(error)
            if told is None:
                raise
            raise told from error
    return {
        ".".join(event.materialization.asset_key.path): {key: value.value for key, value in event.materialization.metadata.items()}
        for event in (e.step_materialization_data for e in result.get_asset_materialization_events())
    }


def _told(error: BaseException) -> Exception | None:
    """What to raise in place of Dagster's error: the one that the warehouse gave as it was opened, or what was not met; else None."""
    if not isinstance(error, dg.DagsterError):
        return None
    if isinstance(error.__cause__, MidpointError | OSError):
        return error.__cause__
    headline, *failed = (line.strip() for line in str(error).splitlines())
    if "asset check" not in headline:  # its own class is not exported
        return None
    return MidpointError(f"critical expectations not met, so the run stopped: {'; '.join(failed)}; nothing was published")
