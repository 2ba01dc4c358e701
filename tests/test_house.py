"""The house rules, as tests: each message says what to change, and where."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import checks
import diagnose.causes
from checks.target import Asked

ROOT = Path(__file__).resolve().parents[1]
TOP = {"pyproject.toml", "README.md", "Makefile", "LICENSE", "diagnose", "checks", "packaging"}
TOP |= {"tests", "build", "acr_diagnose.egg-info"}  # the last two are made, and ignored by git
HEADINGS = ("What happened", "How we know", "Fix", "Still failing?")
SOURCES = sorted([*(ROOT / "checks").rglob("*.py"), *(ROOT / "diagnose").rglob("*.py")])
CAUSES = ROOT / "diagnose" / "causes"
HEAVY = {"azure", "cryptography", "dns", "docker", "requests", "urllib3"}


def _id(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _cap(path: Path) -> int:
    name = _id(path)
    if name in ("checks/ports.py", "checks/contract.py"):
        return 180 if name.endswith("ports.py") else 250  # the vocabulary, in one place
    if name.startswith("checks/") or name == "diagnose/cli.py":
        return 150
    return 100 if path in CAUSE_FILES.values() else 150 if path.is_relative_to(CAUSES) else 250


def _rows(folder: Path, row: str) -> dict[str, Path]:
    """Return module name -> file, of every module with a line ``row = ...``."""
    found = {}
    for path in sorted(folder.rglob("*.py")):
        if f"\n{row} = " in path.read_text():
            found[".".join(path.relative_to(ROOT).with_suffix("").parts)] = path
    return found


CAUSE_FILES = _rows(CAUSES, "CAUSE")


@pytest.mark.parametrize("path", SOURCES, ids=_id)
def test_no_file_outgrows_its_cap(path: Path) -> None:
    lines = len(path.read_text().splitlines())
    if path in CAUSE_FILES.values():
        # A cause's docstring is the page that its reader gets: prose, which needs no splitting.
        lines -= len((ast.get_docstring(ast.parse(path.read_text())) or "").splitlines())

    assert lines <= _cap(path), f"{_id(path)} has {lines} lines, cap {_cap(path)}: split it"


@pytest.mark.parametrize("path", SOURCES, ids=_id)
def test_every_file_opens_with_what_it_knows(path: Path) -> None:
    text = path.read_text()

    assert not text or text.startswith('"""'), f"{_id(path)} needs a docstring on top"


def test_packaging_is_no_package() -> None:
    assert not list((ROOT / "packaging").rglob("__init__.py")), "it would shadow PyPI's packaging"


def test_the_top_level_stays_as_it_is() -> None:
    extra = {p.name for p in ROOT.iterdir() if not p.name.startswith(".")} - TOP

    assert not extra, f"move {sorted(extra)} into diagnose, checks, packaging or tests"


def test_every_check_is_listed() -> None:
    rows = {name: importlib.import_module(name).CHECK for name in _rows(ROOT / "checks", "CHECK")}
    listed = {*checks.ALL, *checks.POOL}
    missing = [name for name, row in rows.items() if row not in listed]

    assert not missing, f"add the CHECK of {missing} to ALL in checks/__init__.py"
    assert len(rows) == len(listed)


def test_every_cause_is_listed() -> None:
    rows = {name: importlib.import_module(name).CAUSE for name in CAUSE_FILES}
    missing = [name for name, row in rows.items() if row not in diagnose.causes.ALL]

    assert not missing, f"add the CAUSE of {missing} to ALL in diagnose/causes/__init__.py"
    assert len(rows) == len(diagnose.causes.ALL)


@pytest.mark.parametrize("name", CAUSE_FILES)
def test_a_cause_is_named_after_its_file_and_has_a_page(name: str) -> None:
    module = importlib.import_module(name)
    page = module.__doc__ or ""
    places = [page.find(heading) for heading in HEADINGS]

    assert module.CAUSE.id == name.rpartition(".")[2].replace("_", "-")
    assert -1 not in places, f"{name}: the docstring needs the headings {HEADINGS}"
    assert places == sorted(places), f"{name}: the headings come in the order {HEADINGS}"


@pytest.mark.parametrize(
    "rows", [checks.ALL, checks.POOL, diagnose.causes.ALL], ids=["checks", "pool", "causes"]
)
def test_ids_are_unique_and_in_kebab_case(rows: tuple) -> None:
    ids = [row.id for row in rows]

    assert len(ids) == len(set(ids))
    assert all(id_ == id_.lower() and "_" not in id_ and " " not in id_ for id_ in ids)


def test_each_fact_has_one_giver_and_each_need_is_met() -> None:
    every = {*checks.ALL, *checks.POOL}
    givers = [fact for check in every for fact in check.needs.gives]
    givers.append(Asked)  # the person's words, which start a run
    asked = {
        (row.id, fact)
        for row in (*every, *diagnose.causes.ALL)
        for fact in (*row.needs.required, *row.needs.wanted)
    }
    unmet = sorted(f"{id_} asks for {fact.__name__}" for id_, fact in asked if fact not in givers)

    assert len(givers) == len(set(givers)), "two checks give the same fact"
    assert not unmet, f"{unmet}: no check gives it"


def test_relations_name_causes_that_exist() -> None:
    ids = {cause.id for cause in diagnose.causes.ALL}
    unknown = {
        (cause.id, name)
        for cause in diagnose.causes.ALL
        for name in (*cause.beats, *cause.before, *cause.hides)
        if name not in ids
    }

    assert not unknown


@pytest.mark.parametrize("module", ["diagnose.cli", "checks", "diagnose.causes"])
def test_starting_up_loads_no_io_library(module: str) -> None:
    source = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert not HEAVY & set(done.stdout.split()), f"import it inside the function in {module}"


def test_the_command_line_starts_without_the_catalogue() -> None:
    """``--help`` is read by people who are in a hurry; the checks come with the first command."""
    source = "import sys, diagnose.cli; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert not {"checks", "diagnose.causes", "diagnose.front"} & set(done.stdout.split())


def test_every_text_of_a_reply_says_how_sensitive_it_is() -> None:
    """`changing` walks every annotation of every port when it is first asked to."""
    from diagnose.bundle import changing, questions, shapes

    for method in questions.methods().values():
        for hint in (*method.arguments.values(), method.reply):
            changing._walk(shapes.of(hint))
