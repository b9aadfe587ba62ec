"""Customers: who they are, what is known of them, and what passed between them and the company."""

from server.api.nouns.customers import belongings, beside, described, merging, people, timeline
from server.api.nouns.customers.noun import noun

__all__ = ["belongings", "beside", "described", "merging", "noun", "people", "timeline"]
