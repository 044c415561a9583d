"""The only writers of charging and collecting, one file per noun."""
