"""What ships beside the agent, by the tools that take it.

promtool is Debian's `prometheus`; shellcheck and systemd-analyze are packages of their own.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
MONITORING, SYSTEMD = ROOT / "packaging" / "monitoring", ROOT / "packaging" / "systemd"


def by(tool: str, *words: str, text: str = "", folder: Path = ROOT) -> str:
    """Run one of the tools, which has to be content, and give all that it says."""
    if shutil.which(tool) is None:
        pytest.skip(f"not installed: {tool}")
    done = subprocess.run(
        [tool, *words],
        input=text,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_the_alert_rules_are_rules_and_do_what_they_say() -> None:
    assert "SUCCESS: 5 rules found" in by(
        "promtool", "check", "rules", str(MONITORING / "alerts.yaml")
    )
    assert "SUCCESS" in by("promtool", "test", "rules", "alerts-test.yaml", folder=MONITORING)


def test_every_expression_of_the_dashboard_is_one(tmp_path: Path) -> None:
    panels = json.loads((MONITORING / "grafana-dashboard.json").read_text())["panels"]
    expressions = [target["expr"] for panel in panels for target in panel["targets"]]
    rules = [
        {"record": f"panel:{number}", "expr": re.sub(r"\$\w+", ".*", expression)}
        for number, expression in enumerate(expressions)
    ]
    file = tmp_path / "rules.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))

    assert f"{len(expressions)} rules found" in by("promtool", "check", "rules", str(file))


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for unit in SYSTEMD.iterdir():
        text = unit.read_text().replace("/usr/bin/acr-diagnose", "/bin/true")
        (tmp_path / unit.name).write_text(text)
    units = [str(path) for path in sorted(tmp_path.iterdir()) if path.suffix != ".env"]

    assert len(units) == 3
    assert by("systemd-analyze", "--man=no", "verify", *units) == ""


@pytest.mark.parametrize(
    "script", ["packaging/kubectl/kubectl-acr_diagnose", "tests/cluster/build.sh"]
)
def test_scripts_are_plain_shell(script: str) -> None:
    assert by("shellcheck", str(ROOT / script)) == ""
