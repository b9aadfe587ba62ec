"""What the law gives a person over what is kept of them: a copy, erasure, and an end to keeping."""
