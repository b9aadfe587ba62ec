"""What was paid for orders, and what went back."""
