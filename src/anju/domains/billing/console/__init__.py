"""Pages of charging and collecting, one file per noun."""
