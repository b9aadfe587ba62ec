"""What agents mark in their words, and how it reads where no marks can be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from channels.mail.letters import _paragraphs
from channels.telegram.rendering import parts_of
from channels.whatsapp.render import parts
from crm_backend.conversations.handing_over import owners
from crm_backend.conversations.reading import queries
from crm_backend.conversations.reading.marks import MOST, read, written
from crm_backend.conversations.schema import Reply
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.database import new_id, utc_now
from tests.support.talks import person, talk

SIGNS = {"bold": ("*", "*"), "italic": ("_", "_")}


@pytest.mark.parametrize(
    ("text", "plain", "marks"),
    [
        ("**Bonjour** Marie", "Bonjour Marie", [("bold", 0, 7)]),
        ("un _petit_ mot", "un petit mot", [("italic", 3, 5)]),
        ("**tout _ceci_ est gras**", "tout ceci est gras", [("bold", 0, 18), ("italic", 5, 4)]),
        ("🙂 **é**", "🙂 é", [("bold", 2, 1)]),
        ("[la page](https://x.fr/a_b_c) _ici_", "la page (https://x.fr/a_b_c) ici", [("italic", 29, 3)]),
        ("- un\n- deux", "- un\n- deux", []),
        ("2 ** 3 ** 4, a_b_c, https://x.fr/_a_, {x}", "2 ** 3 ** 4, a_b_c, https://x.fr/_a_, {x}", []),
        ("** a** _ b_ ****", "** a** _ b_ ****", []),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))", []),
        ("**sur\ndeux**", "**sur\ndeux**", []),
    ],
)
def test_marks_are_read_out_of_the_words(text: str, plain: str, marks: list[object]) -> None:
    assert read(text) == (plain, marks)


@given(st.text(alphabet="ab*_ \n[]()é🙂", max_size=200))
def test_marks_lie_within_the_words_and_one_in_another(text: str) -> None:
    plain, marks = read(text)
    for kind, start, length in marks:
        assert kind in SIGNS and start >= 0 and length > 0 and start + length <= len(plain)
    for _, start, length in marks:
        for _, other, more in marks:
            apart = start + length <= other or other + more <= start
            within = (start <= other and other + more <= start + length) or (
                other <= start and start + length <= other + more
            )
            assert apart or within
    assert written(plain, marks, {}) == plain


def test_marks_that_touch_end_before_the_next_begins() -> None:
    assert written(*read("**Important**_x_"), SIGNS) == "*Important*_x_"


def test_only_so_much_is_marked() -> None:
    assert len(read("**a** " * (MOST + 50))[1]) == MOST


def delivery(text: str) -> Delivery:
    plain, marks = read(text)
    return Delivery(
        id=new_id(), lease=new_id(), attempts=1, faults=0, conversation_id=new_id(), message_id=new_id(), seq=1,
        channel="x", account="main", address="1", created_at=utc_now(), author="agent", speaker="Emma", language="fr",
        answers=None, reply=Reply(text=plain, marks=marks),
    )  # fmt: skip


def test_each_channel_shows_what_it_can() -> None:
    said = delivery("🙂 **Bonjour** _<Marie>_, [ici](https://x.fr/p)")
    (whatsapp,) = parts(said, address="https://x.fr", link=lambda _: "")
    assert whatsapp["text"]["body"] == "🙂 *Bonjour* _<Marie>_, ici (https://x.fr/p)"
    (telegram,) = parts_of(said, address="https://x.fr")
    assert telegram.parameters()["text"] == "🙂 Bonjour <Marie>, ici (https://x.fr/p)"
    assert telegram.parameters()["entities"] == [
        {"type": "bold", "offset": 3, "length": 7},
        {"type": "italic", "offset": 11, "length": 7},
    ]
    (page,) = _paragraphs(said.reply.text, said.reply.marks)
    assert page.startswith("🙂 <strong>Bonjour</strong> <em>&lt;Marie&gt;</em>, ici (<a href=")
    (bare,) = _paragraphs("\ue000 **x**", [("bold", 0, 1)])
    assert "<strong>" not in bare


async def test_what_an_agent_marked_is_kept_beside_plain_words(crm: AsyncSession) -> None:
    agent, _ = await person(crm)
    held = await talk(crm, agent)
    said, _ = await owners.answer(
        crm, conversation_id=held.id, agent=agent, client_id=new_id(), text="**Oui** _Marie_"
    )  # fmt: skip
    assert said.text == "Oui Marie"
    view = await queries.message(crm, conversation_id=held.id, seq=said.seq)
    shown = view.outward(company="x", mine="agent", link=lambda _: "")
    assert shown["marks"] == [("bold", 0, 3), ("italic", 4, 5)]
