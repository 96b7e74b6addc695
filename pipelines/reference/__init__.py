"""Reference data: dated rows of the CSVs, payer policies, and the import of published files into the user's own folder.

What does not belong here: loading the tables into the warehouse (pipelines.warehouse) and the rules that read them (sql/).
"""
