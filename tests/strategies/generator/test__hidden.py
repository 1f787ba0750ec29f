from __future__ import annotations

import torch
from torch import nn

from gancheck.strategies.generator._hidden import dry_calls, hidden_activations


def test_activations_before_a_layer_are_hidden_and_the_last_is_not() -> None:
    network = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2), nn.Tanh())
    found = hidden_activations(network, (torch.zeros(2, 3),))
    assert list(found.items()) == [(network[1], (4,))]


def test_one_that_is_called_twice_is_left_out() -> None:
    shared = nn.ReLU()
    network = nn.Sequential(nn.Linear(3, 4), shared, nn.Linear(4, 5), shared, nn.Linear(5, 2))
    assert hidden_activations(network, (torch.zeros(2, 3),)) == {}


def test_a_dry_call_leaves_no_trace() -> None:
    network = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(), nn.PReLU(), nn.Linear(4, 2))
    before, state = torch.get_rng_state(), {name: t.clone() for name, t in network.state_dict().items()}
    calls = dry_calls(network, (torch.ones(2, 3),))
    assert torch.equal(torch.get_rng_state(), before)
    assert all(tensor.equal(state[name]) for name, tensor in network.state_dict().items())
    assert [call.shape for call in calls] == [(4,)] * 4 + [(2,)] * 2
    assert not any(module._forward_hooks for module in network.modules())
    assert list(hidden_activations(network, (torch.ones(2, 3),))) == [network[3]]
