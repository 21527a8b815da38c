"""Everything the environment can set."""

import ipaddress
import os
import stat
import sys
import tempfile
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from dashboard.core.errors import NeuroMixError

ROOT = Path(__file__).resolve().parent.parent

# Of a CPU. A fit of a head takes some seconds; the largest that has room, eight images of 16
# million voxels with ten components, takes this long. A slice of 1024 x 1024 with twenty starts
# would take an hour. Counted in time of the CPU, so that a busy host refuses nothing else.
FIT_SECONDS = 60
# The voxels of 512 x 512 x 512 in one image, 64 million of two, or 16 million of eight.
FIT_BYTES = 2 * 2**30
# The largest file, of 8 GB, is unpacked from a disk in half of it; a slow share reads 5 MB/s.
READ_SECONDS = 600
# Of a CPU. All files of a 1 mm head take some ten seconds, and the ten probabilities of one of 35
# million voxels a minute.
EXPORT_SECONDS = 300


def default_cache() -> Path:
    """Return this user's cache folder; without a writable home, a temporary one."""
    try:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        folder = Path(base) / "neuromix"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # this user has no home
        return _temporary_cache()
    return folder


def _temporary_cache() -> Path:
    """Return this user's private folder in the shared folder for temporary files."""
    if sys.platform == "win32":
        return Path(tempfile.gettempdir()) / "neuromix"  # each user has a folder of their own
    folder = Path(tempfile.gettempdir()) / f"neuromix-{os.geteuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise NeuroMixError(
            f"{folder} cannot be used as the cache ({error.strerror}). Set DASHBOARD_CACHE to "
            "another folder."
        ) from None
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise NeuroMixError(
            f"Other users can access {folder}, so it cannot be the cache. Remove it, or set "
            "DASHBOARD_CACHE to another folder."
        )
    return folder


def require_apart(data: Path, uploads: Path) -> None:
    """Refuse a folder for uploads that holds the studies: both would list the other's files.

    The cache and the uploads may have folders of their own below the studies: these are not
    listed, and only files that NeuroMix created are ever removed.

    Raises
    ------
    NeuroMixError
    """
    studies, own = data.resolve(), uploads.resolve()
    if studies.is_relative_to(own):
        raise NeuroMixError(
            f"Uploads cannot be kept in {uploads}: the studies are there. Set DASHBOARD_UPLOADS "
            "(or DASHBOARD_CACHE) to another folder."
        )


def is_loopback(address: str) -> bool:
    """Return whether only this machine reaches an address."""
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return address == "localhost"


def require_protected(settings: "Settings", address: str) -> None:
    """Refuse to listen where strangers can reach the server, unless something keeps them out.

    Raises
    ------
    NeuroMixError
    """
    protected = settings.password or settings.password_hash or settings.user_header
    if not (protected or settings.public or is_loopback(address)):
        raise NeuroMixError(
            f"Everybody who reaches {address} would see every study. Set DASHBOARD_PASSWORD "
            "(or DASHBOARD_PASSWORD_HASH, or DASHBOARD_USER_HEADER), or say that this is wanted: "
            "--public, or DASHBOARD_PUBLIC=1."
        )


class Settings(BaseSettings):
    """Settings of one running dashboard.

    Attributes
    ----------
    data : Path
        Folder of studies, one sub-folder each (``DASHBOARD_DATA``).
    cache : Path
        Folder of unpacked volumes and models; can be deleted at any time, except for the uploads in
        it (``DASHBOARD_CACHE``).
    host, port : str, int
        Where `serve` listens (``HOST``, ``PORT``).
    allowed_hosts : str
        Host names of the server, separated by commas (``ALLOWED_HOSTS``). Empty: all names, or on
        loopback only its own.
    password, password_hash : SecretStr
        What people sign in with, as it is or as its argon2 hash (``DASHBOARD_PASSWORD``,
        ``DASHBOARD_PASSWORD_HASH``).
    session_days : int
        Days after which one has to sign in again (``DASHBOARD_SESSION_DAYS``).
    secret_key : SecretStr
        Signs the sessions; by default a key that is kept in the cache (``SECRET_KEY``).
    user_header : str
        Header in which a trusted proxy names the user who signed in there
        (``DASHBOARD_USER_HEADER``).
    trusted_proxies : str
        Addresses and networks of proxies, separated by commas (``DASHBOARD_TRUSTED_PROXIES``).
    public : bool
        Whether everybody may see every study (``DASHBOARD_PUBLIC``).
    frame_ancestors : str
        Origins of portals that may show the page in a frame (``DASHBOARD_FRAME_ANCESTORS``).
    prefix : str
        Path below which the server is reached, such as ``/neuromix/`` (``DASHBOARD_PREFIX``).
    uploads : Path
        Folder of uploaded studies; by default ``uploads`` in the cache (``DASHBOARD_UPLOADS``).
    max_upload_bytes : int
        Largest upload, all files together (``MAX_UPLOAD_BYTES``).
    upload_days : int
        Days after which an upload is removed (``UPLOAD_DAYS``).
    upload_quota_bytes : int
        Space for all uploads together (``UPLOAD_QUOTA_BYTES``).
    max_fit_seconds : int
        Time of a CPU for one fit (``MAX_FIT_SECONDS``).
    max_fit_bytes : int
        Memory of a worker for fits of whole heads and of very large slices (``MAX_FIT_BYTES``).
    max_read_seconds : int
        Time for reading one image (``MAX_READ_SECONDS``).
    max_export_seconds : int
        Time of a CPU for one export or report (``MAX_EXPORT_SECONDS``).
    """

    model_config = SettingsConfigDict(env_prefix="DASHBOARD_", populate_by_name=True)

    data: Path = ROOT / "data"
    cache: Path = Field(default_factory=default_cache)
    host: str = Field("127.0.0.1", validation_alias="HOST")
    port: int = Field(8050, validation_alias="PORT", ge=1, le=65535)
    allowed_hosts: str = Field("", validation_alias="ALLOWED_HOSTS")
    password: SecretStr = SecretStr("")
    password_hash: SecretStr = SecretStr("")
    session_days: int = Field(7, ge=1, le=365)
    secret_key: SecretStr = Field(SecretStr(""), validation_alias="SECRET_KEY")
    user_header: str = ""
    trusted_proxies: str = ""
    public: bool = False
    frame_ancestors: str = ""
    prefix: str = Field("/", pattern=r"^/?([\w.~-]+/)*[\w.~-]*$")
    uploads: Path = Field(default_factory=lambda given: given["cache"] / "uploads")
    # A 4-D run of 7 T is about 300 MB.
    max_upload_bytes: int = Field(512 * 2**20, validation_alias="MAX_UPLOAD_BYTES", gt=0)
    upload_days: int = Field(7, validation_alias="UPLOAD_DAYS", ge=1, le=36500)
    upload_quota_bytes: int = Field(10 * 2**30, validation_alias="UPLOAD_QUOTA_BYTES", gt=0)
    max_fit_seconds: int = Field(FIT_SECONDS, validation_alias="MAX_FIT_SECONDS", gt=0)
    max_fit_bytes: int = Field(FIT_BYTES, validation_alias="MAX_FIT_BYTES", gt=0)
    max_read_seconds: int = Field(READ_SECONDS, validation_alias="MAX_READ_SECONDS", gt=0)
    max_export_seconds: int = Field(EXPORT_SECONDS, validation_alias="MAX_EXPORT_SECONDS", gt=0)

    @field_validator("prefix")
    @classmethod
    def _between_slashes(cls, prefix: str) -> str:
        """Return the path as `/`, or as `/neuromix/`."""
        return f"/{prefix.strip('/')}/".replace("//", "/")


def settings_of_environment() -> Settings:
    """Return what the environment sets.

    Raises
    ------
    NeuroMixError
        If a variable is not valid.
    """
    try:
        return Settings()
    except ValidationError as error:
        wrong = error.errors()[0]
        raise NeuroMixError(
            f"The environment variable {wrong['loc'][0]} is not valid: {wrong['msg']}."
        ) from None
