"""Products as the other parts read them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class VariantView(BaseModel):
    """One version of a product; the price in minor units of `currency`."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    options: dict[str, str]
    price_minor: int
    currency: str
    available: bool


class ProductView(BaseModel):
    """A product with its versions, the cheapest first."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    names: dict[str, str]
    image: str | None = None
    pages: dict[str, str] = {}
    variants: list[VariantView]

    def name(self, language: str) -> str:
        """Its name in this language, or in whichever there is."""
        return self.names.get(language) or next(iter(self.names.values()), "")

    def page(self, language: str) -> str | None:
        """Its page in the shop, in this language or in whichever there is."""
        return self.pages.get(language) or next(iter(self.pages.values()), None)
