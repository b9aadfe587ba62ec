"""What happened, told to programs of others: who subscribed to what, and what is on its way to them."""
