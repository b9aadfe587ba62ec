"""Web Push: telling agents by their browsers, encrypted for each of them."""
