"""Secrets that a platform renews by itself, kept encrypted beside the account's settings, for all servers."""

from __future__ import annotations

import hashlib

from crm_backend.accounts import settings as accounts
from crm_backend.accounts.model import Account
from crm_backend.accounts.settings import Key
from crm_backend.database import Sessions
from crm_backend.errors import NotFound
from server.vault import Unreadable, Vault


class Renewals:
    """What `channels.port.Renewals` asks for. Of an account of the desk the secret itself is replaced; beside one that
    the environment gives it is kept together with which given one it follows: a new one there counts again."""

    def __init__(self, sessions: Sessions, vault: Vault) -> None:
        self._sessions, self._vault = sessions, vault

    async def latest(self, channel: str, account: str, setting: str, *, given: str) -> str:
        """The secret as the platform last renewed it; `given` where it never did."""
        key = Key(channel, account)
        async with self._sessions() as session:
            try:
                row = await accounts.find(session, key)
            except NotFound:
                return given
        secrets = self._opened(row, key)
        if row.source == "environment" and secrets.get(_follows(setting)) != _mark(given):
            return given
        return secrets.get(setting) or given

    async def renewed(self, channel: str, account: str, setting: str, *, given: str, value: str) -> None:
        """Keeps the new secret. Nothing else changes, and no channel is opened anew. Raises NotFound."""
        key = Key(channel, account)
        async with self._sessions() as session, session.begin():
            row = await accounts.find(session, key, lock=True)
            secrets = self._opened(row, key) | {setting: value}
            if row.source == "environment":
                secrets[_follows(setting)] = _mark(given)
            row.secrets = self._vault.seal(secrets, place=str(key))

    def _opened(self, row: Account, key: Key) -> dict[str, str]:
        try:
            return self._vault.open(row.secrets, place=str(key)) if row.secrets else {}
        except Unreadable:
            return {}


def _follows(setting: str) -> str:
    return f"{setting} follows"


def _mark(given: str) -> str:
    return hashlib.sha256(given.encode()).hexdigest()
