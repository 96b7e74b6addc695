"""From the inbox to raw.*: each file once, by content, in one transaction with its ledger row."""
