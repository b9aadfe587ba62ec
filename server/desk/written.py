"""What agents write to customers: words, files, a place, somebody's details."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from crm_backend.conversations.schema import ContactCard, Location
from crm_backend.texts import clean_name

OneLine = Annotated[str, Field(max_length=200), AfterValidator(lambda text: clean_name(text, length=200))]
Phone = Annotated[str, Field(pattern=r"^\+?[0-9][0-9 ().-]{3,30}$")]
Email = Annotated[str, Field(pattern=r"^[^\s@<>,;\"]{1,64}@[^\s@<>,;\"]{1,190}$")]
Copies = Annotated[list[Email], AfterValidator(lambda given: list({one.casefold(): one for one in given}.values()))]


class Place(Location):
    """A place as an agent gives it."""

    name: OneLine = ""
    address: OneLine = ""


class Person(ContactCard):
    """Somebody's details as an agent gives them; there is something to reach them by."""

    name: OneLine = Field(min_length=1)
    phones: list[Phone] = Field([], max_length=5)
    emails: list[Email] = Field([], max_length=5)

    @model_validator(mode="after")
    def _reachable(self) -> Person:
        if not self.name or not (self.phones or self.emails):
            raise ValueError("a contact has a name, and a telephone number or an address")
        return self


class Written(BaseModel):
    """A message of an agent. Repeating a `client_id` sends nothing twice."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    client_id: UUID
    text: str = Field("", max_length=20_000)
    files: list[UUID] = Field([], max_length=10)
    location: Place | None = None
    contacts: list[Person] = Field([], max_length=5)
    cc: Copies = Field([], max_length=10)
    bcc: Copies = Field([], max_length=10)
    seen: int | None = Field(None, ge=0, le=2**31 - 1)
    """The last message that its writer had before their eyes."""
