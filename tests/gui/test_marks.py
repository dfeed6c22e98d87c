"""The state of what is marked: names, places in the scene, what is chosen."""

import pytest

from sargui.core.types import Window
from sargui.gui.marks import Line, Marks, Pin, Region, Tool


@pytest.fixture
def marks(qapp):
    marks = Marks()
    marks.begin((100, 200))
    return marks


def test_pins_have_numbers_and_the_first_free_one_is_next(marks):
    first, second, third = (marks.pin(row, 3) for row in (1, 2, 3))
    assert [pin.name for pin in (first, second, third)] == ["1", "2", "3"]
    marks.remove(second)
    assert marks.pin(9, 9) == Pin("2", 9, 9)
    assert [pin.name for pin in marks.pins] == ["1", "2", "3"]


def test_a_pixel_is_pinned_once_and_chosen_again(marks):
    first = marks.pin(1, 1)
    marks.pin(2, 2)
    assert marks.pin(1, 1) is first
    assert marks.chosen is first
    assert len(marks.pins) == 2


def test_a_region_holds_every_pixel_that_the_drag_touched(marks):
    assert marks.draw(Tool.REGION, (20.9, 50.0), (10.1, 40.99)) == Region("A", Window(10, 40, 11, 11))
    assert marks.draw(Tool.REGION, (3.2, 3.2), (3.4, 3.8)) == Region("B", Window(3, 3, 1, 1))


def test_what_is_drawn_ends_at_the_scene(marks):
    assert marks.outlined(Tool.REGION, (-30.0, 150.0), (500.0, 900.0)) == Region("", Window(0, 150, 100, 50))
    line = marks.outlined(Tool.LINE, (-5.0, 10.0), (100.0, 200.0))
    assert line.start == (-0.5, 9.5)
    assert line.end == pytest.approx((99.5, 199.5))
    assert all(end < side - 0.5 for end, side in zip(line.end, (100, 200), strict=True))  # the engine's condition


def test_ends_of_a_line_count_centers_of_pixels(marks):
    """Panes draw pixel 3 from 3 to 4, so its center is at 3.5; the engine calls that 3."""
    assert marks.draw(Tool.LINE, (3.5, 7.5), (60.5, 7.5)) == Line((3.0, 7.0), (60.0, 7.0))
    marks.draw(Tool.LINE, (1.5, 1.5), (2.5, 2.5))
    assert marks.all == (Line((1.0, 1.0), (2.0, 2.0)),)


def test_nothing_is_drawn_without_a_tool_or_an_extent(marks):
    assert marks.draw(Tool.NONE, (1.0, 1.0), (5.0, 5.0)) is None
    assert marks.draw(Tool.REGION, (1.0, 1.0), (1.0, 1.0)) is None
    assert marks.draw(Tool.LINE, (-9.0, 1.0), (-3.0, 1.0)) is None
    assert marks.all == ()


def test_after_z_come_two_letters(marks):
    for _ in range(28):
        marks.draw(Tool.REGION, (1.0, 1.0), (5.0, 5.0))
    assert [region.name for region in marks.regions][-3:] == ["Z", "AA", "AB"]


def test_removing_chooses_the_one_before(marks):
    first, second = marks.pin(1, 1), marks.pin(2, 2)
    region = marks.draw(Tool.REGION, (1.0, 1.0), (5.0, 5.0))
    marks.remove(region)
    assert marks.chosen is second
    marks.remove(first)
    assert marks.chosen is second
    marks.remove(second)
    assert marks.chosen is None
    marks.remove(None)


def test_another_scene_has_no_marks(marks):
    marks.pin(1, 1)
    marks.draw(Tool.REGION, (1.0, 1.0), (5.0, 5.0))
    marks.draw(Tool.LINE, (1.0, 1.0), (5.0, 5.0))
    marks.begin((5, 5))
    assert (marks.all, marks.chosen) == ((), None)
