"""dagster-daemon as it is, by a clock that the test sets: the file named first holds the seconds by which it is ahead of the machine's.

The scheduler looks every second instead of every minute, and the other loops oftener, so that a quarter passes in a minute and a half.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import dagster._daemon.daemon as loops
import dagster._daemon.sensor as sensor
import dagster._scheduler.scheduler as scheduler
import dagster._time as clock
from dagster._daemon.cli import cli

SHIFT = Path(sys.argv[1])


def now() -> float:
    return time.time() + float(SHIFT.read_text())


clock._mockable_get_current_timestamp = now
clock._mockable_get_current_datetime = lambda: datetime.fromtimestamp(now(), UTC)
scheduler._get_next_scheduler_iteration_time = lambda start_time: start_time + 1
sensor.MIN_INTERVAL_LOOP_TIME = 1
loops.DEFAULT_DAEMON_INTERVAL_SECONDS = 1

if __name__ == "__main__":
    cli(sys.argv[2:])
