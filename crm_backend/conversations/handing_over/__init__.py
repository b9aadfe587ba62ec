"""Who has a conversation, and what is passed on with it.

`owners` is the door: whoever answers next gets it there, with the passport.
"""
