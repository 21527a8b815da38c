"""The joined modules do what they do one by one: the browser's own loader is the oracle."""

import pytest
from playwright.sync_api import Browser

from dashboard.web.joined import joined

TREES = {
    "names in braces": {
        "main.mjs": 'import { one, two as second } from "./a/x.mjs";\nlog(one(), second);',
        "a/x.mjs": "export function one() { return 1; }\nexport const two = 2;",
    },
    "a name of its own in each": {
        "main.mjs": 'import { a } from "./a.mjs";\nimport { b } from "./b.mjs";\nlog(a(), b());',
        "a.mjs": 'const kept = "a";\nexport const a = () => kept;',
        "b.mjs": 'const kept = "b";\nexport const b = () => kept;',
    },
    "all names, over several lines": {
        "main.mjs": 'import * as x from "./a.mjs";\nimport {\n  f,\n  g as h,\n} from "./a.mjs";\n'
        "log(Object.keys(x).sort(), f === x.f, h());",
        "a.mjs": "export const f = () => 1;\nexport function g() { return f() + 1; }",
    },
    "each once, and what is imported first": {
        "main.mjs": 'import "./z.mjs";\nimport { y } from "./b/y.mjs";\nlog("main", y);',
        "z.mjs": 'import { y } from "./b/y.mjs";\nlog("z", y);',
        "b/y.mjs": 'import { up } from "../up.mjs";\nlog("y");\nexport const y = up;',
        "up.mjs": 'log("up");\nexport const up = {};',
    },
    "functions and classes": {
        "main.mjs": 'import { C, later, many } from "./a.mjs";\n'
        "log(new C().two, typeof later, [...many()]);",
        "a.mjs": "export class C { two = 2; }\nexport async function later() {}\n"
        "export function* many() { yield 1; yield 2; }",
    },
    "strict": {
        "main.mjs": 'import { undeclared } from "./a.mjs";\nlog(undeclared(), typeof this);',
        "a.mjs": "export const undeclared = () => { try { none = 1; } catch { return 1; } };",
    },
    "what only looks like an import": {
        "main.mjs": 'import { a } from "./a.mjs";\n  // import { b } from "./b.mjs";\nlog(a);',
        "a.mjs": '/** @param {import("./b.mjs").B} b */\nexport const a = `\n  export const c`;',
    },
    "where it is served": {
        "main.mjs": 'import { root } from "./client/a.mjs";\nlog(root);',
        "client/a.mjs": 'export const root = new URL("../..", import.meta.url).pathname;',
    },
}  # fmt: skip


@pytest.mark.parametrize("tree", TREES.values(), ids=TREES)
def test_joined_modules_do_what_they_do_one_by_one(browser: Browser, base_url, tmp_path, tree):
    for name, text in tree.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    context = browser.new_context(base_url=base_url)
    page = context.new_page()
    page.goto("/healthz")
    page.route(
        "**/made/**",
        lambda route: route.fulfill(
            body=tree[route.request.url.split("/made/")[1]], content_type="text/javascript"
        ),
    )
    page.route(
        "**/made/joined/main.mjs",
        lambda route: route.fulfill(
            body=joined(tmp_path / "main.mjs"), content_type="text/javascript"
        ),
    )
    one_by_one, at_once = (
        page.evaluate(
            """async (address) => {
                const said = [];
                globalThis.log = (...words) => { said.push(JSON.stringify(words)); };
                await import(address);
                return said;
            }""",
            f"/made/{entry}",
        )
        for entry in ("main.mjs", "joined/main.mjs")
    )
    context.close()
    assert one_by_one
    assert at_once == one_by_one
