"""Below a path of a real nginx, as a portal has it: what leaves the path is lost."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from scripts.serving import ROOT, free_port, settled
from tests.nginx import running

pytestmark = pytest.mark.long

# nginx hands the path on, or takes it off.
SITE = """
client_max_body_size 600m;
proxy_set_header Host $http_host;
proxy_set_header X-Forwarded-For $remote_addr;
proxy_set_header X-Forwarded-Proto $scheme;
server {{
    listen 127.0.0.1:{port};
    location / {{ return 404; }}
    location /neuromix {{ proxy_pass {url}; }}
    location /neuromix/ {{ proxy_pass {target}; }}
}}
"""


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[Callable[[str, str], str]]:
    """Return a function that puts an nginx before a server and gives its URL."""
    with ExitStack() as stack:

        def nginx(url: str, target: str) -> str:
            port = free_port()
            site = SITE.format(port=port, url=url, target=target)
            stack.enter_context(running(tmp_path / "nginx", site))
            return f"http://127.0.0.1:{port}"

        yield nginx


@pytest.mark.parametrize("slash", ["", "/"], ids=["handed on", "taken off"])
def test_the_page_works_below_a_path(
    serve: Callable[..., str], nginx: Callable[[str, str], str], browser: Browser, slash: str
) -> None:
    server = serve(
        DASHBOARD_PREFIX="/neuromix/",
        DASHBOARD_PASSWORD="open, please",
        DASHBOARD_TRUSTED_PROXIES="127.0.0.1",
    )
    url = nginx(server, f"{server}{slash}")
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    asked: list[str] = []
    failures: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda line: line.type == "error" and failures.append(line.text))
    page.on("pageerror", lambda error: failures.append(str(error)))

    page.goto(f"{url}/neuromix?slice=20")
    page.locator("#sign-in [type=password]").fill("open, please")
    page.keyboard.press("Enter")
    settled(page, slice=20)
    assert page.url.startswith(f"{url}/neuromix/?")
    assert {cookie["path"] for cookie in context.cookies()} == {"/neuromix/"}
    page.keyboard.press("]")
    settled(page, slice=21)
    page.keyboard.press("l")
    settled(page, layout="planes")
    page.locator("#view-axial").hover(force=True)  # a map lies over the picture
    expect(page.locator("#readout")).to_contain_text("T1")
    page.locator("#control-upload").set_input_files(ROOT / "data" / "sample" / "T1.nii.gz")
    expect(page.locator("#upload-own")).to_be_visible()
    settled(page)
    assert "study=upload-" in page.url
    page.locator("#upload-remove").click()
    page.locator("#upload-remove").click()
    expect(page.locator("#upload-own")).to_be_hidden()
    settled(page)
    page.reload()
    settled(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("#sign-in")).to_be_visible()
    context.close()

    allowed = (f"{url}/neuromix/", f"{url}/neuromix?", "blob:", "data:")
    assert [one for one in asked if not one.startswith(allowed)] == []
    assert [one for one in failures if "401 (UNAUTHORIZED)" not in one] == []
