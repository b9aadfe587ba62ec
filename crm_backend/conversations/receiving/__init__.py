"""Taking in what customers say: the right conversation, stored once, with a turn behind it.

`receive` is the door for messages; `joining` and `elsewhere`, `signing_in` and `moving` for people who go on somewhere
else.
"""
