"""What words ask for, and what they only speak of."""

from __future__ import annotations

import unicodedata
from typing import Literal

import pytest

from crm_backend.repeats import asking
from crm_backend.repeats.asking import LONGEST, LONGEST_SENTENCE, Fact, asked_for, plain

ASKS = [
    ("Pouvez-vous me donner votre numéro de commande ?", "order_number"),
    ("Pourriez-vous s’il vous plaît me rappeler le numéro de votre commande ?", "order_number"),
    ("Merci de me communiquer votre numéro de commande.", "order_number"),
    ("Veuillez préciser la référence de votre commande", "order_number"),
    ("Quel est votre numéro de commande ?", "order_number"),
    ("Avez-vous le numéro de commande sous les yeux ?", "order_number"),
    ("De quelle commande s’agit-il ?", "order_number"),
    ("Numéro de commande svp", "order_number"),
    ("Bonjour, votre n° de commande ?", "order_number"),
    ("Pouvez-vous confirmer votre numéro de commande ?", "order_number"),
    ("J’aurais besoin de votre numéro de commande pour regarder cela.", "order_number"),
    ("Could you give me your order number, please?", "order_number"),
    ("What’s your order number?", "order_number"),
    ("Can you confirm your order number?", "order_number"),
    ("I need your order number to look into it.", "order_number"),
    ("Which order is this about?", "order_number"),
    ("Do you have the order number to hand?", "order_number"),
    ("Order number please", "order_number"),
    ("May I have the number of your order?", "order_number"),
    ("Quelle est votre adresse e-mail ?", "email"),
    ("Puis-je avoir votre e-mail ?", "email"),
    ("Pouvez-vous me confirmer l'adresse mail du compte ?", "email"),
    ("Could you share the email address on your account?", "email"),
    ("What is your email?", "email"),
    ("Please confirm your e-mail address.", "email"),
    ("Which email address did you use?", "email"),
    ("Quel est votre numéro de téléphone ?", "phone"),
    ("Avez-vous un numéro de portable ?", "phone"),
    ("Can I have a phone number?", "phone"),
    ("Could you tell us your mobile number?", "phone"),
    ("Quel est votre nom ?", "name"),
    ("À quel nom est la commande ?", "name"),
    ("Pouvez-vous m’indiquer votre nom complet ?", "name"),
    ("Can I take your full name?", "name"),
    ("Under which name did you order?", "name"),
    ("Who am I speaking with?", "name"),
    ("Pouvez-vous me redonner votre adresse ?", "address"),
    ("Confirmez-moi l’adresse de livraison, merci.", "address"),
    ("Could you confirm your delivery address?", "address"),
    ("What is the shipping address?", "address"),
    ("Quel est votre code postal ?", "postcode"),
    ("Votre code postal ?", "postcode"),
    ("May I ask for your postcode?", "postcode"),
    ("What’s the zip code?", "postcode"),
    ("De quel produit s’agit-il ?", "product"),
    ("Pouvez-vous me dire quel article est concerné ?", "product"),
    ("Which product is it about?", "product"),
    ("Could you tell me which item is broken?", "product"),
    ("Que s’est-il passé ?", "what_happened"),
    ("Pouvez-vous m’expliquer ce qui s’est passé ?", "what_happened"),
    ("Bonjour, comment puis-je vous aider ?", "what_happened"),
    ("En quoi puis-je vous être utile ?", "what_happened"),
    ("Quel est le problème ?", "what_happened"),
    ("What happened exactly?", "what_happened"),
    ("Hello, how can I help you today?", "what_happened"),
    ("Could you describe the issue?", "what_happened"),
    ("Could you tell me what happened?", "what_happened"),
]
SEVERAL = [
    ("Merci de me donner votre nom et votre numéro de commande.", ["order_number", "name"]),
    ("Merci d’indiquer votre nom et votre adresse e-mail.", ["email", "name"]),
    ("Vous avez votre numéro de commande ?", ["order_number"]),
    ("Could you confirm your name, your postcode and your email address?", ["email", "name", "postcode"]),
    ("Bonjour. Quel est votre nom ?\nEt votre code postal ?", ["name", "postcode"]),
    ("Avez-vous votre numéro de commande ou votre adresse e-mail ?", ["order_number", "email"]),
]
SPEAKS_OF = [
    "Votre numéro de commande est le 10234.",
    "J’ai bien votre numéro de commande, merci.",
    "Votre commande est partie ce matin.",
    "Vous recevrez un e-mail de confirmation.",
    "Avez-vous reçu notre e-mail ?",
    "Puis-je vous envoyer l’étiquette par e-mail ?",
    "Pouvez-vous vérifier votre boîte mail ?",
    "Pouvez-vous me dire si l’adresse est correcte ?",
    "Laquelle des deux commandes voulez-vous annuler ?",
    "Laquelle de vos deux commandes est-ce ?",
    "Quelle est votre nouvelle adresse ?",
    "À quelle adresse souhaitez-vous être livré ?",
    "Souhaitez-vous changer l’adresse de livraison ?",
    "Quel numéro de téléphone préférez-vous ?",
    "Puis-je vous aider pour autre chose ?",
    "Comment puis-je encore vous aider, avez-vous d’autres questions ?",
    "Quel est le nom du transporteur ?",
    "Pouvez-vous m’envoyer une photo ?",
    "Je vous appelle au numéro de téléphone du dossier.",
    "Your order number is 10234.",
    "I have your email address here.",
    "I’ve sent the label to your email.",
    "Could you check your email?",
    "Did you receive our email?",
    "Could you tell me if the address is right?",
    "Which of the two orders do you mean?",
    "Which one of these is it?",
    "What is your new address?",
    "Which address would you like it sent to?",
    "Is there anything else I can help you with?",
    "How else can I help you?",
    "Can I send it to your email address?",
    "Could you send me a photo of the product?",
    "Do you have the product with you?",
    "Your product will be replaced.",
    "The name of the product is Atlas.",
    "> Quel est votre numéro de commande ?\nC’est noté, merci.",
    "Inutile de me redonner votre numéro de commande.",
    "Vous n’avez pas besoin de me confirmer votre adresse.",
    "Vous avez votre numéro de commande dans l’e-mail.",
    "Pouvez-vous modifier votre adresse e-mail dans votre espace client ?",
    "Merci d’écrire votre numéro de commande sur le colis.",
    "You don’t need to give me your order number.",
    "Please write your name on the parcel.",
    "Merci !",
    "",
    "?",
]


@pytest.mark.parametrize(("text", "fact"), ASKS)
def test_a_question_for_a_fact_is_one_in_either_language(text: str, fact: str) -> None:
    assert asked_for(text) == [fact]


@pytest.mark.parametrize(("text", "facts"), SEVERAL)
def test_one_message_may_ask_for_several(text: str, facts: list[str]) -> None:
    assert asked_for(text) == facts


@pytest.mark.parametrize("text", SPEAKS_OF)
def test_speaking_of_a_fact_choosing_or_asking_for_a_new_one_is_no_such_question(text: str) -> None:
    assert asked_for(text) == []


@pytest.mark.parametrize(
    "piece", ["votre ", "pouvez-vous ", "please please ", "me me m'", "? ", "l'", "no. ", "\x00", "\ud800"]
)
def test_a_long_text_made_to_be_slow_is_not(piece: str) -> None:
    assert asked_for(piece * (2 * LONGEST)) == []


def test_of_a_sentence_without_an_end_only_the_beginning_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    question = "quel est votre nom "
    assert asked_for(question + "donnez " * 500 + "?") == ["name"]
    assert asked_for("donnez " * 50 + question + "?") == []
    seen: list[int] = []

    def counted(said: str, *, question: bool) -> set[Fact]:
        seen.append(len(said))
        return set()

    monkeypatch.setattr(asking, "_in_sentence", counted)
    asked_for("donnez " * 1_000)
    assert seen == [LONGEST_SENTENCE]


@pytest.mark.parametrize("letter", ["㍿", "ﷺ", "ß", "ΐ", "x"])
def test_words_never_fold_to_more_than_is_looked_at(letter: str) -> None:
    assert len(plain(letter * (2 * LONGEST))) <= LONGEST


def test_marks_are_gone_before_they_are_put_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    normalize, given = unicodedata.normalize, list[str]()

    def counted(form: Literal["NFKD"], text: str) -> str:
        given.append(text)
        return normalize(form, text)

    monkeypatch.setattr(unicodedata, "normalize", counted)
    assert plain("é\u0301" + "\u0301\u0327" * LONGEST) == "e"
    assert given == ["é"]
