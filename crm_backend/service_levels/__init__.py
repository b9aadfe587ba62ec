"""What customers were promised: policies, contracts, and a clock for every promise."""
