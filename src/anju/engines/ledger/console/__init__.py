"""Pages of the ledger, one file per noun."""
