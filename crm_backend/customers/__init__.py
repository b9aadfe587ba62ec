"""People, the addresses that reach them, and how they are recognised."""
