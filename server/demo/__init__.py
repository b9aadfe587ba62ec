"""The demo company, Maison Tilleul: its customers, products, orders, agents and articles, the same every time."""

from server.demo.company import ARTICLES, Loaded, load

__all__ = ["ARTICLES", "Loaded", "load"]
