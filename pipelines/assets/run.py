"""Runs a job of the definitions in this process, without Dagster's own log and instance: what the `midpoint` command does.

What does not belong here: what a job does (definitions) and how progress looks (terminal).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import dagster as dg

from pipelines.definitions import build_definitions
from pipelines.errors import MidpointError

# (step, steps done, steps in all)
Progress = Callable[[str, int, int], None]


class _Steps(logging.Handler):
    """Turns Dagster's event log into calls of a Progress."""

    def __init__(self) -> None:
        super().__init__()
        self.progress: Progress | None = None
        self.done, self.total = 0, 0

    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "dagster_event", None)
        if event is None or self.progress is None or event.step_key is None:
            return
        if event.event_type_value == "STEP_START":
            self.progress(event.step_key, self.done, self.total)
        elif event.event_type_value == "STEP_SUCCESS":
            self.done += 1
            self.progress(event.step_key, self.done, self.total)


def run_job(name: str, overrides: Mapping[str, object], progress: Progress | None = None) -> dict[str, Any]:
    """Run the job ``name`` with settings laid over by ``overrides``; returns the metadata of its assets as plain values, by table name.

    Raises the MidpointError of the asset that failed, or one that names the critical expectations that were not met.
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
    try:
        result = job.execute_in_process(run_config={"loggers": {"midpoint": {}}})
    except dg.DagsterError as error:
        if isinstance(error.__cause__, MidpointError | OSError):  # of the warehouse, as it was opened
            raise error.__cause__ from error
        headline, *failed = (line.strip() for line in str(error).splitlines())
        if "asset check" not in headline:  # its own class is not exported
            raise
        raise MidpointError(f"critical expectations not met, so the run stopped: {'; '.join(failed)}; nothing was published") from error
    return {
        ".".join(event.materialization.asset_key.path): {key: value.value for key, value in event.materialization.metadata.items()}
        for event in (e.step_materialization_data for e in result.get_asset_materialization_events())
    }
