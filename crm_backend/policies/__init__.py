"""What the company allows, as data: how long, for what, from which day on."""
