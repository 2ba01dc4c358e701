"""Where acr-diagnose.pyz starts, under any Python there is: this file has to be read by 2.7 too."""

import sys

if sys.hexversion < 0x030A0000:
    import acr_diagnose_elsewhere

    acr_diagnose_elsewhere.main()
else:
    import runpy

    # As a module with a name: a process that multiprocessing starts runs it first as well.
    runpy.run_module("acr_diagnose_start", run_name="__main__", alter_sys=True)
