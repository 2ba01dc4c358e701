"""From facts to one verdict: pure functions that see neither the world nor a case's name.

``verdict`` decides; ``reached`` says how far the pull got, ``works`` whether it went through,
``behind`` what cannot be judged yet, and ``weighing`` what else bears on a finding.
"""
