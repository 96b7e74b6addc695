"""The parts that pages are built of: layout, tiles, cards, tables, grids."""
