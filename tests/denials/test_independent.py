"""The marts beside the same rates computed independently in Polars from the raw tables: all five definitions, to the unit and the cent."""

from __future__ import annotations

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tests.denials import independent

KEY = ["definition", "date_basis", "month", "payer_id", "billing_npi"]


def of_mart(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    return con.sql(
        f"select {', '.join(KEY)}, cast(sum(unit_count) as bigint) as units, cast(sum(denied_count) as bigint) as denied,"
        " cast(sum(unit_amount) * 100 as bigint) as unit_cents, cast(sum(denied_amount) * 100 as bigint) as denied_cents"
        f" from mart.denial_month group by all order by {', '.join(f'{key} nulls last' for key in KEY)}"
    ).pl()


@pytest.mark.parametrize("name", ["samples", "generated"])
def test_the_mart_is_what_polars_makes_of_the_raw_tables(name: str, request: pytest.FixtureRequest) -> None:
    con: duckdb.DuckDBPyConnection = request.getfixturevalue(name)
    mart, polars = of_mart(con), independent.measures(con)
    assert set(mart["definition"]) == {"default", "hfma_volume", "hfma_dollars", "primary_zero_pay", "line_any"}
    assert mart.filter(pl.col("denied") > 0)["definition"].n_unique() == 5
    assert_frame_equal(mart, polars, check_dtypes=False)
