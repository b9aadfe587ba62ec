"""Promotion codes: what each is worth, and whether one holds. The shop applies them; here we only tell."""
