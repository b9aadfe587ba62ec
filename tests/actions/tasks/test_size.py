"""What is kept of a task stays small, whatever is written where a topic asks for the customer's own words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from actions.tasks import finding
from actions.tasks.state import MOST, Asked, Task, cut
from actions.tasks.topic import TOPICS
from crm_backend.conversations.model import Conversation
from crm_backend.database import Sessions, new_id, utc_now
from tests.support import core, shop
from tests.support.talking import Customer

finding.find()
SMALL = 8 * 1024
EMOJI = "🧨" * 2_000
OPENINGS = {
    "add_to_case": "je veux ajouter quelque chose à mon dossier",
    "call_back": "rappelez-moi",
    "change_address": "changer l'adresse de livraison",
    "change_details": "mon dossier : autre chose",
    "change_order": "je veux changer ma commande",
    "complaint": "je veux faire une réclamation",
    "exchange": "je veux échanger ma commande",
    "missing_item": "il manque un article",
    "payment_trouble": "j'ai été débité deux fois",
    "return_order": "je veux retourner un article",
    "spare_parts": "il me faut une pièce",
    "warranty": "ma lampe est en panne",
}


def size(customer: Customer) -> int:
    state = {
        "version": 1,
        "slots": {n: v for n, v in customer.slots.items() if v not in (None, "")},
        "form": "task_form",
    }
    return len(json.dumps(state, ensure_ascii=False).encode())


@pytest.mark.parametrize(
    ("topic", "long"),
    [*((topic, EMOJI) for topic in OPENINGS), ("spare_parts", "é" * 5_000)],
    ids=lambda each: each[:15],
)
async def test_the_longest_texts_of_a_topic_fit(acting: Sessions, topic: str, long: str) -> None:
    talk = (await core.write(acting, visitor=new_id().hex)).conversation_id
    async with acting.begin() as session:
        owner = (await shop.customer(session)).id
        await shop.delivered(session, of=owner)
        row = await session.get_one(Conversation, talk)
        row.customer_id, row.proof = owner, "verified"
    customer = Customer(talk)
    more = [{"intent": name, "text": long, "entities": []} for name in ("gift_card", "loyalty", "shops")]
    await customer.says(f"{OPENINGS[topic]} {long}", topic, also=more)
    sizes = [size(customer)]
    for _ in range(6):
        task = Task.read(customer.slots.get("task"))
        if not customer.open or task is None or task.asked is None or task.asked.kind == "confirm":
            break
        if task.asked.kind == "text":
            await customer.says(long, "nlu_fallback")
        elif customer.messages[-1].get("buttons"):
            await customer.presses(customer.messages[-1]["buttons"][-1]["title"])
        else:
            await customer.says(long, "inform", phone="+33639980001")
        sizes.append(size(customer))
    assert max(sizes) < SMALL and topic in TOPICS


def test_what_was_shown_comes_back_as_it_was_and_is_kept_once() -> None:
    story = "La lampe clignote depuis hier. " * 30
    about: dict[str, Any] = {"agreed": {"story": f"Client vérifié : {story}.", "n": 1, "also": [story]}, "mark": "m"}
    task = Task(
        "complaint", "1", utc_now().isoformat(), facts={"story": story}, asked=Asked("yes", "confirm", about=about)
    )
    stored = json.loads(json.dumps(task.stored()))
    assert str(stored).count("clignote") == 30
    again = Task.read(stored)
    assert again is not None and again.asked is not None and again.asked.about == about and again.facts == task.facts


def test_no_letter_is_cut_in_two() -> None:
    assert len(cut(EMOJI).encode()) <= MOST and set(cut(EMOJI)) == {"🧨"}
    french = "La lampe reçue mardi ne s’allume plus, j’ai déjà changé l’ampoule. " * 40
    assert cut(french[:2_000]) == french[:2_000]


@pytest.mark.parametrize("stored", [{"asked": 3}, {"asked": {"about": 3}}, {"facts": []}, {"x": 1}])
def test_what_another_version_stored_is_dropped(stored: dict[str, Any]) -> None:
    assert Task.read(stored) is None
