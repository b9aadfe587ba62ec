"""The centre of Relais: customers, orders, conversations, knowledge, agents and routing. It imports no other part."""
