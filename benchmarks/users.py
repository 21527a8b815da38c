"""Twenty people at once, against gunicorn as in the Procfile."""

import http.client
import random
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.table import show, spread
from dashboard import __version__
from dashboard.core.volume import file_id
from dashboard.view import View
from dashboard.web.addresses import ID_LENGTH

USERS = 20
SECONDS = 60
PAUSE = (0.5, 1.5)  # seconds a person looks at a slice
NEED = "overlay,labels-problem,view-histograms,view-joint,view-components"


class User(threading.Thread):
    """Somebody who moves through a study: two pictures and the panels of each slice."""

    def __init__(self, url: str, view: View, ids: tuple[str, str], last: int, seed: int) -> None:
        super().__init__()
        self._url, self._view, self._ids, self._last = url, view, ids, last
        self._random = random.Random(seed)
        self.times: list[float] = []
        self.errors = 0

    def run(self) -> None:
        connection = http.client.HTTPConnection(urlsplit(self._url).netloc, timeout=30)
        index = self._random.randrange(self._last // 4, 3 * self._last // 4)
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            index = min(max(index + self._random.choice((-1, 1, 1, 2)), 5), self._last - 5)
            begin = time.perf_counter()
            for address in self._addresses(index):
                try:
                    connection.request("GET", address, headers={"Accept-Encoding": "gzip"})
                    answer = connection.getresponse()
                    answer.read()
                    self.errors += answer.status != http.client.OK
                except OSError:
                    self.errors += 1
                    connection.close()
            self.times.append((time.perf_counter() - begin) * 1000)
            time.sleep(self._random.uniform(*PAUSE))

    def _addresses(self, index: int) -> list[str]:
        view = View(**{**self._view.to_store(), "slice": index, "hidden": ()})
        query = f"{view.query()}&v={__version__}"
        picture = f"study={view.study}&side={view.side}&window_x=&v={__version__}"
        return [
            *(f"/slices/{i}/{view.plane}/{index}.png?{picture}" for i in self._ids),
            f"/panels/{'-'.join(self._ids)}.json?need={NEED}&{query}",
        ]


def run(url: str, server: int, sample: Path, fine: tuple[str, Path, Path]) -> None:
    users = []
    studies = [("sample", sample / "T1.nii.gz", sample / "b0.nii.gz", 69), (*fine, 181)]
    for number in range(USERS):
        name, x, y, last = studies[number % len(studies)]
        ids = (file_id(x)[:ID_LENGTH], file_id(y)[:ID_LENGTH])
        image_x, image_y = (p.name.removesuffix(".nii.gz") for p in (x, y))
        view = View(study=name, x=image_x, y=image_y, slice=0, components=2 + number % 4)
        users.append(User(url, view, ids, last, number))
    for user in users:
        user.start()
    memory = []
    for _ in range(6):
        time.sleep(SECONDS / 6)
        memory.append(max(workers_memory(server)))
    for user in users:
        user.join()
    times = [t for user in users for t in user.times]
    show(
        f"{USERS} users moving slices for {SECONDS} s, half on sample, half on {fine[0]}",
        ["slices", "p50, ms", "p95, ms", "errors", "MB a worker after 20, 40, 60 s"],
        [
            [
                f"{len(times):,}", *spread(times), str(sum(u.errors for u in users)),
                ", ".join(f"{m:.0f}" for m in memory[1::2]),
            ]
        ],
    )  # fmt: skip


def workers_memory(server: int) -> list[float]:
    """Resident memory of each child of a process, in MB (Linux)."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    sizes = []
    for child in children:
        status = Path(f"/proc/{child}/status").read_text()
        sizes.append(int(status.partition("VmRSS:")[2].split()[0]) / 1024)
    return sizes or [float("nan")]
