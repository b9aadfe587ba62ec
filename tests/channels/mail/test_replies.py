"""The customer's words told apart from what was quoted, forwarded or signed."""

from __future__ import annotations

import pytest

from channels.mail.replies import Told, told_apart
from tests.channels.mail.letters_read import PAYLOADS, mail

TOP_POSTED = [
    "gmail_fr", "outlook_fr", "orange_webmail", "laposte_webmail", "free_zimbra", "samsung_fr", "yahoo_fr",
    "bottom_posted", "html_gmail", "html_outlook_web", "html_outlook_word", "html_thunderbird", "html_yahoo",
    "html_proton", "html_apple", "text_without_marks_beside_html",
]  # fmt: skip


def told(name: str) -> Told:
    read = mail(f"reply_{name}")
    return told_apart(read.text if read.text_is_own else "", read.html)


@pytest.mark.parametrize("name", TOP_POSTED)
def test_the_answer_is_found_in_the_mails_of_common_programs(name):
    assert told(name).text.removeprefix("Bonjour,\n\n") == "Je choisis le bleu."


@pytest.mark.parametrize("path", sorted(PAYLOADS.glob("reply_*.eml")), ids=lambda path: path.stem)
def test_no_quoted_word_is_taken_for_the_customers(path):
    apart = told(path.stem.removeprefix("reply_"))
    assert "SECRET" not in apart.text
    assert "PERDU" not in apart.text
    assert "@relais.example" not in apart.text


@pytest.mark.parametrize("path", sorted(PAYLOADS.glob("reply_*.eml")), ids=lambda path: path.stem)
def test_every_word_is_in_one_of_the_parts(path):
    read = mail(path.stem)
    apart = told(path.stem.removeprefix("reply_"))
    everything = " ".join((apart.text, apart.quoted, apart.signature, apart.forwarded))
    for word in read.text.replace(">", " ").split():
        assert word in everything


def test_a_flattened_header_after_the_sentence_is_found():
    assert told("outlook_en_flattened").text == "The blue one."


def test_a_telephones_greeting_is_a_signature():
    apart = told("apple_en")
    assert (apart.text, apart.signature) == ("The blue one.", "Sent from my iPhone")


def test_answers_between_the_questions_are_kept():
    assert told("interleaved").text == "Bonjour,\n\nLe bleu.\n\nDu 42."


def test_the_folded_half_of_a_quoted_line_is_quoted_too():
    assert told("folded_quote").text == "Le bleu."


@pytest.mark.parametrize("name", ["forwarded_gmail", "forwarded_outlook", "forwarded_apple"])
def test_what_is_forwarded_is_kept_apart_and_read(name):
    apart = told(name)
    assert "PERDU" in apart.forwarded
    assert "PERDU" in apart.to_read
    assert apart.quoted == ""


def test_a_story_with_a_date_and_a_journey_are_no_headers():
    assert told("story_with_a_date").text.endswith("Or rien n'est venu.")
    assert told("journey_like_a_header").text.endswith("Date : 12 mars 2025\nMerci")


def test_a_legal_notice_is_no_message():
    apart = told("legal_notice")
    assert apart.text == "Où est mon colis ?"
    assert "confidentiels" in apart.signature


@pytest.mark.parametrize(
    "text",
    [
        "On March 3, 2025 at 10:00 you wrote:\nthe refund is done.\nIt is not.",
        "Sent from my desk, this is easier to type than on a phone.",
        "Voici mes mesures :\n\n----\n\nlongueur 12\n\n----\n\nMerci",
        "Objet : réclamation\nDe : Anna Martin\nDate : 12 mars 2025\n\nMadame, Monsieur, rien ne marche.",
        "Merci,\nAnna\n\nPS : appelez-moi au 06 12 34 56 78, x@y.example ne marche plus",
        "Remboursez-moi.\nCordialement,\nAnna Martin\nCommande 123456\n06 12 34 56 78",
        "J'ai écrit : où est mon colis ?\nPersonne ne m'a répondu.",
        "Le prix est > 10 € et < 20 €.",
        "Le 3 mars 2025 à 10:12 j'ai appelé. On m'a dit : attendez.",
        "Le formulaire demande\nDate : ?\nSujet : ?\nQue mettre ?",
    ],
)
def test_words_that_only_resemble_a_quote_or_signature_stay(text):
    assert told_apart(text).text == text


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        ("Merci\n-- \nAnna Martin\nParis", "--\nAnna Martin\nParis"),
        ("Merci\n\nEnvoyé de mon iPhone", "Envoyé de mon iPhone"),
        ("Merci\n\nTéléchargez Outlook pour Android", "Téléchargez Outlook pour Android"),
        ("Merci\n\nGet Outlook for iOS<https://aka.ms/x>", "Get Outlook for iOS<https://aka.ms/x>"),
        (
            "Merci\n\nEnvoyé avec la messagerie sécurisée Proton Mail.",
            "Envoyé avec la messagerie sécurisée Proton Mail.",
        ),
        ("Merci\n\nProvenance : Courrier pour Windows", ""),
        (
            "Merci\nCordialement,\nAnna Martin\nResponsable achats\n06 12 34 56 78",
            "Cordialement,\nAnna Martin\nResponsable achats\n06 12 34 56 78",
        ),
    ],
)
def test_signatures_are_told_apart(text, signature):
    assert told_apart(text).signature == signature


@pytest.mark.parametrize(
    "header",
    [
        "Le lun. 3 mars 2025 à 10:12, Service client\n<aide@relais.example> a écrit :",
        "Le 3 mars 2025 à 10:12, Service client <aide@relais.example> a écrit :",
        "Le 03/03/2025 à 10:12, Service client a écrit :",
        "Le 2025-03-03 10:12, Service client a écrit :",
        "- Le 3 mars 2025 10:12, aide@relais.example a écrit :",
        "On Mon, Mar 3, 2025 at 10:12 AM Service <\naide@relais.example\n> wrote:",
        "On 3 Mar 2025, at 10:12, Service wrote:",
        "Am 03.03.2025 um 10:12 schrieb Service <aide@relais.example>:",
        "El lun, 3 mar 2025 a las 10:12, Service (<aide@relais.example>) escribió:",
        "Il giorno lun 3 mar 2025 alle ore 10:12 Service <aide@relais.example> ha scritto:",
        "Op ma 3 mrt 2025 om 10:12 schreef Service <aide@relais.example>:",
        "2025-03-03 10:12 GMT+01:00 Service <aide@relais.example>:",
        "-----Message d'origine-----",
        "-------- Message original --------",
        "De : Service <aide@relais.example>\nEnvoyé : lundi 3 mars 2025 10:12\nÀ : Anna\nObjet : x",
        "*De:* Service <aide@relais.example>\n*Date:* lundi 3 mars 2025 10:12\n*À:* Anna\n*Objet:* x",
        "From: Service\n <aide@relais.example>\nSent: Monday, March 3, 2025 10:12 AM\nTo: Anna\nSubject: x",
        "##- Merci de répondre au-dessus de cette ligne : répondez au-dessus de cette ligne -##",
    ],
)
@pytest.mark.parametrize("prefix", ["", "> "])
def test_what_follows_an_introduction_is_quoted(header, prefix):
    apart = told_apart(f"D'accord.\n\n{header}\n\n{prefix}SECRET votre commande\n{prefix}SECRET est prête\n")
    assert apart.text == "D'accord."
    assert "SECRET est prête" in apart.quoted


def test_what_we_sent_is_a_quote_even_without_any_mark():
    ours = "Bonjour Anna,\nVotre colis est parti ce matin de Lyon.\nLe service client"
    apart = told_apart("Merci !\nVotre colis est parti ce matin de Lyon.\n", sent=[ours])
    assert (apart.text, apart.quoted) == ("Merci !", "Votre colis est parti ce matin de Lyon.")


def test_an_indented_paragraph_of_a_page_is_no_quote():
    page = '<div>Voici :</div><blockquote style="margin:0 0 0 40px;border:none;padding:0px">mes mots</blockquote>'
    assert told_apart("", page).text == "Voici :\n\nmes mots"


def test_a_mail_of_quotes_alone_says_nothing():
    assert told_apart("> SECRET un\n> SECRET deux") == Told(text="", quoted="> SECRET un\n> SECRET deux")


def test_nothing_gives_nothing():
    assert told_apart("", "") == Told(text="")


CARDS = {
    "Claire Petit\nDirectrice des achats\nMaison Bleue SARL\nTél. : 04 78 00 00 00": True,
    "John Smith\nHead of Sales, Acme Ltd\n+44 20 7946 0000": True,
    # What a customer is asked for is no signature.
    "Claire Petit\n12 rue des Lilas\n69003 Lyon\n04 78 00 00 00": False,
    "Claire Petit\n04 78 00 00 00\nclaire@client.example": False,
    "Ma commande\nCommande 10234 chez vous\nMaison Bleue SARL, 04 78 00 00 00": False,
    "Claire Petit\nLe responsable ne répond pas au 04 78 00 00 00.\nEt vous ?": False,
}


@pytest.mark.parametrize("card", CARDS)
def test_a_card_without_a_greeting_is_a_signature_where_it_says_who_what_and_how(card: str) -> None:
    apart = told_apart(f"Pouvez-vous m'envoyer la facture ?\n\n{card}")
    assert (apart.text.strip() == "Pouvez-vous m'envoyer la facture ?") is CARDS[card]
    header = "De : Aide <aide@relais.example>\nEnvoyé : lundi 3 mars 2025 10:12\nÀ : Claire\nObjet : RE: Facture"
    outlook = f"Pouvez-vous m'envoyer la facture ?\n\n{card}\n\n{header}\n\nBonjour,"
    assert ("04 78" in told_apart(outlook).text or "+44" in told_apart(outlook).text) is not CARDS[card]
