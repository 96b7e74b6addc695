"""Alerts of runs that failed: to the log, a file and by mail. They name the job, its day and where to look, and nothing of any patient.

What does not belong here: an error's own words, which may quote a file's name; they stay on the machine (the command's output, Dagster's
event log).
"""

from __future__ import annotations

import logging
import os
import smtplib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from pipelines.errors import MidpointError
from pipelines.settings import Schedule

PASSWORD = "MIDPOINT_SMTP_PASSWORD"
TIMEOUT_SECONDS = 30
LOCAL = ("localhost", "127.0.0.1", "::1")

log = logging.getLogger("midpoint.schedule")


@dataclass(frozen=True)
class Alert:
    """What went wrong. ``tick``: the scheduled day, None for a landing that new files started. ``where``: names of steps, or a run's id."""

    job: str
    tick: str | None
    attempt: int
    attempts: int
    will_retry: bool
    where: str

    @property
    def subject(self) -> str:
        """One line."""
        of = f" of {self.tick}" if self.tick else " of new files"
        return f"Midpoint: the {self.job}{of} failed (attempt {self.attempt} of {self.attempts})"

    @property
    def text(self) -> str:
        """What is done about it and where to look."""
        retried = "It is tried again by itself." if self.will_retry else "It is not tried again before the next scheduled time."
        return f"{self.subject}. {retried} Where: {self.where}. midpoint schedule show tells what is due."


def send(schedule: Schedule, alert: Alert) -> list[str]:
    """Tell everybody that the settings name; returns what could not be told, one line each. Never raises: the failed run comes first."""
    log.error(alert.text)
    troubles: list[str] = []
    if schedule.alert_email_to:
        try:
            _mail(schedule, alert)
        except (OSError, smtplib.SMTPException, MidpointError) as error:
            troubles.append(f"the alert could not be mailed ({type(error).__name__}: {_first_line(error)})")
    if schedule.alert_file:
        lines = [alert.text, *troubles]
        stamp = datetime.now(UTC).isoformat(timespec="seconds")
        try:
            with Path(schedule.alert_file).open("a", encoding="utf-8") as file:
                file.writelines(f"{stamp} {line}\n" for line in lines)
        except OSError as error:
            troubles.append(f"the alert could not be written to alert_file ({error.strerror})")
    for trouble in troubles:
        log.error(trouble)
    return troubles


def _mail(schedule: Schedule, alert: Alert) -> None:
    message = EmailMessage()
    message["Subject"] = alert.subject
    message["From"] = schedule.alert_email_from
    message["To"] = schedule.alert_email_to
    message.set_content(alert.text + "\n")
    if schedule.smtp_port == 465:
        server = smtplib.SMTP_SSL(schedule.smtp_host, schedule.smtp_port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
    else:
        server = smtplib.SMTP(schedule.smtp_host, schedule.smtp_port, timeout=TIMEOUT_SECONDS)
    with server:
        if schedule.smtp_starttls:
            server.starttls(context=ssl.create_default_context())
        if schedule.smtp_user:
            if PASSWORD not in os.environ:
                raise MidpointError(f"smtp_user is set, but {PASSWORD} is not in the environment")
            if not (schedule.smtp_starttls or schedule.smtp_port == 465 or schedule.smtp_host in LOCAL):
                raise MidpointError("the password is not sent in the clear: set smtp_starttls = true, or smtp_port = 465")
            server.login(schedule.smtp_user, os.environ[PASSWORD])
        server.send_message(message)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0]
