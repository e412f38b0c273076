"""The papers' printed values, and the same from many more simulated paths.

Values are text, since the last digit shows how far one was rounded.
"""

from __future__ import annotations

from typing import NamedTuple

#: Paths of Avellaneda and Stoikov's own values, and of those beside them here.
PAPER_PATHS = 1_000
SIMULATED_PATHS = 200_000


class Printed(NamedTuple):
    """One value: as printed in the paper, and as simulated, if it was."""

    paper: str | None
    simulated: str | None = None


#: Avellaneda and Stoikov (2008), tables 1 to 3, by risk aversion and strategy, in the order of ``AS_FIGURES``.
#: s = 100, T = 1, sigma = 2, dt = 0.005, k = 1.5, A = 140.
AS_FIGURES = ("spread", "profit", "sd profit", "final q", "sd final q")
AVELLANEDA_STOIKOV: dict[tuple[float, str], tuple[tuple[str, ...], tuple[str, ...]]] = {
    (0.1, "inventory"): (("1.49", "65.0", "6.6", "0.08", "2.9"), ("1.492", "64.88", "6.54", "0.00", "2.93")),
    (0.1, "symmetric"): (("1.49", "68.4", "12.7", "0.26", "8.4"), ("1.491", "68.24", "13.50", "0.00", "8.41")),
    (0.01, "inventory"): (("1.35", "68.6", "8.7", "0.12", "5.1"), ("1.349", "68.40", "8.96", "0.00", "5.21")),
    (0.01, "symmetric"): (("1.35", "68.8", "12.8", "0.09", "8.7"), ("1.349", "68.67", "13.72", "0.00", "8.73")),
    (1.0, "inventory"): (("3.02", "31.4", "5.0", "0.02", "1.7"), ("3.032", "31.45", "4.85", "0.00", "1.64")),
    (1.0, "symmetric"): (("3.02", "44.0", "11.0", "0.00", "5.1"), ("3.022", "43.86", "10.77", "0.00", "5.19")),
}

#: Their formulas at (s, q, gamma, sigma, T - t, k): reservation price and spread.
AS_CHECKS: dict[tuple[float, float, float, float, float, float], tuple[str, str]] = {
    (100, 0, 0.1, 2, 1, 1.5): ("100.000000", "1.690770"),
    (100, 5, 0.1, 2, 1, 1.5): ("98.000000", "1.690770"),
    (100, -3, 0.1, 2, 0.5, 1.5): ("100.600000", "1.490770"),
    (100, 3, 0.5, 0.02, 300, 100): ("99.820000", "0.079950"),
}

#: Guéant, Lehalle and Fernandez-Tapia (2013) by (sigma, A), at k = 0.3, gamma = 0.01, T = 600, Q = 30.
GLFT: dict[tuple[float, float], dict[str, str]] = {
    (0.3, 0.9): {
        "c": "3.278982",
        "w": "0.067866",
        "bid at 0": "3.3130",
        "bid at 0, asymptotic": "3.3129",
        "bid at 10": "3.9929",
        "bid at 10, asymptotic": "3.9916",
        "bid at -20": "1.9592",
        "bid at -20, asymptotic": "1.9556",
    },
    (1.0, 0.2): {"asymptotic error at 10": "0.295"},
}

#: Cartea and Jaimungal: h(0, 0) by phi, at T = 30, sigma = 0.01, lambda = 1, kappa = 100, alpha = 0.0001, Q = 3.
CARTEA_JAIMUNGAL: dict[float, str] = {0.0: "0.20593", 1e-4: "0.20043"}

#: European puts by (S, K, T, r, q, sigma): price and delta.
BLACK_SCHOLES_PUTS: dict[tuple[float, float, float, float, float, float], tuple[str, str]] = {
    (100, 100, 1, 0.05, 0, 0.2): ("5.573526", "-0.363169"),
    (42, 40, 0.5, 0.1, 0, 0.2): ("0.808599", "-0.220869"),
    (20000, 19000, 30 / 365, 0.04, 0.03, 0.22): ("140.624531", "-0.195015"),
}

#: Futures by (S, r, q, T).
CARRY: dict[tuple[float, float, float, float], str] = {(20000, 0.04, 0.03, 30 / 365): "20016.4451"}
