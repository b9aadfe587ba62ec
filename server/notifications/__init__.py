"""Telling customers unasked: the words, the loop that sends them, and the page that ends them."""
