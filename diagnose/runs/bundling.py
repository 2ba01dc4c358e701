"""``bundle`` and ``redact``: from a run, or from a bundle with names in it, to one file."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from checks.privacy import Sensitivity
from checks.target import Asked, UsageError, parse
from diagnose import ending, front
from diagnose.bundle import archive, judging, making, names_file, reading, secrets, unpack, writing
from diagnose.bundle.changing import Alias
from diagnose.bundle.errors import BundleError, WriteError
from diagnose.bundle.recorder import Recorder
from diagnose.bundle.recording import Recording
from diagnose.bundle.secrets import LeakError
from diagnose.ending import NEVER, Ending
from diagnose.live.options import Options
from diagnose.session import Result, diagnose

STDOUT = "-"
_WITH_NAMES = (
    "This bundle is not redacted: it holds the names, resource ids, addresses and paths of this "
    "machine, of its network and of the registry. Tokens and passwords are in none."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a bundle goes, and the map of its names; ``redacted`` False leaves the names in."""

    file: str  # a path, or "-" for stdout
    names: str = ""  # a path; empty: the map is not kept
    redacted: bool = True

    def check(self) -> None:
        """Raise `UsageError` now where `put` could not write after a run."""
        if self.names and Path(self.names).absolute() == Path(self.file).absolute():
            raise UsageError("--map and --output name the same file")
        try:
            for path in filter(None, (self.file, self.names)):
                if path != STDOUT:
                    writing.check(path)
        except WriteError as error:
            raise UsageError(str(error)) from None

    def opened(self) -> names_file.Names | None:
        """Give the names to use, None where they are left as they are; raise `UsageError`."""
        if not self.redacted:
            return None
        try:
            return names_file.opened(Path(self.names) if self.names else None)
        except BundleError as error:
            raise UsageError(str(error)) from None

    def put(self, members: dict[str, bytes], names: names_file.Names | None) -> None:
        """Write the map, then the bundle: without its map a bundle is still of use."""
        blob = packed(members)
        if names and self.names:
            names_file.save(Path(self.names), names)
        if self.file == STDOUT:
            sys.stdout.buffer.write(blob)
            sys.stdout.buffer.flush()
        else:
            writing.write(self.file, blob)
            sys.stderr.write(f"acr-diagnose: wrote {self.file} ({len(blob) / 1000:.0f} kB)\n")
        if not names:
            sys.stderr.write(_WITH_NAMES + "\n")


def bundle(
    asked: Asked,
    options: Options,
    place: Place,
    *,
    quiet: bool,
    verbose: bool,
    colour: bool = True,
) -> int:
    """Run, write the bundle, print the report, and give the run's exit code.

    A signal ends the run with what is known, and the bundle holds that. Raises `UsageError` before
    the run where the bundle could not be written after it.
    """
    place.check()
    names = place.opened()

    def work() -> tuple[str, int]:
        run = recorded(asked, options, quiet=quiet, verbose=verbose, ending=end)
        quietly = quiet or place.file == STDOUT
        report, code = front.told(run.result, "text", quiet=quietly, colour=colour)
        try:
            place.put(members(run, options, names), names)
        except (LeakError, BundleError, WriteError) as error:
            sys.stderr.write(f"acr-diagnose: no bundle was written: {error}\n")
            code = front.BROKEN
        return report, code

    with ending.heeded() as end:
        return end.code(front.guarded(work, "text", asked.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run that is over: what it came to, what was kept of it, and what may stand nowhere."""

    result: Result
    recording: Recording
    secrets: tuple[str, ...]


def recorded(
    asked: Asked,
    options: Options,
    *,
    quiet: bool = True,
    verbose: bool = False,
    ending: Ending = NEVER,
) -> Run:
    """Run, and keep what was asked and answered."""
    recorder = Recorder()
    with front.live(asked, options, quiet=quiet, verbose=verbose) as (world, on_step):
        result = diagnose(
            asked,
            world,
            seconds=options.timeout,
            on_step=on_step,
            lens=recorder.lens,
            clean=world.vault.clean,
            ending=ending,
        )
    if verbose:
        front.show_times(result)
    recording = recorder.recording(asked, result)
    return Run(result=result, recording=recording, secrets=world.vault.secrets())


def members(run: Run, options: Options, names: names_file.Names | None) -> dict[str, bytes]:
    """Give the files of a run's bundle.

    Raises `diagnose.bundle.secrets.LeakError` where a secret of the run stands in one of them.
    """
    files = making.made(
        run.recording,
        run.result,
        lambda alias: spelt(run.recording.asked, options, alias),
        names.pseudonyms if names else None,
    )
    secrets.refuse(files, run.secrets)
    return files


def packed(members: dict[str, bytes]) -> bytes:
    """Pack the files, and read them again: what is handed on can be read.

    Raises `BundleError` where a run's answers are larger than a bundle may be.
    """
    try:
        blob = archive.pack(members)
    except ValueError as error:
        raise BundleError(f"the bundle would be too large: {error}") from None
    reading.bundle(unpack.members(blob))
    return blob


def redact(source: str, place: Place) -> None:
    """Write the bundle ``source`` with pseudonyms in it; raise `UsageError` where that fails."""
    place.check()
    names = place.opened()
    try:
        read = reading.read(source)
        then = judging.judged(read.recording, read.facts)
        told = read.manifest.get("command")
        command = [str(one) for one in told] if isinstance(told, list) else []
        files = making.made(
            read.recording,
            then,
            lambda alias: [alias(Sensitivity.PROSE, word) for word in command],
            names.pseudonyms if names else None,
        )
        place.put(files, names)
    except (BundleError, WriteError) as error:
        raise UsageError(str(error)) from None


def spelt(asked: Asked, options: Options, alias: Alias) -> Sequence[str]:
    """Give the command line of a run, by what was understood of it; defaults are left out."""
    kind = Sensitivity.IMAGE if "/" in asked.text else Sensitivity.HOST
    plain = Options()
    words = ["acr-diagnose", "bundle", alias(kind, parse(asked.text).image)]
    for option, value, sensitivity in (
        ("--subnet", asked.subnet_id, Sensitivity.RESOURCE),
        ("--registry-id", asked.registry_id, Sensitivity.RESOURCE),
        ("--identity", asked.client_id, Sensitivity.IDENTITY),
    ):
        words += [option, alias(sensitivity, value)] if value else []
    for option, now, default in (
        ("--auth", options.auth, plain.auth),
        ("--runtime", options.runtime, plain.runtime),
        ("--timeout", f"{options.timeout:g}", f"{plain.timeout:g}"),
    ):
        words += [option, now] if now != default else []
    words += ["--no-arm"] * (not options.arm) + ["--no-pull"] * (not options.pull)
    for host, port, address in options.resolve:
        pair = alias(Sensitivity.HOST, host), alias(Sensitivity.ADDRESS, address)
        words += ["--resolve", f"{pair[0]}:{port}:{pair[1]}"]
    return words
