"""A health system that does not exist: claims, remittances and documentation with planted, known errors, to measure the checks by.

What does not belong here: the rules as the checks hold them (sql/checks). What is an error is known by construction, from RULES.md.
"""
