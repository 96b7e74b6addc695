"""Great Expectations suites as JSON, one a table (<schema>.<table>.json), and the gate that runs them. Billing rules live in sql/checks."""
