"""The look: templates, static files and what they need from the request. ``docs/look.md`` shows how to build a page."""
