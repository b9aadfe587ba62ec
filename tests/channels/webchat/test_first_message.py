"""A message from the widget to the assistant and back."""

from tests.conftest import MakeCustomer


async def test_a_customer_is_answered_by_the_assistant(customer: MakeCustomer) -> None:
    marie = await customer()
    reply = await marie.say("bonjour")
    assert reply["text"] == "echo: bonjour"
    assert [m["from"] for m in marie.messages] == ["customer", "bot"]
