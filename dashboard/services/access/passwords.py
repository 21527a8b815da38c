"""The password that people sign in with: given as it is, or as its argon2 hash."""

import hashlib
import hmac
import threading
import unicodedata
from typing import Protocol

from dashboard.core.errors import NeuroMixError


class Password(Protocol):
    """What a given password is compared with."""

    @property
    def identity(self) -> bytes:
        """Bytes that are others for another password: a new one ends all sessions."""
        ...

    def matches(self, given: str) -> bool:
        """Return whether this is the password."""
        ...


class PlainPassword:
    """A password that the environment holds as it is."""

    def __init__(self, text: str) -> None:
        self.identity = _digest(text)

    def matches(self, given: str) -> bool:
        """Compare in a time that says nothing about the password."""
        return hmac.compare_digest(_digest(given), self.identity)


class HashedPassword:
    """A password of which only the argon2 hash is known.

    Raises
    ------
    NeuroMixError
        If this is no argon2 hash.
    """

    def __init__(self, text: str) -> None:
        from argon2 import PasswordHasher, extract_parameters
        from argon2.exceptions import InvalidHashError

        try:
            extract_parameters(text)
        except InvalidHashError:
            raise NeuroMixError(
                "DASHBOARD_PASSWORD_HASH is no argon2 hash. `python -m dashboard hash-password` "
                "prints one; set it in single quotes, since shells replace what follows a $."
            ) from None
        self.identity = text.encode()
        self._hasher = PasswordHasher()
        # Each comparison takes 64 MB.
        self._one = threading.Lock()

    def matches(self, given: str) -> bool:
        """Hash what was given and compare."""
        from argon2.exceptions import Argon2Error

        with self._one:
            try:
                return self._hasher.verify(self.identity, _bytes(given))
            except Argon2Error:
                return False


def hashed(password: str) -> str:
    """Return the argon2 hash of a password, with the settings that RFC 9106 recommends."""
    from argon2 import PasswordHasher

    return PasswordHasher().hash(_bytes(password))


def _bytes(text: str) -> bytes:
    """Return one form of a text: systems differ in how they type an umlaut."""
    return unicodedata.normalize("NFC", text).encode(errors="surrogateescape")


def _digest(text: str) -> bytes:
    return hashlib.sha256(_bytes(text)).digest()
