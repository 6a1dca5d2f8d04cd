import numpy as np

from pyreg.engines.batches import batch_order


def test_every_epoch_sees_every_review_once_in_an_order_of_its_own():
    order = batch_order(100, epochs=3, seed=1)
    assert order.shape == (3, 100)
    assert (np.sort(order, axis=1) == np.arange(100)).all()
    assert not np.array_equal(order[0], order[1])


def test_the_order_is_the_seed_s_and_is_frozen():
    # RandomState(1).permutation(6), as NumPy has drawn it since 1.0
    assert batch_order(6, epochs=1, seed=1)[0].tolist() == [2, 1, 4, 0, 3, 5]
    assert not np.array_equal(batch_order(100, 1, seed=1), batch_order(100, 1, seed=2))


def test_fewer_epochs_are_the_first_of_more():
    assert np.array_equal(batch_order(50, 2, seed=7), batch_order(50, 5, seed=7)[:2])
