"""Pushes as the standards have them."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from crm_backend.errors import Invalid
from server.pushes.endpoints import PUBLIC
from server.pushes.posting import encrypted
from server.pushes.words import WORDS
from tests.support.push_service import bytes_of, text_of


def test_the_example_of_the_standard_is_encrypted_to_its_last_byte() -> None:
    # RFC 8291, appendix A.
    made = encrypted(
        b"When I grow up, I want to be a watermelon",
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "BTBZMqHH6r4Tts7J_aSIgg",
        ec.derive_private_key(int.from_bytes(bytes_of("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")), ec.SECP256R1()),
        bytes_of("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert text_of(made) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz"
        "AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://push.example.com/1",
        "https://127.0.0.1/1",
        "https://localhost/1",
        "https://10.0.0.7/1",
        "https://169.254.169.254/latest",
        "https://[::1]/1",
        "https://2130706433/1",
        "https://me:secret@push.example.com/1",
        "https://push.example.com/1#a",
        "https://push.example.com/a b",
        "https://push.example.com:no/1",
        "https:///1",
        "file:///etc/passwd",
        "https://push.example.com/" + "a" * 2000,
    ],
)
async def test_only_push_services_on_the_internet_are_pushed_to(url: str) -> None:
    with pytest.raises(Invalid):
        await PUBLIC.checked(url)


async def test_a_public_address_is_pushed_to() -> None:
    assert await PUBLIC.checked("https://93.184.215.14/push/1")


def test_every_sentence_is_in_both_languages() -> None:
    assert all(set(each) == {"fr", "en"} and all(each.values()) for each in WORDS.values())
