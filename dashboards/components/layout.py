"""What stands around a page's content: heading, breadcrumbs, notices, empty states, links.

What does not belong here: cards, tables and grids (beside this), and any text of one page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboards.page import View


def heading(view: View, title: str, lead: str = "", trail: Sequence[tuple[str, str]] = (), actions: Sequence[Any] = ()) -> html.Div:
    """The page's h1 with a line on what it shows, breadcrumbs before it where somebody drilled down: (text, address), and its actions."""
    parts: list[Any] = []
    if trail:
        links = [html.Li(html.A(text, href=address)) for text, address in trail]
        parts.append(
            html.Nav(html.Ol([*links, html.Li(title, **{"aria-current": "page"})]), className="trail", **{"aria-label": "Breadcrumbs"})
        )
    words = " · ".join(f"{name}: {value}" for name, value in view.filters.words())
    parts.append(
        html.Div(
            [
                html.Div([html.H1(title, id="heading", tabIndex=-1), html.P(lead, className="lead") if lead else None]),
                html.Div([*actions, *_actions()], className="actions"),
            ],
            className="heading",
        )
    )
    # Printed pages say what they are a view of; on the screen the filter bar does.
    parts.append(html.P(f"Release {view.release.run_id} · as of {view.release.as_of} · {words}", className="print-only"))
    parts += [notice(problem, "warn") for problem in view.filters.problems]
    return html.Div(parts, className="page-head")


def _actions() -> list[Any]:
    return [
        html.Button(
            "Copy link", className="button", **{"data-copy": "link"}, title="A link to this very view. It holds no patient identifier."
        ),
        html.Button("Print", className="button", **{"data-print": "page"}),
    ]


def notice(children: Any, kind: str = "info") -> html.Div:
    """A sentence that limits or explains what follows. kind: info, warn or bad."""
    sign = {"info": "i", "warn": "!", "bad": "×"}[kind]
    return html.Div(
        [html.Span(sign, className="sign", **{"aria-hidden": "true"}), html.Div(children)], className=f"notice {kind}", role="note"
    )


def empty(title: str, words: str = "", action: tuple[str, str] | None = None) -> html.Div:
    """What stands in place of a chart or table that would show nothing: what is missing and what to do. action: (text, address)."""
    return html.Div(
        [html.Strong(title), html.P(words) if words else None, html.A(action[0], href=action[1], className="button") if action else None],
        className="empty",
    )


def info(definition: str) -> Any:
    """The definition, one hover (or focus) away."""
    if not definition:
        return None
    return dmc.Tooltip(
        html.Button("i", className="info", **{"aria-label": f"Definition: {definition}"}),
        label=definition,
        multiline=True,
        w=320,
        withArrow=True,
        events={"hover": True, "focus": True, "touch": True},
        boxWrapperProps={"className": "info-box"},
    )


def section(title: str, children: Any, lead: str = "") -> html.Section:
    """A part of a page under its h2."""
    return html.Section([html.H2(title), html.P(lead, className="quiet") if lead else None, *_listed(children)], className="section")


def grid_of(*children: Any, columns: int = 2) -> html.Div:
    """Cards side by side, ``columns`` of them where the window is wide enough."""
    return html.Div([child for child in children if child is not None], className=f"cards columns-{columns}")


def _listed(children: Any) -> list[Any]:
    return list(children) if isinstance(children, list | tuple) else [children]
