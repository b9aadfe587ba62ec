"""The agent desk's API and live feed."""
