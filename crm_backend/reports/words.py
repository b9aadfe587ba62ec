"""What each figure is called, and exactly what it means, in both languages: those of contacts, and all of them."""

from __future__ import annotations

from crm_backend.reports import words_beside
from crm_backend.reports.meanings import OWN, Words, both

_CONTACT = both(
    "Un contact va des premiers mots d’un client jusqu’à la clôture, ou jusqu’à 24\u00a0heures de silence après le"
    " dernier mot de l’assistant. Il compte au jour où il a commencé.",
    "A contact runs from a customer’s first words until it is closed, or until 24 hours of silence after the"
    " assistant’s last word. It counts on the day it began.",
)
_COURTESY = both(
    "Les contacts qui ne disent que merci ou au revoir, les réponses automatiques et les réponses au sondage.",
    "Contacts that only say thanks or goodbye, automatic replies, and answers to the survey.",
)
_TOO_YOUNG = both(
    "Les contacts abandonnés ou sans réponse, et ceux qui ont pris fin il y a moins de 7\u00a0jours\u00a0: on ne sait"
    " pas encore.",
    "Contacts that were abandoned or never answered, and those that ended less than 7 days ago: nobody knows yet.",
)
_TAKEN = both("Les attentes qui ont fini chez un conseiller.", "Waits that ended with an agent.")
_MOVED = both(
    "Ceux qui attendent encore, et les passages d’une file à une autre\u00a0: l’attente continue dans la suivante.",
    "Those still waiting, and moves from one queue to another: the wait goes on in the next.",
)

WORDS: dict[str, Words] = {
    "contacts": Words(
        both("Contacts", "Contacts"),
        _CONTACT,
        both("Tous les contacts de la période.", "Every contact of the period."),
        _COURTESY,
        both("Volume de contacts (COPC CX).", "Contact volume (COPC CX)."),
    ),
    "messages": Words(
        both("Messages", "Messages"),
        both(
            "Les messages des clients, de l’assistant et des conseillers dans ces contacts.",
            "Messages of customers, assistant and agents in these contacts.",
        ),
        both("Les contacts commencés dans la période.", "Contacts that began in the period."),
        both(
            "Les avis envoyés sans qu’on les demande, et les annonces du système.",
            "Unasked notices and the system’s announcements.",
        ),
        OWN,
    ),
    "handed_over": Words(
        both("Passages à un conseiller", "Hand-overs"),
        both(
            "Les contacts arrivés dans une file d’attente, au jour de leur première arrivée.",
            "Contacts that reached a queue, on the day they first did.",
        ),
        both("Toutes les files.", "Every queue."),
        both("Les transferts entre conseillers ou entre équipes.", "Transfers between agents or teams."),
        OWN,
    ),
    "containment": Words(
        both("Traités par l’assistant", "Containment"),
        both(
            "Les contacts qui ne sont jamais passés par une file et où aucun conseiller n’a écrit.",
            "Contacts that never went through a queue and in which no agent wrote.",
        ),
        both("Les contacts terminés où l’assistant a répondu.", "Ended contacts in which the assistant answered."),
        both(
            "Les contacts en cours\u00a0; et les mêmes que pour «\u00a0Contacts\u00a0».",
            "Contacts under way; and what “Contacts” leaves out.",
        ),
        both(
            "Containment rate, en usage chez les éditeurs d’assistants.",
            "Containment rate, as commonly used for assistants.",
        ),
    ),
    "first_response": Words(
        both("Première réponse", "First response"),
        both(
            "La médiane du temps entre les premiers mots du client et la première réponse, de l’assistant ou d’un"
            " conseiller.",
            "The median time from the customer’s first words to the first answer, by the assistant or an agent.",
        ),
        both("Les contacts auxquels on a répondu.", "Contacts that were answered."),
        both(
            "Les contacts sans aucune réponse. Les heures de fermeture sont comptées.",
            "Contacts without any answer. Closed hours are counted.",
        ),
        both("First response time (ITIL 4, service desk).", "First response time (ITIL 4, service desk)."),
    ),
    "wait": Words(
        both("Attente d’un conseiller", "Wait for an agent"),
        both(
            "La moyenne du temps entre l’arrivée dans la file et la prise en charge.",
            "The mean time from entering the queue to being taken.",
        ),
        _TAKEN,
        both("Ceux qui attendent encore ou qui ont renoncé.", "Those still waiting, and those who gave up."),
        both("Average speed of answer, ASA (COPC CX).", "Average speed of answer, ASA (COPC CX)."),
    ),
    "service_level": Words(
        both("Niveau de service", "Service level"),
        both(
            "Les attentes prises en charge dans le délai choisi.",
            "Waits that ended with an agent within the chosen time.",
        ),
        both(
            "Les attentes prises en charge, et celles abandonnées après ce délai.",
            "Waits that ended with an agent, and those given up after that time.",
        ),
        both(
            "Les abandons avant le délai, ceux qui attendent encore, et les passages d’une file à une autre.",
            "Those who gave up sooner, those still waiting, and moves from one queue to another.",
        ),
        both("Service level (COPC CX), abandons courts exclus.", "Service level (COPC CX), short abandons left out."),
    ),
    "abandonment": Words(
        both("Abandons", "Abandonment"),
        both(
            "Les attentes finies sans que personne ne prenne en charge, et sans autre file ensuite.",
            "Waits that ended with nobody taking over, and no other queue after.",
        ),
        both("Les attentes finies, prises en charge ou non.", "Waits that ended, taken or not."),
        _MOVED,
        both("Abandonment rate (COPC CX).", "Abandonment rate (COPC CX)."),
    ),
    "handling": Words(
        both("Temps de traitement", "Handling time"),
        both(
            "La moyenne du temps pendant lequel un conseiller a eu la conversation.",
            "The mean time for which an agent had the conversation.",
        ),
        both("Les prises en charge finies.", "Stays with an agent that are over."),
        both(
            "Celles en cours. Un conseiller peut en avoir plusieurs à la fois\u00a0; le compte rendu n’est pas compté.",
            "Those under way. An agent may have several at once; wrap-up is not counted.",
        ),
        both("D’après average handle time, AHT (COPC CX).", "After average handle time, AHT (COPC CX)."),
    ),
    "resolution": Words(
        both("Temps de résolution", "Resolution time"),
        both(
            "La médiane du temps entre les premiers mots du client et la clôture.",
            "The median time from the customer’s first words to the closing.",
        ),
        both("Les contacts clos auxquels on a répondu.", "Closed contacts that were answered."),
        both(
            "Les contacts finis en silence, abandonnés ou en cours. Les heures de fermeture sont comptées.",
            "Contacts that ended in silence, were abandoned or are under way. Closed hours are counted.",
        ),
        both("Time to resolve (ITIL 4).", "Time to resolve (ITIL 4)."),
    ),
    "first_contact_resolution": Words(
        both("Résolution au premier contact", "First contact resolution"),
        both(
            "Les contacts réglés par l’assistant ou par un seul conseiller, sans retour de la personne sur le même"
            " sujet, où que ce soit, dans les 7\u00a0jours.",
            "Contacts settled by the assistant or by one agent, with the person not coming back about the same topic,"
            " anywhere, within 7 days.",
        ),
        both(
            "Les contacts finis, premiers de la personne sur ce sujet depuis 7\u00a0jours.",
            "Ended contacts that were the person’s first about this topic in 7 days.",
        ),
        _TOO_YOUNG,
        both("First contact resolution, FCR (COPC CX).", "First contact resolution, FCR (COPC CX)."),
    ),
    "durable_resolution": Words(
        both("Résolution durable", "Durable resolution"),
        both(
            "Les contacts après lesquels la personne n’est revenue sur aucun canal, pour aucun sujet, dans les"
            " 7\u00a0jours.",
            "Contacts after which the person came back on no channel, about nothing, within 7 days.",
        ),
        both("Les contacts finis auxquels on a répondu.", "Ended contacts that were answered."),
        _TOO_YOUNG,
        OWN,
    ),
    "repeat_yourself": Words(
        both("Redemandes", "Repeat-yourself rate"),
        both(
            "Les contacts où un conseiller a demandé ce que le dossier de la conversation disait déjà.",
            "Contacts in which an agent asked for what was known already.",
        ),
        both("Les contacts où un conseiller a écrit.", "Contacts in which an agent wrote."),
        both("Les questions de l’assistant.", "What the assistant asks."),
        OWN,
    ),
    **words_beside.WORDS,
}
