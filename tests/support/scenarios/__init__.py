"""Whole conversations of simulated customers, each judged by the database after it."""
