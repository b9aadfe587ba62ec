"""What an agent's browser is told while nobody looks at the desk (Web Push): where, and what is on its way."""
