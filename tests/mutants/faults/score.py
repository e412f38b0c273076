"""Faults of the score, and of the par that it compares with."""

from __future__ import annotations

from tests.mutants.mutant import mutants

MUTANTS = [
    *mutants(
        "mmtui.session.score",
        ("tests/unit/session/test_score.py", "tests/unit/debrief/test_tables.py"),
        {
            "a star needs more than its score": ("total >= least", "total > least"),
            "two stars need 75": ("(50.0, 70.0, 85.0)", "(50.0, 75.0, 85.0)"),
            "par is worth 50": ("PAR_POINTS = 80.0", "PAR_POINTS = 50.0"),
            "more than par costs points": ("(measures.pnl - measures.par)", "(measures.par - measures.pnl)"),
            "points are not in the level's money": (
                "(measures.pnl - measures.par) / level.score.point",
                "(measures.pnl - measures.par)",
            ),
            "par that is not known counts as reached": (
                "raw = 0.0 if measures.par is None",
                "raw = PAR_POINTS if measures.par is None",
            ),
            "stars are given before par is known": ("0 if pending or ranked else stars_of(total)", "stars_of(total)"),
            "a score without a PnL part waits for par": (
                'measures.par is None and "pnl" in parts',
                "measures.par is None",
            ),
            "parts are not weighted": ("sum(weight * parts[part]", "sum(parts[part]"),
            "the final position weighs as much as the mean": (
                "(0.75 * measures.mean_net + 0.25 * abs(measures.final_net))",
                "(0.5 * measures.mean_net + 0.5 * abs(measures.final_net))",
            ),
            "a short final position is no inventory": ("0.25 * abs(measures.final_net)", "0.25 * measures.final_net"),
            "inventory counts without quoting": (
                "measures.trade * measures.presence * 100.0",
                "measures.trade * 100.0",
            ),
            "inventory counts without trading": (
                "measures.trade * measures.presence * 100.0",
                "measures.presence * 100.0",
            ),
            "half the limit costs half the points": ("1.0 - used / level.score.inventory", "1.0 - used"),
            "a markout counts whole spreads": (
                "half_spread, full = level.normal.spread / 2, full_markout",
                "half_spread, full = level.normal.spread, full_markout",
            ),
            "no fill is an average markout": (
                "raw = 0.0 if measures.markout is None",
                "raw = 50.0 if measures.markout is None",
            ),
            "a negative markout counts like a positive": (
                "(full - measures.markout) / half_spread\n",
                "(full - abs(measures.markout)) / half_spread\n",
            ),
            "a markout counts without trading": ("measures.trade * (100.0 - 50.0 * missing)", "100.0 - 50.0 * missing"),
            "a level's own full markout is not looked at": ("if level.score.markout is None else", "if True else"),
            "as much as par must be traded": ("VOLUME_SHARE = 0.6", "VOLUME_SHARE = 1.0"),
            "more volume than is wanted counts more": ("min(own / VOLUME_SHARE, most)", "own / VOLUME_SHARE"),
            "where par trades nothing nothing counts": ("if par else 1.0", "if par else 0.0"),
            "the thirds of a level are halves": ("_THIRDS = 3", "_THIRDS = 2"),
            "presence is asked for all the time": ("measures.presence / level.obligation.share", "measures.presence"),
            "a part has more than 100 points": ("min(100.0, max(0.0, raw))", "max(0.0, raw)"),
            "a part has less than no points": ("min(100.0, max(0.0, raw))", "min(100.0, raw)"),
            "the next star is the one there is": ("if total < least), None)", "if total <= least), None)"),
        },
    ),
    *mutants(
        "mmtui.session.par",
        ("tests/unit/session/test_par.py",),
        {
            "par is played to the end at once": ("min(to_ns, self._end_ns)", "self._end_ns"),
            "par is played beyond the end": ("min(to_ns, self._end_ns)", "to_ns"),
            "par is started anew each time": ("self._session = session\n", "self._session = None\n"),
            "par that has failed is gone on with": (
                "session, self._session = self._session or self._start(), None",
                "session = self._session = self._session or self._start()",
            ),
            "par of this second is not known": (
                "> self._known_ns:\n            return None\n        return self._made",
                ">= self._known_ns:\n            return None\n        return self._made",
            ),
            "par's volume of this second is not known": (
                "> self._known_ns:\n            return None\n        return self._traded",
                ">= self._known_ns:\n            return None\n        return self._traded",
            ),
            "par of seconds to come is known": (
                "> self._known_ns:\n            return None\n        return self._made",
                "> self._end_ns:\n            return None\n        return self._made",
            ),
            "par's volume of seconds to come is known": (
                "> self._known_ns:\n            return None\n        return self._traded",
                "> self._end_ns:\n            return None\n        return self._traded",
            ),
            "par that ended early is not known after that": (
                "self._known_ns, self._session = self._end_ns, None",
                "self._session = None",
            ),
            "par that ended early goes on": ("min(second, len(self._made) - 1)", "second"),
            "the volume of par that ended early goes on": ("min(second, len(self._traded) - 1)", "second"),
            "par is caught up with at once": (
                "min(to_ns, self.par.known_ns + self._step_ns)",
                "max(to_ns, self.par.known_ns + self._step_ns)",
            ),
            "copies of a session have pars of their own": (
                "memo: object) -> Par:\n        return self",
                "memo: object) -> Par:\n        return self._reopen[0](*self._reopen[1])",
            ),
        },
    ),
]
