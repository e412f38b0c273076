"""Points that fill a cube evenly: Sobol's sequence, shifted at random."""

from __future__ import annotations

import numpy as np

from mmtui.market.core.draws import Floats, generator

#: From the second dimension on: degree and coefficients of the primitive polynomial, and the first direction numbers
#: (Joe and Kuo, Constructing Sobol sequences with better two-dimensional projections, SIAM J. Sci. Comput. 30, 2008).
_DIRECTIONS = (
    (1, 0, (1,)),
    (2, 1, (1, 3)),
    (3, 1, (1, 3, 1)),
    (3, 2, (1, 1, 1)),
    (4, 1, (1, 1, 3, 3)),
    (4, 4, (1, 3, 5, 13)),
    (5, 2, (1, 1, 5, 5, 17)),
    (5, 4, (1, 1, 5, 5, 5)),
    (5, 7, (1, 1, 7, 11, 19)),
)
MOST_DIMENSIONS = len(_DIRECTIONS) + 1
_BITS = 32


def sobol(count: int, dimensions: int, seed: int | None = None) -> Floats:
    """The first ``count`` points of Sobol's sequence, a row each, in [0, 1).

    Any first 2^k points have, in each dimension, one in every interval of length 2^-k. More points leave the earlier
    ones where they are.

    Args:
        count: how many.
        dimensions: 1 to ``MOST_DIMENSIONS``.
        seed: of the digital shift, which moves the first point out of the corner and keeps the evenness; None for the
            sequence as published.
    """
    directions = np.array([_direction_numbers(dimension) for dimension in range(dimensions)], dtype=np.uint64)
    points = np.zeros((count, dimensions), dtype=np.uint64)
    for index in range(1, count):
        # In the order of Gray's code, where one bit changes at a time: that of the lowest zero of index - 1.
        lowest_zero = (~(index - 1) & index).bit_length() - 1
        points[index] = points[index - 1] ^ directions[:, lowest_zero]
    if seed is not None:
        points ^= generator(seed, "sobol").integers(0, 2**_BITS, dimensions, dtype=np.uint64)
    return points / 2.0**_BITS


def _direction_numbers(dimension: int) -> list[int]:
    if dimension == 0:
        return [1 << (_BITS - 1 - bit) for bit in range(_BITS)]
    degree, coefficients, first = _DIRECTIONS[dimension - 1]
    numbers = [number << (_BITS - 1 - bit) for bit, number in enumerate(first)]
    for bit in range(degree, _BITS):
        number = numbers[bit - degree] ^ (numbers[bit - degree] >> degree)
        for step in range(1, degree):
            if coefficients >> (degree - 1 - step) & 1:
                number ^= numbers[bit - step]
        numbers.append(number)
    return numbers
