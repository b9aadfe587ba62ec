"""What may help an agent with the next answer: articles, canned replies, conversations that ended well, an offer."""
