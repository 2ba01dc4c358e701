"""The debug DaemonSet, rendered: one short-lived pod on each node, which changes nothing there.

`wanted` holds what was asked for, `nodes` and `systems` which nodes are alike, `mounts` what of a
node a profile lets the pod see, `pod` and `objects` the Kubernetes objects, `packages` and
`parcels` the program as ConfigMaps, `yaml` the text. All of it is pure but for `packages`, which
reads what is installed, and `front`.
"""
