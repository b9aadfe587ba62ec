"""What reports count: contacts, stays in queues, ratings, promises, cases, questions, contact forms; each with its time
and what it can be divided by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

DIMENSIONS = ("team", "agent", "channel", "topic", "language")


@dataclass(frozen=True)
class Grain:
    """Rows of one kind, as SQL over `g` and what is joined to it. `at` is when each counts; `dims` are the expressions
    of the dimensions it has; `shows` are those of what is told of a row beside them."""

    key: str
    source: str
    at: str
    dims: Mapping[str, str]
    where: str = "true"
    shows: Mapping[str, str] = field(default_factory=dict)


_EVERY = {"team": "g.team", "agent": "g.agent_id", "channel": "g.channel", "topic": "g.topic", "language": "g.language"}
_CONVERSATION = {"conversation": "g.conversation_id"}
_OF_CASE = {"team": "k.team", "agent": "k.agent_id", "channel": "k.channel", "language": "k.language"}

GRAINS: dict[str, Grain] = {
    grain.key: grain
    for grain in (
        Grain(
            "contacts",
            "report_contacts g",
            "g.started_at",
            _EVERY,
            where="not g.courtesy",
            shows={**_CONVERSATION, "note": "g.ending"},
        ),
        Grain("stays", "report_stays g", "g.entered_at", _EVERY, shows={**_CONVERSATION, "note": "g.reason"}),
        Grain(
            "ratings",
            "ratings g",
            "g.created_at",
            _EVERY,
            shows={**_CONVERSATION, "score": "g.score", "words": "g.comment"},
        ),
        Grain(
            "promises",
            "case_clocks g join cases k on k.id = g.case_id",
            "LEAST(g.met_at, g.breached_at)",
            _OF_CASE,
            where="g.state <> 'cancelled'",
            shows={"case": "k.id", "number": "k.number", "words": "k.subject", "note": "g.kind"},
        ),
        Grain(
            "cases",
            "cases g",
            "g.created_at",
            {name: expression.replace("k.", "g.") for name, expression in _OF_CASE.items()},
            shows={"case": "g.id", "number": "g.number", "words": "g.subject", "note": "g.status"},
        ),
        Grain(
            "questions",
            "unanswered_questions g",
            "g.last_at",
            {"language": "g.language"},
            shows={"words": "g.text", "score": "g.times"},
        ),
        Grain(
            "forms",
            "form_ends g left join article_translations a on a.article_id = g.article_id and a.language = g.language",
            "g.created_at",
            {"language": "g.language"},
            shows={"words": "a.title", "note": "'form_' || coalesce(g.fate, g.outcome)"},
        ),
    )
}
