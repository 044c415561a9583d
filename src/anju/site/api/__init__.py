"""The HTTP API: one interface put together from every module's ``api.py``."""
