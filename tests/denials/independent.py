"""The five definitions once more, in Polars, from the tables as landed (raw.*) and from nothing that the models made.

It links for itself, for cleanly numbered data: one account (CLM01) is one claim, its primary copy and that of a second payer apart; a
remittance answers by account; its lines by line control number, else by code, modifiers and charge in their order.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import duckdb
import polars as pl

NO_DENIAL = ["1", "2", "3", "45", "253", "23", "24", "104", "105", "144", "161", "18"]
CLAIM = ["file_key", "claim_number"]
LINE = [*CLAIM, "line_number"]
REMIT = ["file_key", "remit_number"]


def measures(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """definition × date_basis × month × payer_id × billing_npi: units, denied, cents of units, cents of denied."""
    claims = _claims(con)
    lines = _lines(con).join(claims.select(*CLAIM, "claim"), on=CLAIM)
    remits = _remits(con, claims)
    answers = _answers(con, remits, lines)
    claims, lines = _initial(claims, lines, answers)
    units = pl.concat(
        [
            _line_units(
                lines.filter((pl.col("cents") > 1) & pl.col("first_date").is_not_null()), "default", "is_first_denied", "first_date"
            ),
            _line_units(lines, "line_any", "has_reason", "answer_date"),
            _claim_units(claims, lines, "hfma_volume"),
            _claim_units(claims, lines, "hfma_dollars"),
            _remit_units(remits),
        ]
    )
    made: list[pl.DataFrame] = []
    for basis in ("service", "submission", "remit"):
        dated = units.filter(pl.col(f"{basis}_date").is_not_null())
        made.append(
            dated.group_by(
                "definition", pl.lit(basis).alias("date_basis"), pl.col(f"{basis}_date").dt.strftime("%Y-%m").alias("month"), "payer_id",
                "billing_npi",
            ).agg(
                pl.len().cast(pl.Int64).alias("units"),
                pl.col("is_denied").sum().cast(pl.Int64).alias("denied"),
                pl.col("cents").sum().alias("unit_cents"),
                (pl.col("cents") * pl.col("is_denied")).sum().alias("denied_cents"),
            )
        )  # fmt: skip
    return pl.concat(made).sort("definition", "date_basis", "month", "payer_id", "billing_npi", nulls_last=True)


def _cents(column: str) -> pl.Expr:
    return (pl.col(column) * 100).cast(pl.Int64)


def _claims(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Claims that stand for themselves: no void and nothing voided, no second payer's copy of a claim that a first payer has."""
    claims = con.sql(
        "select c.*, t.created_date as sent from raw.claim c join raw.transaction_set t using (file_key, transaction_set)"
    ).pl()  # fmt: skip
    claims = claims.select(
        *CLAIM,
        pl.col("patient_control_number").alias("account"),
        pl.col("payer_sequence_code").fill_null("P").alias("sequence"),
        pl.coalesce("payer_id", "payer_name").alias("payer_id"),
        "billing_npi",
        "frequency_code",
        "sent",
        pl.col("from_date").alias("service_date"),
        _cents("charge_amount").alias("cents"),
    )
    voids = claims.filter(pl.col("frequency_code") == "8").group_by("account").agg(pl.col("sent").max().alias("voided"))
    claims = claims.join(voids, on="account", how="left").with_columns(
        ((pl.col("frequency_code") == "8") | (pl.col("sent") <= pl.col("voided"))).fill_null(False).alias("is_withdrawn"),
        ((pl.col("sequence") != "P") & (pl.col("sequence") == "P").any().over("account")).alias("is_copy"),
    )
    return claims.with_row_index("claim")


def _lines(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    lines = con.sql("select * from raw.claim_line").pl()
    return lines.select(
        *LINE,
        _code("procedure_code", "revenue_code"),
        _modifiers("modifier_"),
        "line_control_number",
        pl.col("service_from_date").alias("line_date"),
        _cents("charge_amount").alias("cents"),
    )


def _code(procedure: str, revenue: str) -> pl.Expr:
    return pl.coalesce(procedure, pl.col(revenue).str.zfill(4)).alias("code")


def _modifiers(stem: str) -> pl.Expr:
    return pl.concat_str([pl.col(f"{stem}{n}") for n in range(1, 5)], separator=" ", ignore_nulls=True).alias("modifiers")


def _remits(con: duckdb.DuckDBPyConnection, claims: pl.DataFrame) -> pl.DataFrame:
    """Remittances of claims' own payers that are an answer, with the submission of the account that each answers."""
    remits = con.sql(
        "select r.*, coalesce(t.production_date, t.payment_date, t.created_date) as posted, t.payee_npi, t.trace_number, t.payment_amount,"
        " r.transaction_set, coalesce(t.payer_id, t.payer_name) as remitter"
        " from raw.remit r join raw.transaction_set t using (file_key, transaction_set)"
    ).pl()
    # what a clearinghouse sends again counts once
    same = ["remitter", "trace_number", "payment_amount", "patient_control_number", "status_code", "charge_amount", "paid_amount"]
    remits = remits.sort("posted", *REMIT).filter(
        pl.col("trace_number").is_null() | (pl.struct("file_key", "transaction_set").rank("dense").over(same) == 1)
    )
    days = con.sql("select file_key, remit_number, min(service_from_date) as line_from from raw.remit_line group by all").pl()
    remits = remits.join(days, on=REMIT, how="left").select(
        *REMIT,
        pl.col("patient_control_number").alias("account"),
        "status_code",
        "posted",
        "payee_npi",
        "remitter",
        pl.coalesce("from_date", "line_from").alias("remit_from"),
        _cents("charge_amount").alias("remit_cents"),
        _cents("paid_amount").alias("remit_paid"),
        pl.when(pl.col("status_code").is_in(["2", "20"])).then(pl.lit("S")).otherwise(pl.lit("P")).alias("answering"),
    )
    remits = remits.filter(~pl.col("status_code").is_in(["22", "23", "25"])).with_row_index("remit")
    reasons = con.sql("select file_key, remit_number, line_number, group_code, reason_code, amount from raw.remit_adjustment").pl()
    by_remit = reasons.group_by(REMIT).agg(
        (pl.col("reason_code") == "18").any().alias("is_18"), (~pl.col("reason_code").is_in(NO_DENIAL)).any().alias("is_reasoned")
    )
    remits = remits.join(by_remit, on=REMIT, how="left").with_columns(pl.col("is_18", "is_reasoned").fill_null(False))
    offered = remits.join(claims.rename({"file_key": "claim_file"}), on="account", how="inner")
    best = (
        offered.filter(pl.col("sequence") == pl.col("answering"))
        .sort(
            pl.col("remit_cents") == pl.col("cents"),
            ~(pl.col("frequency_code") == "8"),
            pl.col("sent") <= pl.col("posted"),
            "sent",
            descending=True,
        )
        .unique("remit", keep="first", maintain_order=True)
        .select("remit", "claim", "payer_id", "billing_npi", "service_date", "sent", "is_withdrawn", "is_copy", "sequence")
    )
    known = pl.Series(offered["account"].unique()).to_list()
    return remits.join(best, on="remit", how="left").filter(
        pl.col("claim").is_not_null() | ~pl.col("account").is_in(known)  # else another payer's answer (a crossover)
    )


def _answers(con: duckdb.DuckDBPyConnection, remits: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Claim lines answered: claim, line_number, posted, whether denied, a duplicate, or with a denial reason."""
    remit_lines = con.sql("select * from raw.remit_line").pl()
    reasons = con.sql("select file_key, remit_number, line_number, reason_code, group_code, amount from raw.remit_adjustment").pl()
    told = reasons.group_by([*REMIT, "line_number"]).agg(
        (~pl.col("reason_code").is_in(NO_DENIAL)).any().alias("has_reason"),
        (pl.col("reason_code") == "18").any().alias("has_18"),
        (pl.when(pl.col("group_code") == "PR").then(pl.col("amount")).otherwise(0).sum() * 100).cast(pl.Int64).alias("patient"),
    )
    remit_lines = (
        remit_lines.select(
            *REMIT,
            pl.col("line_number").alias("remit_line"),
            # as submitted, where the payer changed it (SVC06)
            pl.coalesce("original_procedure_code", "procedure_code", pl.col("revenue_code").str.zfill(4)).alias("code"),
            pl.when(pl.col("original_procedure_code").is_not_null())
            .then(_modifiers("original_modifier_"))
            .otherwise(_modifiers("modifier_"))
            .alias("modifiers"),
            "line_control_number",
            _cents("charge_amount").alias("cents"),
            _cents("paid_amount").alias("paid"),
            _cents("allowed_amount").alias("sent_allowed"),
        )
        .join(told.rename({"line_number": "remit_line"}), on=[*REMIT, "remit_line"], how="left")
        .with_columns(pl.col("has_reason", "has_18").fill_null(False), pl.col("patient").fill_null(0))
        .join(remits.filter(pl.col("claim").is_not_null()).select(*REMIT, "remit", "claim", "posted"), on=REMIT)
    )
    by_number = remit_lines.filter(pl.col("line_control_number").is_not_null()).join(
        lines.select("claim", "line_number", "line_control_number"), on=["claim", "line_control_number"]
    )
    key = ["code", "modifiers", "cents"]
    open_lines = remit_lines.join(by_number.select("remit", "remit_line"), on=["remit", "remit_line"], how="anti")
    nth = pl.int_range(pl.len())
    by_content = open_lines.with_columns(nth.over("remit", *key).alias("nth")).join(
        lines.with_columns(nth.over("claim", *key).alias("nth")).select("claim", "line_number", *key, "nth"), on=["claim", *key, "nth"]
    )
    # a bundle: one line of the remittance is charged as all the lines of the claim together that nothing else on it answers; it may bear
    # the control number of one of them
    told_of = pl.concat([by_number, by_content], how="diagonal").select("remit", "remit_line", "line_number")
    unnumbered = open_lines.join(told_of, on=["remit", "remit_line"], how="anti").with_columns(pl.col("cents").alias("rest"))
    numbered = by_number.join(lines.select("claim", "line_number", pl.col("cents").alias("own")), on=["claim", "line_number"])
    numbered = numbered.drop("line_number").with_columns((pl.col("cents") - pl.col("own")).alias("rest")).filter(pl.col("rest") > 0)
    bundles = pl.concat([unnumbered, numbered.drop("own")], how="diagonal")
    unanswered = (
        bundles.select("remit", "claim")
        .unique()
        .join(lines.select("claim", "line_number", pl.col("cents").alias("line_cents")), on="claim")
        .join(told_of, on=["remit", "line_number"], how="anti")
        .with_columns(pl.col("line_cents").sum().over("remit").alias("rest"))
    )
    by_bundle = bundles.join(unanswered.select("remit", "line_number", "rest"), on=["remit", "rest"])
    answers = pl.concat([by_number, by_content, by_bundle], how="diagonal")
    # remittances without lines answer all lines of their claim, where they pay nothing
    whole = (
        reasons.filter(pl.col("line_number").is_null())
        .group_by(REMIT)
        .agg((~pl.col("reason_code").is_in(NO_DENIAL)).any().alias("has_reason"), (pl.col("reason_code") == "18").any().alias("has_18"))
    )
    lineless = (
        remits.filter(pl.col("claim").is_not_null())
        .join(remit_lines.select("remit").unique(), on="remit", how="anti")
        .join(whole, on=REMIT, how="left")
        .join(lines.select("claim", "line_number", "cents"), on="claim")
        .with_columns(
            pl.col("has_reason", "has_18").fill_null(False), pl.col("remit_paid").alias("paid"), pl.lit(0, pl.Int64).alias("patient")
        )
    )
    answers = pl.concat([answers, lineless.select([c for c in lineless.columns if c in answers.columns])], how="diagonal")
    nothing = (pl.col("cents") > 1) & (
        (pl.coalesce("sent_allowed", pl.col("paid") + pl.col("patient")) == 0) | ((pl.col("paid") == 0) & (pl.col("patient") == 0))
    )
    return answers.select(
        "claim",
        "line_number",
        "posted",
        "remit",
        (nothing & pl.col("has_reason")).alias("is_denied"),
        (nothing & pl.col("has_18") & ~pl.col("has_reason")).alias("is_duplicate"),
        "has_reason",
    )


def _initial(claims: pl.DataFrame, lines: pl.DataFrame, answers: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Each claim by its submission that was answered first, and the lines of that with their first answers."""
    real = answers.filter(~pl.col("is_duplicate")).group_by("claim").agg(pl.col("posted").min().alias("real_date"))
    any_answer = answers.group_by("claim").agg(pl.col("posted").min().alias("any_date"))
    charged = lines.filter(pl.col("cents") > 1).select("claim").unique()
    claims = (
        claims.filter(~pl.col("is_withdrawn") & ~pl.col("is_copy"))
        .join(charged, on="claim", how="semi")
        .join(real, on="claim", how="left")
        .join(any_answer, on="claim", how="left")
        .sort("real_date", "any_date", "sent", nulls_last=True)
        .unique(["account", "sequence"], keep="first", maintain_order=True)
        .with_columns(pl.coalesce("real_date", "any_date").alias("answer_date"))
    )
    answers = answers.sort("posted", "remit")
    first = (
        answers.filter(~pl.col("is_duplicate"))
        .group_by("claim", "line_number", maintain_order=True)
        .agg(pl.col("posted").first().alias("first_date"), pl.col("is_denied").first().alias("is_first_denied"))
    )
    ever = answers.group_by("claim", "line_number").agg(pl.col("has_reason").any(), pl.col("posted").min().alias("any_date"))
    lines = (
        lines.join(ever, on=["claim", "line_number"])
        .join(first, on=["claim", "line_number"], how="left")
        .join(claims.select("claim", "payer_id", "billing_npi", "sent", "service_date"), on="claim")
        .with_columns(
            pl.coalesce("first_date", "any_date").alias("answer_date"),
            pl.col("is_first_denied").fill_null(False),
            pl.coalesce("line_date", "service_date").alias("service_date"),
        )
    )
    return claims, lines


def _unit(definition: str, denied: pl.Expr, remit_date: str, sent: str = "sent") -> list[pl.Expr]:
    return [
        pl.lit(definition).alias("definition"),
        "service_date",
        pl.col(sent).alias("submission_date"),
        pl.col(remit_date).alias("remit_date"),
        "payer_id",
        "billing_npi",
        pl.col("cents"),
        denied.alias("is_denied"),
    ]  # pyright: ignore[reportReturnType]


def _line_units(lines: pl.DataFrame, definition: str, denied: str, remit_date: str) -> pl.DataFrame:
    return lines.select(_unit(definition, pl.col(denied), remit_date))


def _claim_units(claims: pl.DataFrame, lines: pl.DataFrame, definition: str) -> pl.DataFrame:
    denied = lines.filter(pl.col("is_first_denied")).select("claim", pl.lit(True).alias("denied")).unique()
    return claims.join(denied, on="claim", how="left").select(_unit(definition, pl.col("denied").fill_null(False), "answer_date"))


def _remit_units(remits: pl.DataFrame) -> pl.DataFrame:
    def in_window(day: date) -> bool:
        return day > date(day.year, day.month, calendar.monthrange(day.year, day.month)[1]) - timedelta(days=28)

    primary = remits.filter(
        (pl.col("answering") == "P")
        & (pl.col("sequence").fill_null("P") == "P")
        & ~pl.col("status_code").is_in(["3", "21"])
        & (pl.col("remit_cents") > 1)
        & ~((pl.col("remit_paid") == 0) & pl.col("is_18") & ~pl.col("is_reasoned"))
    )
    kept = pl.Series("kept", [day if in_window(day) else None for day in primary["posted"]], pl.Date)
    primary = primary.with_columns(
        kept,
        pl.coalesce("service_date", "remit_from").alias("service_date"),
        pl.coalesce("payer_id", "remitter").alias("payer_id"),
        pl.coalesce("billing_npi", "payee_npi").alias("billing_npi"),
        pl.col("remit_cents").alias("cents"),
    )
    return primary.select(_unit("primary_zero_pay", pl.col("remit_paid") == 0, "kept"))
