"""How an agent goes about the desk, whatever with: by mouse (`mouse`) or without one (`keys`)."""

from __future__ import annotations

from typing import Protocol

from playwright.async_api import expect

from tests.browser.desk import DeskPage


class Hands(Protocol):
    """What agents and supervisors do all day."""

    async def sign_in(self, desk: DeskPage, email: str) -> None:
        """Opens the desk, and waits for its live line."""

    async def be(self, desk: DeskPage, presence: str, words: str) -> None:
        """Says where the agent is; `words` are what the desk calls it."""

    async def accept(self, desk: DeskPage) -> None:
        """Takes what is offered first."""

    async def decline(self, desk: DeskPage) -> None:
        """Leaves what is offered first to others, having enough to do."""

    async def open(self, desk: DeskPage, view: str, text: str) -> None:
        """Opens a conversation of a list."""

    async def say(self, desk: DeskPage, text: str) -> None:
        """Answers the customer."""

    async def transfer(self, desk: DeskPage, to: str, note: str) -> None:
        """Passes the open conversation to a colleague."""

    async def cancel(self, desk: DeskPage, number: str) -> None:
        """Cancels an order that stands beside the open conversation."""

    async def hand_back(self, desk: DeskPage, note: str) -> None:
        """Gives the open conversation back to the assistant."""

    async def close(self, desk: DeskPage, reason: str) -> None:
        """Ends the open conversation, and says why in its wrap-up."""

    async def board(self, desk: DeskPage) -> None:
        """Opens the supervisor's board."""

    async def listen(self, desk: DeskPage, agent: str) -> None:
        """Listens in on the only conversation of an agent, from the board."""

    async def whisper(self, desk: DeskPage, text: str) -> None:
        """Says something to the agent who is listened to."""

    async def take_over(self, desk: DeskPage, reason: str) -> None:
        """Takes what is listened to."""


async def shows_as(desk: DeskPage, words: str) -> None:
    await expect(desk.part("account")).to_have_attribute("aria-label", f"{await _named(desk)}, {words}")


async def _named(desk: DeskPage) -> str:
    label = await desk.part("account").get_attribute("aria-label") or ""
    return label.rpartition(", ")[0]


async def accepted(desk: DeskPage) -> None:
    await expect(desk.composer).to_be_visible()
    await expect(desk.offers).to_have_count(0)


async def cancelled(desk: DeskPage, number: str) -> None:
    await expect(desk.part("ordering")).to_have_count(0)
    await expect(desk.order(number).get_by_test_id("order-status")).to_have_attribute("data-status", "cancelled")


async def passed_on(desk: DeskPage) -> None:
    await expect(desk.part("passing")).to_have_count(0)
    await expect(desk.composer).to_have_count(0)
