"""axe-core, which finds what keeps people with assistive technology from using the page.

`python -m scripts.axe` fetches it with npm into `.cache`. Without npm its test is skipped.
"""

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

VERSION = "4.14.1"
SHA512 = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / ".cache" / f"axe-core-{VERSION}.js"


def find() -> Path | None:
    """Path of axe-core, if it has been fetched."""
    return SCRIPT if SCRIPT.exists() else None


def provide() -> None:
    """Fetch axe-core, unless it is there."""
    if find():
        return
    npm = shutil.which("npm")
    if not npm:
        print("npm is not installed: the accessibility test is skipped", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as folder:
        fetch = [npm, "pack", f"axe-core@{VERSION}", "--silent", "--pack-destination", folder]
        fetched = subprocess.run(fetch, capture_output=True, text=True, check=False)
        packages = list(Path(folder).glob("*.tgz"))
        if fetched.returncode or not packages:
            reason = fetched.stderr.strip().splitlines()[-1:]
            print("npm cannot fetch axe-core: its test is skipped", *reason, file=sys.stderr)
            return
        _unpack(packages[0])


def _unpack(package: Path) -> None:
    digest = hashlib.sha512(package.read_bytes()).digest()
    if base64.b64encode(digest).decode() != SHA512:
        sys.exit(f"What npm brings as axe-core {VERSION} is not the package that is pinned here.")
    with tarfile.open(package) as content:
        script = content.extractfile("package/axe.min.js")
        assert script is not None
        SCRIPT.parent.mkdir(exist_ok=True)
        unfinished = SCRIPT.with_suffix(".unfinished")
        unfinished.write_bytes(script.read())
    unfinished.replace(SCRIPT)


if __name__ == "__main__":
    provide()
