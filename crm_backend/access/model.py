"""Roles that a company made for itself; those that are always there are in roles.py."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Versioned, utc_now

KEY = "^[a-z][a-z0-9_]{0,62}$"
"""How the key of a role is written."""


class CustomRole(Versioned, Base):
    """A named set of permissions. `name` is `{"fr": …, "en": …}`."""

    __tablename__ = "roles"

    key: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now, server_default=func.now())
    name: Mapped[dict[str, str]]
    permissions: Mapped[list[Any]]

    __table_args__ = (CheckConstraint(f"key ~ '{KEY}'", name="key"),)
