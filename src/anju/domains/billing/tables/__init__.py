"""What lists of charging and collecting show, one file per noun."""
