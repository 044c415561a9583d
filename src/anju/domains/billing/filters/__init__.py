"""How lists of charging and collecting are narrowed, one file per noun."""
