"""What Meta's webhooks look like, as far as it is read.

Written from the reference of the `messages` webhook field (developers.facebook.com, WhatsApp Business Platform,
Webhooks). Everything that may be left out may be missing here: since usernames exist, so may the phone number.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _storable(value: Any) -> Any:
    """Numbers as text; without NUL and lone surrogates, which are valid in JSON and cannot be stored."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str):
        return value.encode("utf-8", "ignore").decode("utf-8").replace("\0", "")
    return value


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else []


def _degrees(value: Any) -> Any:
    return float(value) if isinstance(value, str) and value.strip() else value


Text = Annotated[str, BeforeValidator(_storable)]
Identifier = Annotated[Text, Field(min_length=1, max_length=256)]
Items = Annotated[list[Any], BeforeValidator(_listed)]
Degrees = Annotated[float, BeforeValidator(_degrees), Field(allow_inf_nan=False)]


class Shape(BaseModel):
    """A part of a webhook; what is not named here is not read."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Metadata(Shape):
    phone_number_id: Text = ""


class Value(Shape):
    """What happened, for one business number. The items are read one by one: a bad one takes no other along."""

    metadata: Metadata = Metadata()
    contacts: Items = []
    messages: Items = []
    statuses: Items = []
    errors: Items = []


class Change(Shape):
    field: Text = ""
    value: Value


class Profile(Shape):
    name: Text = ""
    username: Text = ""


class Writer(Shape):
    """Who wrote: `wa_id` is the number, left out for people with a username whose number is not known to the business;
    `user_id` names them for this business."""

    profile: Profile = Profile()
    wa_id: Text = ""
    user_id: Text = ""


class Context(Shape):
    id: Text = ""
    forwarded: bool = False
    frequently_forwarded: bool = False


class Body(Shape):
    body: Text = ""


class Media(Shape):
    """A file that has to be fetched by its identifier. `sha256` is in base64 here."""

    id: Identifier
    mime_type: Text = ""
    sha256: Text = ""
    caption: Text = ""
    filename: Text = ""


class Place(Shape):
    latitude: Degrees
    longitude: Degrees
    name: Text = ""
    address: Text = ""


class CardName(Shape):
    formatted_name: Text = ""
    first_name: Text = ""


class CardPhone(Shape):
    phone: Text = ""
    wa_id: Text = ""


class CardMail(Shape):
    email: Text = ""


class Card(Shape):
    name: CardName = CardName()
    phones: list[CardPhone] = []
    emails: list[CardMail] = []


class Choice(Shape):
    id: Text = ""
    title: Text = ""


class FormReply(Shape):
    body: Text = ""


class Interactive(Shape):
    type: Text = ""
    button_reply: Choice | None = None
    list_reply: Choice | None = None
    nfm_reply: FormReply | None = None


class TemplateButton(Shape):
    payload: Text = ""
    text: Text = ""


class Reaction(Shape):
    message_id: Identifier
    emoji: Text = ""


class Ordered(Shape):
    product_retailer_id: Text = ""
    quantity: Text = "1"
    item_price: Text | float = ""
    currency: Text = ""


class Order(Shape):
    text: Text = ""
    product_items: list[Ordered] = []


class System(Shape):
    """A change of number: `wa_id` and `user_id` are the new ones; the old number is the message's `from`."""

    type: Text = ""
    wa_id: Text = ""
    new_wa_id: Text = ""
    user_id: Text = ""
    previous_user_id: Text = ""


class Edited(Shape):
    text: Body | None = None
    image: Media | None = None
    video: Media | None = None
    document: Media | None = None


class Edit(Shape):
    original_message_id: Identifier
    message: Edited = Edited()


class Revoke(Shape):
    original_message_id: Identifier


class Referral(Shape):
    source_url: Text = ""
    source_type: Text = ""
    headline: Text = ""


class Unsupported(Shape):
    type: Text = ""


class Message(Shape):
    """One message of a customer, or of the system about one."""

    id: Identifier
    sender: Text = Field("", alias="from")
    from_user_id: Text = ""
    timestamp: Annotated[int, Field(ge=0, lt=2**33)]
    type: Text = "unsupported"
    group_id: Text = ""
    context: Context = Context()
    referral: Referral | None = None
    text: Body | None = None
    image: Media | None = None
    document: Media | None = None
    audio: Media | None = None
    voice: Media | None = None
    video: Media | None = None
    sticker: Media | None = None
    location: Place | None = None
    contacts: list[Card] = []
    interactive: Interactive | None = None
    button: TemplateButton | None = None
    reaction: Reaction | None = None
    order: Order | None = None
    system: System | None = None
    edit: Edit | None = None
    revoke: Revoke | None = None
    unsupported: Unsupported | None = None


class Fault(Shape):
    """An error as webhooks tell it."""

    code: int = 0
    title: Text = ""


class Status(Shape):
    """What became of a message of ours. `biz_opaque_callback_data` is what we gave along when we sent it."""

    id: Identifier
    status: Literal["sent", "delivered", "read", "played", "failed"]
    timestamp: Annotated[int, Field(ge=0, lt=2**33)]
    biz_opaque_callback_data: Text = ""
    errors: list[Fault] = []
