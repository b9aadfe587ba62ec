"""What the figures that count no contacts are called and mean: marks, cases, promises, questions without an answer, the
contact form."""

from __future__ import annotations

from crm_backend.reports.meanings import NONE, OWN, Words, both

WORDS: dict[str, Words] = {
    "satisfaction": Words(
        both("Satisfaction", "Satisfaction"),
        both("Les notes de 4 et de 5.", "Marks of 4 and 5."),
        both("Toutes les notes données dans la période.", "Every mark given in the period."),
        both("Ceux qui n’ont pas répondu.", "Those who did not answer."),
        both("CSAT, deux meilleures notes sur cinq.", "CSAT, top two of five."),
    ),
    "score": Words(
        both("Note moyenne", "Mean mark"),
        both("La moyenne des notes, de 1 à 5.", "The mean of the marks, from 1 to 5."),
        both("Toutes les notes données dans la période.", "Every mark given in the period."),
        both("Ceux qui n’ont pas répondu.", "Those who did not answer."),
        both("CSAT, moyenne.", "CSAT, mean."),
    ),
    "cases": Words(
        both("Dossiers ouverts", "Cases opened"),
        both(
            "Les dossiers créés dans la période, quel qu’en soit l’état.",
            "Cases created in the period, whatever their status.",
        ),
        both("Tous les dossiers.", "Every case."),
        NONE,
        both("Volume de tickets (ITIL 4).", "Ticket volume (ITIL 4)."),
    ),
    "promises_kept": Words(
        both("Engagements tenus", "Promises kept"),
        both(
            "Les délais promis (SLA) qui ont été tenus.",
            "Promised times (SLA) that were met.",
        ),
        both(
            "Les délais dont le sort s’est décidé dans la période\u00a0: tenus, ou dépassés.",
            "Promises whose fate was decided in the period: met, or run out.",
        ),
        both("Les délais annulés et ceux qui courent encore.", "Promises that were cancelled or are still running."),
        both("Service level target, SLA (ITIL 4).", "Service level target, SLA (ITIL 4)."),
    ),
    "unanswered": Words(
        both("Questions sans réponse", "Unanswered questions"),
        both(
            "Les questions différentes auxquelles ni l’assistant ni le centre d’aide n’ont su répondre, au jour où"
            " elles ont été posées pour la dernière fois.",
            "Different questions that neither assistant nor help centre could answer, on the day they were last asked.",
        ),
        both("Toutes les questions gardées.", "Every question that is kept."),
        NONE,
        OWN,
    ),
    "forms_sent": Words(
        both("Formulaires envoyés", "Contact forms sent"),
        both(
            "Les messages envoyés par le formulaire du centre d’aide.",
            "Messages sent by the help centre’s contact form.",
        ),
        both("Tous les formulaires envoyés dans la période.", "Every form sent in the period."),
        NONE,
        OWN,
    ),
    "deflection": Words(
        both("Demandes évitées", "Deflection"),
        both(
            "Ceux qui ont dit qu’un article répondait à leur question, et qui n’ont écrit sur aucun canal, ni pris de"
            " rappel, dans les 24\u00a0heures. On les reconnaît à l’adresse e-mail qu’ils avaient saisie, à"
            " leur connexion au portail ou au chat de leur navigateur.",
            "Those who said that an article answered their question, and who within 24 hours wrote on no channel and"
            " booked no call. They are recognised by the e-mail address they had typed, as who is signed in at the"
            " portal, or by the chat in their browser.",
        ),
        both(
            "Les visites du formulaire où des articles ont été proposés, envoyées ou non, dont la suite est connue.",
            "Visits of the form in which articles were suggested, sent or not, whose outcome is known.",
        ),
        both(
            "Ceux que rien ne fait reconnaître, ceux qui sont partis sans rien dire, et les dernières"
            " 24\u00a0heures\u00a0: on ne sait pas, ou pas encore.",
            "Those whom nothing tells apart, those who left without a word, and the last 24 hours: nobody knows, or not"
            " yet.",
        ),
        both(
            "Ticket deflection, comptée ici au plus strict.", "Ticket deflection, counted here in its strictest sense."
        ),
    ),
    "deflection_unknown": Words(
        both("Peut-être évitées", "Perhaps deflected"),
        both(
            "Ceux qui ont dit qu’un article répondait à leur question, et que rien ne fait reconnaître\u00a0: personne"
            " ne peut dire s’ils ont écrit ensuite. Ils ne comptent pas dans les demandes évitées.",
            "Those who said that an article answered their question, and whom nothing tells apart: nobody can say"
            " whether they wrote afterwards. They do not count as deflected.",
        ),
        both("Toutes les visites du formulaire.", "Every visit of the form."),
        NONE,
        OWN,
    ),
}
