"""What becomes of a turn: taken from the queue, thought about elsewhere, and answered.

`claiming` takes the next and `turns` ends it.
"""
