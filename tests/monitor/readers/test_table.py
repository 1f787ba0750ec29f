"""Tables of losses: what counts their rows, and cells that are no numbers."""

from __future__ import annotations

import pytest

from gancheck.errors import BadData
from gancheck.monitor.readers.recording import Recording
from gancheck.monitor.readers.table import is_table, read_table


def losses(found: Recording) -> list[tuple[int, float]]:
    return [(seen.step, seen.numbers["loss"]) for seen in found.observations]


def test_many_rows_of_an_epoch_are_steps_of_their_own() -> None:
    found = read_table("epoch,loss,val_loss\n1,5,\n1,4,\n1,,7\n2,3,\n2,2,6", "table")
    assert losses(found) == [(1, 5), (2, 4), (3, 3), (4, 2)]
    assert [seen.numbers.get("val_loss") for seen in found.observations] == [None, 7, None, 6]
    assert found.notes == ("2 entries of an epoch that has others: each is a step of its own, and counted on",)


def test_a_row_of_training_and_one_of_validation_are_one_epoch() -> None:
    found = read_table("epoch,loss,val_loss\n5,4,\n5,,7\n10,3,\n10,,6", "table")
    assert (losses(found), found.notes) == ([(5, 4), (10, 3)], ())


def test_batches_are_steps_within_an_epoch() -> None:
    rows = [f"{n // 3},{n % 3},{n}" for n in range(9)]
    found = read_table("\n".join(["epoch,batch_idx,loss", *rows]), "table")
    assert losses(found) == [(n, n) for n in range(9)]
    assert losses(read_table("epoch,batch_idx,loss\n0,7,2\n1,7,1", "table")) == [(7, 2), (14, 1)]


def test_updates_are_steps() -> None:
    assert losses(read_table("epoch,num_updates,loss\n1,10,2\n1,20,1", "table")) == [(10, 2), (20, 1)]


def test_thousands_in_quotes_are_read_and_other_words_counted() -> None:
    found = read_table('step,loss\n1,"1,234.56"\n"1,002","-"\n3k,9\n1004,oh\n1005,"12,345"\n,7', "table")
    assert losses(found) == [(1, 1234.56), (1005, 12345)]
    assert found.notes == ("3 cells that should be numbers: -, 3k, oh", "2 rows without a step")


@pytest.mark.parametrize("mark", ["\t", ","])
def test_beside_decimal_commas_no_comma_groups_thousands(mark: str) -> None:
    rows = [("step", "loss", "lr"), *((str(n), f'"{loss}"', "0.1") for n, loss in enumerate(("2,345", "0,987", "0.5")))]
    found = read_table("\n".join(map(mark.join, rows)), "table")
    assert [seen.numbers.get("loss") for seen in found.observations] == [None, None, 0.5]
    assert found.notes == ("2 cells whose commas group no thousands: 2,345, 0,987",)


def test_a_column_of_decimal_commas_is_not_dropped_without_a_note() -> None:
    found = read_table("step\tloss\tlr\n1\t2,345\t0.1\n2\t0,987\t0.2", "table")
    assert found.signals == ["learning_rate"]
    assert found.notes == ("2 cells whose commas group no thousands: 2,345, 0,987",)
    with pytest.raises(BadData, match="table has values such as 2,345, whose comma groups no thousands"):
        read_table("step\tloss\n1\t2,345\n2\t0,987\n3\t1.234,5", "table")


def test_one_value_below_1_tells_that_all_commas_are_decimal() -> None:
    found = read_table("step\tloss\n1\t2,345\n2\t0,987", "table")
    assert losses(found) == [(1, 2.345), (2, 0.987)]
    assert found.notes == ("2 cells with a decimal comma: 2,345, 0,987",)


def test_commas_of_which_nothing_tells_what_they_are_group_thousands_with_a_note() -> None:
    found = read_table("step\tloss\n1\t2,345\n2\t1,987", "table")
    assert losses(found) == [(1, 2345), (2, 1987)]
    assert [note.partition(",")[0] for note in found.notes] == ["2 cells whose commas are taken to group thousands"]
    assert read_table("step\tloss\n1\t2,345\n2\t987.5", "table").notes == ()


def test_columns_of_an_export_of_wandb_are_known_without_the_name_of_their_run() -> None:
    head = '"Step","run-1 - train/loss","run-1 - train/loss__MIN","run-1 - train/loss__MAX","run-1 - eval/loss"'
    found = read_table(f"{head}\n1,3,3,3,4\n2,2,2,2,3", "table")
    seen = [dict(each.numbers) for each in found.observations]
    assert seen == [{"loss": 3, "val_loss": 4}, {"loss": 2, "val_loss": 3}]
    assert found.notes == ()
    players = read_table("step,G - loss,D - loss\n1,2,3", "table")
    assert dict(players.observations[0].numbers) == {"generator_loss": 2, "discriminator_loss": 3}


@pytest.mark.parametrize("thousand", ["1.000", "1,000", "1000", "1000,0"])
@pytest.mark.parametrize("mark", [";", "\t"])
def test_beside_decimal_commas_points_and_commas_of_steps_group_thousands(mark: str, thousand: str) -> None:
    found = read_table("\n".join(mark.join(row) for row in (("step", "loss"), ("500", "0,5"), (thousand, "0,25"))), "")
    assert losses(found) == [(500, 0.5), (1000, 0.25)]


def test_steps_with_decimal_points_group_no_thousands() -> None:
    assert losses(read_table("step;loss\n1.000;0.5\n2.000;0.25", "table")) == [(1, 0.5), (2, 0.25)]


def test_a_run_may_be_named_after_its_batch() -> None:
    assert is_table('"Step","batch 64 - train/loss"\n1,0.5')


def test_of_two_runs_the_first_counts() -> None:
    found = read_table('"Step","a - loss","b - loss"\n1,3,\n2,2,4', "table")
    assert losses(found) == [(1, 3), (2, 2)]
    assert found.notes == ("b - loss: another is loss already",)


def test_a_log_whose_steps_have_commas_is_no_table() -> None:
    assert not is_table("step 1,000 loss 2.3\nstep 2,000 loss 2.2\nstep 3,000 loss 2.1")
    assert is_table("step,loss\n-,-\n1,0.5")


def test_a_step_that_is_said_twice_is_noted() -> None:
    found = read_table("step,loss,lr\n1,5,0.1\n1,4,0.1\n2,3,0.1", "table")
    assert losses(found) == [(1, 4), (2, 3)]
    assert found.notes == ("1 value that the same step says anew later: the later count",)
