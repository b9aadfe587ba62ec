"""Agents' accounts and sessions."""
