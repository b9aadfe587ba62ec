"""What each figure is called, and exactly what it means, in both languages."""

from __future__ import annotations

from dataclasses import dataclass

Text = dict[str, str]


@dataclass(frozen=True)
class Words:
    """A figure's name; what counts (the numerator, or what is measured), among what (the denominator), what is left
    out; and where the figure is known from."""

    name: Text
    counts: Text
    among: Text
    without: Text
    source: Text


def _both(fr: str, en: str) -> Text:
    return {"fr": fr, "en": en}


_NONE = _both("", "")
_OWN = _both("Définition de Relais.", "Relais’s own definition.")
_CONTACT = _both(
    "Un contact va des premiers mots d’un client jusqu’à la clôture, ou jusqu’à 24\u00a0heures de silence après le"
    " dernier mot de l’assistant. Il compte au jour où il a commencé.",
    "A contact runs from a customer’s first words until it is closed, or until 24 hours of silence after the"
    " assistant’s last word. It counts on the day it began.",
)
_COURTESY = _both(
    "Les contacts qui ne disent que merci ou au revoir, les réponses automatiques et les réponses au sondage.",
    "Contacts that only say thanks or goodbye, automatic replies, and answers to the survey.",
)
_TOO_YOUNG = _both(
    "Les contacts abandonnés ou sans réponse, et ceux qui ont pris fin il y a moins de 7\u00a0jours\u00a0: on ne sait"
    " pas encore.",
    "Contacts that were abandoned or never answered, and those that ended less than 7 days ago: nobody knows yet.",
)
_TAKEN = _both("Les attentes qui ont fini chez un conseiller.", "Waits that ended with an agent.")
_MOVED = _both(
    "Ceux qui attendent encore, et les passages d’une file à une autre\u00a0: l’attente continue dans la suivante.",
    "Those still waiting, and moves from one queue to another: the wait goes on in the next.",
)

WORDS: dict[str, Words] = {
    "contacts": Words(
        _both("Contacts", "Contacts"),
        _CONTACT,
        _both("Tous les contacts de la période.", "Every contact of the period."),
        _COURTESY,
        _both("Volume de contacts (COPC CX).", "Contact volume (COPC CX)."),
    ),
    "messages": Words(
        _both("Messages", "Messages"),
        _both(
            "Les messages des clients, de l’assistant et des conseillers dans ces contacts.",
            "Messages of customers, assistant and agents in these contacts.",
        ),
        _both("Les contacts commencés dans la période.", "Contacts that began in the period."),
        _both(
            "Les avis envoyés sans qu’on les demande, et les annonces du système.",
            "Unasked notices and the system’s announcements.",
        ),
        _OWN,
    ),
    "handed_over": Words(
        _both("Passages à un conseiller", "Hand-overs"),
        _both(
            "Les contacts arrivés dans une file d’attente, au jour de leur première arrivée.",
            "Contacts that reached a queue, on the day they first did.",
        ),
        _both("Toutes les files.", "Every queue."),
        _both("Les transferts entre conseillers ou entre équipes.", "Transfers between agents or teams."),
        _OWN,
    ),
    "containment": Words(
        _both("Traités par l’assistant", "Containment"),
        _both(
            "Les contacts qui ne sont jamais passés par une file et où aucun conseiller n’a écrit.",
            "Contacts that never went through a queue and in which no agent wrote.",
        ),
        _both("Les contacts terminés où l’assistant a répondu.", "Ended contacts in which the assistant answered."),
        _both(
            "Les contacts en cours\u00a0; et les mêmes que pour «\u00a0Contacts\u00a0».",
            "Contacts under way; and what “Contacts” leaves out.",
        ),
        _both(
            "Containment rate, en usage chez les éditeurs d’assistants.",
            "Containment rate, as commonly used for assistants.",
        ),
    ),
    "first_response": Words(
        _both("Première réponse", "First response"),
        _both(
            "La médiane du temps entre les premiers mots du client et la première réponse, de l’assistant ou d’un"
            " conseiller.",
            "The median time from the customer’s first words to the first answer, by the assistant or an agent.",
        ),
        _both("Les contacts auxquels on a répondu.", "Contacts that were answered."),
        _both(
            "Les contacts sans aucune réponse. Les heures de fermeture sont comptées.",
            "Contacts without any answer. Closed hours are counted.",
        ),
        _both("First response time (ITIL 4, service desk).", "First response time (ITIL 4, service desk)."),
    ),
    "wait": Words(
        _both("Attente d’un conseiller", "Wait for an agent"),
        _both(
            "La moyenne du temps entre l’arrivée dans la file et la prise en charge.",
            "The mean time from entering the queue to being taken.",
        ),
        _TAKEN,
        _both("Ceux qui attendent encore ou qui ont renoncé.", "Those still waiting, and those who gave up."),
        _both("Average speed of answer, ASA (COPC CX).", "Average speed of answer, ASA (COPC CX)."),
    ),
    "service_level": Words(
        _both("Niveau de service", "Service level"),
        _both(
            "Les attentes prises en charge dans le délai choisi.",
            "Waits that ended with an agent within the chosen time.",
        ),
        _both(
            "Les attentes prises en charge, et celles abandonnées après ce délai.",
            "Waits that ended with an agent, and those given up after that time.",
        ),
        _both(
            "Les abandons avant le délai, ceux qui attendent encore, et les passages d’une file à une autre.",
            "Those who gave up sooner, those still waiting, and moves from one queue to another.",
        ),
        _both("Service level (COPC CX), abandons courts exclus.", "Service level (COPC CX), short abandons left out."),
    ),
    "abandonment": Words(
        _both("Abandons", "Abandonment"),
        _both(
            "Les attentes finies sans que personne ne prenne en charge, et sans autre file ensuite.",
            "Waits that ended with nobody taking over, and no other queue after.",
        ),
        _both("Les attentes finies, prises en charge ou non.", "Waits that ended, taken or not."),
        _MOVED,
        _both("Abandonment rate (COPC CX).", "Abandonment rate (COPC CX)."),
    ),
    "handling": Words(
        _both("Temps de traitement", "Handling time"),
        _both(
            "La moyenne du temps pendant lequel un conseiller a eu la conversation.",
            "The mean time for which an agent had the conversation.",
        ),
        _both("Les prises en charge finies.", "Stays with an agent that are over."),
        _both(
            "Celles en cours. Un conseiller peut en avoir plusieurs à la fois\u00a0; le compte rendu n’est pas compté.",
            "Those under way. An agent may have several at once; wrap-up is not counted.",
        ),
        _both("D’après average handle time, AHT (COPC CX).", "After average handle time, AHT (COPC CX)."),
    ),
    "resolution": Words(
        _both("Temps de résolution", "Resolution time"),
        _both(
            "La médiane du temps entre les premiers mots du client et la clôture.",
            "The median time from the customer’s first words to the closing.",
        ),
        _both("Les contacts clos auxquels on a répondu.", "Closed contacts that were answered."),
        _both(
            "Les contacts finis en silence, abandonnés ou en cours. Les heures de fermeture sont comptées.",
            "Contacts that ended in silence, were abandoned or are under way. Closed hours are counted.",
        ),
        _both("Time to resolve (ITIL 4).", "Time to resolve (ITIL 4)."),
    ),
    "first_contact_resolution": Words(
        _both("Résolution au premier contact", "First contact resolution"),
        _both(
            "Les contacts réglés par l’assistant ou par un seul conseiller, sans retour de la personne sur le même"
            " sujet, où que ce soit, dans les 7\u00a0jours.",
            "Contacts settled by the assistant or by one agent, with the person not coming back about the same topic,"
            " anywhere, within 7 days.",
        ),
        _both(
            "Les contacts finis, premiers de la personne sur ce sujet depuis 7\u00a0jours.",
            "Ended contacts that were the person’s first about this topic in 7 days.",
        ),
        _TOO_YOUNG,
        _both("First contact resolution, FCR (COPC CX).", "First contact resolution, FCR (COPC CX)."),
    ),
    "durable_resolution": Words(
        _both("Résolution durable", "Durable resolution"),
        _both(
            "Les contacts après lesquels la personne n’est revenue sur aucun canal, pour aucun sujet, dans les"
            " 7\u00a0jours.",
            "Contacts after which the person came back on no channel, about nothing, within 7 days.",
        ),
        _both("Les contacts finis auxquels on a répondu.", "Ended contacts that were answered."),
        _TOO_YOUNG,
        _OWN,
    ),
    "repeat_yourself": Words(
        _both("Redemandes", "Repeat-yourself rate"),
        _both(
            "Les contacts où un conseiller a demandé ce que le dossier de la conversation disait déjà.",
            "Contacts in which an agent asked for what was known already.",
        ),
        _both("Les contacts où un conseiller a écrit.", "Contacts in which an agent wrote."),
        _both("Les questions de l’assistant.", "What the assistant asks."),
        _OWN,
    ),
    "satisfaction": Words(
        _both("Satisfaction", "Satisfaction"),
        _both("Les notes de 4 et de 5.", "Marks of 4 and 5."),
        _both("Toutes les notes données dans la période.", "Every mark given in the period."),
        _both("Ceux qui n’ont pas répondu.", "Those who did not answer."),
        _both("CSAT, deux meilleures notes sur cinq.", "CSAT, top two of five."),
    ),
    "score": Words(
        _both("Note moyenne", "Mean mark"),
        _both("La moyenne des notes, de 1 à 5.", "The mean of the marks, from 1 to 5."),
        _both("Toutes les notes données dans la période.", "Every mark given in the period."),
        _both("Ceux qui n’ont pas répondu.", "Those who did not answer."),
        _both("CSAT, moyenne.", "CSAT, mean."),
    ),
    "cases": Words(
        _both("Dossiers ouverts", "Cases opened"),
        _both(
            "Les dossiers créés dans la période, quel qu’en soit l’état.",
            "Cases created in the period, whatever their status.",
        ),
        _both("Tous les dossiers.", "Every case."),
        _NONE,
        _both("Volume de tickets (ITIL 4).", "Ticket volume (ITIL 4)."),
    ),
    "promises_kept": Words(
        _both("Engagements tenus", "Promises kept"),
        _both(
            "Les délais promis (SLA) qui ont été tenus.",
            "Promised times (SLA) that were met.",
        ),
        _both(
            "Les délais dont le sort s’est décidé dans la période\u00a0: tenus, ou dépassés.",
            "Promises whose fate was decided in the period: met, or run out.",
        ),
        _both("Les délais annulés et ceux qui courent encore.", "Promises that were cancelled or are still running."),
        _both("Service level target, SLA (ITIL 4).", "Service level target, SLA (ITIL 4)."),
    ),
    "unanswered": Words(
        _both("Questions sans réponse", "Unanswered questions"),
        _both(
            "Les questions différentes auxquelles ni l’assistant ni le centre d’aide n’ont su répondre, au jour où"
            " elles ont été posées pour la dernière fois.",
            "Different questions that neither assistant nor help centre could answer, on the day they were last asked.",
        ),
        _both("Toutes les questions gardées.", "Every question that is kept."),
        _NONE,
        _OWN,
    ),
    "forms_sent": Words(
        _both("Formulaires envoyés", "Contact forms sent"),
        _both(
            "Les messages envoyés par le formulaire du centre d’aide.",
            "Messages sent by the help centre’s contact form.",
        ),
        _both("Tous les formulaires envoyés dans la période.", "Every form sent in the period."),
        _NONE,
        _OWN,
    ),
    "deflection": Words(
        _both("Demandes évitées", "Deflection"),
        _both(
            "Ceux qui ont dit qu’un article répondait à leur question, et qui n’ont écrit sur aucun canal, ni pris de"
            " rappel, dans les 24\u00a0heures. On les reconnaît à l’adresse e-mail qu’ils avaient saisie, à"
            " leur connexion au portail ou au chat de leur navigateur.",
            "Those who said that an article answered their question, and who within 24 hours wrote on no channel and"
            " booked no call. They are recognised by the e-mail address they had typed, as who is signed in at the"
            " portal, or by the chat in their browser.",
        ),
        _both(
            "Les visites du formulaire où des articles ont été proposés, envoyées ou non, dont la suite est connue.",
            "Visits of the form in which articles were suggested, sent or not, whose outcome is known.",
        ),
        _both(
            "Ceux que rien ne fait reconnaître, ceux qui sont partis sans rien dire, et les dernières"
            " 24\u00a0heures\u00a0: on ne sait pas, ou pas encore.",
            "Those whom nothing tells apart, those who left without a word, and the last 24 hours: nobody knows, or not"
            " yet.",
        ),
        _both(
            "Ticket deflection, comptée ici au plus strict.", "Ticket deflection, counted here in its strictest sense."
        ),
    ),
    "deflection_unknown": Words(
        _both("Peut-être évitées", "Perhaps deflected"),
        _both(
            "Ceux qui ont dit qu’un article répondait à leur question, et que rien ne fait reconnaître\u00a0: personne"
            " ne peut dire s’ils ont écrit ensuite. Ils ne comptent pas dans les demandes évitées.",
            "Those who said that an article answered their question, and whom nothing tells apart: nobody can say"
            " whether they wrote afterwards. They do not count as deflected.",
        ),
        _both("Toutes les visites du formulaire.", "Every visit of the form."),
        _NONE,
        _OWN,
    ),
}
