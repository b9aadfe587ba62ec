"""The next best offer: what others bought with what a customer has bought."""
