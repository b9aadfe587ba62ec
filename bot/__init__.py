"""The Rasa side of Relais: understanding, dialogue, and the one door through which the server asks for a turn."""

from bot.processor import choose_kernels

choose_kernels()
