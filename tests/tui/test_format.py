from __future__ import annotations

import pytest

from mmtui.tui import format as fmt
from mmtui.tui.widgets.message import MessageState, message_rows


@pytest.mark.parametrize(
    ("time_ns", "text"),
    [(0, "00:00"), (167_300_000_000, "02:47"), (3_599_999_999_999, "59:59"), (3_600 * 10**9, "1:00:00")],
)
def test_clock_cuts_seconds_down(time_ns: int, text: str) -> None:
    assert fmt.clock(time_ns) == text


@pytest.mark.parametrize(
    ("time_ns", "text"),
    [(167_390_000_000, "02:47.3"), (0, "00:00.0"), (-200_000_000, "-0:00.2"), (-61_500_000_000, "-1:01.5")],
)
def test_stamp_has_seven_cells_also_before_the_start(time_ns: int, text: str) -> None:
    assert fmt.stamp(time_ns) == text
    assert len(text) == 7


@pytest.mark.parametrize(
    ("quantity", "text"),
    [(0, "     0"), (-1234, "-1,234"), (12345, "+12345"), (123456, " +123k"), (-3_000_000, "   -3M")],
)
def test_signed_lots_keep_their_width(quantity: int, text: str) -> None:
    assert fmt.signed(quantity, 6) == text


@pytest.mark.parametrize(
    ("quantity", "text"), [(0, "    "), (7, "   7"), (9999, "9999"), (12345, " 12k"), (3_000_000, "  3M")]
)
def test_lots_keep_their_width(quantity: int, text: str) -> None:
    assert fmt.lots(quantity, 4) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (412.5, "   +412.50"),
        (-59.5, "    -59.50"),
        (0.0, "      0.00"),
        (-0.001, "      0.00"),
        (1_234_567.0, "+1,234,567"),
        (123_456_789.0, "   +123.5M"),
    ],
)
def test_money_keeps_its_width_and_zero_has_no_sign(amount: float, text: str) -> None:
    assert fmt.money(amount, 10) == text


def test_ticks_say_nothing_before_there_is_something_to_say() -> None:
    assert fmt.ticks(None, 6) == "     ·"
    assert fmt.ticks(0.41, 6) == " +0.41"
    assert fmt.ticks(-0.001, 6) == "  0.00"


@pytest.mark.parametrize(("share", "length"), [(0.0, 0), (-0.5, 0), (0.0001, 1), (0.5, 40), (1.0, 80), (7.0, 80)])
def test_bar_length_shows_the_least_and_stays_inside(share: float, length: int) -> None:
    assert fmt.eighths(share, 10) == length


@pytest.mark.parametrize("from_right", [False, True])
@pytest.mark.parametrize("length", range(49))
def test_bar_is_always_as_wide_as_its_text_and_keeps_every_digit(length: int, from_right: bool) -> None:
    spans = fmt.bar("   123", length, "ink", "fill", "ground", from_right=from_right)
    text = "".join(part for part, _ in spans)
    assert len(text) == 6
    assert text[3:] == "123"


def test_bar_from_the_left_ends_in_a_part_of_a_cell() -> None:
    assert fmt.bar("    ", 12, "ink", "fill", "ground") == [
        (" ", "ink on fill"),
        ("▌", "fill on ground"),
        ("  ", "ink on ground"),
    ]


def test_bar_from_the_right_ends_in_the_other_part_of_a_cell() -> None:
    assert fmt.bar("    ", 12, "ink", "fill", "ground", from_right=True) == [
        ("  ", "ink on ground"),
        ("▌", "ground on fill"),
        (" ", "ink on fill"),
    ]


@pytest.mark.parametrize("share", [-1.0, -0.3, 0.0, 0.2, 1.0])
def test_balance_has_its_middle_in_the_middle(share: float) -> None:
    text = "".join(part for part, _ in fmt.balance(share, 11, "live", "track"))
    assert len(text) == 11
    assert text[5] == "│"


def test_fit_marks_what_it_cuts() -> None:
    assert fmt.fit("volatility", 6) == "volat…"
    assert fmt.fit("calm", 6) == "calm  "


def test_wrap_breaks_at_spaces_only() -> None:
    assert fmt.wrap("a quote on both sides", 10) == ["a quote on", "both sides"]


@pytest.mark.parametrize("width", [12, 20, 31, 60])
def test_spans_are_broken_at_spaces_and_keep_their_words_and_styles(width: int) -> None:
    spans = [
        ("Without you it traded ", "muted"),
        ("1,229", "own"),
        (" times, at ", "muted"),
        ("2.39", "own"),
        (".", "muted"),
    ]
    lines = fmt.wrap_spans(spans, width)
    texts = ["".join(text for text, _ in line).rstrip() for line in lines]
    assert " ".join(texts).split() == "".join(text for text, _ in spans).split()
    # A full stop stays with its number.
    assert all(len(text) <= width + 1 and not text.startswith((".", " ")) for text in texts)
    assert [text.strip() for line in lines for text, style in line if style == "own"] == ["1,229", "2.39"]


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("Sold 2", 80, " Sold 2 {} armed  size  1 [2] 5  10  20      "),
        (
            "You have no quotes to move: bid and offer first",
            80,
            " You have no quotes to move: bid and offer first {} size [2] ",
        ),
        ("x" * 75, 80, " " + "x" * 75 + "{}"),
    ],
)
def test_a_long_message_is_not_cut_beside_the_sizes(text: str, width: int, shown: str) -> None:
    (row,) = message_rows(MessageState(text, 2, (1, 2, 5, 10, 20)), width, 1)
    line = "".join(part for part, _ in row)
    before, after = shown.split("{}")
    assert line.startswith(before)
    assert line.endswith(after.lstrip())
    assert len(line) == width


def test_a_message_without_sizes_goes_over_as_many_lines_as_there_are() -> None:
    rows = message_rows(MessageState("one two three four five six"), 12, 2)
    assert ["".join(part for part, _ in row).strip() for row in rows] == ["one two", "three four…"]


@pytest.mark.parametrize(("score", "text"), [(84.96, "84"), (85.0, "85"), (0.4, "0"), (100.0, "100")])
def test_a_score_that_just_misses_a_star_does_not_look_as_if_it_had_it(score: float, text: str) -> None:
    assert fmt.points(score) == text
