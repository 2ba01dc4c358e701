"""What may not be written is found in every form, and what only looks like it is not."""

import base64
import html
import json
import time
import zlib
from urllib.parse import quote, quote_plus

import pytest

from diagnose import secrecy
from diagnose.bundle import secrets
from diagnose.bundle.secrets import LeakError, Scan, refuse
from diagnose.live.vault import Vault
from diagnose.secrecy import Place

SECRET = "p@ss w/o<rd>&%41\\+\"ü'x"
TOKEN = "eyJhbGciOiJub25lIn0.eyJhdWQiOiJtZSJ9.c2lnbmF0dXJlLW9mLW5vYm9keQ"


def packed(secret, before="", after=""):
    return base64.b64encode(f"{before}{secret}{after}".encode()).decode()


def lower(text):
    """Write percent signs' digits small."""
    return "".join(
        c.lower() if text[max(0, i - 2) : i].find("%") >= 0 else c for i, c in enumerate(text)
    )


FORMS = {
    "plain": lambda s: s,
    "base64": packed,
    "base64 after one": lambda s: packed(s, "u"),
    "base64 after two": lambda s: packed(s, "u:", "tail"),
    "base64 after three": lambda s: packed(s, "me:", "t"),
    "URL-safe base64": lambda s: base64.urlsafe_b64encode(f"???>:{s}".encode()).decode(),
    "percent": lambda s: quote(s, safe=""),
    "percent, small digits": lambda s: lower(quote(s, safe="")),
    "percent, what has to be": lambda s: quote(s, safe="/?:@!$'()*,;+"),
    "percent, everything": lambda s: "".join(f"%{byte:02X}" for byte in s.encode()),
    "percent, twice": lambda s: quote(quote(s, safe=""), safe=""),
    "form": quote_plus,
    "JSON": json.dumps,
    "JSON as it is": lambda s: json.dumps(s, ensure_ascii=False),
    "JSON, everything": lambda s: "".join(f"\\u{ord(one):04x}" for one in s),
    "JSON, large digits": lambda s: "".join(f"\\u{ord(one):04X}" for one in s),
    "JSON with slashes": lambda s: json.dumps(s).replace("/", "\\/"),
    "JSON in JSON": lambda s: json.dumps(json.dumps({"a": s})),
    "HTML": html.escape,
    "HTML, numbers": lambda s: "".join(f"&#{ord(one)};" for one in s),
    "HTML, hexadecimal": lambda s: "".join(f"&#x{ord(one):X};" for one in s),
    "HTML of JSON": lambda s: html.escape(json.dumps(s)),
    "percent in JSON": lambda s: json.dumps({"url": f"https://x/?a={quote(s)}"}),
    "hexadecimal": lambda s: s.encode().hex(),
    "hexadecimal, large": lambda s: s.encode().hex().upper(),
    "base64 of JSON": lambda s: json.dumps({"body": packed(json.dumps({"password": s}))}),
    "base64 of a form": lambda s: json.dumps({"body": packed(f"grant=x&secret={quote(s)}&z=1")}),
    "base64 with percent": lambda s: quote(packed(s), safe=""),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("secret", [SECRET, TOKEN, "sixteen:letters!"], ids=["odd", "jwt", "login"])
def test_a_secret_is_found_in_every_form(form, secret):
    told = FORMS[form](secret)
    data = f"before it {told} after it".encode()
    hit = Scan([secret, "another-one"]).found_in("facts.json", data)

    assert hit
    assert hit.member == "facts.json"
    assert secret not in repr(hit) + str(hit)
    assert not Scan([secret[::-1]]).found_in("facts.json", data)


def test_the_kind_of_escape_is_named():
    scan = Scan([SECRET])

    assert scan.found_in("a", SECRET.encode()).form == "plain"
    assert scan.found_in("a", json.dumps(SECRET).encode()).form == "JSON-escaped"
    assert scan.found_in("a", quote(SECRET).encode()).form == "percent-encoded"
    assert scan.found_in("a", html.escape(SECRET).encode()).form == "HTML-escaped"
    assert scan.found_in("a", packed(SECRET, "x").encode()).form == "base64"
    assert scan.found_in("a", SECRET.encode().hex().encode()).form == "hexadecimal"


@pytest.mark.parametrize("undone", ["CORP\\{}", "&{}", "%{}", "\\u{}"])
def test_a_sign_before_a_secret_does_not_hide_it(undone):
    assert Scan(["ntoken-of-1234"]).found_in("a", undone.format("ntoken-of-1234").encode())


@pytest.mark.parametrize(
    ("secret", "where"),
    [
        ("a", Place.STRING),
        ("abc", Place.STRING),
        ("s3cd", Place.WORD),
        ("hunt3r2", Place.WORD),
        ("hunt3r22", Place.ANYWHERE),
        ("password", Place.VALUE),
        ("Changeit", Place.VALUE),
        ("12345678", Place.VALUE),
        ("correcthorsebatt", Place.ANYWHERE),
        ("passWord", Place.ANYWHERE),
    ],
)
def test_how_a_secret_counts_depends_on_how_telling_it_is(secret, where):
    assert secrecy.place(secret) is where


@pytest.mark.parametrize(
    ("secret", "yes", "no"),
    [
        ("a", '{"password": "a"}', '{"a": "banana", "sp": [a]} a'),
        ("s3", '{"x":"s3"}', "sig=ab+s3+cd s3 's3'"),
        ("hunt3", "(hunt3)", "ab3hunt3 hunt3d"),
        ("admin", "https://me:admin@proxy", "the admin said: administrator"),
        ("admin", '{"x": "admin"}', "x-admin/admin/admin.html"),
        ("admin", "password: admin\n", "password: admin or another"),
        ("password", "password=password&x", "stored password (password-file)"),
    ],
)
def test_a_short_or_plain_secret_counts_only_where_it_stands_alone(secret, yes, no):
    scan = Scan([secret])

    assert scan.found_in("a", yes.encode())
    assert scan.found_in("a", json.dumps(json.dumps(yes)).encode())
    assert not scan.found_in("a", no.encode())
    assert knowing(secret).clean(yes) != yes
    assert knowing(secret).clean(no) == no


def knowing(secret):
    vault = Vault()
    vault.remember([secret])
    return vault


def test_a_refusal_names_the_member_and_the_form_and_never_the_secret():
    members = {"a/one.json": b"{}", "two\x1b.txt": json.dumps(SECRET).encode()}
    with pytest.raises(LeakError) as caught:
        refuse(members, ["nothing-of-this", SECRET])

    assert "two\\x1b.txt" in str(caught.value)
    assert "JSON-escaped" in str(caught.value)
    assert SECRET not in str(caught.value)
    refuse({"a": b"{}"}, [SECRET, ""])


def test_a_members_name_is_searched_and_not_repeated():
    with pytest.raises(LeakError) as caught:
        refuse({f"log/{quote(SECRET)}.txt": b""}, [SECRET])

    assert "name" in str(caught.value)
    assert quote(SECRET) not in str(caught.value)


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe\\u", b"\\ud800\\udfff\\ud800", b"&#xD800;&#9", b"%"]
)
def test_odd_bytes_are_searched_without_a_crash(data):
    assert Scan([SECRET, "\ud800" * 9]).found_in("\udc80", data) is None
    assert Scan([SECRET]).found_in("a", data + SECRET.encode())


def test_a_made_scan_tells_nothing():
    assert SECRET not in repr(Scan([SECRET])) + repr(vars(secrets).get("__doc__"))


def test_forty_secrets_are_sought_in_a_megabyte_in_no_time():
    noise = zlib.compress(b"".join(str(n).encode() for n in range(90_000)))
    lines = [
        json.dumps(
            {"n": n, "body": json.dumps({"id": noise[n : n + 30].hex(), "words": "one, two"})}
        )
        for n in range(9_000)
    ]
    data = "\n".join(lines).encode()[: 1 << 20]
    scan = Scan([f"{TOKEN}{n}" for n in range(30)] + [f"{SECRET}{n}" for n in range(10)])
    spent = []
    for _ in range(5):
        began = time.thread_time()
        assert scan.found_in("replies.jsonl", data) is None
        spent.append(time.thread_time() - began)

    assert len(data) == 1 << 20
    assert min(spent) < 0.15, "a bundle may add 0.3 s to a run, and this is one part of it"


def test_what_is_cleaned_is_not_found_any_more():
    vault = knowing(SECRET)
    vault.remember([TOKEN])
    skipped = (
        "everything",
        "numbers",
        "twice",
        "in JSON",
        "hexa",
        "base64 of",
        "of JSON",
        "large",
        "64 with",
    )
    for form, write in FORMS.items():
        if not any(word in form for word in skipped):
            for secret in (SECRET, TOKEN):
                cleaned = vault.clean(f"it is {write(secret)}, said the server")
                assert not Scan([SECRET, TOKEN]).found_in("a", cleaned.encode()), form
                assert cleaned.startswith("it is ")
