"""All nodes of a cluster, or many machines, at a glance: who fails, where, and why.

``sources`` finds out what was given and reads it, one item after the other (`items`); ``roster``
keeps one verdict for each node and registry; `Fleet` is what every report shows. The sums and what
differs from the healthy ones come from `diagnose.grouping`.
"""
