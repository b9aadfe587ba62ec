"""Headers that guard: what is left of the rate limit, and which version a change is meant for."""

from __future__ import annotations

import re

from aiohttp import web

from crm_backend.errors import BadInput, Invalid, Stale
from server.api.declare import Endpoint
from server.limiter import Allowance
from server.problems import Unfit

_TAG = re.compile(r'(W/)?"([0-9]{1,10})(-[0-9a-f]{8})?"', re.ASCII)
_ANY_TAG = re.compile(r'(W/)?"[\x21\x23-\x7e]*"', re.ASCII)


class Precondition(BadInput):
    """A change of something that has versions, without saying which one it is meant for (RFC 6585)."""

    code = "version_missing"
    status = 428


def limit_headers(allowance: Allowance | None) -> dict[str, str]:
    """After draft-ietf-httpapi-ratelimit-headers-06: the limit, what is left of it, and seconds until it is whole."""
    if allowance is None:
        return {}
    return {
        "RateLimit-Limit": str(allowance.limit),
        "RateLimit-Remaining": str(allowance.remaining),
        "RateLimit-Reset": str(allowance.reset),
        "RateLimit-Policy": f"{allowance.limit};w=60",
    }


def version_of(request: web.Request, endpoint: Endpoint) -> int | None:
    """The version that `If-Match` names; None for `*`, and where it may be left out. Raises Precondition, Unfit, and
    Stale for a tag that we never gave."""
    given = request.headers.get("If-Match")
    if given is None:
        if endpoint.must_match:
            raise Precondition("no If-Match")
        return None
    if not endpoint.versioned or given.strip() == "*":
        return None
    tag = _TAG.fullmatch(given.strip())
    if tag is None:
        if _ANY_TAG.fullmatch(given.strip()):
            raise Stale(0)
        raise Unfit(Invalid("If-Match", "bad_version"))
    # A weak tag never matches here (RFC 9110, 13.1.1).
    return 0 if tag[1] else int(tag[2])
