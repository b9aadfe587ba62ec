"""The customers' own pages: sign-in without a password, orders, requests, details and data, in both languages."""
