"""What customers ask for, as cases that somebody works on until they are resolved."""
