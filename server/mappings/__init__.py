"""The mapping files that come with Relais."""

from pathlib import Path

STANDARD = Path(__file__).parent / "standard.yml"
"""For files whose columns are called as the fields are."""
