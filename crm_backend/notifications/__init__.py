"""What the company tells a customer unasked: through which channel, when, and when not."""
