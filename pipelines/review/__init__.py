"""The memory of findings: what reviewers decided, when each finding was first and last seen, and why two releases differ."""
