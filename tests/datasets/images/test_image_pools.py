from __future__ import annotations

from itertools import combinations

import pytest
import torch

from gancheck.datasets.images.image_pools import ImagePools, ImageSet, digests, split_images, split_test_images
from gancheck.errors import BadData


def images(count: int, classes: int = 2, seed: int = 0) -> ImageSet:
    source = torch.Generator().manual_seed(seed)
    x = torch.randint(256, (count, 1, 4, 4), dtype=torch.uint8, generator=source)
    return ImageSet(x, torch.arange(count) % classes)


def contents(pool: ImageSet) -> set[bytes]:
    return {image.numpy().tobytes() for image in pool.x}


def share_nothing(pools: ImagePools) -> bool:
    return not any(contents(one) & contents(two) for one, two in combinations(pools, 2))


def test_one_heap_is_split_class_by_class_into_pools_that_share_nothing():
    pools = split_images(images(200))
    assert [torch.bincount(pool.y).tolist() for pool in pools] == [[60, 60], [12, 12], [14, 14], [14, 14]]
    assert share_nothing(pools)


def test_a_training_set_stays_whole_and_the_test_set_makes_the_other_pools():
    train = images(40)
    pools = split_test_images(train, images(100, seed=1))
    assert torch.equal(pools.train.x, train.x)
    assert [len(pool.y) for pool in pools] == [40, 20, 40, 40]
    assert share_nothing(pools)


def test_repeats_and_test_images_that_were_trained_on_are_dropped():
    train, test = images(40), images(100, seed=1)
    both = ImageSet(torch.cat([test.x, train.x, test.x]), torch.cat([test.y, train.y, test.y]))
    pools = split_test_images(train, both)
    assert sum(len(pool.y) for pool in pools[1:]) == 100
    assert share_nothing(pools)
    assert sum(len(pool.y) for pool in split_images(both)) == 140


def test_the_order_of_the_images_does_not_matter():
    heap = images(60)
    order = torch.randperm(60, generator=torch.Generator().manual_seed(2))
    for one, two in zip(split_images(heap), split_images(heap.take(order)), strict=True):
        assert torch.equal(one.x, two.x)
        assert torch.equal(one.y, two.y)


def test_a_class_too_small_for_four_pools_is_named():
    with pytest.raises(BadData, match=r"class 2 has 6 different images.* at least 10 of every class"):
        split_images(ImageSet(images(26).x, torch.tensor([0] * 10 + [1] * 10 + [2] * 6)))


def test_a_class_that_the_test_set_lacks_is_named():
    with pytest.raises(BadData, match=r"class 2 has 0 different images"):
        split_test_images(images(60, classes=3), images(60, classes=2, seed=1))


def test_images_that_were_seen_elsewhere_are_left_out():
    test = images(100, seed=1)
    pools = split_test_images(images(40), test, seen={digest[:8] for digest in digests(test.x[:30])})
    assert sum(len(pool.y) for pool in pools[1:]) == 70
    assert not any(contents(pool) & contents(test.take(torch.arange(30))) for pool in pools)


def test_other_images_have_another_digest():
    one = images(20)
    assert one.digest() == images(20).digest() != images(20, seed=1).digest()
    assert one.digest() != ImageSet(one.x, 1 - one.y).digest()
