"""Knows for which images the kubelet asks a credential provider, by its own configuration."""

from collections.abc import Callable
from pathlib import Path

from checks.machine_replies import ProviderReply
from checks.replies import Failure, Trouble
from diagnose.live import provider_settings


def providers(
    root: Path, heard: Callable[[str], None] = lambda _: None
) -> tuple[ProviderReply, ...] | Failure:
    """Give the entries; none where the kubelet is told of no provider, ABSENT without kubelet.

    ``heard`` is told each text before it is read: a plug-in's variables may hold secrets.
    """
    told = provider_settings.told(root)
    try:
        if not (root / told.config.lstrip("/")).exists():
            return () if told.is_named else _without(root)
        found = tuple(
            ProviderReply(
                name=one.name,
                match_images=one.match_images,
                source=told.config,
                installed=(root / one.program.lstrip("/")).exists(),
            )
            for one in provider_settings.plugins(root, heard)
            if one.match_images
        )
    except PermissionError:
        return Failure(trouble=Trouble.FORBIDDEN, detail=told.config)
    except (OSError, ValueError):
        return Failure(trouble=Trouble.PROTOCOL, detail=told.config)
    return found or Failure(trouble=Trouble.PROTOCOL, detail=told.config)


def _without(root: Path) -> tuple[ProviderReply, ...] | Failure:
    here = provider_settings.is_here(root)
    return () if here else Failure(trouble=Trouble.ABSENT, detail="no kubelet on this machine")
