"""Anju: makes the management plans of residential estates run."""
