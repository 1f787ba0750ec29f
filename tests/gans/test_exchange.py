"""Exchanging modules inside a network."""

from __future__ import annotations

from torch import nn

from gancheck.gans.exchange import exchange


def test_modules_inside_are_exchanged_first_and_the_network_itself_last() -> None:
    seen: list[str] = []

    def other(module: nn.Module) -> nn.Module:
        seen.append(type(module).__name__)
        return nn.Identity() if isinstance(module, nn.Tanh) else module

    network = nn.Sequential(nn.Sequential(nn.Linear(2, 2), nn.Tanh()), nn.ReLU())
    assert exchange(network, other) is network
    assert seen == ["Linear", "Tanh", "Sequential", "ReLU", "Sequential"]
    assert isinstance(network[0][1], nn.Identity)
    assert isinstance(exchange(nn.Tanh(), other), nn.Identity)


def test_a_module_in_two_places_is_exchanged_once_for_one() -> None:
    block = nn.Sequential(nn.Linear(2, 2), nn.Tanh())
    network = exchange(
        nn.Sequential(block, block), lambda m: nn.Sequential(m, nn.ReLU()) if isinstance(m, nn.Tanh) else m
    )
    assert isinstance(network, nn.Sequential)
    assert network[0] is network[1] is block
    assert [type(m) for m in block.modules()] == [nn.Sequential, nn.Linear, nn.Sequential, nn.Tanh, nn.ReLU]


def test_an_empty_place_stays_empty() -> None:
    network = nn.Module()
    network.register_module("nothing", None)
    assert exchange(network, lambda m: m).get_submodule("") is network
    assert network.nothing is None
