"""The tests. A package by name, since some libraries install a `tests` of their own."""
