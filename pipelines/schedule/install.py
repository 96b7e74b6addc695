"""Units for systemd and a line for cron, for machines without Dagster's daemon: both only ask, at their times, what is due.

What does not belong here: installing them; that is the administrator's, who is told how.
"""

from __future__ import annotations

import os
import pwd
import shlex
import sys
from pathlib import Path

from pipelines.errors import MidpointError
from pipelines.schedule.due import JOBS, time_of
from pipelines.settings import Schedule

NAME = "midpoint-schedule"


def units(schedule: Schedule, work: Path, is_user: bool) -> dict[str, str]:
    """File name → text of service, timer and crontab line, for the folder ``work`` (that of midpoint.toml).

    Raises MidpointError when no job has a time, or a path holds a line break.
    """
    program = Path(sys.executable).with_name("midpoint")
    if "\n" in f"{work}{program}":
        raise MidpointError("a path with a line break in it cannot stand in a unit; move the folder")
    times = sorted({at for job in JOBS if (at := time_of(schedule, job)) is not None})
    if not times:
        raise MidpointError("no job has a time (landing_time, audit_time, education_time), so there is nothing to install")
    owner = "" if is_user else f"User={pwd.getpwuid(os.getuid()).pw_name}\n"
    service = f"""\
[Unit]
Description=Midpoint: landing, audits and education that are due
After=network-online.target remote-fs.target

[Service]
Type=oneshot
{owner}WorkingDirectory={_specifiers(str(work))}
ExecStart={_quoted(str(program))} schedule run due
UMask=0077
Nice=10
IOSchedulingClass=idle
NoNewPrivileges=true
TimeoutStartSec=infinity
"""
    calendar = "".join(f"OnCalendar=*-*-* {at:%H:%M}:00 {schedule.time_zone}\n" for at in times)
    timer = f"""\
[Unit]
Description=Midpoint: asks what is due

[Timer]
{calendar}Persistent=true
# A run that a power cut ended is due again: ask soon after a start, too.
OnBootSec=10min
AccuracySec=1min

[Install]
WantedBy=timers.target
"""
    log = shlex.quote(str(work / f"{NAME}.log"))
    line = f"umask 077; cd {shlex.quote(str(work))} && {shlex.quote(str(program))} schedule run due >/dev/null 2>>{log}"
    cron = f"""\
# Midpoint: asks every quarter of an hour what is due; times and time zone are those of midpoint.toml, not cron's.
*/15 * * * * {line.replace("%", chr(92) + "%")}
"""
    return {f"{NAME}.service": service, f"{NAME}.timer": timer, f"{NAME}.cron": cron}


def user_folder() -> Path:
    """Where systemd looks for a user's own units."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"


def enabling(folder: Path, is_user: bool) -> list[str]:
    """What to run, line by line, to switch one of them on."""
    service, timer = (shlex.quote(str(folder / f"{NAME}.{kind}")) for kind in ("service", "timer"))
    if is_user:
        link = [] if folder == user_folder() else [f"systemctl --user link {service} {timer}"]
        systemd = [*link, "systemctl --user daemon-reload", f"systemctl --user enable --now {NAME}.timer",
                   "loginctl enable-linger   # so that it also runs while you are not logged in"]  # fmt: skip
    else:
        systemd = [f"sudo cp {service} {timer} /etc/systemd/system/", "sudo systemctl daemon-reload",
                   f"sudo systemctl enable --now {NAME}.timer"]  # fmt: skip
    cron = f"(crontab -l 2>/dev/null; cat {shlex.quote(str(folder / f'{NAME}.cron'))}) | crontab -"
    return ["# with systemd", *systemd, "# or with cron", cron]


def _specifiers(text: str) -> str:
    return text.replace("%", "%%")


def _quoted(text: str) -> str:
    """One word of ExecStart."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{_specifiers(escaped)}"'
