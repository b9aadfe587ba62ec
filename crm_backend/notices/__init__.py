"""What agents are told by the product: kept until they have seen it."""
