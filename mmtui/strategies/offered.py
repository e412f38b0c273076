"""Strategies that a program has as classes or instances, by the names under which sessions know them."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Mapping
from importlib import import_module

from mmtui.errors import InputError
from mmtui.strategies.loading import in_one_line
from mmtui.strategies.protocol import Strategy

#: A strategy's class, or one of its instances, of which each session has a copy.
Offered = type[Strategy] | Strategy

_OFFERED: dict[str, Offered] = {}
#: What was unpacked here, so that it is done once.
_UNPACKED: dict[str, bytes] = {}


def offer(name: str, strategy: Offered) -> None:
    """Let sessions of this process find a strategy under a name, in place of an earlier one of that name."""
    _OFFERED[name] = strategy


def offered(name: str) -> Offered | None:
    """Return the strategy that is offered under a name; None if there is none."""
    return _OFFERED.get(name)


def class_offered(strategy: Offered) -> type[Strategy]:
    """Return the class of what is offered."""
    return strategy if isinstance(strategy, type) else type(strategy)


def packed(texts: Iterable[str]) -> dict[str, bytes]:
    """Return the objects that texts name, by name, as another process can unpack them.

    What a notebook or a script defines goes along by value, what a module defines by the module's name.

    Raises:
        InputError: one cannot be sent.
    """
    texts = list(texts)
    return {name: _packed(name) for name in _OFFERED if any(name in text for text in texts)}


def _packed(name: str) -> bytes:
    strategy = _OFFERED[name]
    try:
        pickler = import_module("cloudpickle")
    except ImportError:
        if class_offered(strategy).__module__ == "__main__":
            raise InputError(
                f"strategy {name} is defined in a script or notebook, and to send it to other processes cloudpickle is "
                "needed, which is not installed: pip install 'mmtui[cluster]', or use one job"
            ) from None
        pickler = pickle
    try:
        data: bytes = pickler.dumps(strategy)
    except Exception as error:
        raise InputError(f"strategy {name} cannot be sent to another process: {in_one_line(error, None)}") from None
    return data


def unpack(objects: Mapping[str, bytes]) -> None:
    """Offer in this process what another has packed. Raises InputError when one cannot be unpacked."""
    for name, data in objects.items():
        if _UNPACKED.get(name) == data:
            continue
        try:
            offer(name, pickle.loads(data))
        except Exception as error:
            raise InputError(
                f"strategy {name} cannot be unpacked in another process: {in_one_line(error, None)}"
            ) from None
        _UNPACKED[name] = data
