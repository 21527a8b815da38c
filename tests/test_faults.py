"""What a hosted server has to survive: its workers killed, stopped and started anew."""

import json
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from scripts.serving import running
from tests.hosted import HANG_SECONDS, until, workers

HEAD = b'--X\r\nContent-Disposition: form-data; name="f"; filename="T1.nii.gz"\r\n\r\n'
END = b"\r\n--X--\r\n"
PATIENT = "--preload --graceful-timeout 180"  # also on a busy machine
BEGUN = 150_000  # the server reads 64 kB at a time

Recovering = Callable[[], AbstractContextManager[None]]

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="one process")]


class Server:
    """A hosted server with workers."""

    def __init__(self, url: str, process: "subprocess.Popen[bytes]", cache: Path) -> None:
        self.port = urlsplit(url).port
        self.process = process
        self.cache = cache

    def workers(self) -> set[int]:
        return set(workers(self.process.pid))

    def kill(self, pids: set[int]) -> None:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)

    def get(self, address: str) -> tuple[int, bytes]:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=HANG_SECONDS)) as connection:
            connection.request("GET", address)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def until_answered(self, address: str) -> tuple[int, bytes]:
        """Ask as a page does, again and again, until there is an answer."""
        answers: list[tuple[int, bytes]] = []

        def is_answered() -> list[tuple[int, bytes]]:
            with suppress(OSError, HTTPException):
                answers.append(self.get(address))
            return answers

        until(is_answered)
        return answers[0]

    def key(self, query: str) -> str:
        """Return the key of a View's cards."""
        *_, line = self.get(f"/open?{query}")[1].splitlines()
        key: str = json.loads(line)["opened"]["scene.data"]["key"]
        return key

    @contextmanager
    def upload(self, image: bytes) -> Iterator[HTTPConnection]:
        """Begin an upload; what follows `BEGUN` bytes of the image is yet to be sent."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=HANG_SECONDS)) as connection:
            connection.putrequest("POST", "/uploads")
            connection.putheader("Content-Type", "multipart/form-data; boundary=X")
            connection.putheader("Content-Length", str(len(HEAD) + len(image) + len(END)))
            connection.endheaders(HEAD + image[:BEGUN])
            yield connection

    def listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def studies(self) -> set[str]:
        """Return the keys of all that was uploaded."""
        with suppress(OSError):
            return {path.stem for path in (self.cache / "uploads" / "studies").iterdir()}
        return set()

    def incoming(self) -> list[Path]:
        with suppress(OSError):
            return list((self.cache / "uploads" / "incoming").iterdir())
        return []


@contextmanager
def served(folder: Path, options: str, workers: int = 2) -> Iterator[Server]:
    cache = folder / "cache"
    with running(
        log=folder / "log",
        DASHBOARD_CACHE=str(cache),
        GUNICORN_CMD_ARGS=options,
        WEB_CONCURRENCY=str(workers),
    ) as (url, process):
        yield Server(url, process, cache)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("faults"), "--preload --graceful-timeout 0") as server:
        yield server


def disturbed(
    server: Server, harm: Callable[[], object], recovering: Recovering
) -> tuple[bytes, bytes]:
    """Return what a fit gives undisturbed, and what it gives if something happens meanwhile."""
    query = "study=sample&x=T1&y=b0&scope=volume&components=6&tolerance=1e-6"
    address = f"/cards/{server.key(query)}.json?need=components&{query}"
    status, expected = server.get(address)
    assert status == 200
    server.kill(server.workers())  # which remember the fit
    models = server.cache / "models"
    for path in models.iterdir():
        path.unlink()

    def give_up() -> None:
        with suppress(OSError, HTTPException):
            server.get(address)

    asking = threading.Thread(target=give_up)
    asking.start()
    until(lambda: list(models.iterdir()))
    harm()
    with recovering():
        asking.join(HANG_SECONDS)
        return expected, server.until_answered(address)[1]


@pytest.mark.wide
@pytest.mark.faults("all workers killed during a fit")
def test_a_fit_whose_workers_are_killed_is_made_by_the_next(
    server: Server, recovering: Recovering
) -> None:
    expected, given = disturbed(server, lambda: server.kill(server.workers()), recovering)
    assert given == expected


@pytest.mark.faults("copies in the cache truncated during a fit")
def test_a_fit_whose_copies_are_cut_short_is_made_from_the_files(
    server: Server, recovering: Recovering
) -> None:
    def cut_short() -> None:
        copies = list(server.cache.rglob("*.npy"))
        assert copies
        for copy in copies:
            copy.chmod(0o600)
            os.truncate(copy, 200)

    # At worst a worker ends, since it reads from what is gone.
    expected, given = disturbed(server, cut_short, recovering)
    assert given == expected


@pytest.mark.faults("worker killed during an upload, and the upload sent again")
def test_an_upload_whose_worker_is_killed_ends_at_once_and_can_be_sent_again(
    server: Server, sample: Path, recovering: Recovering
) -> None:
    image = (sample / "T1.nii.gz").read_bytes()
    before = server.studies()
    left = set(server.incoming())  # by workers killed before, until the next sweep
    with server.upload(image) as upload:
        until(lambda: set(server.incoming()) - left)
        server.kill({int(path.name.split("-")[0]) for path in set(server.incoming()) - left})
        with pytest.raises((OSError, HTTPException)):
            upload.getresponse()
    assert server.studies() == before
    with server.upload(image) as upload:
        upload.send(image[BEGUN:] + END)
        answer = upload.getresponse()
        assert answer.status == 201
        study = json.loads(answer.read())["study"]
    assert server.studies() == before | {study}
    assert server.until_answered(f"/open?study={study}")[0] == 200
    # What was kept outlasts them all.
    server.kill(server.workers())
    with recovering():
        assert b'"opened"' in server.until_answered(f"/open?study={study}")[1]
    assert server.studies() == before | {study}


@pytest.mark.wide
@pytest.mark.faults("SIGTERM during an upload")
def test_a_server_that_is_stopped_finishes_what_is_under_way(tmp_path: Path, sample: Path) -> None:
    image = (sample / "T1.nii.gz").read_bytes()
    with served(tmp_path, PATIENT, workers=1) as server, server.upload(image) as upload:
        until(server.incoming)
        server.process.terminate()
        until(lambda: not server.listens())
        upload.send(image[BEGUN:] + END)
        answer = upload.getresponse()
        assert answer.status == 201
        assert server.studies() == {json.loads(answer.read())["study"]}
        assert server.process.wait(HANG_SECONDS) == 0
        assert not server.incoming()


@pytest.mark.faults("two browsers that upload the same name")
def test_two_uploads_of_one_name_are_two_studies(server: Server, sample: Path) -> None:
    images = [(sample / name).read_bytes() for name in ("T1.nii.gz", "b0.nii.gz")]
    with server.upload(images[0]) as one, server.upload(images[1]) as other:
        for upload, image in zip((one, other), images, strict=True):
            upload.send(image[BEGUN:] + END)
        answers = [json.loads(upload.getresponse().read()) for upload in (one, other)]
    assert len({answer["study"] for answer in answers}) == 2
    blobs = {path.read_bytes() for path in (server.cache / "uploads" / "blobs").iterdir()}
    assert blobs >= set(images)


@pytest.mark.faults("data folder that is read-only")
def test_nothing_is_written_among_the_studies(server: Server, sample: Path) -> None:
    def state() -> list[tuple[str, int, int]]:
        found = sorted([sample, *sample.rglob("*")])
        return [(str(path), path.stat().st_mtime_ns, path.stat().st_ctime_ns) for path in found]

    before = state()
    query = "study=sample&x=T1&y=b0"
    key = server.key(query)
    for address in (
        f"/cards/{key}.json?need=image-x,joint,components,check,header&{query}",
        f"/exports/dseg.nii.gz?{query}",
    ):
        assert server.get(address)[0] == 200
    assert state() == before
