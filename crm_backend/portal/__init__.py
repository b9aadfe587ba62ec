"""The customers' own pages: how they sign in there without a password, and the visits that follow."""
