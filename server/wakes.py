"""After a commit: who has to look again."""

from __future__ import annotations

from uuid import UUID

from channels.port import Answered, Live
from crm_backend.database import new_id
from server.loops.wake import ONE


class Wakes:
    """Wake-ups to send once a transaction is through. Losing one costs a second, never a message."""

    def __init__(self, live: Live) -> None:
        self._live = live

    async def turn(self) -> None:
        """Turns may be ready to run."""
        await self._live.publish("turns", {})

    async def one_turn(self) -> None:
        """One turn was queued."""
        # Told apart from others that are told at the same moment, which go together when they are the same.
        await self._live.publish("turns", {ONE: new_id()})

    async def outgoing(self) -> None:
        """Something is to be sent to an address, of which no desk need hear."""
        await self._live.publish("outbox", {})

    async def routing(self) -> None:
        """Somebody waits, or may have become free."""
        await self._live.publish("routing", {})

    async def offered(self, agent_id: UUID) -> None:
        """What an agent is offered, or where they are, may have changed: their open desks look again."""
        await self._live.publish("desk", {"kind": "offer", "agent": str(agent_id)})

    async def updated(self, conversation_id: UUID, seq: int) -> None:
        """A message that was told already is not what it was: its file came, or it was edited."""
        note = {"kind": "changed", "id": new_id(), "conversation": conversation_id, "seq": seq}
        await self._live.publish("desk", note)
        await self._live.publish(f"conversation:{conversation_id}", {"kind": "updated", "seq": seq})

    async def changed(
        self,
        conversation_id: UUID,
        *,
        outgoing: bool = False,
        handed: bool = True,
        said: int | None = None,
        answered: Answered | None = None,
    ) -> None:
        """A conversation changed: its browsers and every desk look; with `outgoing` the outbox does too, and unless it
        surely was not `handed` to anybody else, whoever hands out what waits. `said` is the number of the customer's
        message, when that is all that is new: the browser that wrote it knows. `answered` is what is new, for that
        browser: it need not be read again where it is connected to this process."""
        if outgoing:
            await self._live.publish("outbox", {})
        if outgoing and handed:
            # Whatever is told to a customer may have begun a wait, or ended somebody's work.
            await self._live.publish("routing", {})
        await self._live.publish("desk", {"kind": "changed", "id": new_id(), "conversation": conversation_id})
        news = {"kind": "news"} if said is None else {"kind": "news", "said": said}
        topic = f"conversation:{conversation_id}"
        if answered is None:
            await self._live.publish(topic, news)
        else:
            await self._live.publish(topic, news, here={"answered": answered})

    async def delivery(self, conversation_id: UUID, *, seq: int, state: str) -> None:
        """What became of an outgoing message: every desk, and the browsers that show the conversation, hear of it."""
        note = {"kind": "delivery", "conversation": conversation_id, "seq": seq, "delivery": state}
        await self._live.publish("desk", note)
        await self._live.publish(f"conversation:{conversation_id}", {"kind": "delivery", "seq": seq, "delivery": state})

    async def case(self, case_id: UUID) -> None:
        """Something happened to a case: desks that show it look."""
        await self._live.publish("desk", {"kind": "case", "case": str(case_id)})

    async def order(self, order_id: UUID | None, customer_id: UUID | None = None) -> None:
        """An order of this customer changed (None: many did): desks that show it look."""
        note = {"kind": "order", "order": order_id and str(order_id), "customer": customer_id and str(customer_id)}
        await self._live.publish("desk", note)

    async def look_again(self, agent_id: UUID | None = None) -> None:
        """An agent's sessions ended or their role changed (None: anybody's may have): open desks ask who they are."""
        await self._live.publish("desk", {"kind": "sessions", "agent": agent_id})
