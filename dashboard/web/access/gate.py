"""The gate: who is let in, by a session or by a lab's own sign-on."""

import hmac
from dataclasses import dataclass

from flask import request

from dashboard.core.errors import NeuroMixError
from dashboard.services.access.attempts import Attempts
from dashboard.services.access.keys import kept_key
from dashboard.services.access.passwords import HashedPassword, Password, PlainPassword
from dashboard.services.access.sessions import Sessions
from dashboard.settings import Settings, is_loopback
from dashboard.web.access.proxies import TRUSTED

COOKIE = "neuromix-session"
ONE_DAY = 24 * 3600


@dataclass(frozen=True)
class ByPassword:
    """What signing in needs."""

    password: Password
    sessions: Sessions
    attempts: Attempts
    seconds: int


@dataclass(frozen=True)
class Gate:
    """Who is let in.

    Attributes
    ----------
    by_password : ByPassword, optional
        If people sign in here.
    user_header : str
        Header in which a trusted proxy names who signed in there; empty if there is none.
    public : bool
        Whether everybody is let in who reaches the server.
    """

    by_password: ByPassword | None
    user_header: str
    public: bool

    @property
    def is_closed(self) -> bool:
        """Return whether one has to sign in, here or at a proxy."""
        return self.by_password is not None or bool(self.user_header)

    def admits(self) -> bool:
        """Return whether the present request may pass."""
        if self.is_closed:
            return self._has_user() or self.has_session()
        return self.public or is_loopback(request.environ.get("SERVER_NAME", ""))

    def has_session(self) -> bool:
        """Return whether the present request is of somebody who signed in here."""
        own = self.by_password
        return own is not None and own.sessions.holds(request.cookies.get(COOKIE, ""))

    def _has_user(self) -> bool:
        if not self.user_header or TRUSTED not in request.environ:
            return False
        return bool(request.headers.get(self.user_header, "").strip())


def gate_of(settings: Settings) -> Gate:
    """Return the gate that the settings describe.

    Raises
    ------
    NeuroMixError
        If settings contradict each other, or the key of the sessions cannot be kept.
    """
    if settings.user_header and not settings.trusted_proxies:
        raise NeuroMixError(
            "DASHBOARD_USER_HEADER needs DASHBOARD_TRUSTED_PROXIES: anybody can send a header."
        )
    return Gate(_by_password(settings), settings.user_header, settings.public)


def _by_password(settings: Settings) -> ByPassword | None:
    plain, hashed = (one.get_secret_value() for one in (settings.password, settings.password_hash))
    if plain and hashed:
        raise NeuroMixError("Set DASHBOARD_PASSWORD or DASHBOARD_PASSWORD_HASH, not both.")
    if not (plain or hashed):
        return None
    password = HashedPassword(hashed) if hashed else PlainPassword(plain)
    folder = settings.cache / "access"
    secret = settings.secret_key.get_secret_value().encode(errors="surrogateescape")
    # Another password ends all sessions.
    key = hmac.digest(secret or kept_key(folder), password.identity, "sha256")
    seconds = settings.session_days * ONE_DAY
    sessions = Sessions(folder / "ended", key, seconds)
    return ByPassword(password, sessions, Attempts(folder), seconds)
