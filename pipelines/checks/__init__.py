"""The checks of sql/checks: their catalogue (headers), their runner, and the scenarios that test them."""
