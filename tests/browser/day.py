"""A working day at the desk, step by step: whoever handles it, by mouse or by keyboard, does the same."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from playwright.async_api import Locator, expect
from sqlalchemy import select, update

from crm_backend.agents.model import Agent
from crm_backend.conversations.model import Conversation, Rating
from crm_backend.database import utc_now
from crm_backend.routing.model import RoutingOffer
from crm_backend.routing.presence import OPEN_DESK
from crm_backend.routing.settings_model import AgentPresence
from server.app import Parts
from server.demo.showcase import MARIE
from tests.browser.chat import Chat
from tests.browser.conftest import MakeContext
from tests.browser.desk import DeskPage
from tests.browser.hands import Hands
from tests.browser.outside import ByMail, OnTelegram, Outside
from tests.support.api import Program

NAMES = {
    "claire": "Claire Martin",
    "thomas": "Thomas Bernard",
    "emma": "Emma Wilson",
    "sophie": "Sophie Laurent",
}
SOLVED = {"fr": "Réglé au premier échange", "en": "Solved at once"}
ANSWERS = {
    "marie": ["C’est annulé, Marie."],
    "nadia": ["Bonjour Nadia, c’est Thomas.", "Bonjour Nadia, Claire a repris votre dossier."],
    "karim": ["Hello Karim, your lamp leaves tomorrow."],
    "paul": ["Bonjour Paul, je regarde.", "Paul, je reprends avec vous.", "Un geste commercial vous attend."],
    "nina": ["Bonjour Nina, merci d’avoir attendu."],
}
"""What agents say to each customer, which is all that agents may have said in the end."""


class Day:
    """Who is there, and the way from the first customer to the last."""

    def __init__(self, parts: Parts, hands: Hands, context: MakeContext, platforms: Outside, settings: Program) -> None:
        self.parts, self.hands, self.settings = parts, hands, settings
        self._context = context
        self.desks: dict[str, DeskPage] = {}
        self.talks: dict[str, UUID] = {}
        """The conversation of each customer."""
        self.nadia: OnTelegram = platforms.on_telegram(412000011, "Nadia")
        self.nina: OnTelegram = platforms.on_telegram(412000012, "Nina")
        self.karim: ByMail = platforms.by_mail("karim@client.example", "Karim Benali", "My lamp")

    async def set_up(self) -> None:
        """What the company decided before opening, through its administration."""
        patient = {"offer_seconds": 3_600, "offer_again_after": 86_400, "vanish_after": 0, "missed_limit": 0}
        await self.put("PATCH", "/teams/support", patient)
        for channel, kind in (("webchat", "chat"), ("telegram", "messaging"), ("mail", "mail")):
            weight = {"kind": kind, "weight": 100, "returns": True}
            await self.put("PUT", f"/channel-weights/{channel}", weight)
        # Cases are for another day.
        await self.put("PUT", "/channel-weights/case", {"kind": "case", "weight": 1_000})
        await self.put("PUT", "/satisfaction-settings/*", {"enabled": True})
        await self.put("POST", "/closing-reasons", {"names": SOLVED})
        async with self.parts.sessions() as session:
            rows = await session.execute(select(Agent.email, Agent.id))
            self.ids = {email.partition("@")[0]: one for email, one in rows.tuples()}
        # One at a time is enough to see who is full, and a supervisor is offered nothing.
        for name, capacity in (("claire", 100), ("thomas", 100), ("emma", 100), ("sophie", 0)):
            await self.put("PUT", f"/agents/{self.ids[name]}/routing", {"capacity": capacity})

    async def put(self, method: str, path: str, given: dict[str, Any]) -> None:
        """A setting."""
        answer = await self.settings(method, path, given, If_Match="*")
        assert answer.status in (200, 201), answer.body

    async def arrives(self, name: str, language: str = "fr") -> DeskPage:
        """An agent comes to work."""
        profile = await self._context(language=language)
        desk = self.desks[name] = DeskPage(await profile.new_page(), self.parts.settings.address)
        await self.hands.sign_in(desk, f"{name}@maison-tilleul.example")
        return desk

    async def visits(self, **more: Any) -> Chat:
        """A customer opens the chat on the shop's page."""
        profile = await self._context(**more)
        chat = Chat(await profile.new_page(), self.parts.settings.address)
        await chat.visit("/demo/fr/")
        await chat.open()
        return chat

    async def takes(self, name: str, customer: str) -> DeskPage:
        """An agent is offered a customer, and accepts; the conversation opens."""
        desk = self.desks[name]
        await expect(desk.offers).to_have_count(1)
        await self.hands.accept(desk)
        self.talks[customer] = UUID(await desk.conversation.get_attribute("data-id"))
        return desk

    async def answers(self, name: str, customer: str, number: int = 0) -> None:
        """An agent says to a customer what is planned."""
        await self.hands.say(self.desks[name], ANSWERS[customer][number])

    async def morning(self) -> None:
        """A chat is handed over with its passport, something is done, and the assistant goes on from there."""
        claire, sophie = await asyncio.gather(self.arrives("claire"), self.arrives("sophie"))
        await self.hands.board(sophie)
        self.marie = marie = await self.visits(phone=True)
        await marie.say(f"Où est ma commande 10888 ? {MARIE.email} {MARIE.postcode}")
        await marie.hears("10888")
        await marie.part("person").click()
        await self.takes("claire", "marie")
        await expect(claire.part("passport").get_by_text("10888").first).to_be_visible()
        await expect(marie.part("status")).to_have_attribute("data-state", "agent")
        await expect(self.at_work("claire")).to_contain_text("1 sur 1")
        await self.answers("claire", "marie")
        await marie.hears("C’est annulé", "agent")
        await self.hands.cancel(claire, "10888")
        await self.hands.hand_back(claire, "Commande annulée à sa demande")
        await marie.hears("Claire a annulé la commande 10888", "system")
        await marie.say("Quels sont vos délais de livraison ?")
        await marie.hears("jours ouvrés")

    async def passed_on(self) -> None:
        """Somebody on Telegram is declined by one, taken by another, and passed to a third with what is known."""
        self.nadia.writes("Je voudrais parler à une conseillère")
        claire = self.desks["claire"]
        await expect(claire.offers).to_have_count(1)
        await self.hands.decline(claire)
        await expect(self.desks["sophie"].part("figure-waiting")).to_contain_text("1")
        await self.arrives("thomas")
        await self.takes("thomas", "nadia")
        await self.answers("thomas", "nadia")
        await self.nadia.hears("c’est Thomas")
        self.nadia.writes("Ma lampe est arrivée cassée")
        await expect(self.desks["thomas"].messages("customer", "arrivée cassée")).to_be_visible()
        await self.hands.transfer(self.desks["thomas"], "Claire", "Remplacement promis")
        await expect(claire.offers).to_contain_text("Remplacement promis")
        await self.takes("claire", "nadia")
        await expect(claire.part("passport")).to_contain_text("Remplacement promis")
        await self.answers("claire", "nadia", 1)
        await self.nadia.hears("Claire a repris")

    async def let_pass(self) -> None:
        """A mail is offered to somebody who looks elsewhere; whoever comes next answers it."""
        await self.put("PATCH", "/teams/support", {"offer_seconds": 5})
        await self.karim.writes("Hello, I would like to talk to a person about my lamp.")
        thomas = self.desks["thomas"]
        await self.offered("mail")
        await self.put("PATCH", "/teams/support", {"offer_seconds": 3_600})
        await expect(thomas.offers).to_have_count(0)
        await self.arrives("emma", "en")
        await self.takes("emma", "karim")
        await self.answers("emma", "karim")
        await self.karim.hears("leaves tomorrow")
        await self.hands.close(self.desks["emma"], SOLVED["en"])
        await self.hands.be(self.desks["emma"], "away", "Away")

    async def vanishes(self) -> None:
        """An agent goes without a word: their customer comes before one who has waited for longer."""
        emma, sophie = self.desks["emma"], self.desks["sophie"]
        self.paul = paul = await self.visits()
        await paul.say("Bonjour")
        await paul.hears(".")
        await paul.part("person").click()
        await self.takes("thomas", "paul")
        await self.answers("thomas", "paul")
        await paul.hears("je regarde", "agent")
        self.nina.writes("Je veux parler à quelqu’un")
        await expect(sophie.part("figure-waiting")).to_contain_text("1")
        await paul.say("Vous êtes là ?")
        await expect(self.desks["thomas"].messages("customer", "Vous êtes là")).to_be_visible()
        await self.desks.pop("thomas").page.close()
        await self.time_passes("thomas")
        await expect(sophie.part("figure-waiting")).to_contain_text("2")
        await self.hands.be(emma, "available", "Available")
        before = self.talks["paul"]
        await self.takes("emma", "paul")
        assert self.talks["paul"] == before, "the front of the queue is for whoever had somebody"
        await expect(emma.messages("agent", ANSWERS["paul"][0])).to_be_visible()
        await self.answers("emma", "paul", 1)
        await paul.hears("je reprends", "agent")

    async def watched(self) -> None:
        """The supervisor listens in, whispers, and takes over; the agent is free for who waits."""
        sophie, emma = self.desks["sophie"], self.desks["emma"]
        await self.hands.listen(sophie, NAMES["emma"])
        await self.paul.say("J’attends depuis une semaine")
        await expect(sophie.part("heard").last).to_contain_text("depuis une semaine")
        await self.hands.whisper(sophie, "Propose un geste.")
        await expect(emma.part("whisper-heard")).to_contain_text("Propose un geste.")
        await self.hands.take_over(sophie, "Emma est attendue ailleurs")
        await expect(emma.part("not-mine")).to_be_visible()
        await self.answers("sophie", "paul", 2)
        await self.paul.hears("geste commercial", "agent")
        await self.takes("emma", "nina")
        await self.answers("emma", "nina")
        await self.nina.hears("merci d’avoir attendu")

    async def evening(self) -> None:
        """Everything is closed with a reason, and everybody says how it was."""
        await self.hands.close(self.desks["sophie"], SOLVED["fr"])
        await self.hands.close(self.desks["emma"], SOLVED["en"])
        await self.hands.open(self.desks["claire"], "mine", "Nadia")
        await self.hands.close(self.desks["claire"], SOLVED["fr"])
        await self.paul.part("rating-5").press("Space")
        await self.paul.part("rating-send").click()
        await expect(self.paul.part("rated")).to_be_visible()
        await self.nadia.presses("Très bon")
        await self.nina.presses("Moyen")
        await self.karim.hears("Very good")
        await self.karim.writes("4")
        async with asyncio.timeout(30):
            while len(await self.ratings()) < 4:
                await asyncio.sleep(0.05)

    def at_work(self, name: str) -> Locator:
        """An agent's line on the supervisor's board."""
        return self.desks["sophie"].part("board-agent").filter(has_text=NAMES[name])

    async def time_passes(self, name: str) -> None:
        """It is later: a desk that has closed was last heard of a while ago."""
        who = Agent.id == self.ids[name]
        async with asyncio.timeout(30):
            while True:
                async with self.parts.sessions.begin() as session:
                    if await session.scalar(select(Agent.id).where(who, OPEN_DESK)) is None:
                        break
                await asyncio.sleep(0.05)
        async with self.parts.sessions.begin() as session:
            long_ago = {"seen_at": utc_now() - timedelta(minutes=10)}
            await session.execute(
                update(AgentPresence).where(AgentPresence.agent_id == self.ids[name]).values(long_ago)
            )
        await self.parts.wakes.routing()

    async def offered(self, channel: str) -> None:
        """Waits until somebody was offered something of a channel."""
        of_channel = select(RoutingOffer.id).join(Conversation, Conversation.id == RoutingOffer.conversation_id)
        async with asyncio.timeout(30):
            while True:
                async with self.parts.sessions() as session:
                    if await session.scalar(of_channel.where(Conversation.channel == channel)) is not None:
                        return
                await asyncio.sleep(0.05)

    async def ratings(self) -> dict[str, int]:
        """What each customer said of it."""
        whose = {talk: name for name, talk in self.talks.items()}
        async with self.parts.sessions() as session:
            found = await session.execute(
                select(Rating.conversation_id, Rating.score).where(Rating.conversation_id.in_(whose))
            )
            return {whose[talk]: score for talk, score in found.tuples()}
