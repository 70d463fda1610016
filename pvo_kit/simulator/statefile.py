"""A pair of appliances as a JSON file: to go on with a case later, or from several sessions.

Every session of every box reads the file before a command and writes it after one, so that an SSH
server that starts a process for each login (OpenSSH with a forced command) shows one pair. Two
commands at the very same moment: the later one counts.
"""

from __future__ import annotations

import dataclasses
import json
import os
import types
import typing
from ipaddress import ip_address, ip_interface, ip_network
from pathlib import Path
from typing import Any

from pvo_kit.errors import InputError
from pvo_kit.simulator import gate
from pvo_kit.simulator.pair import Gui, Pair
from pvo_kit.simulator.session import Session
from pvo_kit.simulator.settings import Settings

_FORMAT = 1


def to_json(pair: Pair) -> str:
    """Return the whole state, the same bytes for the same state."""
    document = {"pvo_kit_simulator": _FORMAT, **_plain(pair)}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def from_json(text: str, name: str = "state") -> Pair:
    """Return the pair of a file's text; raises InputError for anything else."""
    try:
        document = json.loads(text)
        if document.pop("pvo_kit_simulator") != _FORMAT:
            raise InputError("written by another version of the simulator; start anew")
        pair: Pair = _made(Pair, document)
        _look_at(pair)
    except InputError as error:
        raise InputError(f"{name}: {error}") from error
    except (ValueError, TypeError, LookupError, AttributeError, StopIteration) as error:
        why = str(error) or type(error).__name__
        way_out = "correct it, or remove it to start anew"
        raise InputError(f"{name}: no state of the simulator ({why}); {way_out}") from error
    return pair


def _look_at(pair: Pair) -> None:
    """Read once what everything printed goes by, so that a file edited by hand fails here."""
    if [box.role for box in pair.appliances.values()].count("sma") != 1 or not pair.esas:
        raise ValueError("a pair has one SMA and at least one ESA")
    for host, box in pair.appliances.items():
        if host != box.host:
            raise ValueError(f"{host} is called {box.host}")
        Session(box)
        gate.stamp(box.up_since)
        for name in ("interfaces", "gateway", "tls"):
            if box.in_force(name) is None:
                raise ValueError(f"{host} has no {name}")
        for interface in box.in_force("interfaces"):
            ip_interface(interface.address)
    for route in (route for box in pair.appliances.values() for route in box.in_force("routes")):
        ip_network(route.destination)
        ip_address(route.gateway)
    for esa in pair.esas:
        gate.grey(esa)


class StateFile:
    """A file that holds a pair."""

    def __init__(self, path: Path) -> None:
        """Remember the path."""
        self._path = path

    def load(self) -> Pair | None:
        """Return the pair in the file; None where there is no file yet."""
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{self._path.name}: cannot be read ({error})") from error
        return from_json(text, self._path.name)

    def save(self, pair: Pair) -> None:
        """Write the pair; the file is never seen half-written."""
        beside = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            beside.write_text(to_json(pair), encoding="utf-8")
            beside.replace(self._path)
        except OSError as error:
            raise InputError(f"{self._path.name}: cannot be written ({error})") from error

    def around(self, pair: Pair, *, before: bool) -> None:
        """Bring the pair in memory up to the file (before a command), or the file up to it."""
        if not before:
            self.save(pair)
        elif (newer := self.load()) is not None:
            for field in dataclasses.fields(Pair):
                setattr(pair, field.name, getattr(newer, field.name))
            for box in pair.appliances.values():
                box.pair = pair


def _plain(value: Any) -> Any:
    """Return dataclasses as dictionaries; what is not set by a constructor is left out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name))
                for each in dataclasses.fields(value) if each.init}  # fmt: skip
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _pending(modes: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What a session has changed: values of the fields of Settings, by mode."""
    hints = typing.get_type_hints(Settings)
    return {mode: {name: _made(hints[name], item) for name, item in values.items()}
            for mode, values in modes.items()}  # fmt: skip


def _made(kind: Any, value: Any) -> Any:
    """Return a value of the type that a dataclass declares, from its JSON form."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        hints = typing.get_type_hints(kind)
        known = {each.name for each in dataclasses.fields(kind) if each.init}
        if unknown := set(value) - known:
            raise KeyError(f"{kind.__name__} has no {sorted(unknown)[0]}")
        if kind is Gui:
            return Gui(value["user"], _pending(value["pending"]))
        return kind(**{name: _made(hints[name], item) for name, item in value.items()})
    if origin in (typing.Union, types.UnionType):
        inner = [each for each in arguments if each is not type(None)]
        return None if value is None else _made(inner[0], value)
    if origin is typing.Literal and value not in arguments:
        raise ValueError(f"{value!r} is none of {', '.join(arguments)}")
    if origin is dict:
        return {key: _made(arguments[1], item) for key, item in value.items()}
    if origin is list:
        return [_made(arguments[0], item) for item in value]
    if origin is tuple:
        return tuple(_made(arguments[0], item) for item in value)
    if kind in (int, str, bool) and type(value) is not kind:
        raise TypeError(f"{value!r} stands where {kind.__name__} belongs")
    return value
