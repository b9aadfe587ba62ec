"""Customers, products, orders and their lines out of CSV files, as a mapping file describes them."""
