"""The id of a scale set's machine, in the form that ARM knows it by."""

import re

from checks import answers
from checks.replies import Json

_PROVIDER = "/providers/Microsoft.Compute"


def resource_id(compute: Json) -> str:
    """Give the id that the metadata service tells, for a uniform set's instance as ARM has it.

    Where it is told as that of a plain machine, the set's name and the number after it in the
    machine's own name make the other form. A flexible set's machines have eight characters there,
    and are plain machines indeed.
    """
    given = answers.text(compute, "resourceId")
    name = answers.text(compute, "vmScaleSetName")
    number = re.fullmatch(rf"{re.escape(name)}_([0-9]{{1,7}})", answers.text(compute, "name"))
    head, plain, _ = given.partition(f"{_PROVIDER}/virtualMachines/")
    if not (name and number and plain):
        return given
    return f"{head}{_PROVIDER}/virtualMachineScaleSets/{name}/virtualMachines/{number[1]}"
