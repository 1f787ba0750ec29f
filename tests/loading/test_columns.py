"""Tables are read like the reference: columns by name, without row numbers, ids and headers among the samples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import gancheck as gc
from gancheck.errors import BadData, BadParameter
from gancheck.loading.open import open_samples
from gancheck.loading.options import ReadOptions
from gancheck.loading.samples import Samples

RNG = np.random.default_rng(0)
NUMBERS = RNG.normal(size=(400, 3)) * [1, 10, 100]
TABLE = pl.DataFrame({"age": NUMBERS[:, 0], "height": NUMBERS[:, 1], "income": NUMBERS[:, 2]})
CLASSES = pl.Series("label", ["cat", "dog"] * 200)


def save(frame: pl.DataFrame, path: Path) -> Path:
    frame.write_parquet(path) if path.suffix == ".parquet" else frame.write_csv(path)
    return path


def read(path: Path, text: str, like: Samples | None = None) -> Samples:
    path.write_text(text)
    return open_samples(path, like=like)


def said(samples: Samples, words: str) -> bool:
    return any(words in note for note in samples.notes)


class FakePandas:
    """What gancheck asks of a pandas frame."""

    def __init__(self, columns: dict[Any, Any]) -> None:
        self.held, self.columns, self.index = columns, list(columns), range(len(next(iter(columns.values()))))

    @property
    def iloc(self) -> Any:
        held, names = self.held, self.columns

        class Places:
            def __getitem__(self, place: tuple[slice, int]) -> FakeColumn:
                return FakeColumn(held[names[place[1]]])

        return Places()

    def isna(self) -> None: ...

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.stack(list(self.held.values()), 1)


class FakeColumn:
    def __init__(self, values: Any) -> None:
        self.values = values

    def to_numpy(self) -> Any:
        return np.asarray(self.values)

    def isna(self) -> Any:
        return np.array([value is None or value != value for value in self.values])


def structured(frame: pl.DataFrame) -> Any:
    array = np.zeros(len(frame), [(name, "f8") for name in frame.columns])
    for name in frame.columns:
        array[name] = frame[name]
    return array


def structured_file(frame: pl.DataFrame, folder: Path) -> Path:
    np.save(folder / "a.npy", structured(frame))
    return folder / "a.npy"


WAYS = {
    "csv": lambda frame, folder: save(frame, folder / "a.csv"),
    "parquet": lambda frame, folder: save(frame, folder / "a.parquet"),
    "polars": lambda frame, folder: frame,
    "pandas": lambda frame, folder: FakePandas({name: frame[name].to_numpy() for name in frame.columns}),
    "structured": lambda frame, folder: structured(frame),
    "structured file": structured_file,
}


@pytest.mark.parametrize("way", WAYS)
def test_columns_in_another_order_are_matched_by_name(way: str, tmp_path: Path) -> None:
    reference = open_samples(TABLE)
    opened = open_samples(WAYS[way](TABLE.select("income", "age", "height"), tmp_path), like=reference)
    assert opened.columns == reference.columns == ("age", "height", "income")
    np.testing.assert_array_equal(opened.take(400).numpy(), NUMBERS)
    assert said(opened, "reference's order; they were income, age, height")


def test_fid_of_shuffled_columns_is_that_of_the_same_columns() -> None:
    samples = pl.DataFrame(dict(zip(TABLE.columns, (RNG.normal(size=(400, 3)) * [1, 10, 100]).T, strict=True)))
    straight, turned = (
        gc.score(frame, reference=TABLE, metrics="fid")
        for frame in (samples, samples.select("income", "height", "age"))
    )
    assert turned.values["fid"] == pytest.approx(straight.values["fid"], rel=1e-9)
    assert any("samples: columns matched by name" in note for note in turned.notes)


def test_an_array_of_another_width_than_the_table_is_refused_with_its_columns() -> None:
    with pytest.raises(
        BadData, match=r"array has 2 columns, the reference 3, which is compared by age, height, income"
    ):
        open_samples(NUMBERS[:, :2], like=open_samples(TABLE))


def test_names_match_beyond_case_and_spaces(tmp_path: Path) -> None:
    opened = read(tmp_path / "a.csv", "Height, AGE ,income\n1,2,3\n4,5,6\n", open_samples(TABLE))
    assert opened.take(9).tolist() == [[2, 1, 3], [5, 4, 6]]


def test_missing_columns_are_named() -> None:
    with pytest.raises(BadData, match=r"no columns 'age', 'income', which the reference has; it has height"):
        open_samples(TABLE.select("height"), like=open_samples(TABLE))


def test_columns_that_the_reference_has_not_are_left_out_and_said() -> None:
    opened = open_samples(TABLE.with_columns(extra=pl.lit(7.0)), like=open_samples(TABLE))
    assert opened.columns == ("age", "height", "income")
    assert said(opened, "'extra' left out: the reference has no such column")


def test_training_data_is_matched_by_name_too() -> None:
    scores = gc.score(TABLE[:200], reference=TABLE, train=TABLE.select("height", "income", "age"), metrics="fid")
    assert any("100% of the training data is in the reference" in note for note in scores.notes)
    assert any("training data: columns brought into the reference's order" in note for note in scores.notes)


@pytest.mark.parametrize(
    ("samples", "reference", "who"),
    [(NUMBERS, TABLE, "array"), (TABLE, NUMBERS, "the reference")],
)
def test_without_names_on_one_side_columns_go_by_position(samples: Any, reference: Any, who: str) -> None:
    opened = open_samples(samples, like=open_samples(reference))
    np.testing.assert_array_equal(opened.take(400).numpy(), NUMBERS)
    assert opened.columns == ("age", "height", "income")
    assert said(opened, f"matched by position: {who} has no names")


def test_a_file_without_a_header_goes_by_position(tmp_path: Path) -> None:
    np.savetxt(tmp_path / "a.csv", NUMBERS, delimiter=",")
    opened = open_samples(tmp_path / "a.csv", like=open_samples(TABLE))
    np.testing.assert_array_equal(opened.take(400).numpy(), NUMBERS)
    assert said(opened, "matched by position: a.csv has no names")


def test_a_file_without_a_header_and_with_the_labels_goes_by_position(tmp_path: Path) -> None:
    reference = open_samples(TABLE.select(CLASSES, pl.all()))
    save(TABLE.select(CLASSES, pl.all()), tmp_path / "a.csv")
    lines = (tmp_path / "a.csv").read_text().splitlines()[1:]
    opened = read(tmp_path / "b.csv", "\n".join(lines), reference)
    np.testing.assert_array_equal(opened.take(400).numpy(), reference.take(400).numpy())


def test_a_file_of_another_width_without_names_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="has 2 columns, the reference 3"):
        read(tmp_path / "a.csv", "1.5,2.5\n3.5,4.5\n", open_samples(TABLE))


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
@pytest.mark.parametrize("name", ["__index_level_0__", "", "Unnamed: 0", "index", "id", "user_id", "PassengerId", "n"])
def test_row_numbers_and_ids_are_no_coordinates(tmp_path: Path, name: str, suffix: str) -> None:
    frame = TABLE.select(pl.Series(name, RNG.permutation(400)), pl.all())
    opened = open_samples(save(frame, tmp_path / f"a.{suffix}"))
    assert opened.columns == ("age", "height", "income")
    assert said(opened, f"column '{name}' left out")


def test_the_index_that_pandas_saved_is_left_out_by_its_own_word(tmp_path: Path) -> None:
    frame = TABLE.with_columns(person=pl.Series(RNG.permutation(400) * 3))
    frame.write_parquet(tmp_path / "a.parquet", metadata={"pandas": '{"index_columns": ["person"]}'})
    assert open_samples(tmp_path / "a.parquet").columns == ("age", "height", "income")


def test_saved_indices_are_left_out_even_where_rows_repeat() -> None:
    frame = TABLE.with_columns(pl.Series("__index_level_0__", np.arange(400) // 2))
    assert open_samples(frame).columns == ("age", "height", "income")


def test_keys_of_words_are_left_out() -> None:
    frame = TABLE.with_columns(uuid=pl.Series([f"{k:x}" for k in RNG.integers(0, 2**60, 400)]))
    opened = open_samples(frame)
    assert opened.columns == ("age", "height", "income")
    assert said(opened, "'uuid' left out")


def test_what_only_looks_like_an_id_is_kept_with_a_word() -> None:
    opened = open_samples(TABLE.with_columns(shop_id=pl.Series(RNG.integers(0, 30, 400))))
    assert opened.columns == ("age", "height", "income", "shop_id")
    assert said(opened, "'shop_id' may be ids")


def test_counts_are_no_ids() -> None:
    opened = open_samples(TABLE.with_columns(children=pl.Series(RNG.poisson(2, 400))))
    assert opened.columns[-1] == "children"
    assert not said(opened, "may be ids")


def test_a_whole_number_y_of_many_values_is_a_coordinate() -> None:
    opened = open_samples(TABLE.with_columns(y=pl.Series(RNG.integers(0, 195, 400))))
    assert opened.labels is None
    assert opened.columns == ("age", "height", "income", "y")
    assert said(opened, "'y' read as a coordinate")


@pytest.mark.parametrize("name", ["label", "class", "y", "target"])
@pytest.mark.parametrize("values", [[0, 1, 2, 1], [0.0, 1.0, 2.0, 1.0], ["a", "b", "c", "b"]])
def test_few_classes_are_labels_and_it_is_said(name: str, values: list[Any]) -> None:
    opened = open_samples(TABLE.with_columns(pl.Series(name, values * 100)))
    assert opened.labels is not None
    assert opened.labels[:4].tolist() == [0, 1, 2, 1]
    assert said(opened, f"labels from column '{name}'")
    assert said(opened, "columns compared: age, height, income")


def test_the_label_of_the_reference_is_that_of_the_samples() -> None:
    reference = open_samples(TABLE.with_columns(CLASSES))
    opened = open_samples(TABLE.with_columns(label=pl.Series(["eel", "dog"] * 200)), like=reference)
    assert reference.classes == ("cat", "dog")
    assert opened.classes == ("dog", "eel")
    assert opened.labels is not None
    assert opened.labels[:2].tolist() == [1, 0]
    assert open_samples(TABLE, like=reference).labels is None


def test_categories_are_modes_on_request() -> None:
    frame = TABLE.with_columns(colour=pl.Series(["red", "blue", "red", "green"] * 100))
    options = ReadOptions(modes="colour")
    reference = open_samples(frame, options=options)
    assert reference.labels is not None
    assert reference.labels[:4].tolist() == [2, 0, 2, 1]
    assert reference.classes == ("blue", "green", "red")
    assert reference.columns == ("age", "height", "income", "colour=blue", "colour=green", "colour=red")
    opened = open_samples(frame[:10], options=options, like=reference)
    assert opened.columns == reference.columns
    assert opened.labels is None  # the generator made them: nobody asked for them


def test_whole_numbers_are_modes_on_request() -> None:
    frame = TABLE.with_columns(grade=pl.Series([1, 2, 5, 2] * 100))
    reference = open_samples(frame, options=ReadOptions(modes="grade"))
    assert reference.labels is not None
    assert reference.labels[:4].tolist() == [1, 2, 5, 2]
    assert reference.columns[3:] == ("grade=1", "grade=2", "grade=5")


def test_a_dataset_takes_no_column_of_modes() -> None:
    with pytest.raises(BadParameter, match="ring8' knows its modes"):
        gc.score(TABLE, dataset="ring8", modes="colour")


@pytest.mark.parametrize(
    ("frame", "modes", "words"),
    [
        (TABLE, "colour", "no column 'colour' for the modes; it has age, height, income"),
        (TABLE, "age", "'age' holds fractions"),
        (NUMBERS, "age", "array is no table"),
    ],
)
def test_modes_that_cannot_be_are_refused(frame: Any, modes: str, words: str) -> None:
    with pytest.raises(BadData, match=words):
        open_samples(frame, options=ReadOptions(modes=modes))


def test_a_pandas_frame_without_names_has_none() -> None:
    opened = open_samples(FakePandas({0: NUMBERS[:, 0], 1: NUMBERS[:, 1]}))
    assert opened.columns == ()
    assert opened.shape == (2,)


def test_objects_in_a_pandas_frame_are_words_with_gaps() -> None:
    words = np.array(["red", None, "blue", "red"] * 100, dtype=object)
    opened = open_samples(FakePandas({"age": NUMBERS[:, 0], "colour": words}))
    assert opened.columns == ("age", "colour=blue", "colour=red")
    assert opened.count == 300


def test_negative_whole_numbers_called_y_are_a_coordinate() -> None:
    opened = open_samples(TABLE.with_columns(y=pl.Series(RNG.integers(-5, 6, 400))))
    assert opened.labels is None
    assert opened.columns[-1] == "y"
    assert said(opened, "'y' read as a coordinate: it holds negative numbers")


def test_many_words_that_repeat_are_categories() -> None:
    words = pl.Series([f"w{k}" for k in RNG.integers(0, 400, 500)])
    opened = open_samples(pl.DataFrame({"u": NUMBERS[:, 0].repeat(2)[:500], "word": words}))
    assert opened.shape == (101,)
    assert said(opened, "rows hold its rarest")


@pytest.mark.parametrize(
    "form", ["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%y", "%d.%m.%Y", "%Y-%m-%dT%H:%M:%S", "%Y/%m/%d %H:%M"]
)
def test_dates_written_as_words_are_left_out_and_said(form: str) -> None:
    days = pl.date_range(pl.date(2020, 1, 1), pl.date(2020, 2, 9), eager=True).cast(pl.Datetime).dt.strftime(form)
    opened = open_samples(TABLE.with_columns(day=pl.concat([days] * 10)))
    assert opened.columns == ("age", "height", "income")
    assert said(opened, "'day' left out (dates")
