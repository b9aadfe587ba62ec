"""The verbs of `./relais` by family: what each is called and takes. What it does is in `server/commands/`."""
