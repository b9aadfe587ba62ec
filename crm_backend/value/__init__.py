"""What a customer is worth to the company: figures, scores, stage of life, lifetime value, VIP."""
