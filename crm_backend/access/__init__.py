"""Who may do what: actors, their permissions, and the roles that bundle them."""
