"""What people look at: theme and figures. Reads releases, never the warehouse; imports nothing of pipelines but settings."""
