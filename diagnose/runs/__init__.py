"""What stands behind a command that is more, or less, than one run on this machine.

`diagnose.front` is the one run that all of them share.
"""
