"""HTTP API of the register, one file per noun."""
