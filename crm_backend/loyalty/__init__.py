"""The loyalty programme: who is in it, their points, and the level these lead to."""
