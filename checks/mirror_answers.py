"""What each host answers that a runtime is told to ask for a registry's images.

A runtime shows the words of one host that it asked, whatever the others said; so each of them is
asked here. A ``ca`` in a hosts.toml holds for its own host, not for the ``server`` that
is asked in the end (containerd, docs/hosts.md).
"""

from checks import listening
from checks.machine_replies import MirrorReply
from checks.ports import World
from checks.replies import Failure, Trouble
from checks.together import together

_UNTRUSTED = "a certificate that is not trusted"


def asked(world: World, reply: MirrorReply, login_server: str) -> tuple[tuple[str, str, bool], ...]:
    """Give host, answer and whether nothing is there, for each host but the registry itself."""
    urls = [url for url in reply.hosts if listening.place(url)[0] not in ("", login_server)]
    return tuple(together(lambda url: _asked(world, reply, url), list(dict.fromkeys(urls))))


def _asked(world: World, reply: MirrorReply, url: str) -> tuple[str, str, bool]:
    host, port = listening.place(url)
    silence = listening.silence(world, host, port)
    return host, silence or _answer(world, reply, url), bool(silence)


def _answer(world: World, reply: MirrorReply, url: str) -> str:
    whole = (url if "://" in url else f"https://{url}").rstrip("/")
    path = "/" if url in reply.with_path else "/v2/"
    got = world.http.get(whole + path)
    if not isinstance(got, Failure):
        return f"HTTP {got.status}"
    if got.trouble is not Trouble.UNTRUSTED:
        return f"no answer: {got.trouble}"
    if url in reply.own_trust:
        return "a certificate for which the file has a setting of its own"
    others = " (the file's ca is for another host alone)" * bool(reply.own_trust)
    return _UNTRUSTED + others
