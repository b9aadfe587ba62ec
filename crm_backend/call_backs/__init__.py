"""Calls that customers asked for, and appointments in shops, in windows of which only so many can be had."""
