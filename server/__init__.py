"""Composition root: settings, wiring, the HTTP application, background loops and the command line."""
