"""What a worker holds does not grow with what it has done."""

import json
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from scripts.serving import running
from tests.hosted import HANG_SECONDS, memory, workers

MEGABYTE = 2**20
WARMING = 150  # with their neighbours more than the 160 analyses that are kept

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc"),
]


class Worker:
    """The one worker of a server, and a connection to it."""

    def __init__(self, url: str, pid: int, cache: Path) -> None:
        self.pid = pid
        self.cache = cache
        self._port = urlsplit(url).port

    def ask(self, method: str, address: str, body: bytes = b"", **headers: str) -> bytes:
        with closing(HTTPConnection("127.0.0.1", self._port, timeout=HANG_SECONDS)) as connection:
            connection.request(method, address, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        assert answer.status in (200, 201, 204), (address, content)
        self.cookie = answer.getheader("Set-Cookie") or self.cookie
        return content

    cookie = ""

    def holds(self) -> dict[str, int]:
        """Return what the process holds: memory in MB, descriptors and threads."""
        process = Path(f"/proc/{self.pid}")
        return {
            "MB": memory(self.pid, "VmRSS") // MEGABYTE,
            "descriptors": len(list((process / "fd").iterdir())),
            "threads": len(list((process / "task").iterdir())),
        }

    def temporary(self) -> list[Path]:
        """Return what is unfinished in the cache."""
        found = [path for path in self.cache.rglob("*") if path.name.startswith(".new-")]
        incoming = self.cache / "uploads" / "incoming"
        return found + (list(incoming.iterdir()) if incoming.exists() else [])


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    folder = tmp_path_factory.mktemp("leaks")
    with running(
        log=folder / "log", DASHBOARD_CACHE=str(folder / "cache"), WEB_CONCURRENCY="1"
    ) as (url, process):
        yield Worker(url, workers(process.pid)[0], folder / "cache")


def opened(worker, query):
    *_, line = worker.ask("GET", f"/open?{query}").splitlines()
    return json.loads(line)["opened"]["scene.data"]


def step(worker, number):
    """Show a slice with its cards and pictures, none of them as before."""
    query = f"study=sample&x=T1&y=b0&slice={number % 60 + 5}&seed={number // 60}"
    scene = opened(worker, query)
    need = "image-x,image-y,labels,histograms,joint,components"
    worker.ask("GET", f"/cards/{scene['key']}.json?need={need}&{query}")


def fit(worker, number):
    query = f"study=sample&x=T1&y=b0&scope=volume&seed={1000 + number}"
    scene = opened(worker, query)
    worker.ask("GET", f"/cards/{scene['key']}.json?need=components&{query}")


def upload(worker, number):
    image = (Path(__file__).parents[1] / "data" / "sample" / "b0.nii.gz").read_bytes()
    body = (b'--X\r\nContent-Disposition: form-data; name="f"; filename="b0-%d.nii.gz"\r\n\r\n'
            % number + image + b"\r\n--X--\r\n")  # fmt: skip
    answer = worker.ask(
        "POST", "/uploads", body, **{"Content-Type": "multipart/form-data; boundary=X"}
    )
    cookie = worker.cookie.partition(";")[0]
    worker.ask("DELETE", f"/uploads/{json.loads(answer)['study']}", Cookie=cookie)


@pytest.mark.parametrize(
    ("times", "what", "act"),
    [
        (1000, "slices with their cards", step),
        (50, "fits of the whole head", fit),
        (200, "uploads, each removed again", upload),
    ],
)
def test_a_worker_holds_no_more_after_doing_it_often(worker, times, what, act):
    # What is kept on purpose fills first, and so does the allocator's share for each thread.
    held = []
    for number in range(WARMING):
        act(worker, number)
        if number % 10 == 9:
            held.append(worker.holds())
    plateau = {of: max(at[of] for at in held) for of in held[0]}
    for number in range(WARMING, WARMING + times):
        act(worker, number)
    after = worker.holds()
    left = worker.temporary()
    row = (f"{times:,} {what}", *(f"{plateau[of]} → {after[of]}" for of in after), str(len(left)))
    print(f"\n| {' | '.join(row)} |")
    assert after["MB"] <= plateau["MB"] + 30
    assert after["descriptors"] <= plateau["descriptors"] + 2
    assert after["threads"] <= plateau["threads"] + 2
    assert not left
