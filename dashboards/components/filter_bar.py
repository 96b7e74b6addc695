"""The filter bar: controls that show what the address says and change it (assets/midpoint.js writes it); they hold no state.

What does not belong here: what a filter means (filters, queries.CONDITIONS).
"""

from __future__ import annotations

import json
from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboards.filters import CODE_FAMILIES, DATE_BASES, DEFINITIONS, MATURE_DAYS, SETTINGS
from dashboards.page import Page, View

HINTS = {
    "basis": "Which date puts a row into its month",
    "mature": f"Only months that ended {MATURE_DAYS} days or more before the as-of date: claims of later months are still being answered",
    "definition": "Which of the published definitions of a denial the rates follow",
}


def filter_bar(view: View, page: Page, search: str) -> html.Form:
    """Every filter, on every page; those without a meaning on this one are switched off and say so.

    search: the address's query as it came, so that the browser tells a reader's change from controls that were just made.
    """
    filters, release = view.filters, view.release
    months = [{"value": month, "label": month} for month in release.months]
    providers = [
        {"group": group, "items": [{"value": npi, "label": npi} for npi in release.providers[name] if npi not in known]}
        for group, name, known in (
            ("Billing providers", "billing_npi", ()),
            ("Clinicians", "clinician_npi", release.providers["billing_npi"]),
        )
    ]
    controls = (
        ("basis", "Date basis", "date_basis", filters.date_basis, _words(DATE_BASES), False),
        ("from", "From", "months", filters.month_from, _with(months, filters.month_from), True),
        ("to", "To", "months", filters.month_to, _with(months, filters.month_to), True),
        ("payer", "Payer", "payer", filters.payer, _with([{"value": p, "label": p} for p in release.payers], filters.payer), True),
        ("provider", "Provider", "provider", filters.provider, [group for group in providers if group["items"]], True),
        ("setting", "Setting", "setting", filters.setting, _words(SETTINGS), True),
        ("code", "Codes", "code_family", filters.code_family, _words(CODE_FAMILIES), True),
        ("definition", "Denial definition", "definition", filters.definition, _words(DEFINITIONS), False),
    )
    # What the controls say as they are made, so that the browser tells it from what a reader chooses.
    values = {name: value for name, _, _, value, _, _ in controls if value} | {"mature": "1" if filters.mature_only else ""}
    fields: list[Any] = [
        dmc.Select(
            id={"filter": name},
            label=label,
            value=value,
            data=data,
            placeholder="All",
            clearable=clearable,
            searchable=len(data) > 8 or name == "provider",
            allowDeselect=False,
            limit=200,
            size="xs",
            disabled=needed not in page.filters,
            className=f"filter filter-{name}",
            wrapperProps={"title": HINTS.get(name, "") if needed in page.filters else "Has no meaning on this page"},
            comboboxProps={"withinPortal": True, "width": "max-content", "position": "bottom-start"},
            nothingFoundMessage="None",
        )
        for name, label, needed, value, data, clearable in controls
    ]
    fields.append(
        html.Div(
            dmc.Switch(
                id={"switch": "mature"},
                label="Mature only",
                checked=filters.mature_only,
                size="xs",
                disabled="mature_only" not in page.filters,
            ),
            className="filter-switch",
            title=HINTS["mature"],
        )
    )
    fields.append(html.A("Reset", href=view.path + (f"?release={filters.release}" if filters.release else ""), className="button reset"))
    return html.Form(fields, className="filters", **{"aria-label": "Filters", "data-search": search, "data-values": json.dumps(values)})


def _words(words: dict[str, str]) -> list[dict[str, str]]:
    return [{"value": key, "label": label} for key, label in words.items()]


def _with(data: list[dict[str, str]], value: str | None) -> list[dict[str, str]]:
    """The choices, and the present one where it is not among them."""
    if value is None or any(item["value"] == value for item in data):
        return data
    return [{"value": value, "label": value}, *data]
