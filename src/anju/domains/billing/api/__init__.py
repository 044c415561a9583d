"""HTTP API of charging and collecting, one file per noun."""
