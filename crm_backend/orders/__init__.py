"""Orders, shipments and the proof that an order is one's own."""
