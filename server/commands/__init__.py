"""The verbs of `./relais`, one module each."""
