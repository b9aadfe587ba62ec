"""How long what editors write may be, in characters, and how many questions an article may answer."""

from __future__ import annotations

TITLE, SUMMARY, BODY, QUESTION, NOTE = 200, 1_000, 50_000, 300, 500
QUESTIONS = 50
