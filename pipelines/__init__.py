"""Midpoint's pipelines: from claim files to audit findings. Each package below has one purpose; data goes one way."""
