"""Every error that Relais raises on purpose, as one tree.

RelaisError                 internal_error     500
├── BadInput                bad_input          400
│   ├── Empty               empty              400
│   ├── TooLong             too_long           400
│   ├── NotText             not_text           400
│   ├── BadAddress          bad_address        400
│   ├── Invalid             invalid            422
│   ├── TooLarge            too_large          413
│   └── BadFile             file_broken        422
│       ├── FileType        file_type          415
│       ├── FileInfected    file_infected      422
│       └── FileBroken      file_broken        422
├── NotAuthenticated        not_authenticated  401
│   ├── WrongCredentials    wrong_credentials  401
│   │   └── WrongCode       wrong_code         401
│   ├── SecondFactorNeeded  second_factor      401
│   └── BadToken            bad_token          401
│       └── TokenExpired    token_expired      401
├── NotAllowed              not_allowed        403
│   ├── SetUpFirst          set_up_first       403
│   ├── NotProved           not_proved         403
│   └── ForeignOrigin       foreign_origin     403
├── NotFound                not_found          404
├── Conflict                conflict           409
│   ├── OwnerChanged        owner_changed      409
│   ├── NotOwner            not_owner          409
│   ├── NoWay               no_way             409
│   ├── NotNow              not_now            409
│   └── Stale               stale              412
├── RateLimited             rate_limited       429
└── Unavailable             unavailable        503
    └── BotFailed           bot_failed         503

`code` is stable and goes over the wire; the sentence a person reads is chosen from it, in their language, at the edge.
The text given to the exception is for logs and never holds personal data.
"""

from __future__ import annotations


class RelaisError(Exception):
    """Root of the tree. `code` names the kind for machines, `status` is the HTTP status that carries it."""

    code = "internal_error"
    status = 500


class BadInput(RelaisError):
    code = "bad_input"
    status = 400


class Empty(BadInput):
    code = "empty"


class TooLong(BadInput):
    code = "too_long"


class NotText(BadInput):
    code = "not_text"


class BadAddress(BadInput):
    """Not an e-mail address that something could be sent to."""

    code = "bad_address"


class Invalid(BadInput):
    """A value that is not taken. `field` is where it stands (`lines.2.quantity`), `reason` names the sentence that a
    person reads (`server/problems/reasons.py`), and `facts` are what that sentence tells: plain values, none of them
    personal."""

    code = "invalid"
    status = 422

    def __init__(self, field: str, reason: str, **facts: object) -> None:
        super().__init__(f"{field}: {reason}")
        self.field, self.reason, self.facts = field, reason, facts


class TooLarge(BadInput):
    """More bytes than are taken."""

    code = "too_large"
    status = 413


class BadFile(BadInput):
    """A file that is not kept, for what is in it."""

    code = "file_broken"
    status = 422


class FileType(BadFile):
    """A kind of file that is not taken, whatever it is called."""

    code = "file_type"
    status = 415


class FileInfected(BadFile):
    code = "file_infected"


class FileBroken(BadFile):
    """It claims by its content to be of a kind that it then is not, or would unfold into more than is held."""

    code = "file_broken"


class NotAuthenticated(RelaisError):
    code = "not_authenticated"
    status = 401
    challenge: str | None = None
    """What is asked for, as HTTP says it (`WWW-Authenticate`)."""


class WrongCredentials(NotAuthenticated):
    code = "wrong_credentials"


class WrongCode(WrongCredentials):
    """The password is right, the code of the second factor is not."""

    code = "wrong_code"


class SecondFactorNeeded(NotAuthenticated):
    """The password is right, and a code of the second factor is asked for."""

    code = "second_factor"


class BadToken(NotAuthenticated):
    """What a company's site gave to say who is signed in does not say so."""

    code = "bad_token"


class TokenExpired(BadToken):
    """It did once: the site may give a new one."""

    code = "token_expired"


class NotAllowed(RelaisError):
    code = "not_allowed"
    status = 403


class SetUpFirst(NotAllowed):
    """The role asks for a second factor: until it is set up, the session is good for nothing else."""

    code = "set_up_first"


class NotProved(NotAllowed):
    """The conversation has not shown the proof of identity that this read or write needs."""

    code = "not_proved"


class ForeignOrigin(NotAllowed):
    code = "foreign_origin"


class NotFound(RelaisError):
    code = "not_found"
    status = 404


class Conflict(RelaisError):
    code = "conflict"
    status = 409


class OwnerChanged(Conflict):
    """Someone else took, released or closed the conversation first. `holder` is a first name fit to show, or None."""

    code = "owner_changed"

    def __init__(self, message: str = "", *, holder: str | None = None) -> None:
        super().__init__(message)
        self.holder = holder


class NotOwner(Conflict):
    code = "not_owner"


class NoWay(Conflict):
    """There is no account by which it could be sent."""

    code = "no_way"


class NotNow(Conflict):
    """A rule of the company forbids it as things are. `reason` names the sentence, `facts` what it tells."""

    code = "not_now"

    def __init__(self, reason: str, **facts: object) -> None:
        super().__init__(reason)
        self.reason, self.facts = reason, facts


class Stale(Conflict):
    """It was changed since the caller read it; `version` is what it is now."""

    code = "stale"
    status = 412

    def __init__(self, version: int) -> None:
        super().__init__(f"is version {version} now")
        self.version = version


class RateLimited(RelaisError):
    """Too many requests; `retry_after` is in seconds."""

    code = "rate_limited"
    status = 429

    def __init__(self, message: str = "", *, retry_after: int = 60) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(RelaisError):
    code = "unavailable"
    status = 503


class BotFailed(Unavailable):
    """The assistant did not answer, or answered with nothing."""

    code = "bot_failed"
