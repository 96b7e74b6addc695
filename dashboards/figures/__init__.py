"""Figures, each a function of rows to a plotly figure. No file is read here and no colour chosen."""
