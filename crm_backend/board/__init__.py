"""The supervisor's board: how things stand this minute, and stepping in."""
