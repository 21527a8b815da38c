"""Twenty people at once, against gunicorn as in the Procfile."""

import http.client
import random
import threading
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.table import show, spread
from dashboard import __version__
from dashboard.services.render.addresses import key, slice_address
from dashboard.services.scene.opening import open_view
from dashboard.services.scene.scene import Scene
from dashboard.services.start import start
from dashboard.settings import Settings
from dashboard.view import View

USERS = 20
SECONDS = 60
PAUSE = (0.5, 1.5)  # seconds a person looks at a slice
# What a step through the slices changes.
NEED = "image-y,labels,histograms,joint,components,agreement"


class User(threading.Thread):
    """Somebody who moves through a study: two pictures, the cards and the map of each slice."""

    def __init__(self, url: str, scene: Scene, components: int, seed: int) -> None:
        super().__init__()
        view = scene.view
        self._url, self._view = url, replace(view, components=components)
        self._key = key(scene.identity)
        self._volumes = {name: scene.images.open(name) for name in (view.x, view.y)}
        self._last = self._volumes[view.x].orientation.count(view.plane) - 1
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
        return [
            *(
                slice_address(volume, view=view, image=name, index=index, window=None)
                for name, volume in self._volumes.items()
            ),
            f"/cards/{self._key}.json?need={NEED}&{query}",
            f"/maps/{self._key}/{view.plane}/{index}.png?{query}",
        ]


def run(url: str, server: int, settings: Settings, fine: str) -> None:
    users = []
    archive = start(settings).archive
    for number in range(USERS):
        scene = open_view(archive, {"study": ("sample", fine)[number % 2]}).scene
        users.append(User(url, scene, 2 + number % 4, number))
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
        f"{USERS} users moving slices for {SECONDS} s, half on sample, half on {fine}",
        ["slices", "p50, ms", "p95, ms", "errors", "MB a worker after 20, 40, 60 s"],
        [
            [
                f"{len(times):,}", *spread(times), str(sum(u.errors for u in users)),
                ", ".join(f"{m:.0f}" for m in memory[1::2]),
            ]
        ],
    )  # fmt: skip


def workers_memory(server: int, kind: str = "VmRSS") -> list[float]:
    """Resident memory of each child of a process, now or at its peak (VmHWM), in MB (Linux)."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    sizes = []
    for child in children:
        status = Path(f"/proc/{child}/status").read_text()
        sizes.append(int(status.partition(f"{kind}:")[2].split()[0]) / 1024)
    return sizes or [float("nan")]
