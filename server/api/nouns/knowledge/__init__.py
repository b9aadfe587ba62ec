"""Articles with their versions, search, synonyms, opinions, unanswered questions, test questions, canned replies."""

from server.api.nouns.knowledge import articles, canned, echo, questions, searching, versions
from server.api.nouns.knowledge.shared import noun

__all__ = ["articles", "canned", "echo", "noun", "questions", "searching", "versions"]
