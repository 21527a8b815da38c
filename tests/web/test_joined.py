"""The page's modules come as one file."""

import re

import pytest

from dashboard.app import create_app
from dashboard.settings import ROOT, Settings
from dashboard.web.joined import joined


@pytest.fixture
def client(tmp_path):
    return create_app(Settings(data=tmp_path / "nowhere", cache=tmp_path)).server.test_client()


def test_the_page_asks_for_its_modules_at_once(client):
    page = client.get("/").text
    modules = re.findall(r'<script[^>]* src="([^"]+\.mjs[^"]*)"', page)
    assert modules == ["/assets/joined/main.mjs"]
    assert "modulepreload" not in page
    with client.get(modules[0]) as answer:
        assert answer.mimetype == "text/javascript"
        names = set(re.findall(r'^modules\["(.+?)"\] = ', answer.text, re.MULTILINE))
    assets = ROOT / "assets"
    files = [assets / "main.mjs", *(assets / "client").iterdir(), *(assets / "views").iterdir()]
    assert names == {file.relative_to(assets).as_posix() for file in files}


@pytest.mark.parametrize("accepted", ["identity", "gzip", "gzip, deflate, br, zstd"])
def test_a_reload_is_sent_no_module_again(client, accepted):
    headers = {"Accept-Encoding": accepted}
    first = client.get("/assets/joined/main.mjs", headers=headers)
    assert first.cache_control.no_cache
    headers["If-None-Match"] = first.headers["ETag"]
    again = client.get("/assets/joined/main.mjs", headers=headers)
    assert again.status_code == 304
    assert not again.data


def test_a_reload_asks_for_no_other_script(client):
    scripts = re.findall(r'<script[^>]* src="([^"]+\.js(?:\?[^"]*)?)"', client.get("/").text)
    assert len(scripts) > 10
    for script in scripts:
        with client.get(script) as answer:
            assert answer.cache_control.max_age == 365 * 24 * 3600, script


@pytest.mark.parametrize(
    "line",
    [
        "export default 1;",
        "export { a };",
        'export * from "./a.mjs";',
        'import a from "./a.mjs";',
        "import { a } from './a.mjs';",
        "export const { a, b } = c;",
        "export let a = 1;",
    ],
)
def test_what_cannot_be_joined_is_named(tmp_path, line):
    (tmp_path / "a.mjs").write_text("export const a = 1;")
    (tmp_path / "main.mjs").write_text(f'import {{ a }} from "./a.mjs";\n{line}\n')
    with pytest.raises(ValueError, match=r"main\.mjs") as error:
        joined(tmp_path / "main.mjs")
    assert line in str(error.value)


@pytest.mark.parametrize("names", ["b", "a, b", "a as c, b as d"])
def test_a_name_that_a_module_does_not_export_is_named(tmp_path, names):
    (tmp_path / "a.mjs").write_text("export const a = 1, b = 2;")
    (tmp_path / "main.mjs").write_text(f'import {{ {names} }} from "./a.mjs";\n')
    with pytest.raises(ValueError, match=r"main\.mjs: a\.mjs exports no b"):
        joined(tmp_path / "main.mjs")


def test_modules_that_import_each_other_are_named(tmp_path):
    (tmp_path / "main.mjs").write_text('import { a } from "./a.mjs";\n')
    (tmp_path / "a.mjs").write_text('import { b } from "./b.mjs";\nexport const a = 1;')
    (tmp_path / "b.mjs").write_text('import { a } from "./a.mjs";\nexport const b = 1;')
    with pytest.raises(ValueError, match=r"b\.mjs and a\.mjs import each other"):
        joined(tmp_path / "main.mjs")
