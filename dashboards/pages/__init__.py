"""One module a page, each with its PAGE; see dashboards/README.md."""
