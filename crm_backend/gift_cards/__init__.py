"""Gift cards: money paid beforehand."""
