"""Finding anything at the desk by a few words: conversations, customers, orders, cases."""
