"""The portal's pages, put together."""

from __future__ import annotations

from aiohttp import web

from server.portal.cases import Cases
from server.portal.data import Data
from server.portal.demo import Demo
from server.portal.details import Details
from server.portal.details_addresses import Addresses
from server.portal.details_messages import Messages
from server.portal.details_reach import Reach
from server.portal.door import Door
from server.portal.frame import Frame
from server.portal.guests import Guests
from server.portal.home import Home
from server.portal.order_deeds import Cancelling, Redirecting
from server.portal.order_exchanges import Exchanging
from server.portal.order_papers import Papers
from server.portal.order_returns import Returning
from server.portal.order_troubles import Troubles
from server.portal.orders import Orders
from server.portal.talks import Talks

ORDERS = (Orders, Papers, Cancelling, Redirecting, Returning, Exchanging, Troubles)
OWN = (Details, Reach, Addresses, Messages, Data)
PAGES = (Home, Door, Demo, Guests, *ORDERS, Cases, Talks, *OWN)
"""Each takes the frame and has `routes()`; what it adds to `frame.matters` stands on the home in this order."""


def routes(frame: Frame) -> list[web.RouteDef]:
    """`/fr/compte…` and `/en/account…`."""
    found = [route for page in PAGES for route in page(frame).routes()]
    return found + Home(frame).others()
