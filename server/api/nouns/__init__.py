"""What the API offers: one module a noun, each with a `noun`; a module is found by being here."""
