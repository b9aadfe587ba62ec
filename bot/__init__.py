"""The Rasa side of Relais: understanding, dialogue, and the one channel through which the server asks for a turn."""

from bot.processor import choose_kernels

choose_kernels()
