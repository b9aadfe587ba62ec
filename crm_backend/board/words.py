"""What each number of the board is called, and exactly what it means, in both languages: those of the reports as the
reports say it, with what is particular to the board."""

from __future__ import annotations

from dataclasses import replace

from crm_backend.board.figures import ON_BOARD, Span
from crm_backend.reports.meanings import NONE, OWN, Words, both
from crm_backend.reports.words import WORDS as OF_REPORTS

SPANS: dict[Span | None, dict[str, str]] = {
    "hour": both(
        "Les soixante dernières minutes, à côté des soixante d’avant.",
        "The last sixty minutes, beside the sixty before.",
    ),
    "day": both(
        "Depuis minuit, à côté d’hier jusqu’à la même heure.", "Since midnight, beside yesterday until the same time."
    ),
    None: both("En ce moment même.", "This very moment."),
}


def _now(fr: str, en: str, counts: dict[str, str], among: dict[str, str], without: dict[str, str] = NONE) -> Words:
    return Words(both(fr, en), counts, among, without, OWN)


WORDS: dict[str, Words] = {
    **{key: OF_REPORTS[key] for key in ON_BOARD},
    "containment": replace(
        OF_REPORTS["containment"],
        among=both(
            "Les contacts d’aujourd’hui où l’assistant a répondu et qui sont finis, passés à un conseiller, ou restés"
            " silencieux une demi-heure.",
            "Today’s contacts in which the assistant answered and which ended, were handed over, or have been"
            " silent for"
            " half an hour.",
        ),
        without=both(
            "Ceux où l’on se parle encore. Les rapports attendent un jour de silence\u00a0: le chiffre définitif est le"
            " leur.",
            "Those in which somebody still talks. Reports wait for a day of silence: the final figure is theirs.",
        ),
    ),
    "waiting": _now(
        "En attente",
        "Waiting",
        both("Les conversations dans une file, que personne n’a prises.", "Conversations in a queue that nobody took."),
        both("Toutes les équipes.", "Every team."),
        both("Les dossiers, comptés à part.", "Cases, which are counted apart."),
    ),
    "longest": _now(
        "Attente la plus longue",
        "Longest wait",
        both(
            "Le temps depuis que le client qui attend le plus est entré dans la file.",
            "The time since the customer who waits longest entered the queue.",
        ),
        both("Les conversations en attente.", "Waiting conversations."),
    ),
    "estimate": _now(
        "Attente estimée",
        "Estimated wait",
        both(
            "Ce qu’attendrait quelqu’un qui arriverait maintenant, d’après qui est là, ce que chacun peut tenir"
            " et le temps"
            " que prend le travail\u00a0; c’est ce qu’on dit aux clients.",
            "How long somebody would wait who came now, from who is there, what they can hold and how long work"
            " takes; it"
            " is what customers are told.",
        ),
        both("Chaque équipe.", "Each team."),
        both("Rien n’est dit tant qu’on en sait trop peu.", "Nothing is said while too little is known."),
    ),
    "agents": _now(
        "Conseillers",
        "Agents",
        both(
            "Ceux dont un bureau est ouvert, ou qui ont des conversations\u00a0; la charge est la somme de ce"
            " qu’ils tiennent,"
            " pesée par canal, sur ce qu’ils peuvent tenir.",
            "Those with a desk open, or with conversations; load is the sum of what they hold, weighed by"
            " channel, out of"
            " what they can hold.",
        ),
        both("Ceux qui peuvent répondre aux clients.", "Those who may answer customers."),
    ),
    "talking": _now(
        "Avec l’assistant",
        "With the assistant",
        both(
            "Les conversations de l’assistant où l’on s’est parlé dans les dix dernières minutes.",
            "Conversations of the assistant’s in which something was said in the last ten minutes.",
        ),
        both("Tous les canaux.", "Every channel."),
    ),
    "handed_over": replace(
        OF_REPORTS["handed_over"],
        among=both("Toutes les files, depuis minuit, par motif.", "Every queue, since midnight, by reason."),
    ),
    "risk": _now(
        "Engagements en danger",
        "Promises at risk",
        both(
            "Les dossiers dont un délai promis (SLA) est presque écoulé\u00a0; à côté, ceux dont il est dépassé.",
            "Cases with a promised time (SLA) that is nearly up; beside them, those with one that has run out.",
        ),
        both("Les délais qui courent.", "Running promises."),
        both("Ceux en pause, tenus ou annulés.", "Those that are paused, met or cancelled."),
    ),
    "told_again": _now(
        "Obligés de répéter",
        "Had to say it again",
        both(
            "Les conversations où le client a redonné un numéro, une adresse ou un code déjà donné avant qu’un"
            " conseiller"
            " prenne le relais.",
            "Conversations in which the customer gave again a number, an address or a postcode that they had"
            " given before"
            " an agent took over.",
        ),
        both(
            "Les conversations où un conseiller a répondu aujourd’hui.",
            "Conversations in which an agent answered today.",
        ),
    ),
}
