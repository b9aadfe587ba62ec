"""Background loops: the turns to think about, the replies to send."""
