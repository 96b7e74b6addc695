"""A release: what one run publishes, immutable. Reads the warehouse once (publish); everything later reads the release."""
