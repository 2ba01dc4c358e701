"""A recording with pseudonyms in it: every text by the class that stands where it is declared.

Only what was asked and answered is redacted. Facts, verdict and reports of a redacted recording are
made from it anew, by the same checks and causes, so no name can survive in one of them.
"""

from dataclasses import replace

from checks.privacy import Sensitivity
from checks.target import Asked, parse
from diagnose.bundle import changing, questions
from diagnose.bundle.changing import Alias
from diagnose.bundle.recording import Ended, Recording


def redacted(recording: Recording, alias: Alias) -> Recording:
    """Give ``recording`` with every name, id and address as ``alias`` calls it.

    Two passes only collect. Resource ids go first, because they say what each name is the name of;
    words of other programs go last, because they may name what a later reply declares.
    """

    def ids_alone(kind: Sensitivity, text: str) -> str:
        return alias(kind, text) if kind is Sensitivity.RESOURCE else text

    _pass(recording, ids_alone)
    _pass(recording, alias)
    return _pass(recording, alias)


def _pass(recording: Recording, alias: Alias) -> Recording:
    known = questions.methods()
    return replace(
        recording,
        asked=_asked(recording.asked, alias),
        answers=tuple(
            changing.answer(known[one.port, one.method], one, alias) for one in recording.answers
        ),
        steps=tuple(_ended(step, alias) for step in recording.steps),
    )


def _asked(asked: Asked, alias: Alias) -> Asked:
    target = parse(asked.text)
    # A registry that is asked for by its name alone is spelt out: it is the server's first label.
    kind = Sensitivity.IMAGE if target.repository else Sensitivity.HOST
    return replace(
        asked,
        text=alias(kind, target.image),
        subnet_id=alias(Sensitivity.RESOURCE, asked.subnet_id),
        registry_id=alias(Sensitivity.RESOURCE, asked.registry_id),
        client_id=alias(Sensitivity.IDENTITY, asked.client_id),
        probes=tuple((tag, alias(Sensitivity.HOST, host)) for tag, host in asked.probes),
    )


def _ended(step: Ended, alias: Alias) -> Ended:
    return replace(
        step,
        why=alias(Sensitivity.PROSE, step.why),
        traceback=alias(Sensitivity.PROSE, step.traceback),
    )
