"""The desk's working surface: palette, tabs, passing on, colleagues who see each other, a very long conversation."""

from __future__ import annotations

import asyncio

from playwright.async_api import expect
from sqlalchemy import text

from server.app import Parts
from tests.browser.conftest import MakeChat, MakeDesk
from tests.browser.desk import DeskPage
from tests.browser.test_accessibility import barriers

LONG = 20_000
_MANY = text("""
insert into messages (id, conversation_id, seq, place, author, text, channel, account, content, created_at)
select gen_random_uuid(), c.id, c.last_seq + n, c.last_seq + n, 'customer', 'ligne ' || n, c.channel, c.account, '{}',
    now() - interval '1 hour' + n * interval '1 second'
from conversations c, generate_series(1, :many) n where c.id = :conversation
""")

_PLACE = """() => {
  const top = document.querySelector('.scroller')?.getBoundingClientRect().top;
  const messages = [...document.querySelectorAll('[data-testid=message]')];
  const rows = messages.map((row) => [row.dataset.seq, row.getBoundingClientRect()]);
  const first = rows.find(([, box]) => box.bottom > top);
  return first ? [first[0], first[1].top - top] : null;
}"""
"""The first message in sight, and where it stands."""
_SAME = f"(now => now !== null && now[0] === seq && Math.abs(now[1] - top) < 2)(({_PLACE})())"


async def choose(agent: DeskPage, words: str) -> None:
    """Something of the palette, by the keyboard."""
    await agent.page.keyboard.press("Control+k")
    await expect(agent.part("palette-field")).to_be_focused()
    await agent.page.keyboard.type(words)
    await expect(agent.part("palette-item").first).to_be_visible()
    await agent.page.keyboard.press("Enter")


async def test_two_agents_share_a_conversation_and_one_passes_it_on(visitor: MakeChat, colleague: MakeDesk) -> None:
    claire, emma = await asyncio.gather(colleague("claire"), colleague("emma"))
    customers = [await visitor(), await visitor("en")]
    for position, customer in enumerate(customers, start=1):
        await customer.part("person").click()
        await expect(claire.row()).to_have_count(position)
    await claire.open()
    await claire.take()
    await claire.page.keyboard.press("Escape")
    await expect(claire.part("first-steps")).to_have_count(0)
    # Emma is asked in, and both see that she is there.
    await choose(claire, "inviter")
    await expect(claire.part("passing")).to_be_visible()
    assert await barriers(claire.page) == ""
    await claire.part("passing-search").fill("emma")
    await expect(claire.part("passing-choice")).to_have_count(1)
    await claire.part("passing-confirm").click()
    await emma.part("offer-accept").click()
    await expect(claire.part("company-joined")).to_contain_text("Emma")
    await emma.say("Bonjour, Emma avec vous.")
    await customers[0].hears("Emma avec vous", "agent")
    await emma.page.keyboard.press("Escape")
    await emma.page.keyboard.press("o")
    await expect(emma.composer).to_have_count(0)
    # Two tabs; what is half written in one is there on the way back.
    await claire.composer.fill("À moitié écrit")
    await claire.page.keyboard.press("Escape")
    await claire.row().last.click()
    await expect(claire.part("tab")).to_have_count(2)
    await claire.page.keyboard.press("Shift+K")
    await expect(claire.composer).to_have_value("À moitié écrit")
    assert await barriers(claire.page) == ""
    await claire.page.reload()
    await expect(claire.part("tab")).to_have_count(2)
    await expect(claire.composer).to_have_value("À moitié écrit")
    await claire.page.keyboard.press("w")
    await expect(claire.part("tabs")).to_have_count(0)
    # Passed on with a note, which stands in the passport.
    await claire.view("mine")
    await claire.open()
    await claire.composer.press("Escape")
    await claire.page.keyboard.press("p")
    await claire.part("passing-choice").filter(has_text="Emma").click()
    await claire.part("passing-note").fill("Remboursement promis")
    await claire.page.keyboard.press("Control+Enter")
    await expect(emma.part("offer")).to_contain_text("Remboursement promis")
    await emma.part("offer-decline").click()
    await emma.part("decline-busy").click()
    await expect(emma.part("offer")).to_have_count(0)


async def test_a_conversation_of_twenty_thousand_messages_is_read_to_its_beginning_and_searched(
    server: Parts, visitor: MakeChat, colleague: MakeDesk
) -> None:
    claire, customer = await asyncio.gather(colleague("claire"), visitor())
    page = claire.page
    await customer.part("person").click()
    await claire.open()
    conversation = await claire.conversation.get_attribute("data-id")
    async with server.sessions.begin() as session:
        await session.execute(_MANY, {"many": LONG, "conversation": conversation})
        await session.execute(
            text("update conversations set last_seq = last_seq + :many where id = :conversation"),
            {"many": LONG, "conversation": conversation},
        )
    await page.reload()
    await expect(claire.part("older")).to_be_visible()
    await claire.take()
    await claire.part("new-messages").click()
    await expect(claire.messages("customer", f"ligne {LONG}")).to_be_in_viewport()
    await _few_are_drawn(claire)
    # Who looked further up is there again on coming back.
    await page.locator(".scroller").evaluate("(box) => { box.scrollTop -= 5_000; }")
    await expect(claire.part("new-messages")).to_be_visible()
    before = await page.evaluate(_PLACE)
    await page.evaluate("() => { location.hash = '#/account'; }")
    await expect(claire.part("message")).to_have_count(0)
    await page.evaluate("(id) => { location.hash = `#/mine/${id}`; }", conversation)
    await page.wait_for_function(f"([seq, top]) => {_SAME}", arg=before)
    # By the keyboard, up through a page that has to come from the server.
    await page.locator(".scroller").focus()
    seen = int(before[0])
    for _ in range(3):
        await page.keyboard.press("Home")
        await page.wait_for_function(f"(seq) => {{ const now = ({_PLACE})(); return now && now[0] < seq; }}", arg=seen)
        seen = int((await page.evaluate(_PLACE))[0])
    await _few_are_drawn(claire)
    # To words in its middle, opened from the search.
    await page.keyboard.press("/")
    await page.keyboard.type(f"ligne {LONG // 2}")
    await expect(claire.row()).to_have_count(1)
    await expect(claire.part("found-here")).to_contain_text("1 sur 1")
    await claire.part("found-next").press("Enter")
    await expect(claire.messages("customer", f"ligne {LONG // 2}")).to_be_in_viewport()
    await _few_are_drawn(claire)
    assert await barriers(page) == ""
    await page.keyboard.press("ArrowUp")
    assert await page.evaluate("() => document.activeElement !== document.body")


async def _few_are_drawn(claire: DeskPage) -> None:
    """However long it is, the page holds some dozens of messages, and what it keeps fits a small computer."""
    assert await claire.part("message").count() < 100
    assert await claire.page.evaluate("() => document.querySelectorAll('*').length") < 2_500
    session = await claire.page.context.new_cdp_session(claire.page)
    await session.send("HeapProfiler.collectGarbage")
    heap = (await session.send("Runtime.getHeapUsage"))["usedSize"]
    await session.detach()
    assert heap < 60_000_000
