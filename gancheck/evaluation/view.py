"""What a metric gets to see: samples, a reference, modes where the data has them, and a real draw to compare with."""

from __future__ import annotations

from torch import Tensor

from gancheck.errors import BadData
from gancheck.evaluation.modes import Modes
from gancheck.evaluation.needs import Needs
from gancheck.numerics.features import FeatureSet, Memo, chunk_on

LEAST = 2**20  #: bytes of a block below which less memory helps nobody


class View(Memo):
    """One set of samples as metrics see it. BadData where features are not finite or do not fit together.

    `fake` is (n, d) features and `real` (m, d) reference features; without `real`, the yardstick's reference is used,
    and what was computed from it is not computed again. `yardstick` is the view of a held-out real draw of the same n
    against the same reference (the "real row"). A real row is its own yardstick: `real_row.yardstick = real_row`.
    `train` is (t, d), features of the samples a generator was trained on; the reference is then held out from it.
    `images` (n, c, h, w) float32 in [-1, 1] and `classes` (n, C) probabilities go with the samples. `labels` (n,) and
    `reference_labels` (m,) int64 are the classes that samples were made for and real ones belong to: class k is mode k
    where there is such a mode, and -1 none. `chunk` bounds the bytes of the largest temporary matrix;
    None: what suits the device.
    """

    def __init__(
        self,
        fake: Tensor | FeatureSet,
        real: Tensor | FeatureSet | None = None,
        *,
        modes: Modes | None = None,
        yardstick: View | None = None,
        train: Tensor | FeatureSet | None = None,
        images: Tensor | None = None,
        classes: Tensor | None = None,
        labels: Tensor | None = None,
        reference_labels: Tensor | None = None,
        chunk: int | None = None,
    ) -> None:
        super().__init__()
        chunk = chunk_on(fake.x.device if isinstance(fake, FeatureSet) else fake.device) if chunk is None else chunk
        self.samples = fake if isinstance(fake, FeatureSet) else FeatureSet(fake, chunk)
        self.reference = reference_of(real, yardstick, chunk)
        self.yardstick = yardstick
        self._modes, self._images, self._classes = modes, images, classes
        self._labels, self._reference_labels = labels, reference_labels
        if reference_labels is None and yardstick is not None and self.reference is yardstick.reference:
            self._reference_labels = yardstick._reference_labels
        self._train = train if train is None or isinstance(train, FeatureSet) else FeatureSet(train, chunk)
        self.require_consistent()

    def use_less_memory(self) -> bool:
        """Quarter the blocks in which all sets are worked; False where they are small already."""
        large = [features for features in self.feature_sets if features.chunk > LEAST]
        for features in large:
            features.chunk //= 4
        return bool(large)

    def forget_computed(self) -> None:
        """Drop what was computed from this view and its sets."""
        rows = self.yardstick.feature_sets if self.yardstick is not None else []
        for memo in (self, *self.feature_sets, *rows):
            memo.forget()

    @property
    def feature_sets(self) -> list[FeatureSet]:
        """Samples, reference and training data, where they are there."""
        return [features for features in (self.samples, self.reference, self._train) if features is not None]

    def require_consistent(self) -> None:
        """Features and modes must fit together."""
        for what, other in (("reference", self.reference), ("training data", self._train)):
            if other is not None and other.dimension != self.samples.dimension:
                raise BadData(f"samples have {self.samples.dimension} features and the {what} {other.dimension}")
            if other is not None and other.x.device != self.samples.x.device:
                raise BadData(f"samples are on {self.samples.x.device} and the {what} on {other.x.device}: move one")
        for what, rows in (
            *(("modes", self._modes), ("images", self._images), ("class probabilities", self._classes)),
            ("labels", self._labels),
        ):
            if rows is not None and len(rows) != len(self.samples):
                raise BadData(f"{what} are given for {len(rows)} samples, features for {len(self.samples)}")

    @property
    def fake(self) -> Tensor:
        """(n, d) features of the samples."""
        return self.samples.x

    @property
    def real(self) -> Tensor:
        """(m, d) features of the reference; BadData where there is none."""
        return self.real_samples.x

    @property
    def real_samples(self) -> FeatureSet:
        """The reference; BadData where there is none."""
        if self.reference is None:
            raise BadData("this metric compares with real samples: give a reference or a dataset")
        return self.reference

    @property
    def modes(self) -> Modes:
        """The mode assignment; BadData where there is none."""
        if self._modes is None:
            raise BadData("this metric counts modes: give a dataset with modes, or labels")
        return self._modes

    @property
    def train(self) -> FeatureSet:
        """The training data; BadData where there is none."""
        if self._train is None:
            raise BadData("this metric looks for copies: give the training data (--train)")
        return self._train

    @property
    def images(self) -> Tensor:
        """(n, c, h, w) float32 in [-1, 1]; BadData where samples are no images."""
        if self._images is None:
            raise BadData("this metric looks at pixels: the samples are no images")
        return self._images

    @property
    def classes(self) -> Tensor:
        """(n, C) class probabilities; BadData where no classifier goes with the features."""
        if self._classes is None:
            raise BadData("this metric needs a classifier's probabilities: use features that come with one")
        return self._classes

    @property
    def labels(self) -> Tensor:
        """(n,) class that each sample was made for, -1 where it is unknown; BadData where there are no labels."""
        if self._labels is None:
            raise BadData("this metric looks class by class: give the samples with labels, or --sample-labels")
        return self._labels.to(self.fake.device)

    @property
    def reference_labels(self) -> Tensor:
        """(m,) class of each reference sample; BadData where it has no labels."""
        if self._reference_labels is None:
            raise BadData("this metric looks class by class: give a reference with labels, or --labels")
        return self._reference_labels.to(self.fake.device)

    @property
    def real_row(self) -> View:
        """The yardstick; BadData where there is none or where it has another number of samples."""
        if self.yardstick is None:
            raise BadData("this metric is a ratio to real data: give a held-out real draw as the yardstick")
        if len(self.yardstick.samples) != len(self.samples):
            sizes = f"{len(self.yardstick.samples)} real and {len(self.samples)} generated samples"
            raise BadData(f"a ratio to real data needs equally many on both sides, not {sizes}: use head(n)")
        return self.yardstick

    @property
    def offers(self) -> frozenset[Needs]:
        """Which needs of a metric are met."""
        given: dict[Needs, object] = {
            **{"samples": self.samples, "reference": self.reference, "modes": self._modes},
            **{"train": self._train, "images": self._images, "classes": self._classes},
            "labels": self._labels if self._reference_labels is not None else None,
        }
        return frozenset(need for need, thing in given.items() if thing is not None)

    def head(self, n: int) -> View:
        """The first n samples, the first n of everything that goes with them, and of the yardstick; made once."""
        return self.cached(thin, n)


def reference_of(real: Tensor | FeatureSet | None, yardstick: View | None, chunk: int) -> FeatureSet | None:
    """The reference, shared with the yardstick where it is the same."""
    shared = yardstick.reference if yardstick is not None else None
    if real is None or (shared is not None and real is shared.x):
        return shared
    return real if isinstance(real, FeatureSet) else FeatureSet(real, chunk)


def thin(view: View, n: int) -> View:
    """The view's first n; a real row stays its own yardstick."""
    if n < 1:
        raise BadData(f"cannot thin a view to {n} samples: at least one must stay")
    modes = view._modes.head(n) if view._modes is not None else None
    own = view.yardstick is view
    yardstick = view.yardstick.head(n) if view.yardstick is not None and not own else None
    thin = View(
        view.samples.head(n),
        view.reference.head(n) if view.reference is not None else None,
        modes=modes,
        yardstick=yardstick,
        train=view._train.head(n) if view._train is not None else None,
        images=view._images[:n] if view._images is not None else None,
        classes=view._classes[:n] if view._classes is not None else None,
        labels=view._labels[:n] if view._labels is not None else None,
        reference_labels=view._reference_labels[:n] if view._reference_labels is not None else None,
    )
    if own:
        thin.yardstick = thin
    return thin
