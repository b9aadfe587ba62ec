"""Errors as problem documents: a stable code, a sentence in the reader's language, never a cause."""

from __future__ import annotations

import asyncio
import contextlib
import re

import aiohttp
import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from crm_backend import errors
from crm_backend.database import Sessions, connect, unreachable
from server import problems
from server.app import Parts
from tests.support import site
from tests.support.stores import Stores


def every(error: type[errors.RelaisError]) -> list[type[errors.RelaisError]]:
    return [error, *(deeper for below in error.__subclasses__() for deeper in every(below))]


@pytest.mark.parametrize("error", every(errors.RelaisError))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_error_has_a_sentence_that_tells_no_cause(error: type[errors.RelaisError], language: str) -> None:
    made = errors.Invalid("secret cause", "missing") if error is errors.Invalid else error("secret cause")
    sentence = problems.sentence(made, language)
    assert sentence and "secret" not in sentence and "{" not in sentence


async def ask(server: Parts, path: str, **headers: str) -> tuple[int, str, dict[str, object]]:
    async with site.browser_session() as client, client.get(server.settings.address + path, headers=headers) as answer:
        body = await answer.json(content_type=None) if "json" in answer.content_type else {}
        return answer.status, answer.content_type, body


async def test_an_unknown_address_is_a_problem_document_in_the_browsers_language(server: Parts) -> None:
    for language, detail in (("fr-CA,en", "Introuvable."), ("de, en;q=0.8", "Not found."), ("", "Introuvable.")):
        status, kind, body = await ask(server, "/nowhere", **{"Accept-Language": language})
        assert (status, kind) == (404, "application/problem+json")
        assert body == {
            "type": "about:blank", "title": "Not found", "status": 404, "code": "not_found", "detail": detail,
        }  # fmt: skip


async def test_an_address_that_nothing_can_have_is_refused(server: Parts) -> None:
    for path in ("/fr/aide/%00", "/fr/aide?q=%00", "/en/help/a%00b", "/chat/messages?conversation=%00"):
        assert (await ask(server, path))[0] == 400, path


async def test_without_the_database_everything_says_unavailable_and_recovers(stores: Stores, database_url: str) -> None:
    settings = site.settings_for(database_url, stores.redis_url, bot_port=site.free_port(), roles=["web"])
    async with site.serving(settings) as parts:
        name = re.search(r"/(\w+)\?", database_url)
        assert name is not None
        await stores._run(f"alter database {name[1]} with allow_connections false")
        end = f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name[1]}'"
        await stores._run(end)
        for path in ("/desk/api/session", "/fr/aide", "/chat/messages?conversation=%s" % ("0" * 32)):
            headers = {"Authorization": "Bearer " + "a" * 43, "Cookie": "relais_desk=x"}
            status, kind, body = await ask(parts, path, **headers)
            assert (status, kind, body["code"]) == (503, "application/problem+json", "unavailable"), path
            told = str(body).lower()
            assert not any(word in told for word in ("postgres", "asyncpg", "sqlalchemy", "connection", name[1]))
        await stores._run(f"alter database {name[1]} with allow_connections true")
        assert (await ask(parts, "/fr/aide"))[0] == 200


async def test_what_the_database_refuses_is_no_absence(sessions: Sessions) -> None:
    for statement in ("select 1/0", "selec", "select 'a'::uuid"):
        async with sessions() as session:
            with pytest.raises(DBAPIError) as refusal:
                await session.execute(text(statement))
            assert not unreachable(refusal.value)


async def test_an_absent_database_is_unreachable(stores: Stores) -> None:
    for url in ("postgresql://postgres@/x?host=/nowhere", "postgresql://postgres@127.0.0.1:1/x"):
        engine = connect(url)
        with pytest.raises(Exception) as absence:  # noqa: PT011  whichever it is, it must be recognised
            async with engine.connect():
                pass
        assert unreachable(absence.value)
    for state in (asyncpg.CannotConnectNowError, asyncpg.AdminShutdownError, asyncpg.TooManyConnectionsError):
        assert unreachable(state("starting"))
    assert not unreachable(ValueError())


async def test_a_huge_body_is_refused_before_it_is_read(server: Parts) -> None:
    with contextlib.suppress(aiohttp.ClientOSError):
        async with asyncio.timeout(10), site.browser_session() as client:
            url = f"{server.settings.address}/desk/api/session"
            async with client.post(url, data=b"x" * 3_000_000) as answer:
                assert (answer.status, (await answer.json(content_type=None))["code"]) == (413, "too_large")
