from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from mmtui.book import Side
from mmtui.level.level import level_ids, load_level
from mmtui.observe.snapshot import FloorSnapshot
from mmtui.session.commands import Peg
from mmtui.session.result import Opposition
from mmtui.session.score import VOLUME_SHARE
from mmtui.tui import format as fmt
from mmtui.tui.format import width_of
from mmtui.tui.widgets.desk import desk_rows
from mmtui.tui.widgets.message import MessageState, message_rows
from mmtui.tui.widgets.score import score_line, score_rows
from mmtui.tui.widgets.signals import signal_rows
from mmtui.tui.widgets.status import PlayState, status_row
from mmtui.tui.widgets.tape import tape_rows
from mmtui.units import NS_PER_S
from tests.tui import small
from tests.tui.small import INSTRUMENT

QUIET, GHOSTS, TRADING, AUTO = (moment().view() for moment in (small.opening, small.quiet, small.trading, small.auto))
AUCTION, CLOSED, COOLING, HALTED = (
    moment().view() for moment in (small.auction, small.closed, small.cooling, small.halted)
)
SHARE = small.auction().session.level.market.instrument

BAND = COOLING.band
assert BAND is not None


def indicated(view: FloorSnapshot) -> str:
    """Quantity and price of an auction's indication."""
    assert view.indication is not None
    return f"{view.indication.quantity} @ {SHARE.format(view.indication.price)}"


PLAYING = PlayState("Volatility spike", 1.0, paused=False)


def text_of(view: FloorSnapshot, playing: PlayState, width: int) -> str:
    return "".join(text for text, _ in status_row(view, playing, width))


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_clock_speed_mode_and_score_keep_their_places(width: int) -> None:
    lines = [
        text_of(replace(view, now_ns=GHOSTS.now_ns), playing, width)
        for view in (QUIET, GHOSTS, AUTO, COOLING, CLOSED, replace(TRADING, phase="ended"))
        for playing in (PLAYING, PLAYING._replace(paused=True, speed=0.5), PLAYING._replace(behind=True, speed=16.0))
    ]
    assert {len(line) for line in lines} == {width}
    assert len({line.index("00:12") for line in lines}) == 1
    assert len({line.index("×") for line in lines}) == 1
    assert len({max(line.rfind("★"), line.rfind("☆")) for line in lines}) == 1


@pytest.mark.parametrize(("speed", "label"), [(0.5, "×½"), (1.0, "×1"), (16.0, "×16")])
def test_speed_is_shown(speed: float, label: str) -> None:
    assert label in text_of(QUIET, PLAYING._replace(speed=speed), 120)


def test_status_says_who_quotes() -> None:
    assert "MANUAL  skew ready (a)" in text_of(GHOSTS, PLAYING, 140)
    assert "MANUAL  skew (a)" in text_of(GHOSTS, PLAYING, 80)
    assert "AUTO   avellaneda-stoikov" in text_of(AUTO, PLAYING, 120)


@pytest.mark.parametrize(("width", "says"), [(120, "PEGGED  index ±2.5 -1.5 "), (80, "PEGGED  ±2.5 -1.5 ")])
def test_half_spread_and_skew_stay_where_the_reference_has_no_room(width: int, says: str) -> None:
    pegged = replace(GHOSTS, peg=Peg(2.5, -1.5, 2, "index"))
    assert says in text_of(pegged, PLAYING._replace(title="Volatility control"), width)


@pytest.mark.parametrize(
    ("view", "width", "says"),
    [
        (COOLING, 120, ["COOLING-OFF 4:58", f"{SHARE.format(BAND.lower)} to {SHARE.format(BAND.upper)}"]),
        (COOLING, 80, ["COOL 4:58"]),
        (COOLING, 60, ["4:58"]),
        (AUCTION, 120, ["AUCTION 0:04", indicated(AUCTION)]),
        (HALTED, 120, ["HALT 4:58", indicated(HALTED)]),
        (replace(HALTED, indication=None), 120, ["HALT 4:58", "no price yet"]),
        (CLOSED, 120, ["CLOSED 0:06"]),
        (replace(CLOSED, phase_ends_ns=None), 80, ["CLOSED"]),
    ],
)
def test_status_says_the_exchanges_phase_and_how_long_it_lasts(
    view: FloorSnapshot, width: int, says: list[str]
) -> None:
    text = text_of(view, PLAYING._replace(price=SHARE.format), width)

    assert len(text) == width
    assert all(part in text for part in says)


@pytest.mark.parametrize("width", [80, 120])
def test_status_has_the_whole_name_of_every_level(width: int) -> None:
    for level_id in level_ids():
        title = load_level(level_id).title
        for view in (TRADING, AUTO, COOLING):
            assert f" {title.upper()} " in text_of(view, PLAYING._replace(title=title), width)


def test_status_says_open_and_armed() -> None:
    assert " OPEN " in text_of(TRADING, PLAYING, 80)
    assert " OPEN  ARMED " in text_of(TRADING, PLAYING._replace(armed=True), 120)
    assert "ARMED" not in text_of(TRADING, PLAYING._replace(armed=False), 120)


@pytest.mark.parametrize("width", [80, 120])
def test_there_is_no_score_before_it_says_anything(width: int) -> None:
    early, later = replace(TRADING, now_ns=19 * NS_PER_S), replace(TRADING, now_ns=20 * NS_PER_S)
    assert text_of(early, PLAYING, width).endswith("—     ")
    score = TRADING.score
    assert text_of(later, PLAYING, width).endswith(f"{fmt.points(score.total):>3} {fmt.stars(score.stars)} ")
    level = small.LEVEL
    rows = ["".join(text for text, _ in row) for row in score_rows(level, early, INSTRUMENT, 37, 5)]
    assert ["—" in row for row in rows] == [False, True, True, True, True]
    assert "from 00:20 on" in rows[0]


@pytest.mark.parametrize(("width", "height"), [(28, 16), (37, 5), (42, 5)])
def test_each_part_of_the_score_has_its_points_and_the_number_behind_them(width: int, height: int) -> None:
    view = replace(TRADING, now_ns=30 * NS_PER_S)
    rows = ["".join(text for text, _ in row) for row in score_rows(small.LEVEL, view, INSTRUMENT, width, height)]
    assert len(rows) <= height
    assert max(len(row) for row in rows) <= width
    text = "\n".join(rows)
    measures = view.measures
    assert measures.par is not None
    assert f"{measures.pnl:+,.0f} par {measures.par:+,.0f}" in text
    assert f"{measures.mean_net:.1f}: hold less" in text
    assert f"{measures.markout:+.2f} t at 10 s" in text
    assert f"{measures.presence:.0%} both sides" in text
    for part, points in view.score.parts.items():
        assert any(row.startswith(f" {part}") and f"{points:3.0f} " in row for row in rows)


def test_a_short_line_of_score_has_its_number_below_and_cuts_nothing() -> None:
    idle = replace(TRADING.measures, presence=0.01, markout=None)
    view = replace(TRADING, now_ns=30 * NS_PER_S, measures=idle)
    rows = ["".join(text for text, _ in row) for row in score_rows(small.LEVEL, view, INSTRUMENT, 29, 13)]
    assert "  quote both sides" in rows
    assert "  no fill 10 s old" in rows
    assert not any("…" in row for row in rows)


@pytest.mark.parametrize(("points", "said"), [(0.0, "-2.00 t at 10 s"), (30.0, "trade more: 37%")])
def test_a_markout_wants_more_trading_only_where_that_would_earn_more(points: float, said: str) -> None:
    measures = replace(TRADING.measures, markout=-2.0, volumes=(37,), par_volumes=(round(100 / VOLUME_SHARE),))
    scored = replace(TRADING.score, parts={**TRADING.score.parts, "markout": points})
    view = replace(TRADING, now_ns=30 * NS_PER_S, measures=measures, score=scored)
    rows = ["".join(text for text, _ in row) for row in score_rows(small.LEVEL, view, INSTRUMENT, 37, 5)]
    assert said in next(row for row in rows if row.startswith(" markout"))


@pytest.mark.parametrize(("width", "said"), [(37, "not distinguishable"), (29, "unclear")])
def test_a_narrow_panel_says_the_hurst_verdict_in_one_word(width: int, said: str) -> None:
    view = replace(TRADING, signals=replace(TRADING.signals, hurst=(0.55, "not distinguishable")))
    rows = ["".join(text for text, _ in row) for row in signal_rows(view, INSTRUMENT, width, 9)]
    assert f" hurst    0.55 {said}" in rows


def test_one_line_of_score_has_every_part_and_what_is_behind_the_one_that_costs_most() -> None:
    """By its weight, not by its points."""
    view = replace(TRADING, now_ns=30 * NS_PER_S)
    for costly, told in (("presence", "both sides"), ("markout", "t at 10 s")):
        parts = {str(part): 40.0 for part in small.LEVEL.score.weights}
        weights = {part: 0.7 if part == costly else 0.1 for part in small.LEVEL.score.weights}
        level = msgspec.structs.replace(small.LEVEL, score=msgspec.structs.replace(small.LEVEL.score, weights=weights))
        (row,) = score_line(level, replace(view, score=replace(view.score, parts=parts)), INSTRUMENT, 80, 1)
        text = "".join(part for part, _ in row)
        assert len(text) == 80
        assert all(f" {part} 40 " in text for part in parts)
        assert text.rstrip().endswith(told)
    early = "".join(part for part, _ in score_line(small.LEVEL, replace(view, now_ns=0), INSTRUMENT, 80, 1)[0])
    assert early.count("—") == len(parts)


@pytest.mark.parametrize("width", [28, 40, 48])
@pytest.mark.parametrize("height", [1, 8, 20, 27, 57])
def test_desk_never_asks_for_more_room_than_there_is(width: int, height: int) -> None:
    rows = desk_rows(TRADING, INSTRUMENT, width, height)
    assert len(rows) <= height
    if height > 1:
        assert max(width_of(row) for row in rows) <= width


@pytest.mark.parametrize(("width", "height", "hedges"), [(28, 17, False), (36, 15, True), (36, 16, False)])
def test_desk_has_presence_and_fills_where_a_terminal_of_80_by_24_or_120_by_40_has_room(
    width: int, height: int, *, hedges: bool
) -> None:
    view = replace(TRADING, hedges=small.hedged().view().hedges[:1]) if hedges else TRADING
    rows = ["".join(part for part, _ in row) for row in desk_rows(view, INSTRUMENT, width, height)]
    assert any(row.startswith(" two-sided") for row in rows)
    last = next(place for place, row in enumerate(rows) if row.startswith(" LAST FILLS"))
    assert rows[last + 1][1] in "▲▼"


def test_small_desk_keeps_position_and_money() -> None:
    text = "\n".join("".join(part for part, _ in row) for row in desk_rows(TRADING, INSTRUMENT, 28, 7))
    assert f"{TRADING.desk.position:+}" in text
    assert f"{TRADING.desk.total:+.2f}" in text


def test_money_and_ticks_of_large_amounts_stand_apart() -> None:
    view = replace(TRADING, desk=replace(TRADING.desk, unrealised=2434.84, realised=-123_456.7))
    text = "\n".join("".join(part for part, _ in row) for row in desk_rows(view, INSTRUMENT, 36, 30))
    assert " open        +2,434.84  +2,435 t\n realised  -123,456.70   -123k t\n" in text


def test_large_markouts_stand_apart() -> None:
    view = replace(TRADING, desk=replace(TRADING.desk, markouts=(4.36, -13.65, 9.995)))
    text = "\n".join("".join(part for part, _ in row) for row in desk_rows(view, INSTRUMENT, 28, 30))
    assert " +4.36 -13.7 +10.0\n" in text


@pytest.mark.parametrize("limit", [20, 100, 1000])
def test_small_desk_shows_the_whole_limit(limit: int) -> None:
    view = replace(TRADING, desk=replace(TRADING.desk, limit=limit))
    row = "".join(text for text, _ in desk_rows(view, INSTRUMENT, 28, 7)[1])
    assert f"±{limit}" in row
    assert len(row) <= 28


def test_desk_tells_the_net_position_where_there_are_hedges() -> None:
    hedged = replace(TRADING, desk=replace(TRADING.desk, net=-3.25))
    plain, shown = (
        "\n".join("".join(part for part, _ in row) for row in desk_rows(view, INSTRUMENT, 40, 30))
        for view in (TRADING, hedged)
    )
    assert " net " not in plain
    assert "-3.2\n" in shown.split(" net ")[1]


def test_tape_marks_own_trades_by_word_as_well_as_colour() -> None:
    rows = ["".join(text for text, _ in row) for row in tape_rows(TRADING, INSTRUMENT, 40, 20)]
    words = {None: (False, False), Side.BUY: (True, False), Side.SELL: (False, True)}
    shown = [("you bought" in row, "you sold" in row) for row in rows[1:]]
    assert shown == [words[trade.own] for trade in TRADING.tape[: len(shown)]]
    assert len(set(shown)) == 3


@pytest.mark.parametrize("level_id", level_ids())
def test_presence_is_told_whole_beside_the_score(level_id: str) -> None:
    view = replace(TRADING, now_ns=30 * NS_PER_S, measures=replace(TRADING.measures, presence=1.0))
    rows = ["".join(part for part, _ in row) for row in score_rows(load_level(level_id), view, INSTRUMENT, 37, 5)]
    assert not next(row for row in rows if row.startswith(" presence")).endswith("…")


def test_the_volatility_of_a_few_seconds_is_not_told() -> None:
    told = [
        "".join(text for text, _ in signal_rows(view, INSTRUMENT, 37, 9)[1])
        for view in (replace(TRADING, now_ns=3 * NS_PER_S), TRADING)
    ]
    assert ["·" in row for row in told] == [True, False]


def test_a_band_keeps_its_place_where_there_may_be_one() -> None:
    rows = {banded: signal_rows(QUIET, INSTRUMENT, 37, 9, banded=banded) for banded in (False, True)}
    assert QUIET.band is None
    assert "".join(text for text, _ in rows[True][-1]).split() == ["band", "none", "now"]
    assert rows[True][:-1] == rows[False]


def test_tape_begins_with_the_level() -> None:
    assert min(trade.time_ns for trade in TRADING.tape) >= 0
    assert len(TRADING.tape) < 40
    assert QUIET.tape == ()


@pytest.mark.parametrize("size", [1, 5, 7, 20])
def test_message_line_marks_the_chosen_size(size: int) -> None:
    (row,) = message_rows(MessageState("", size, (1, 2, 5, 10, 20)), 80, 1)
    assert width_of(row) == 80
    assert "".join(text for text, _ in row).count(f"[{size}]") == 1


@pytest.mark.parametrize(
    ("width", "says"),
    [(120, " 80 ▓▓▓░░░ 64 avellaneda-stoikov "), (80, " 80 ▓▓▓░░░ 64 "), (60, " 80 v 64 ")],
)
def test_a_duel_shows_how_the_opponent_does_where_the_title_was(width: int, says: str) -> None:
    opponent = Opposition("avellaneda-stoikov", 64.4, 1, {}, 1204.0, -3, 50)
    own = replace(TRADING.score, total=80.2)
    view = replace(TRADING, now_ns=21 * NS_PER_S, opponent=opponent, score=own)
    line = text_of(view, PLAYING, width)
    assert line.startswith(says)
    assert len(line) == width
    assert line.index("00:21") == text_of(replace(view, opponent=replace_pnl(opponent)), PLAYING, width).index("00:21")
    # As without an opponent, there is no score to show at first.
    assert "80" not in text_of(replace(view, now_ns=16 * NS_PER_S), PLAYING, width)


def replace_pnl(opponent: Opposition) -> Opposition:
    """The same with as many digits as there may be."""
    return msgspec.structs.replace(opponent, pnl=-123_456.0, score=100.0)
