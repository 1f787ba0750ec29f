"""Logs as people paste them."""

from __future__ import annotations

import math
from typing import Any

import pytest

from gancheck.errors import BadData
from gancheck.monitor.readers.text_log import read_text_log

LOGS: dict[str, tuple[str, list[tuple[int, dict[str, float]]]]] = {
    "plain": ("step 120 loss 0.53\nstep 121 loss 0.5", [(120, {"loss": 0.53}), (121, {"loss": 0.5})]),
    "keras": (
        "Epoch 1/2\n100/100 ━━ 1s 5ms/step - accuracy: 0.1 - loss: 2.3 - val_loss: 2.0\n"
        "Epoch 2/2\n100/100 ━━ 1s 5ms/step - accuracy: 0.2 - loss: 2.2 - val_loss: 1.9",
        [
            (100, {"accuracy": 0.1, "loss": 2.3, "val_loss": 2.0}),
            (200, {"accuracy": 0.2, "loss": 2.2, "val_loss": 1.9}),
        ],
    ),
    "brackets": (
        "[12/100] train_loss: 0.4 - val_loss: 0.5 - acc: .8\n[13/100] train_loss: 0.3 - val_loss: inf - acc: .9",
        [
            (12, {"loss": 0.4, "val_loss": 0.5, "accuracy": 0.8}),
            (13, {"loss": 0.3, "val_loss": math.inf, "accuracy": 0.9}),
        ],
    ),
    "epochs": ("Epoch 3, loss=0.1\nEpoch 4, loss=0.2", [(3, {"loss": 0.1}), (4, {"loss": 0.2})]),
    "iterations": ("it 300: loss=1.5, lr 1e-3", [(300, {"loss": 1.5, "learning_rate": 0.001})]),
    "dcgan": (
        "[0/5][0/99]\tLoss_D: 1.7\tLoss_G: 4.7\tD(x): 0.53\tD(G(z)): 0.57 / 0.01\n"
        "[0/5][50/99]\tLoss_D: 0.1\tLoss_G: 5\tD(x): 0.5\tD(G(z)): 0.5 / 0.01\n"
        "[1/5][0/99]\tLoss_D: 0.2\tLoss_G: 6\tD(x): 0.5\tD(G(z)): 0.5 / 0.01",
        [
            (0, {"discriminator_loss": 1.7, "generator_loss": 4.7}),
            (50, {"discriminator_loss": 0.1, "generator_loss": 5.0}),
            (100, {"discriminator_loss": 0.2, "generator_loss": 6.0}),
        ],
    ),
    "players in words": (
        "[Epoch 0/2] [Batch 7/938] [D loss: 0.69] [G loss: 0.70]",
        [(7, {"discriminator_loss": 0.69, "generator_loss": 0.7})],
    ),
    "progress bar": (
        "Epoch 0:  45%|██  | 45/100 [00:10<00:12, 4.5it/s, loss=0.53]\rEpoch 0: 46%|██ | 46/100 [00:10, loss=0.52]",
        [(45, {"loss": 0.53}), (46, {"loss": 0.52})],
    ),
    "dictionaries": (
        "{'loss': 0.5, 'grad_norm': 1.2, 'epoch': 0.1}\n{'loss': 0.4, 'grad_norm': nan, 'epoch': 0.2}\n"
        "{'eval_loss': 0.6, 'eval_runtime': 3.0, 'epoch': 0.2}",
        [(1, {"loss": 0.5, "gradient_norm": 1.2}), (2, {"loss": 0.4, "gradient_norm": math.nan, "val_loss": 0.6})],
    ),
    "JSON lines of others": (
        '{"step": 1, "loss": 0.5}\n{"step": 2, "loss": Infinity}\n{"step": 3, "lo',
        [(1, {"loss": 0.5}), (2, {"loss": math.inf})],
    ),
    "test set": (
        "Train Epoch: 1 [640/60000 (1%)]\tLoss: 1.8\nTest set: Average loss: 0.05, Accuracy: 9843/10000 (98%)",
        [(640, {"loss": 1.8, "val_loss": 0.05, "metric_val_accuracy": 9843.0})],
    ),
    "colours, dates, tensors": (
        "\x1b[32m2024-05-01 12:30:05,123\x1b[0m INFO step=1,200 loss=tensor(0.5, device='cuda:0')",
        [(1200, {"loss": 0.5})],
    ),
    "updates": (
        '| train_inner | {"epoch": 1, "loss": "2.5", "num_updates": "10"}\n'
        '| train_inner | {"epoch": 1, "loss": "2.4", "num_updates": "20"}',
        [(10, {"loss": 2.5}), (20, {"loss": 2.4})],
    ),
    "many lines of an epoch": (
        "Epoch 1, loss=5\nEpoch 1, loss=4\nval_loss=7\nEpoch 2, loss=3\nloss=2\nEpoch 2 val_loss=6",
        [
            (1, {"loss": 5.0}),
            (2, {"loss": 4.0, "val_loss": 7.0}),
            (3, {"loss": 3.0}),
            (4, {"loss": 2.0, "val_loss": 6.0}),
        ],
    ),
    "training and validation of an epoch": (
        "Epoch 5 train loss: 4\nEpoch 5 val loss: 7\nEpoch 10 train loss: 3\nEpoch 10 val loss: 6",
        [(5, {"loss": 4.0, "val_loss": 7.0}), (10, {"loss": 3.0, "val_loss": 6.0})],
    ),
    "thousands": (
        "step 1,000: loss 1,234.56, lr 2\nstep 2,000: loss 12,345, acc: 3,",
        [(1000, {"loss": 1234.56, "learning_rate": 2.0}), (2000, {"loss": 12345.0, "accuracy": 3.0})],
    ),
    "commas between": (
        "step 1, loss 2\nstep 2,loss=3,lr=4 [1,2]",
        [(1, {"loss": 2.0}), (2, {"loss": 3.0, "learning_rate": 4.0})],
    ),
    "commas after decimals": (
        "step 1 loss=0.5,10it/s\nstep 2 loss=1e-3,5it/s\nstep 3 loss=1,234.5,9it/s\nstep 4 loss=.5,10it/s",
        [(1, {"loss": 0.5}), (2, {"loss": 0.001}), (3, {"loss": 1234.5}), (4, {"loss": 0.5})],
    ),
    "no counts": ("loss: 0.5\nloss: 0.4", [(1, {"loss": 0.5}), (2, {"loss": 0.4})]),
}


@pytest.mark.parametrize("name", LOGS)
def test_a_log_is_read(name: str) -> None:
    text, expected = LOGS[name]
    found = [(seen.step, dict(seen.numbers)) for seen in read_text_log(text, "log").observations]
    assert repr(found) == repr(expected) or by_name(found) == by_name(expected)


def by_name(found: list[tuple[int, dict[str, float]]]) -> list[tuple[int, list[tuple[str, str]]]]:
    return [(step, sorted((name, repr(value)) for name, value in numbers.items())) for step, numbers in found]


def test_a_resumed_training_takes_the_place_of_what_it_did_again() -> None:
    steps: list[Any] = [1, 2, 3, 4, 3, 4, 5]
    found = read_text_log("\n".join(f"step {s} loss {n}" for n, s in enumerate(steps)), "log")
    assert [(seen.step, seen.get("loss")) for seen in found.observations] == [(1, 0), (2, 1), (3, 4), (4, 5), (5, 6)]
    assert found.notes == ("2 entries that a resumed training did again",)


def test_a_count_that_begins_anew_goes_on() -> None:
    text = "\n".join(f"step {step} loss 1" for _ in range(3) for step in (0, 10, 20))
    found = read_text_log(text, "log")
    assert [seen.step for seen in found.observations] == list(range(0, 90, 10))
    assert found.notes == ("steps begin anew 2 times, and are counted on",)


@pytest.mark.parametrize("line", ["Best val loss 0.31 at step 200", "Training done. best loss: 0.31 (step 200)"])
def test_a_summary_takes_no_step_away(line: str) -> None:
    text = "\n".join(f"step {step} loss {step}" for step in range(0, 1000, 2))
    whole, found = read_text_log(text, "log"), read_text_log(f"{text}\n{line}", "log")
    assert found.observations == whole.observations
    assert found.notes == ("1 entry that only looked back to an earlier step",)


def test_the_best_of_many_epochs_takes_no_epoch_away() -> None:
    lines = [f"Epoch {epoch} train_loss {epoch} val_loss {part}" for epoch in range(1, 101) for part in range(3)]
    whole, found = (
        read_text_log("\n".join(text), "log") for text in (lines, [*lines, "Best epoch: 31, val_loss: 0.04"])
    )
    assert len(found.observations) == 300
    assert found.observations == whole.observations
    assert found.notes == ("1 entry that only looked back to an earlier step", *whole.notes)


def test_a_resumed_training_of_many_lines_an_epoch_takes_the_place_of_its_epochs() -> None:
    epochs = [1, 1, 2, 2, 3, 3, 2, 2, 3, 3, 4, 4]
    found = read_text_log("\n".join(f"Epoch {epoch} loss {n}" for n, epoch in enumerate(epochs)), "log")
    assert [(seen.step, seen.get("loss")) for seen in found.observations] == [
        *((1, 0), (2, 1), (3, 6), (4, 7), (5, 8), (6, 9), (7, 10), (8, 11)),
    ]
    assert found.notes[0] == "4 entries that a resumed training did again"


def test_a_loss_that_never_changes_has_as_many_steps_as_lines() -> None:
    lines = [f"Epoch {epoch} loss 0.6931 lr 0.{epoch}" for epoch in range(1, 4) for _ in range(5)]
    found = read_text_log("\n".join(lines), "log")
    assert [seen.step for seen in found.observations] == list(range(1, 16))
    assert found.notes == ("12 entries of an epoch that has others: each is a step of its own, and counted on",)


def test_a_line_that_is_printed_twice_is_one() -> None:
    lines = [f"Epoch {epoch} {what} loss 0.{epoch}" for epoch in range(1, 5) for what in ("train", "val")]
    for twice in (
        [line for line in lines for _ in range(2)],
        [line for e in range(0, 8, 2) for line in lines[e : e + 2] * 2],
    ):
        found = read_text_log("\n".join(twice), "log")
        assert found.observations == read_text_log("\n".join(lines), "log").observations
        assert found.notes == ("8 entries of an epoch that only repeat the one before",)


@pytest.mark.parametrize("count", ["Epoch", "step"])
@pytest.mark.parametrize(
    "said", ["best val_loss 0.3", "so far the lowest val_loss: 0.3", "[Best] val_loss=0.3, train_loss=.1"]
)
def test_the_best_value_of_an_epoch_that_has_its_own_is_left_out(count: str, said: str) -> None:
    lines = [f"{count} {n} train_loss=.{9 - n} val_loss=.{n}\n{count} {n} {said}" for n in range(1, 5)]
    found = read_text_log("\n".join(lines), "log")
    assert [(seen.step, seen.numbers) for seen in found.observations] == [
        (n, {"loss": (9 - n) / 10, "val_loss": n / 10}) for n in range(1, 5)
    ]
    assert found.notes == ("4 entries that only told the best or last of a step that has its own value",)


def test_the_best_beside_a_value_of_the_line_itself_leaves_the_value() -> None:
    found = read_text_log("Epoch 1 loss 0.5 best loss 0.4\nEpoch 1 loss 0.4 best loss 0.4", "log")
    assert [seen.get("loss") for seen in found.observations] == [0.5, 0.4]


def test_what_a_step_says_anew_is_noted() -> None:
    found = read_text_log("step 1 loss 3 lr 1\nstep 1 loss 2 lr 1\nstep 2 loss 1 lr 1", "log")
    assert [seen.get("loss") for seen in found.observations] == [2, 1]
    assert found.notes == ("1 value that the same step says anew later: the later count",)


def test_commas_beside_points_are_not_read_and_counted() -> None:
    found = read_text_log("step 1 loss 0,53\nstep 2 loss 0.5\nstep 3 loss 3,5e-3 time: 1,5", "log")
    assert [(seen.step, seen.get("loss")) for seen in found.observations] == [(2, 0.5)]
    assert "2 values whose commas group no thousands: 0,53, 3,5e-3" in found.notes
    with pytest.raises(BadData, match=r"log has values such as 0,53, whose comma groups no thousands"):
        read_text_log("step 1 loss 0,53\nstep 2 loss 0,5,1", "log")


def test_a_log_of_decimal_commas_is_read() -> None:
    found = read_text_log("step 1 loss 2,345 lr 1e-3\nstep 2 loss 1,987, acc 0,5\nstep 3 loss 0,9", "log")
    assert [seen.get("loss") for seen in found.observations] == [2.345, 1.987, 0.9]
    assert "4 values with a decimal comma: 2,345, 1,987, 0,5 and 1 more" in found.notes


def test_beside_decimal_commas_points_of_steps_group_thousands() -> None:
    found = read_text_log("step 500 loss 0,53\nstep 1.000 loss 0,5\nstep 1.500, loss 0,4", "log")
    assert [(seen.step, seen.get("loss")) for seen in found.observations] == [(500, 0.53), (1000, 0.5), (1500, 0.4)]


def test_beside_a_decimal_comma_and_points_no_comma_groups_thousands() -> None:
    found = read_text_log("step 1 loss 2,345 acc 0.1\nstep 2 loss 1,987 acc 0.2\nstep 3 loss 0,987 acc 0.3", "log")
    assert found.signals == ["accuracy"]
    assert found.notes == ("3 values whose commas group no thousands: 2,345, 1,987, 0,987",)


def test_commas_that_may_be_decimal_are_taken_to_group_thousands_with_a_note() -> None:
    found = read_text_log("step 1 loss 2,345\nstep 2 loss 1,987", "log")
    assert [seen.get("loss") for seen in found.observations] == [2345, 1987]
    (note,) = found.notes
    assert note.startswith("2 values whose commas are taken to group thousands, as nothing says that they are decimal")
    assert read_text_log("step 1 loss 2,345\nstep 2 loss 1,987.5", "log").notes == ()


def test_points_that_may_group_thousands_are_no_decimal_points() -> None:
    found = read_text_log("step 1 loss 1.234,56\nstep 2 loss 987.5, lr 2\nstep 3 loss 1.234,5it/s", "log")
    assert [seen.get("loss") for seen in found.observations] == [987.5, 1.234]
    assert "1 value whose commas group no thousands: 1.234,56" in found.notes


def test_settings_and_what_is_better_lower_are_left_out() -> None:
    lines = [f"step {n} loss {n} wer: 0.{n} mIoU: 0.{n} workers: 4 time: {n}" for n in range(1, 6)]
    found = read_text_log("\n".join(["batch_size: 64 lr=0.1", *lines]), "log")
    assert found.signals == ["loss", "metric_miou"]
    assert found.notes == (
        "1 line without a number that is known",
        "wer: better lower, and a metric is better higher",
    )


def test_a_falling_gradient_penalty_is_no_falling_score() -> None:
    found = read_text_log("\n".join(f"step {n} loss_d {n} gp: {9 - n} adv: {n}" for n in range(5)), "log")
    assert found.signals == ["discriminator_loss"]
    assert found.notes == ("gp, adv: not known to be better higher",)


def test_counts_that_nobody_reaches_are_none() -> None:
    found = read_text_log(f"step {'9' * 5000} epoch {'9' * 5000} loss 1\nstep 2 loss 3", "log")
    assert [seen.step for seen in found.observations][-1] == 2


def test_long_lines_and_names_without_end_take_no_time() -> None:
    found = read_text_log("step 1 loss 2\n" + "a/" * 9_000 + "\n" + "a/" * 20_000, "log")
    assert len(found.observations) == 1
    assert found.notes == ("1 line without a number that is known", "1 line of more than 20,000 characters")


def test_the_names_of_one_step_may_stand_on_many_lines() -> None:
    found = read_text_log("\n".join(f"loss_part{n}a: {n}" for n in range(50)), "log")
    assert [len(seen.numbers) for seen in found.observations] == [50]


@pytest.mark.parametrize("text", ["hello\nworld", "batch_size: 64", "step 3", "D(x): 0.5"])
def test_a_text_that_tells_of_no_training_is_one_line(text: str) -> None:
    with pytest.raises(BadData, match=r"notes\.txt tells of no training: no line such as 'step 120 loss 0.53'"):
        read_text_log(text, "notes.txt")


@pytest.mark.parametrize("text", ["1,2.3\n2,2.1", "2.3\n2.1", "0;1,5;2\n1;1,2;3", "1 0.5\n2 nan"])
def test_a_table_without_a_header_is_told_what_it_lacks(text: str) -> None:
    with pytest.raises(BadData, match="begins with numbers: a table needs a first line of names"):
        read_text_log(text, "losses.csv")
