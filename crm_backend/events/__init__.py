"""What happened, as a log in the database that rules, service levels and webhooks read."""
