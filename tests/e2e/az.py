"""The real az, in an environment of its own, signed in on the VM as somebody who may do all."""

import os
import subprocess
from pathlib import Path

from tests.e2e.namespace import ROOT, Namespace

AZ = Path(os.environ.get("AZ", ROOT / ".build" / "azure-cli" / "bin" / "az"))
ADMINISTRATOR = "ad314157-0000-4000-8000-00000000f006"  # the client id in `serve.administrator`


class Az:
    """Signed in when made; runs a fix's command as a person would paste it."""

    def __init__(self, vm: Namespace) -> None:
        self._vm = vm
        self._environ = {
            "PATH": f"{AZ.parent}:{vm.environ['PATH']}",
            "AZURE_CONFIG_DIR": str(vm.folder / "azure"),
            "AZURE_CORE_COLLECT_TELEMETRY": "no",
            "REQUESTS_CA_BUNDLE": "/etc/ssl/certs/ca-certificates.crt",
        }
        self.paste(f"az login --identity --client-id {ADMINISTRATOR} --output none")

    def paste(self, *commands: str) -> subprocess.CompletedProcess[str]:
        """Run lines in one shell, so that a variable set by one is there for the next."""
        text = "set -eu\n" + "\n".join(commands) + "\n"
        done = self._vm.run(["sh"], text=text, timeout=170, environ=self._environ)
        if done.returncode:
            raise OSError(f"{text}\n{done.stdout}\n{done.stderr}")
        return done
