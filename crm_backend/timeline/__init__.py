"""Everything that ever passed between the company and a customer, on one line."""
