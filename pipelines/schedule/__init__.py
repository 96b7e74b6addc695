"""Runs that start by themselves: what is due, its record, alerts, Dagster's schedules and sensors, and units for systemd and cron."""
