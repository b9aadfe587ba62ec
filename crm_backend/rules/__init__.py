"""Rules that a company writes: when something happens, if something holds, then something is done."""
