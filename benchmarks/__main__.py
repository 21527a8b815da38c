"""`make bench`: all numbers of the README's performance tables, from one run."""

import os
import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import accuracy, pages, science, users, volume, whole
from benchmarks.studies import library
from dashboard.settings import Settings
from scripts.serving import running


def main() -> None:
    wanted = sys.argv[1:] or ["science", "volume", "whole", "pages", "users"]
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        root, name, x, y = library(folder)
        if "science" in wanted:
            science.run()
        if "volume" in wanted:
            volume.run([x, y])
        if "accuracy" in wanted:
            accuracy.run()
        if not {"whole", "pages", "users"} & set(wanted):
            return
        settings = {"DASHBOARD_DATA": str(root), "DASHBOARD_CACHE": str(folder / "cache")}
        with running(log=folder / "log", **settings) as (url, server):
            runs: dict[str, Callable[[], None]] = {
                "whole": lambda: whole.run(url, server.pid, name),
                "pages": lambda: pages.run(url, name, x, y),
                "users": lambda: users.run(
                    url, server.pid, Settings(data=root, cache=folder / "cache"), name
                ),
            }
            for part in runs:
                if part in wanted:
                    runs[part]()


if __name__ == "__main__":
    main()
