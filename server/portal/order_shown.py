"""What the pages tell of an order: its state in a sentence, its parcels, its lines and the money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from babel import Locale

from actions.order_sentences import STATUS
from actions.tracking import REPORTS, late
from actions.wording import instant, on, span
from crm_backend.cases.troubles import CARRIER
from crm_backend.catalogue.money import money
from crm_backend.catalogue.words import options_in_words
from crm_backend.database import utc_now
from crm_backend.invoices.words import METHODS
from crm_backend.orders.model import Order, OrderLine
from crm_backend.orders.schema import OrderView, ShipmentView
from crm_backend.orders.services import OPEN
from crm_backend.orders.values import ADDRESS
from crm_backend.own_path import own_path
from crm_backend.payments.model import Payment, Refund

Words = Mapping[str, str]
LOCALES = {"fr": "fr_FR", "en": "en_GB"}
TONES = {"delivered": "done", "lost": "late", "cancelled": "", "returned": ""}
MOST_NAMED = 3
"""Articles that a list names of each order."""


@dataclass(frozen=True)
class Report:
    """What a carrier reported."""

    at: str
    what: str
    place: str


@dataclass(frozen=True)
class Parcel:
    """A parcel; `expected` is the sentence about its day."""

    title: str
    state: str
    carrier: str
    number: str
    url: str
    expected: str
    late: bool
    reports: list[Report]


@dataclass(frozen=True)
class Article:
    """A line. `image` is one of this site's; `back` says how many pieces come back."""

    id: UUID
    name: str
    options: str
    quantity: int
    price: str
    image: str
    back: str


@dataclass(frozen=True)
class Sum:
    """A line of the amounts; `more` where it was said in words."""

    title: str
    amount: str
    strong: bool = False


class Teller:
    """Tells of orders in one language, in the company's time zone."""

    def __init__(self, words: Words, language: str, zone: ZoneInfo) -> None:
        self.words, self.language, self.zone = words, language, zone
        self.today = utc_now().astimezone(zone).date()

    def money(self, minor: int, currency: str) -> str:
        """An amount."""
        return money(minor, currency, self.language)

    def on(self, when: datetime | date | None) -> str:
        """The day as a sentence says it (`hier`, `le mardi 25 novembre`); nothing for none."""
        if when is None:
            return ""
        day = when.astimezone(self.zone).date() if isinstance(when, datetime) else when
        return on(day, self.language, today=self.today)

    def day(self, when: date) -> str:
        """The day after "by": `le mardi 25 novembre`, `Tuesday 25 November`."""
        return self.on(when).removeprefix("on ")

    def placed(self, order: Order) -> str:
        """When it was placed."""
        return self.words["order_placed"].format(day=self.on(order.placed_at or order.created_at))

    def status(self, order: Order) -> str:
        """Its state in a word."""
        return STATUS[order.status][self.language]

    def tone(self, order: Order) -> str:
        """What its state means."""
        return TONES.get(order.status, "waiting")

    def standing(self, order: OrderView) -> str:
        """Its state in one or two sentences."""
        words, arrived = self.words, [each for each in order.shipments if each.delivered_at]
        ahead = [each for each in order.shipments if not each.delivered_at]
        status = order.status
        if status == "delivered":
            latest = max((each.delivered_at for each in arrived if each.delivered_at), default=None)
            return words["order_is_delivered"].format(day=_after_space(self.on(latest)))
        if status in ("shipped", "out_for_delivery") and arrived and ahead:
            said = words["order_is_partly"].format(done=len(arrived), count=len(order.shipments))
        else:
            parcel = ahead[0] if ahead else None
            said = words[f"order_is_{status}"].format(
                carrier=(parcel.carrier if parcel else None) or CARRIER[self.language],
                day=_after_space(self.on(parcel.shipped_at if parcel else None)),
            )
        due = self._due(ahead) if status in OPEN else ""
        return f"{said} {due}".rstrip()

    def _due(self, ahead: Sequence[ShipmentView]) -> str:
        """When the last of these parcels is due, or that it is late."""
        dated = [each for each in ahead if each.expected_to or each.expected_from]
        if not dated:
            return ""
        last = max(dated, key=lambda each: each.expected_to or each.expected_from or date.min)
        expected = span(last.expected_from, last.expected_to, self.language, today=self.today)
        return self.words["order_late" if late(last, self.today) else "order_expected"].format(expected=expected)

    def parcels(self, order: OrderView) -> list[Parcel]:
        """The parcels that have left or are announced, with what was reported, the latest first."""
        sent = [each for each in order.shipments if each.status != "preparing" or each.tracking_number]
        return [self._parcel(each, at, len(sent)) for at, each in enumerate(sent, 1)]

    def _parcel(self, parcel: ShipmentView, at: int, count: int) -> Parcel:
        words, is_late = self.words, late(parcel, self.today)
        expected = span(parcel.expected_from, parcel.expected_to, self.language, today=self.today)
        waited_for = parcel.delivered_at is None and parcel.status not in ("lost", "returned")
        sentence = words["order_parcel_late" if is_late else "order_expected"].format(expected=expected)
        url = parcel.tracking_url or ""
        return Parcel(
            title=words["order_parcel"] if count == 1 else words["order_nth_parcel"].format(at=at, count=count),
            # Of one parcel, the sentence above has said it.
            state=words[f"parcel_is_{parcel.status}"] if count > 1 else "",
            carrier=parcel.carrier or "",
            number=parcel.tracking_number or "",
            url=url if url.startswith("https://") else "",
            expected=sentence if expected and waited_for and count > 1 else "",
            late=is_late,
            reports=[
                Report(self._instant(each.at), _upper(REPORTS[each.code][self.language]), each.place)
                for each in sorted(parcel.events, key=lambda event: event.at, reverse=True)
            ],
        )

    def _instant(self, at: datetime) -> str:
        return _upper(instant(at.astimezone(self.zone), self.language, today=self.today).removeprefix("on "))

    def article(
        self, line: OrderLine, currency: str, *, image: str = "", back: Mapping[str, int] | None = None
    ) -> Article:
        """A line as it was bought; `back` counts its pieces that go back (`goes`) and that came back (`came`). Pictures
        from elsewhere are left out: no page of ours asks another site."""
        return Article(
            id=line.id,
            name=name_of(line, self.language),
            options=options_in_words(line.options, self.language),
            quantity=line.quantity,
            price=self.money(line.unit_price_minor * line.quantity, currency),
            image=image if own_path(image) else "",
            back=", ".join(self.words[f"order_{how}_back"].format(count=count) for how, count in (back or {}).items()),
        )

    def named(self, order: Order) -> list[str]:
        """What a list says that is in it."""
        all_of_it = [pieces(name_of(line, self.language), line.quantity) for line in order.lines]
        if len(all_of_it) <= MOST_NAMED + 1:
            return all_of_it
        more = self.words["order_more"].format(count=len(all_of_it) - MOST_NAMED)
        return [*all_of_it[:MOST_NAMED], more]

    def sums(self, order: Order) -> list[Sum]:
        """What it cost."""
        words, goods = self.words, sum(line.quantity * line.unit_price_minor for line in order.lines)
        shipping = self.money(order.shipping_minor, order.currency) if order.shipping_minor else words["order_free"]
        found = [Sum(words["order_goods"], self.money(goods, order.currency)), Sum(words["order_shipping"], shipping)]
        if order.discount_minor:
            found.append(Sum(words["order_discount"], self.money(-order.discount_minor, order.currency)))
        return [*found, Sum(words["order_total"], self.money(order.total_minor, order.currency), strong=True)]

    def payment(self, payment: Payment) -> Sum:
        """What was paid at once."""
        method, day = METHODS[payment.method][self.language], self.on(payment.paid_at)
        said = self.words["order_payment"].format(method=method, day=day)
        return Sum(said, self.money(payment.amount_minor, payment.currency))

    def refund(self, refund: Refund) -> Sum:
        """Money that went back, or is on its way."""
        words, amount = self.words, self.money(refund.amount_minor, refund.currency)
        if refund.status == "done":
            means = ", ".join(dict.fromkeys(METHODS[part.payment.method][self.language] for part in refund.parts))
            return Sum(words["order_refund_done"].format(day=self.on(refund.done_at), method=means), amount)
        if refund.due_on is None:
            return Sum(words["order_refund_going"], amount)
        late_already = refund.due_on < self.today
        said = words["order_refund_late" if late_already else "order_refund_due"]
        return Sum(said.format(day=self.day(refund.due_on)), amount)

    def address(self, parts: Mapping[str, str]) -> list[str]:
        """A postal address, line by line."""
        town = [f"{parts['postcode']} {parts['city']}".strip(), parts["region"]]
        if parts["country"] == "GB":
            town = [parts["city"], parts["region"], parts["postcode"]]
        lines = (parts["name"], parts["line1"], parts["line2"], *town, self.country(parts["country"]))
        return [line for line in lines if line]

    def country(self, code: str) -> str:
        """A country's name."""
        return str(Locale.parse(LOCALES[self.language]).territories.get(code, code))


def address_of(order: Order) -> dict[str, str]:
    """Where an order goes, in its parts."""
    return {name: str(getattr(order, f"ship_{name}")) for name in ADDRESS}


def name_of(line: OrderLine, language: str) -> str:
    """What was bought, in this language or whichever there is."""
    return line.names.get(language) or next(iter(line.names.values()), "")


def pieces(name: str, count: int) -> str:
    """`2 × Coussin Brume`; the name alone for one."""
    return name if count == 1 else f"{count}\u00a0× {name}"


def _after_space(text: str) -> str:
    return f" {text}" if text else ""


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
