"""What is read from a mail, however its sender's program wrote it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from channels.mail.parse import parse
from crm_backend.errors import BadInput, Empty, TooLong
from tests.channels.mail.letters_read import PAYLOADS, mail, raw


@pytest.mark.parametrize("path", sorted(PAYLOADS.glob("*.eml")), ids=lambda path: path.stem)
def test_every_payload_is_read_and_can_be_stored(path):
    read = parse(path.read_bytes())
    for text in (read.text, read.html, read.subject, read.from_name, *[one.name for one in read.attachments]):
        assert "\x00" not in text
        text.encode("utf-8")


def test_a_plain_mail_gives_all_its_fields():
    read = mail("plain")
    assert read.from_ is not None
    assert (read.from_.email, read.from_name) == ("anna@client.example", "Anna Martin")
    assert read.subject == "Ma commande"
    assert read.date == datetime(2025, 3, 3, 9, 12, 45, tzinfo=UTC)
    assert read.message_id == "a1@client.example"
    assert read.text.strip() == "Bonjour, où est mon colis ?"
    assert read.text_is_own and not read.html and not read.attachments


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("charset_latin1_declared", "Le café coûte 5 € « net »"),
        ("charset_missing_windows_bytes", "Reçu, merci — à très bientôt"),
        ("charset_unknown_name", "Déjà payé"),
        ("charset_says_latin1_is_utf8", "Déjà payé, reçu à Étampes"),
        ("charset_says_utf8_is_latin1", "Déjà payé à Étampes"),
        ("charset_utf8_with_a_stray_byte", "Déjà payé à Étampes"),
        ("charset_gb2312", "你好，镕基"),
        ("charset_iso_2022_jp", "こんにちは"),
        ("charset_utf16_declared_for_ascii", "Plain words"),
        ("charset_codec_that_is_no_charset", "Plain words"),
        ("charset_in_html_meta", "Reçu à midi"),
        ("plain_crlf", "Bonjour\nÀ bientôt"),
        ("base64_damaged", "Bonjour Anna!"),
        ("boundary_not_declared", "Bonjour"),
        ("boundary_never_closed", "Bonjour"),
        ("boundary_never_used", "Bonjour quand même"),
        ("boundary_prefix_of_another", "Bonjour"),
        ("quoted_printable_uppercase_encoding", "Déjà payé =ZZ"),
        ("headers_missing", "Bonjour, je n'ai mis aucun en-tête.\nMerci"),
        ("headers_with_nul", "AB"),
        ("pgp_signed_inline", "Je confirme.\n-- liste"),
        ("winmail_dat", "Le colis est arrivé ouvert."),
        ("apple_text_around_a_file", "Avant\n\nAprès"),
    ],
)
def test_the_words_survive(name, words):
    assert mail(name).text.strip() == words


def test_the_text_of_a_mail_with_alternatives_is_its_plain_one_and_the_page_is_kept_apart():
    read = mail("alternative")
    assert read.text.strip() == "En texte"
    assert "<b>page</b>" in read.html


def test_a_page_alone_is_read_as_text():
    read = mail("html_only")
    assert not read.text_is_own
    assert read.text == "Bonjour,\n\nVoici la liste :\n\n- un\n- deux\n\nVoir ma page"


def test_a_page_that_no_text_stands_for_is_read_beside_the_text():
    head = b"Content-Type: multipart/mixed; boundary=m\n\n"
    read = parse(head + b"--m\n\nText\n--m\nContent-Type: text/html\n\n<p>Page</p>\n--m--\n")
    assert read.text == "Text\n\nPage"


def test_inline_pictures_and_files_are_told_apart():
    picture, file = mail("nested_related_mixed").attachments
    assert (picture.name, picture.content_id, picture.inline) == ("logo.png", "logo@x", True)
    assert (file.name, file.type, file.inline) == ("facture.pdf", "application/pdf", False)
    assert file.content == b"%PDF-1.4\n"


def test_a_mail_forwarded_as_attachment_stays_a_file_that_can_be_read_again():
    read = mail("forwarded_as_attachment")
    (enclosed,) = read.attachments
    assert enclosed.name == "Avis de passage n° 3.eml"
    assert parse(enclosed.content).message_id == "inner@poste.example"
    assert parse(enclosed.content).text.strip() == "Personne."
    assert "Personne" not in read.text


def test_outlooks_envelope_is_opened():
    read = mail("winmail_dat")
    assert read.marks.tnef
    assert [(file.name, file.content[:3]) for file in read.attachments] == [("photo.jpg", b"\xff\xd8\xff")]


def test_outlooks_envelope_stays_a_file_when_it_is_damaged():
    read = mail("winmail_dat_damaged")
    assert read.marks.tnef


def test_archives_are_not_opened():
    (file,) = mail("zip_is_not_opened").attachments
    assert (file.name, file.content[:2]) == ("bombe.zip", b"PK")


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("pgp_encrypted", "pgp_encrypted"),
        ("pgp_signed_inline", "pgp_signed"),
        ("pgp_signed_mime", "pgp_signed"),
        ("smime_signed", "smime_signed"),
        ("smime_encrypted", "smime_encrypted"),
    ],
)
def test_encryption_and_signatures_are_marked(name, mark):
    assert getattr(mail(name).marks, mark)
    assert not getattr(mail("plain").marks, mark)


def test_an_invitation_is_marked_with_its_method():
    read = mail("calendar_invite")
    assert read.marks.calendar == "REQUEST"
    assert [file.name for file in read.attachments] == ["attachment-1.ics"]


def test_raw_bytes_in_fields_are_read():
    read = mail("headers_raw_eight_bit")
    assert (read.from_name, read.subject) == ("Renée Dubois", "Échange")


def test_a_character_cut_between_encoded_words_is_put_together():
    assert mail("subject_split_inside_a_character").subject == "échange é déjà payé"


def test_a_field_broken_without_folding_is_put_together():
    read = mail("headers_not_folded_right")
    assert read.subject == "une très longue ligne cassée"
    assert read.headers.first("x-ok") == "oui"


def test_of_fields_that_come_twice_the_first_counts_and_nonsense_is_none():
    read = mail("headers_twice")
    assert (read.subject, read.date, read.message_id) == ("un", None, "sans-crochets@x")
    assert read.references == ("a@x", "b@x", "c@x")


def test_control_characters_leave_fields():
    read = mail("headers_with_nul")
    assert read.subject == "Bonjour toi"
    assert read.from_ is not None and read.from_.email == "anna@client.example"


def test_folded_paragraphs_are_put_back_together():
    assert mail("flowed").text == "Une phrase qui continue ici.\n> citée qui continue\n-- \nAnna\n"


def test_file_names_in_pieces_and_charsets_are_put_together():
    assert mail("file_name_rfc2231").attachments[0].name == "reçu d'achat.pdf"


def test_file_names_lose_paths_and_hidden_characters():
    assert [file.name for file in mail("file_name_tricks").attachments] == ["passgpj.exe", "a.zip", "attachment-3.png"]


@pytest.mark.parametrize("name", ["display_name_is_an_address", "display_name_hides_brackets"])
def test_a_display_name_is_never_taken_for_the_address(name):
    read = mail(name)
    assert read.from_ is not None and read.from_.email == "voleur@mal.example"
    assert "service@banque.example" in read.from_name


def test_a_quoted_name_alone_is_no_address():
    read = parse(b'From: "service@banque.example"\n\nx')
    assert read.from_ is None and read.authors == ()


def test_direction_and_zero_width_characters_leave_names_and_addresses():
    read = mail("display_name_bidi")
    assert (read.from_name, read.from_ and read.from_.email) == ("Anna nitraM", "anna@client.example")


@pytest.mark.parametrize("name", ["from_two_brackets", "from_two_addresses", "from_two_fields"])
def test_several_authors_give_no_single_address(name):
    read = mail(name)
    assert read.from_ is None
    assert {author.email for author in read.authors} == {"service@banque.example", "voleur@mal.example"}


def test_address_lists_are_read_with_groups_comments_and_bare_commas():
    read = mail("from_unquoted_comma")
    assert read.from_name == "Martin, Anna"
    assert [(one.email, one.name) for one in read.to] == [("a@x.example", ""), ("b@x.example", "B")]
    assert [(one.email, one.name) for one in read.cc] == [("c@x.example", "Carl (le grand)"), ("D@x.example", "")]


def test_recipients_are_capped_and_counted():
    many = ", ".join(f"r{n}@x.example" for n in range(10_000))
    read = parse(f"From: a@b.example\nTo: {many}\n\nx".encode())
    assert (len(read.to), read.recipients) == (200, 10_000)


def test_a_long_subject_is_cut():
    subject = parse(b"Subject: " + b"mot " * 5_000 + b"\n\nx").subject
    assert len(subject) <= 500 and subject.endswith("…")


def test_nothing_at_all_is_refused_as_empty():
    with pytest.raises(Empty):
        parse(b"\r\n \x00\n")


@pytest.mark.parametrize(
    "hostile",
    [
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 5_000,
        b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(500)),
        b"X-A: b\n" * 50_000 + b"\nx",
        b"X-A: " + b"b" * 2_000_000 + b"\n\nx",
    ],
    ids=["thousands of parts", "deep nesting", "thousands of fields", "a field of two megabytes"],
)
def test_a_bomb_is_refused(hostile):
    with pytest.raises(TooLong):
        parse(hostile)


def test_a_mail_past_the_limit_is_refused():
    with pytest.raises(TooLong):
        parse(raw("plain"), max_bytes=100)


def test_the_errors_are_bad_input():
    assert issubclass(TooLong, BadInput) and issubclass(Empty, BadInput)
