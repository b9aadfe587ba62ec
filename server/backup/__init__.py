"""A whole Relais in one file: the database as it is at one moment, and the files it speaks of."""
