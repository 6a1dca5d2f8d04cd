"""A squared error over two weights and a bound on their norm in, the best weights allowed out."""

import itertools
from dataclasses import dataclass

import numpy as np
import scipy


@dataclass(frozen=True)
class Bowl:
    """The mean squared error of two features' linear model, with the best intercept.

    It is `least + (w - centre)' curvature (w - centre)`.

    Attributes:
        centre: array (2,), the weights of least squares.
        curvature: array (2, 2), positive definite.
        least: the error at the centre.
    """

    centre: np.ndarray
    curvature: np.ndarray
    least: float

    def above_least(self, weights: np.ndarray) -> np.ndarray:
        """How much larger the error is; weights of shape (..., 2)."""
        apart = weights - self.centre
        return np.einsum("...i,ij,...j->...", apart, self.curvature, apart)

    def contour(self, above: float, num_points: int = 181) -> np.ndarray:
        """The weights at which the error is larger by so much, shape (num_points, 2), closed."""
        angles = np.linspace(0, 2 * np.pi, num_points)
        circle = np.stack([np.cos(angles), np.sin(angles)])
        factor = np.linalg.cholesky(self.curvature)
        return self.centre + np.sqrt(above) * np.linalg.solve(factor.T, circle).T


def bowl(x: np.ndarray, y: np.ndarray) -> Bowl:
    """The squared error of two features; x of shape (num_samples, 2), y of (num_samples,)."""
    x, y = x - x.mean(axis=0), y - y.mean()
    curvature = x.T @ x / len(x)
    centre = np.linalg.solve(curvature, x.T @ y / len(x))
    return Bowl(centre, curvature, float(np.mean((y - x @ centre) ** 2)))


def within_l1(error: Bowl, radius: float) -> np.ndarray:
    """The best weights with |w1| + |w2| at most `radius`: the least along the four edges."""
    if np.abs(error.centre).sum() <= radius:
        return error.centre
    corners = diamond(radius)
    found = [_along(error, start, end) for start, end in itertools.pairwise(corners)]
    return min(found, key=lambda weights: float(error.above_least(weights)))


def within_l2(error: Bowl, radius: float) -> np.ndarray:
    """The best weights with w1^2 + w2^2 at most `radius` squared: ridge's, for some penalty."""
    if np.linalg.norm(error.centre) <= radius:
        return error.centre
    moment = error.curvature @ error.centre

    def ridge(penalty: float) -> np.ndarray:
        return np.linalg.solve(error.curvature + penalty * np.eye(2), moment)

    # With this penalty or more, the norm is below the radius.
    most = np.linalg.norm(moment) / radius
    return ridge(
        scipy.optimize.brentq(lambda penalty: np.linalg.norm(ridge(penalty)) - radius, 0, most)
    )


def diamond(radius: float) -> np.ndarray:
    """The corners of |w1| + |w2| = radius, shape (5, 2), closed."""
    return radius * np.array([[1, 0], [0, 1], [-1, 0], [0, -1], [1, 0]], dtype=float)


def _along(error: Bowl, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """The best weights between two points."""
    way = end - start
    share = way @ error.curvature @ (error.centre - start) / (way @ error.curvature @ way)
    return start + np.clip(share, 0, 1) * way
