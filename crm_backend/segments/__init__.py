"""Groups of customers by saved rules."""
