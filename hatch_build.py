"""The wheel's build hook: the lock goes along, so that a case folder can name it."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class LockHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds requirements.lock, which is a single file: ``sources`` renames folders alone."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add it to a wheel, not to an installation in place, which finds the checkout's own."""
        if version == "standard":
            build_data["force_include"]["requirements.lock"] = "pvo_kit/requirements.lock"
