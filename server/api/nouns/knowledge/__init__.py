"""Articles with their versions, search, synonyms, opinions, unanswered questions, test questions, canned replies."""

from server.api.nouns.knowledge import articles, canned, categories, echo, previews, questions, searching, versions
from server.api.nouns.knowledge.shared import noun

__all__ = ["articles", "canned", "categories", "echo", "noun", "previews", "questions", "searching", "versions"]
