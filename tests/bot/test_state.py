"""The state that travels: small, flat, and free of what proves who somebody is."""

import json
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, SlotSet, UserUttered

from bot.state import pack, unpack
from bot.topics import TopicImporter

GIVEN = {"language": "fr", "proof": "anonymous", "company": "Maison X"}


@pytest.fixture(scope="module")
def domain(root: Path) -> Domain:
    return TopicImporter(domain_path=str(root / "domain.yml"), training_data_paths=[str(root / "data")]).get_domain()


def turn(state, domain, *events):
    tracker = unpack(state, conversation="c", given=GIVEN, domain=domain)
    tracker.update(UserUttered("bonjour, je m'appelle Marie", {"name": "greet"}), domain)
    tracker.update_with_events([*events, ActionExecuted("action_listen")], domain)
    return json.loads(json.dumps(pack(tracker)))


def test_the_state_is_as_large_after_300_turns_as_after_one(domain: Domain) -> None:
    state = first = turn(None, domain, SlotSet("order_number", "10234"))
    for _ in range(299):
        state = turn(state, domain, SlotSet("order_number", "10234"))
    assert state == first
    assert len(json.dumps(state)) < 200


def test_what_the_customer_wrote_is_not_in_the_state(domain: Domain) -> None:
    assert "Marie" not in json.dumps(turn(None, domain))


TASK = {"topic": "order_status", "facts": {"email": "a@b.fr"}, "asked": {"fact": "postcode", "kind": "fact"}}


def test_an_open_task_is_open_again_on_the_next_turn(domain: Domain) -> None:
    state = turn(None, domain, ActiveLoop("task_form"), SlotSet("requested_slot", "step"), SlotSet("task", TASK))
    tracker = unpack(state, conversation="c", given=GIVEN, domain=domain)
    assert tracker.active_loop_name == "task_form"
    assert tracker.get_slot("requested_slot") == "step"
    assert tracker.get_slot("task") == TASK
    assert tracker.latest_action_name == "action_listen"


def test_proof_of_identity_does_not_outlive_the_task(domain: Domain) -> None:
    later = [{"topic": "invoice", "given": {"email": "a@b.fr"}}]
    state = turn(None, domain, SlotSet("task", TASK), SlotSet("later", later), SlotSet("order_number", "10234"))
    assert state["slots"] == {"language": "fr", "order_number": "10234"}


def test_what_an_older_model_knew_is_dropped(domain: Domain) -> None:
    tracker = unpack(
        {"version": 1, "slots": {"gone": 1, "order_number": "1"}, "form": "old_form"},
        conversation="c",
        given=GIVEN,
        domain=domain,
    )
    assert tracker.active_loop_name is None
    assert tracker.get_slot("order_number") == "1"
