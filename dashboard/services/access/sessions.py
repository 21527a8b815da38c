"""Sessions: a signed token in the browser; on the server only those that were ended early."""

import hashlib
import hmac
import logging
import secrets
from contextlib import suppress
from pathlib import Path

from itsdangerous import BadData, TimestampSigner

from dashboard.services.disk.folders import make_private, untouched

log = logging.getLogger(__name__)

# An id of 22 characters, a time, a signature of 43; longer tokens are not ours.
MOST_CHARACTERS = 100


class Sessions:
    """What makes, checks and ends sessions, alike in every worker.

    Parameters
    ----------
    folder : Path
        Where sessions are listed that were ended.
    key : bytes
        Whoever has it can make sessions.
    seconds : int
        How long a session lasts.
    """

    def __init__(self, folder: Path, key: bytes, seconds: int) -> None:
        make_private(folder)
        self._ended = folder
        self._seconds = seconds
        self._signer = TimestampSigner(
            key, salt=b"session", key_derivation="hmac", digest_method=hashlib.sha256
        )

    def new(self) -> str:
        """Return the token of a new session."""
        return self._signer.sign(secrets.token_urlsafe(16)).decode()

    def holds(self, token: str) -> bool:
        """Return whether a token is of a session that goes on."""
        name = self._name(token)
        return name is not None and not (self._ended / name).exists()

    def end(self, token: str) -> None:
        """End a session before its time."""
        if name := self._name(token):
            self._sweep()
            try:
                (self._ended / name).touch(mode=0o600)
            except OSError:
                log.exception("a session cannot be ended before its time")

    def _name(self, token: str) -> str | None:
        """Return the id of a session, if its token is genuine and not too old."""
        if len(token) > MOST_CHARACTERS or not token.isascii():
            return None
        try:
            name = self._signer.unsign(token, max_age=self._seconds).decode()
        except BadData:
            return None
        # Base64 has two bits to spare here: only one way to write a signature counts.
        value, _, signature = token.encode().rpartition(b".")
        return name if hmac.compare_digest(signature, self._signer.get_signature(value)) else None

    def _sweep(self) -> None:
        """Forget the ended sessions whose time is over."""
        for path in untouched(self._ended, self._seconds):
            with suppress(OSError):
                path.unlink()
