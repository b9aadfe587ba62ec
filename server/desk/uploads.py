"""`POST /desk/api/files`: what agents send to customers."""

from __future__ import annotations

from urllib.parse import unquote

from aiohttp import web

from channels import bodies
from crm_backend.agents import services as agents
from crm_backend.attachments.limits import at_most
from crm_backend.conversations.reading.messages import file_out
from crm_backend.conversations.schema import agent_owner
from crm_backend.errors import NotAllowed, TooLarge
from server.desk.api import COOKIE, Desk, same_origin
from server.desk.rights import admit, needing
from server.problems import LANGUAGE

FILES_PER_MINUTE = 60


class Uploads:
    """The address where agents put files."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        """Not under the desk's one transaction a request: a file may be long on its way."""
        return [web.post("/desk/api/files", self.upload)]

    @needing("conversations.write")
    async def upload(self, request: web.Request) -> web.Response:
        """Keeps a file for a message of this agent to take. Raises BadFile, TooLarge, RateLimited, Unavailable,
        and what stands in the way of any change at the desk."""
        desk = self._desk
        async with desk.sessions() as session:
            signed_in = await agents.session_of(session, request.cookies.get(COOKIE))
            await admit(session, signed_in.agent, "conversations.write")
        agent = signed_in.agent
        request[LANGUAGE] = agent.language
        same_origin(request)
        if not agents.csrf_matches(signed_in, request.headers.get("X-CSRF-Token")):
            raise NotAllowed("forged request")
        await desk.limiter.check("desk-files", str(agent.id), FILES_PER_MINUTE)
        if (request.content_length or 0) > desk.max_upload_bytes:
            raise TooLarge("said to be too large")
        kept = await desk.files.keep(
            at_most(bodies.sent(request), desk.max_upload_bytes),
            name=unquote(request.headers.get("X-File-Name", ""), errors="replace"),
            declared_type=request.content_type,
            uploaded_by=agent_owner(agent.id),
        )
        return web.json_response({"file": file_out(kept, desk.files.path)}, status=201)
