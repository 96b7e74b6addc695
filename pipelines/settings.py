"""One Settings object: paths, as-of date, policy, limits and thresholds, from midpoint.toml, the environment and the command's arguments.

What does not belong here: opening anything that a setting names, and billing rules (sql/). Importing this module switches the telemetry
and progress bars of Dagster and Great Expectations off, so import it before either of them.

Later sources win: defaults, then midpoint.toml of the working folder, then MIDPOINT_<NAME>, then arguments.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipelines.errors import MidpointError

# Patient data stay on the machine and the machine stays quiet; a user's own setting of these variables wins.
for _name, _value in {
    "DAGSTER_DISABLE_TELEMETRY": "yes",
    "GX_ANALYTICS_ENABLED": "false",
    "TQDM_DISABLE": "1",
}.items():
    os.environ.setdefault(_name, _value)

T = TypeVar("T")

FILE_NAME = "midpoint.toml"
# What the schedule keeps beside the warehouse: its record, the lock of the runs it starts, the home of Dagster
BESIDE_WAREHOUSE = (".schedule.sqlite", ".schedule.lock", ".dagster")


@dataclass(frozen=True)
class Thresholds:
    """Numbers that a user may move; each becomes a column of reference.parameter, which the SQL reads."""

    expected_minimum_count: int = 10  # remitted lines from which a payer's own median allowed amount is used (RULES.md section 7, E(code))
    record_member_maximum_count: int = 10  # members (id + birth date) beyond which a medical record number names no patient
    denial_followup_days: int = 60  # days within which a denied line should have a new claim or remittance (RULES.md section 9, DEN-02)
    paid_below_expected_percent: int = 90  # of E(code); less was allowed: paid short (RULES.md section 9, DEN-03)
    paid_below_contract_percent: int = 99  # of a contract rate: it has no localities, so only rounding is left (DEN-03)
    no_remit_days: int = 45  # days after which a claim line should have a remittance (RULES.md section 9, DEN-04)
    acp_date_maximum_count: int = 5  # ACP dates of a patient in 365 days above which a date is flagged (ACP-61)
    identical_time_minimum_count: int = 20  # ACP days with minutes from which a clinician's minutes are compared (ACP-62)
    identical_time_minimum_percent: int = 80  # share of those days with the same minutes from which the clinician is flagged (ACP-62)
    metric_minimum_count: int = 10  # a clinician's own patients, dates or services from which a metric is tested (ACP-63)
    peer_minimum_count: int = 10  # other clinicians of the specialty with as many, from which there are peers to compare with (ACP-63)


@dataclass(frozen=True)
class Education:
    """What lists and letters of provider education say of the house that sends them, and when they fall due."""

    organisation: str = "Revenue integrity"  # the letter's sender
    contact: str = ""  # whom to ask: a name, a number, an address, as the letter shall print it
    owner: str = ""  # who follows a topic up, as the list shall name them
    due_high_days: int = 30  # from the as-of date
    due_medium_days: int = 60
    due_low_days: int = 90
    re_audit_days: int = 180  # from the due date: 90 days of new services, and 90 more for their answers


@dataclass(frozen=True)
class Schedule:
    """When Midpoint runs by itself, over which services, and whom it tells when a run fails. A job without a time never falls due."""

    time_zone: str = "America/New_York"  # IANA name; all days and times below are of this zone
    landing_time: str = "01:30"  # every night
    audit_time: str = "02:30"
    audit_day: int = 5  # of the month; its last day where the month is shorter
    education_time: str = "04:30"
    education_months: str = "1,4,7,10"
    education_day: int = 10
    education_period_months: int = 3  # months of service that an education list looks at
    lookback_years: int = 6  # of service dates, of a scheduled audit (RULES.md section 10); 0: all there are
    mature_days: int = 90  # later services are still being answered (RULES.md section 7): shown, never left out
    retries: int = 2  # after a run that failed, before the next day
    retry_delay_seconds: int = 300
    wait_minutes: int = 720  # how long a run waits for the warehouse that another one holds
    stable_seconds: int = 120  # a file that changed within this time is still being written: left alone
    look_seconds: int = 60  # how often the sensor looks at the inbox
    alert_file: str = ""  # alerts are appended to it; empty: none
    alert_email_to: str = ""  # addresses, with commas; empty: no mail
    alert_email_from: str = ""
    smtp_host: str = "localhost"
    smtp_port: int = 25
    smtp_starttls: bool = False
    smtp_user: str = ""  # its password: only in the environment, as MIDPOINT_SMTP_PASSWORD

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise MidpointError(f"schedule time_zone cannot be {self.time_zone!r}; give an IANA name, as America/New_York") from error
        for name in ("landing_time", "audit_time", "education_time"):
            try:
                clock_time(getattr(self, name))
            except ValueError as error:
                raise MidpointError(f"schedule {name} cannot be {getattr(self, name)!r}; give hours and minutes, as 01:30") from error
        for name in ("audit_day", "education_day"):
            if not 1 <= getattr(self, name) <= 31:
                raise MidpointError(f"schedule {name} cannot be {getattr(self, name)}; give a day of the month, 1 to 31")
        if not self.months:
            raise MidpointError(f"schedule education_months cannot be {self.education_months!r}; give months with commas, as 1,4,7,10")
        if self.alert_email_to and not self.alert_email_from:
            raise MidpointError("schedule alert_email_to needs alert_email_from, the sender's address")
        for name in ("education_period_months", "look_seconds"):
            if not getattr(self, name):
                raise MidpointError(f"schedule {name} must be 1 or more")

    @property
    def months(self) -> tuple[int, ...]:
        """The months of education_months; empty when they cannot be read."""
        parts = [part.strip() for part in self.education_months.split(",")]
        return tuple(int(part) for part in parts) if all(part.isdecimal() and 1 <= int(part) <= 12 for part in parts) else ()


def clock_time(text: str) -> time | None:
    """HH:MM as a time; None for empty text. Raises ValueError for anything else."""
    if not text:
        return None
    if not re.fullmatch(r"\d\d:\d\d", text):
        raise ValueError(text)
    return time.fromisoformat(text)


@dataclass(frozen=True)
class Settings:
    """What one run is told. Paths are as given (relative ones from the working folder); ``as_of`` is the day that the audit speaks of."""

    inbox: tuple[Path, ...] = ()
    warehouse: Path = Path("midpoint.duckdb")
    out: Path = Path("releases")
    as_of: date = field(default_factory=date.today)
    policy: str = "medicare"  # which rows of payer_policy.csv apply; pipelines.reference.policy says whether there are any
    strict: bool = False
    key_file: Path = Path()  # empty: beside the warehouse, see __post_init__
    reviews: Path | None = None  # SQLite file of what reviewers decided; see review_store
    reference: Path | None = None  # folder of the user's own reference CSVs, each in place of the shipped one; see reference_home
    memory_limit: str = ""  # DuckDB's form, as 4GB; empty: DuckDB's own default
    threads: int = 0  # 0: all cores
    lookback_years: int = 0  # the checks look at services of these years up to the as-of date; 0: at all that landed
    unattended: bool = (
        False  # nobody watches: wait for the warehouse, leave alone what is still being written, take an empty inbox for none
    )
    thresholds: Thresholds = Thresholds()
    education: Education = Education()
    schedule: Schedule = Schedule()

    def __post_init__(self) -> None:
        if self.key_file == Path():
            object.__setattr__(self, "key_file", self.warehouse.with_name(self.warehouse.name + ".key"))

    @property
    def service_from(self) -> date | None:
        """First day of service that the checks look at; None: there is no look-back, and no bound on either side."""
        if not self.lookback_years:
            return None
        year = self.as_of.year - self.lookback_years
        try:
            return self.as_of.replace(year=year)
        except ValueError:  # 29 February
            return date(year, 2, 28)

    @property
    def mature_date(self) -> date:
        """Last day of service whose claims and remittances are likely all there."""
        return self.as_of - timedelta(days=self.schedule.mature_days)

    @property
    def reference_home(self) -> Path:
        """Where imports write reference CSVs: ``reference``, else the folder of that name beside the warehouse, taken where it is there."""
        return self.reference or self.warehouse.with_name("reference")

    @property
    def review_store(self) -> Path:
        """The SQLite file that remembers findings, reviews and letters: ``reviews``, else <warehouse>.reviews.sqlite beside it."""
        return self.reviews or self.warehouse.with_name(self.warehouse.name + ".reviews.sqlite")

    @property
    def made(self) -> tuple[Path, ...]:
        """Files and folders that Midpoint itself writes: never input, wherever they lie."""
        beside = (self.warehouse.with_name(self.warehouse.name + suffix) for suffix in BESIDE_WAREHOUSE)
        return self.warehouse, self.key_file, self.out, self.reference_home, self.review_store, *beside


_TABLES = ("thresholds", "education", "schedule")  # of midpoint.toml: settings of settings
_SETTABLE = tuple(f.name for f in fields(Settings) if f.name not in _TABLES)


def load_settings(overrides: Mapping[str, object] | None = None, folder: Path | None = None) -> Settings:
    """Settings for one run.

    overrides: values by field name that win over everything; None values are passed over, so that a command can hand its options on.
    folder: where midpoint.toml is looked for (default: the working folder); its relative paths are taken from there.
    Raises MidpointError on an unknown key, a value of the wrong type or an unreadable file.
    """
    settings = Settings()
    file = (folder or Path()) / FILE_NAME
    if file.is_file():
        settings = _with(settings, _read(file), str(file), file.parent)
    environment = {name: os.environ[key] for name in _SETTABLE if (key := f"MIDPOINT_{name.upper()}") in os.environ}
    settings = _with(settings, environment, "the environment (MIDPOINT_*)", Path())
    given = {name: value for name, value in (overrides or {}).items() if value is not None}
    settings = _with(settings, given, "the arguments", Path())
    if settings.reference is None and settings.reference_home.is_dir():
        return replace(settings, reference=settings.reference_home)
    return settings


def _read(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MidpointError(f"{file}: cannot be read as TOML: {error}") from error


def _with(settings: Settings, values: Mapping[str, object], source: str, base: Path) -> Settings:
    """settings with values laid over, each turned to its field's type."""
    changed: dict[str, object] = {}
    for name, value in values.items():
        if name in _TABLES and isinstance(value, Mapping):
            changed[name] = _table(name, getattr(settings, name), value, source)
        elif name in _SETTABLE:
            changed[name] = _converted(name, value, source, base)
        else:
            raise MidpointError(f"{source}: unknown setting {name!r}; known are {', '.join((*_SETTABLE, *_TABLES))}")
    if "warehouse" in changed and "key_file" not in changed and settings.key_file == _key_beside(settings.warehouse):
        changed["key_file"] = Path()
    return replace(settings, **changed)  # pyright: ignore[reportArgumentType]  # _converted has checked each type


def _key_beside(warehouse: Path) -> Path:
    return warehouse.with_name(warehouse.name + ".key")


def _table(table: str, present: T, values: Mapping[object, object], source: str) -> T:
    """One table of settings with the values laid over; numbers are whole and not negative, text is text, true and false are that."""
    known = {f.name: type(getattr(present, f.name)) for f in fields(present)}  # pyright: ignore[reportArgumentType]
    word = table.removesuffix("s") if table == "thresholds" else f"{table} setting"
    for name, value in values.items():
        if name not in known:
            raise MidpointError(f"{source}: unknown {word} {name!r}; known are {', '.join(known)}")
        if known[str(name)] is str and not isinstance(value, str):
            raise MidpointError(f"{source}: {word} {name} must be text, not {value!r}")
        if known[str(name)] is bool and not isinstance(value, bool):
            raise MidpointError(f"{source}: {word} {name} must be true or false, not {value!r}")
        if known[str(name)] is int and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
            raise MidpointError(f"{source}: {word} {name} must be a whole number, 0 or more, not {value!r}")
    try:
        return replace(present, **{str(name): value for name, value in values.items()})  # pyright: ignore
    except MidpointError as error:
        raise MidpointError(f"{source}: {error}") from error


def _converted(name: str, value: object, source: str, base: Path) -> object:
    """value as the field's type; text (the environment's form) is read, anything else must fit."""
    try:
        if name == "inbox":
            parts = value.split(os.pathsep) if isinstance(value, str) else value
            if isinstance(parts, list | tuple):
                return tuple(base / _path(part) for part in parts)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        elif name in ("warehouse", "out", "key_file", "reviews", "reference"):
            return base / _path(value)
        elif name == "as_of":
            return date.fromisoformat(value) if isinstance(value, str) else _only(date, value)
        elif name in ("strict", "unattended"):
            return {"true": True, "1": True, "false": False, "0": False}[value.lower()] if isinstance(value, str) else _only(bool, value)
        elif name in ("threads", "lookback_years"):
            number = int(value) if isinstance(value, str) else _only(int, value)
            if number >= 0 and (name == "threads" or number <= 100):
                return number
        elif name == "memory_limit":
            if not value or _SIZE.fullmatch(str(value)):
                return _only(str, value)
        else:
            return _only(str, value)
    except (TypeError, ValueError, KeyError):
        pass
    raise MidpointError(f"{source}: {name} cannot be {value!r}; {_WANTED[name]}")


_SIZE = re.compile(r"\d+(\.\d+)?\s*([kmgt]i?b?|b(ytes)?)", re.IGNORECASE)
_WANTED = {
    "inbox": "give a path or a list of paths",
    "warehouse": "give the path of a file",
    "out": "give the path of a folder",
    "key_file": "give the path of a file",
    "reviews": "give the path of a file",
    "reference": "give the path of a folder",
    "as_of": "give a date as YYYY-MM-DD",
    "policy": "give a policy's name",
    "strict": "give true or false",
    "memory_limit": 'give a size, as "4GB"',
    "threads": "give a whole number, 0 for all cores",
    "lookback_years": "give a whole number of years, 0 for all services",
    "unattended": "give true or false",
}


def _path(value: object) -> Path:
    if not isinstance(value, str | Path) or not str(value):
        raise TypeError
    return Path(value)


def _only(kind: type[T], value: object) -> T:
    if type(value) is not kind:
        raise TypeError
    return value
