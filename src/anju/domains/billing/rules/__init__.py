"""Arithmetic of charging: no queries, no clock, no settings."""
