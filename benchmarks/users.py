"""Twenty and more people at once, against gunicorn as in the Procfile."""

import http.client
import os
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import nibabel as nib
import numpy as np

from benchmarks.table import show, spread
from dashboard import __version__
from dashboard.services.render.addresses import key
from dashboard.services.scene.opening import open_view
from dashboard.services.scene.scene import Scene
from dashboard.services.start import start
from dashboard.settings import Settings
from dashboard.view import View
from scripts.addresses import slice_address

USERS = (20, 50, 100)
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


class Fitter(threading.Thread):
    """Somebody who fits the whole head again and again."""

    def __init__(self, url: str, scene: Scene) -> None:
        super().__init__()
        self._url, self._view, self._key = url, scene.view, key(scene.identity)
        self.count = 0

    def run(self) -> None:
        connection = http.client.HTTPConnection(urlsplit(self._url).netloc, timeout=60)
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            view = replace(self._view, scope="volume", seed=self.count)
            query = f"{view.query()}&v={__version__}"
            connection.request("GET", f"/cards/{self._key}.json?need=components&{query}")
            answer = connection.getresponse()
            answer.read()
            self.count += answer.status == http.client.OK


class Uploader(threading.Thread):
    """Somebody who uploads an image of 300 MB."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self.status = 0

    def run(self) -> None:
        shape = (420, 420, 425)
        header = nib.Nifti1Image(np.broadcast_to(np.float32(0), shape), np.eye(4)).header
        header["vox_offset"] = len(header.binaryblock) + 4
        start = (b'--X\r\nContent-Disposition: form-data; name="f"; filename="T1.nii"\r\n\r\n'
                 + header.binaryblock + bytes(4))  # fmt: skip
        end = b"\r\n--X--\r\n"
        piece = np.random.default_rng(0).random(shape[:2], dtype=np.float32).tobytes()
        connection = http.client.HTTPConnection(urlsplit(self._url).netloc, timeout=300)
        connection.putrequest("POST", "/uploads")
        connection.putheader("Content-Type", "multipart/form-data; boundary=X")
        connection.putheader("Content-Length", str(len(start) + shape[2] * len(piece) + len(end)))
        connection.endheaders(start)
        for _ in range(shape[2]):
            connection.send(piece)
        connection.send(end)
        self.status = connection.getresponse().status


def run(url: str, server: int, settings: Settings, fine: str) -> None:
    rows = [stepping(url, server, settings, fine, count) for count in USERS]
    heavy = [
        Fitter(url, open_view(start(settings).archive, {"study": fine}).scene),
        Uploader(url),
    ]
    rows.append(stepping(url, server, settings, fine, USERS[0], heavy))
    show(
        f"People moving slices for {SECONDS} s, half on sample, half on {fine}; "
        "* beside one who fits heads and one who uploads 300 MB",
        [
            "people", "slices", "p50, ms", "p95, ms", "errors", "CPU a slice, ms", "CPU of this",
            "MB a worker after 20, 40, 60 s",
        ],
        rows,
    )  # fmt: skip
    for one in heavy:
        did = f"{one.count} fits" if isinstance(one, Fitter) else f"status {one.status}"
        print(f"{type(one).__name__}: {did}")


def stepping(
    url: str,
    server: int,
    settings: Settings,
    fine: str,
    count: int,
    heavy: Sequence[Fitter | Uploader] = (),
) -> list[str]:
    """Let people move slices, and return their row of the table.

    The CPU that this program takes itself is a share of one core: the people must not be what is
    slow.
    """
    archive = start(settings).archive
    users = []
    for number in range(count):
        scene = open_view(archive, {"study": ("sample", fine)[number % 2]}).scene
        users.append(User(url, scene, 2 + number % 4, number))
    before, own, began = workers_seconds(server), time.process_time(), time.monotonic()
    for one in (*users, *heavy):
        one.start()
    memory = []
    for _ in range(6):
        time.sleep(SECONDS / 6)
        memory.append(max(workers_memory(server)))
    for one in (*users, *heavy):
        one.join()
    share = (time.process_time() - own) / (time.monotonic() - began)
    times = [t for user in users for t in user.times]
    spent = (workers_seconds(server) - before) / len(times)
    return [
        f"{count}{'*' if heavy else ''}", f"{len(times):,}", *spread(times),
        str(sum(user.errors for user in users)), f"{spent * 1000:.0f}", f"{share:.0%}",
        ", ".join(f"{m:.0f}" for m in memory[1::2]),
    ]  # fmt: skip


def workers_seconds(server: int) -> float:
    """Time of a CPU that the children of a process have taken (Linux)."""
    ticks = 0
    for child in children(server):
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def children(server: int) -> list[str]:
    return Path(f"/proc/{server}/task/{server}/children").read_text().split()


def workers_memory(server: int, kind: str = "VmRSS") -> list[float]:
    """Resident memory of each child of a process, now or at its peak (VmHWM), in MB (Linux)."""
    sizes = []
    for child in children(server):
        status = Path(f"/proc/{child}/status").read_text()
        sizes.append(int(status.partition(f"{kind}:")[2].split()[0]) / 1024)
    return sizes or [float("nan")]
