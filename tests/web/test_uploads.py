import http.client
import io
import json
import os
import re
import select
import signal
import socket
import struct
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask, make_response

from dashboard.core.errors import NeuroMixError
from dashboard.services.uploads.limits import MAX_NAMES, Limits
from dashboard.services.uploads.uploads import Uploads
from dashboard.web import visitor
from dashboard.web.guard import MAX_BODY_BYTES
from dashboard.web.uploads import NO_PLAN, PART_BYTES, TOGETHER, blueprint
from scripts.serving import running
from tests.hosted import HANG_SECONDS, memory, until, workers

WORKERS = 2  # of the Procfile
MEGABYTE = 2**20
HOSTED = 301  # MB that one upload may have, the largest here and one more
LIMITS = {"drop": 200_000, "store": 1_000_000, "days": 7, "files": 4}


@pytest.fixture
def uploads(tmp_path):
    def open_volume(path, name):
        if path.read_bytes().startswith(b"bad"):
            raise NeuroMixError(f"{name}: this is no image.")

    return Uploads(
        tmp_path / "uploads", Limits(**LIMITS), open_volume=open_volume, forget=lambda _: None
    )


@pytest.fixture
def server(uploads):
    server = Flask(__name__)
    visitor.register(server)
    server.register_blueprint(blueprint(uploads))
    server.add_url_rule("/", "page", lambda: make_response("page"))
    return server


@pytest.fixture
def client(server):
    return server.test_client()


def post(client, *files, **options):
    form = {"files": [(io.BytesIO(content), name) for name, content in files]}
    return client.post("/uploads", data=form, **options)


def plan(client, *files, **options):
    asked = [{"name": name, "size": size} for name, size in files]
    return client.post("/uploads/plan", json=asked, **options)


def raw(*parts, end=b"--X--\r\n"):
    """Return a form as bytes: file names are sent exactly as given."""
    body = b""
    for name, content in parts:
        body += b'--X\r\nContent-Disposition: form-data; name="files"; filename="%s"\r\n' % name
        body += b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n"
    return body + end


def names(uploads, answer):
    return [file.file_name for file in uploads.study(answer.json["study"]).files.values()]


def on_disk(folder):
    return [str(path) for path in folder.rglob("*") if path.is_file() and path.name != "lock"]


# ---- the route


def test_a_drop_becomes_a_study(client, uploads):
    content = os.urandom(150_000)
    answer = post(client, ("T1.nii.gz", content), ("b0.nii", b"b0"), ("notes.txt", b"n"))
    assert answer.status_code == 201
    assert answer.json["title"] == "T1 + 1 more"
    assert [line.partition(":")[0] for line in answer.json["refused"]] == ["notes.txt"]
    files = uploads.study(answer.json["study"]).files.values()
    assert {f.file_name: f.path.read_bytes() for f in files} == {
        "T1.nii.gz": content,
        "b0.nii": b"b0",
    }
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_cannot_be_opened_is_422_with_a_sentence_each(client, tmp_path):
    answer = post(client, ("a.nii", b"bad"), ("b.nii", b"bad!"))
    assert answer.status_code == 422
    assert answer.json == {
        "error": "None of these files can be opened.",
        "refused": ["a.nii: this is no image.", "b.nii: this is no image."],
    }
    assert on_disk(tmp_path) == []


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (b"C:\\\\scans\\\\T1.nii", "T1.nii"),
        (b"T1%0D%0Ax.nii", "T1 x.nii"),
        (b"say %22a%22.nii", 'say "a".nii'),
        (b'say \\"a\\".nii', 'say "a".nii'),
        ("мозг 🧠.nii".encode(), "мозг 🧠.nii"),
        (b"\xff\xfe.nii", None),
    ],
)
def test_names_arrive_as_people_wrote_them(client, uploads, tmp_path, sent, shown):
    answer = client.post(
        "/uploads", data=raw((sent, b"x")), content_type="multipart/form-data; boundary=X"
    )
    if shown is None:
        assert answer.status_code == 400
    else:
        assert names(uploads, answer) == [shown]
    assert str(tmp_path) not in answer.text


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (raw((b"a.nii", b"x"), end=b""), "multipart/form-data; boundary=X"),
        (raw((b"a.nii", b"x"))[:60], "multipart/form-data; boundary=X"),
        (b"--X\r\n\r\nno disposition\r\n--X--", "multipart/form-data; boundary=X"),
        (raw((b"a.nii", b"x")), "multipart/form-data"),
        (raw((b"a.nii", b"x")), "multipart/form-data; boundary=ä"),
        (b"a=b", "application/x-www-form-urlencoded"),
        (b"", ""),
    ],
    ids=["no end", "cut in a header", "no disposition", "no boundary", "odd boundary", "form", "-"],
)
def test_what_is_no_whole_form_is_400_and_leaves_nothing(client, tmp_path, body, kind):
    answer = client.post("/uploads", data=body, content_type=kind)
    assert answer.status_code == 400
    assert answer.json["error"].endswith(".")
    assert on_disk(tmp_path) == []


def field(content):
    return b'--X\r\nContent-Disposition: form-data; name="a"\r\n\r\n%s\r\n' % content


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"--X--\r\n", 422), (field(b"b") + raw(), 400), (field(b"b") + raw((b"a.nii", b"x")), 400),
     (field(b"x" * 600_000) + raw(), 413), (field(b"b") * 20 + raw(), 413)],
    ids=["nothing", "no file", "a file and more", "much", "many"],
)  # fmt: skip
def test_a_form_of_anything_but_files_is_refused(client, tmp_path, body, status):
    answer = client.post("/uploads", data=body, content_type="multipart/form-data; boundary=X")
    assert answer.status_code == status
    assert answer.json["error"].endswith(".")
    assert on_disk(tmp_path) == []


def test_the_largest_drop_is_taken_and_one_byte_more_is_not(client, tmp_path):
    assert post(client, ("a.nii", b"x" * LIMITS["drop"])).status_code == 201
    before = on_disk(tmp_path)
    answer = post(client, ("b.nii", b"y" * LIMITS["drop"]), ("c.nii", b"z"))
    assert answer.status_code == 413
    assert "at most 195.3 kB" in answer.json["error"]
    assert on_disk(tmp_path) == before


def test_an_announced_length_is_refused_before_the_files(client, tmp_path):
    answer = client.post(
        "/uploads",
        data=raw((b"a.nii", b"x")),
        content_type="multipart/form-data; boundary=X",
        environ_overrides={"CONTENT_LENGTH": str(10**9)},
    )
    assert answer.status_code == 413
    assert on_disk(tmp_path) == []


def test_too_many_files_are_413(client, tmp_path):
    files = [(f"{n}.nii", b"x%d" % n) for n in range(5)]
    answer = post(client, *files)
    assert answer.status_code == 413
    assert "at most 4 files" in answer.json["error"]
    assert on_disk(tmp_path) == []


def test_a_full_store_is_507_before_anything_is_sent_and_after(client, tmp_path):
    for n in range(5):
        assert post(client, (f"{n}.nii", b"%d" % n * 190_000)).status_code == 201
    answer = post(client, ("6.nii", b"6" * 190_000))
    asked = plan(client, ("6.nii", 190_000))
    assert answer.status_code == asked.status_code == 507
    assert answer.json == asked.json
    assert "no space for this upload" in answer.json["error"]
    assert plan(client, ("6.nii", 1000)).status_code == 200
    assert plan(client, ("6.nii", 200_001)).status_code == 413
    assert len(on_disk(tmp_path)) == 10


# ---- the plan


def test_a_plan_says_what_would_be_sent_and_what_is_refused(client, tmp_path):
    answer = plan(client, ("notes.txt", 5), ("T1.nii", 100), ("/head/x.dcm", 7), ("T1.json", 1))
    assert answer.status_code == 200
    assert answer.json["send"] == [1]
    assert [line.partition(":")[0] for line in answer.json["refused"]] == ["notes.txt"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert on_disk(tmp_path) == []


def test_a_drop_is_refused_by_its_plan_as_it_would_be_when_sent(client):
    for files in ([("a.img", b"i"), ("b.hdr", b"h")], [("notes.txt", b"n")], []):
        asked = plan(client, *[(name, len(content)) for name, content in files])
        sent = client.post(
            "/uploads", data=raw(*[(name.encode(), content) for name, content in files]),
            content_type="multipart/form-data; boundary=X",
        )  # fmt: skip
        assert asked.status_code == sent.status_code == 422
        assert asked.json == sent.json


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b"null", b"7", b'{"name": "a.nii", "size": 1}', b'["a.nii"]', b"[[]]",
     b'[{"name": "a.nii"}]', b'[{"name": 1, "size": 1}]', b'[{"name": "a.nii", "size": -1}]',
     b'[{"name": "a.nii", "size": 1.5}]', b'[{"name": "a.nii", "size": true}]',
     b'[{"name": "a.nii", "size": "1"}]', b'[{"name": "a.nii", "size": NaN}]', b"[" * 100_000],
)  # fmt: skip
def test_what_is_no_list_of_files_is_400(client, body):
    answer = client.post("/uploads/plan", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json == {"error": NO_PLAN, "refused": []}


def test_a_plan_has_a_bound_of_names_and_of_bytes(client):
    most = [("/head/x.dcm", 1)] * (MAX_NAMES - 1) + [("T1.nii", 1)]
    assert plan(client, *most).json["send"] == [MAX_NAMES - 1]
    for files in ([*most, ("b0.nii", 1)], [("a" * MAX_BODY_BYTES + ".nii", 1)]):
        answer = plan(client, *files)
        assert answer.status_code == 413
        assert "at most 4 files" in answer.json["error"]


@pytest.mark.parametrize("name", ["\ud800.nii", "a" * 9999 + ".nii", "\0.nii", "../../x.nii", "/"])
def test_no_name_breaks_a_plan(client, tmp_path, name):
    answer = plan(client, (name, 1), ("T1.nii", 1), (name + ".txt", 1))
    assert answer.status_code == 200
    assert 1 in answer.json["send"]
    assert str(tmp_path) not in answer.text


# ---- who may


@pytest.mark.parametrize(
    ("site", "allowed"),
    [("same-origin", True), ("none", True), (None, True), ("cross-site", False),
     ("same-site", False)],
)  # fmt: skip
def test_other_sites_neither_plan_nor_upload_nor_remove(client, uploads, site, allowed):
    headers = {"Sec-Fetch-Site": site} if site else {}
    asked = plan(client, ("b0.nii", 2), headers=headers)
    assert asked.status_code == (200 if allowed else 403)
    mine = post(client, ("T1.nii", b"t1")).json["study"]
    assert post(client, ("b0.nii", b"b0"), headers=headers).status_code == (201 if allowed else 403)
    removed = client.delete(f"/uploads/{mine}", headers=headers)
    assert removed.status_code == (204 if allowed else 403)
    assert (uploads.study(mine) is None) == allowed


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [("http://localhost", True), ("http://LOCALHOST", True), ("http://evil.example", False),
     ("http://localhost:81", False), ("http://localhost.evil.example", False), ("null", False)],
)  # fmt: skip
def test_over_plain_http_the_origin_tells_other_sites(client, uploads, origin, allowed):
    mine = post(client, ("T1.nii", b"t1")).json["study"]
    stranger = client.application.test_client()
    answer = post(stranger, ("b0.nii", b"b0"), headers={"Origin": origin})
    assert answer.status_code == (201 if allowed else 403)
    assert ("Set-Cookie" in answer.headers) == allowed
    client.delete(f"/uploads/{mine}", headers={"Origin": origin})
    assert (uploads.study(mine) is None) == allowed


# ---- whose it is


def test_only_the_browser_that_made_it_removes_a_study(server, uploads):
    anna, ben = server.test_client(), server.test_client()
    key = post(anna, ("T1.nii", b"t1")).json["study"]
    assert post(ben, ("T1.nii", b"t1")).status_code == 201
    facts = anna.get(f"/uploads/{key}").json
    assert facts == {"title": "T1", "own": True, "removed": uploads.expiry(key).isoformat()}
    assert ben.get(f"/uploads/{key}").json == {"title": "T1", "own": False, "removed": None}
    assert ben.delete(f"/uploads/{key}").status_code == 404
    assert uploads.study(key)
    assert anna.delete(f"/uploads/{key}").status_code == 204
    assert anna.delete(f"/uploads/{key}").status_code == 404
    assert anna.get(f"/uploads/{key}").status_code == 404
    assert uploads.study(key) is None


def test_no_proxy_keeps_the_page_that_brings_a_cookie(client):
    for _ in range(2):
        assert client.get("/").headers["Cache-Control"] == "private, no-cache"


def test_the_page_gives_a_browser_its_cookie_once(client):
    cookie = client.get("/").headers["Set-Cookie"]
    assert re.match(r"neuromix=[\w-]{22}; ", cookie)
    for attribute in ("HttpOnly", "SameSite=Lax", "Path=/", f"Max-Age={365 * 24 * 3600}"):
        assert attribute in cookie.split("; ")
    assert "Secure" not in cookie
    assert "Set-Cookie" not in client.get("/").headers
    assert "Set-Cookie" not in post(client, ("T1.nii", b"t1")).headers


@pytest.mark.bad_input("cookie that nobody gave")
@pytest.mark.parametrize("forged", ["", "x", "a" * 23, "../../etc", "a" * 3000])
def test_a_cookie_of_nobodys_making_is_replaced(client, forged):
    client.set_cookie("neuromix", forged)
    assert "Set-Cookie" in client.get("/").headers


def test_the_cookie_of_an_encrypted_page_stays_encrypted(server):
    over_proxy = server.test_client().get("/", headers={"X-Forwarded-Proto": "https, http"})
    direct = server.test_client().get("/", base_url="https://localhost")
    for answer in (over_proxy, direct):
        assert "Secure" in answer.headers["Set-Cookie"].split("; ")


def test_the_server_keeps_no_token(client, tmp_path):
    client.get("/")
    token = client.get_cookie("neuromix").value
    post(client, ("T1.nii", b"t1"))
    assert not [path for path in on_disk(tmp_path) if token.encode() in Path(path).read_bytes()]


@pytest.mark.faults("folder of uploads that cannot be written to")
def test_a_folder_that_cannot_be_written_to_is_503_with_a_sentence(client, tmp_path):
    (tmp_path / "uploads").write_text("a file in the way")
    answer = post(client, ("T1.nii", b"t1"))
    asked = plan(client, ("T1.nii", 2))
    assert answer.status_code == asked.status_code == 503
    assert answer.json["error"].startswith("Uploads are unavailable (")
    assert client.get("/").status_code == 200


def test_opening_the_page_removes_what_has_had_its_time(client, uploads, tmp_path, monkeypatch):
    post(client, ("T1.nii", b"t1"))
    later = time.time() + 7 * 24 * 3600
    monkeypatch.setattr(uploads, "_now", lambda: later)
    monkeypatch.setattr(uploads, "_passed", lambda: later)
    client.get("/uploads/plan")
    assert on_disk(tmp_path) != []
    client.get("/")
    assert on_disk(tmp_path) == []


# ---- names


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Patient 7,\n follow-up ", "Patient 7, follow-up"),
        ("O'Neil <b> & “日本” 50 % / \\ 🧠", "O'Neil <b> & “日本” 50 % / \\ 🧠"),
        ("abc\u202etxt", "abctxt"),  # would turn the direction of what follows
        ("x" * 500, "x" * 60),
    ],
)
def test_a_study_is_renamed_in_its_manifest(client, uploads, tmp_path, typed, kept):
    key = post(client, ("T1.nii", b"t1")).json["study"]
    created = json.loads((tmp_path / f"uploads/studies/{key}.json").read_text("utf-8"))
    assert client.patch(f"/uploads/{key}", json={"title": typed}).json == {"title": kept}
    assert client.get(f"/uploads/{key}").json["title"] == kept
    assert uploads.study(key).name == kept
    written = json.loads((tmp_path / f"uploads/studies/{key}.json").read_text("utf-8"))
    assert written == created | {"title": kept}


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"[]", 400), (b'{"title": 5}', 400), (b'{"title": " \\n\\u200f"}', 422),
     (b"x" * (MAX_BODY_BYTES + 1), 400)],
    ids=["empty", "list", "number", "blank", "long"],
)  # fmt: skip
def test_what_is_no_name_is_refused_with_a_sentence(client, body, status):
    key = post(client, ("T1.nii", b"t1")).json["study"]
    answer = client.patch(f"/uploads/{key}", data=body)
    assert answer.status_code == status
    assert answer.json["error"]
    assert client.get(f"/uploads/{key}").json["title"] == "T1"


def test_only_the_browser_that_made_it_renames_a_study(server):
    anna, ben = server.test_client(), server.test_client()
    key = post(anna, ("T1.nii", b"t1")).json["study"]
    assert post(ben, ("T1.nii", b"t1")).status_code == 201
    assert ben.patch(f"/uploads/{key}", json={"title": "mine"}).status_code == 404
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert anna.patch(f"/uploads/{key}", json={"title": "x"}, headers=foreign).status_code == 403
    assert anna.get(f"/uploads/{key}").json["title"] == "T1"


# ---- as it is hosted


@pytest.fixture(scope="module")
def hosted(tmp_path_factory):
    """Folder, port and process of a dashboard that takes `HOSTED` MB."""
    folder = tmp_path_factory.mktemp("hosted")
    with running(
        log=folder / "log",
        DASHBOARD_CACHE=str(folder / "cache"),
        MAX_UPLOAD_BYTES=str(HOSTED * MEGABYTE),
        UPLOAD_QUOTA_BYTES=str(500 * MEGABYTE),
    ) as (url, process):
        yield folder / "cache" / "uploads", urlsplit(url).port, process


def sent(port, *pieces, headers):
    """Send a POST in pieces and return the connection, not yet read from."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=HANG_SECONDS)
    lines = ["POST /uploads HTTP/1.1", "Host: x", *headers,
             "Content-Type: multipart/form-data; boundary=X", "", ""]  # fmt: skip
    connection.sendall("\r\n".join(lines).encode())
    for piece in pieces:
        connection.sendall(piece)
    return connection


def answer_of(connection):
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return answer.status, json.loads(answer.read())


def asked(port, *pieces, headers):
    with closing(sent(port, *pieces, headers=headers)) as connection:
        return answer_of(connection)


@pytest.mark.wide
@pytest.mark.faults("worker killed during an upload")
@pytest.mark.slow
def test_a_killed_worker_leaves_nothing_once_another_has_taken_its_place(hosted):
    folder, port, process = hosted
    body = raw((b"T1.nii", b"x" * 500_000), end=b"")
    with closing(sent(port, body, headers=["Content-Length: 1000000"])):
        until(lambda: on_disk(folder / "incoming"))
        (path,) = on_disk(folder / "incoming")
        worker = int(Path(path).name.partition("-")[0])
        assert worker in workers(process.pid)
        os.kill(worker, signal.SIGKILL)
        until(lambda: len(set(workers(process.pid)) - {worker}) == WORKERS)
        until(lambda: not on_disk(folder))


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


@pytest.mark.slow
@pytest.mark.parametrize("how", ["announced", "chunked"])
@pytest.mark.parametrize("end", ["closed", "reset"])
def test_a_broken_connection_leaves_nothing(hosted, how, end):
    folder, port, _ = hosted
    body = raw((b"T1.nii", b"x" * 500_000), end=b"")
    if how == "chunked":
        connection = sent(port, chunk(body), headers=["Transfer-Encoding: chunked"])
    else:
        connection = sent(port, body, headers=["Content-Length: 1000000"])
    until(lambda: on_disk(folder / "incoming"))
    if end == "reset":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    until(lambda: not on_disk(folder))


@pytest.mark.slow
def test_a_body_longer_than_announced_is_cut_there(hosted):
    folder, port, _ = hosted
    body = raw((b"T1.nii", b"x" * 1000))
    status, answer = asked(port, body, headers=["Content-Length: 500"])
    assert (status, answer["error"]) == (400, "The upload is incomplete. Try again.")
    assert on_disk(folder) == []


@pytest.mark.slow
@pytest.mark.parametrize("how", ["announced", "chunked"])
def test_who_sends_too_much_reads_the_answer(hosted, how):
    """A browser sends its whole body before it reads an answer."""
    folder, port, _ = hosted
    pieces = [raw((b"T1.nii", b""), end=b"")[:-2], *[b"x" * MEGABYTE] * (HOSTED + 1)]
    header = f"Content-Length: {sum(map(len, pieces))}"
    if how == "chunked":
        pieces, header = map(chunk, pieces), "Transfer-Encoding: chunked"
    status, answer = asked(port, *pieces, headers=[header])
    assert status == 413
    assert f"at most {HOSTED} MB" in answer["error"]
    assert on_disk(folder) == []


@pytest.mark.slow
def test_slow_uploads_leave_the_page_a_thread(hosted):
    folder, port, _ = hosted
    slow = []
    try:
        for _ in range(3 * TOGETHER * WORKERS):
            slow.append(
                sent(port, raw((b"T1.nii", b"x" * 999), end=b""), headers=["Content-Length: 99999"])
            )
        # What goes beyond is refused, though nothing more of it comes.
        until(lambda: len(select.select(slow, [], [], 0)[0]) >= 2 * TOGETHER * WORKERS)
        refused = [answer_of(connection)[0] for connection in select.select(slow, [], [], 0)[0]]
        assert set(refused) == {503}
        with closing(
            http.client.HTTPConnection("127.0.0.1", port, timeout=HANG_SECONDS)
        ) as connection:
            connection.request("GET", "/healthz")
            assert connection.getresponse().status == 200
    finally:
        for connection in slow:
            connection.close()
    until(lambda: not on_disk(folder))


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="memory is read from /proc")
def test_an_upload_of_300_mb_takes_little_memory(hosted):
    folder, port, process = hosted
    size = 300 * MEGABYTE
    head, end = raw((b"T1.nii", b""), end=b"")[:-2], b"\r\n--X--\r\n"
    pids = workers(process.pid)
    for pid in pids:
        Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak is counted from here on
    before = {pid: memory(pid, "VmRSS") for pid in pids}
    piece = os.urandom(MEGABYTE)
    length = f"Content-Length: {len(head) + size + len(end)}"
    status, answer = asked(port, head, *[piece] * 300, end, headers=[length])
    assert status == 422
    assert answer["refused"][0].startswith("T1.nii: ")
    grown = max(memory(pid, "VmHWM") - before[pid] for pid in pids)
    print(f"{grown / MEGABYTE:.1f} MB")
    assert grown < 60 * MEGABYTE
    assert on_disk(folder) == []


@pytest.mark.slow
def test_a_real_study_is_uploaded_and_removed(hosted, sample):
    folder, port, _ = hosted
    files = [(name.encode(), (sample / name).read_bytes()) for name in ("T1.nii.gz", "b0.nii.gz")]
    body = raw(*files)
    with closing(sent(port, body, headers=[f"Content-Length: {len(body)}"])) as connection:
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
        study = json.loads(answer.read())["study"]
    assert sorted(Path(path).stat().st_size for path in on_disk(folder / "blobs")) == sorted(
        len(content) for _, content in files
    )
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=HANG_SECONDS)) as connection:
        connection.request("DELETE", f"/uploads/{study}", headers={"Cookie": cookie})
        assert connection.getresponse().status == 204
    assert on_disk(folder) == []


def test_the_overhead_of_a_form_is_no_part_of_the_limit():
    long = "ы" * 255 + ".nii"
    assert len(raw((long.encode(), b""), end=b"")) < PART_BYTES
