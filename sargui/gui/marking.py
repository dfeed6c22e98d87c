"""Where marks, their measurements and the widgets meet: keys and drags make marks, panes and lists show them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from sargui.core.errors import SarguiError
from sargui.engine.readings import Point, ProfileReading, RegionReading
from sargui.gui import marks_words
from sargui.gui.frame import Frame
from sargui.gui.marks import Mark, Pin, Region, Tool
from sargui.gui.measuring import Measuring
from sargui.gui.panels.plots import Subject
from sargui.gui.pictures import MAX_SIDE

SENTENCES = {
    Tool.REGION: "Drag a rectangle in any pane, or press Return for the visible part; Esc leaves.",
    Tool.LINE: "Drag a line in any pane, or press Return for one across it; Esc leaves.",
}
TOO_FAR = "Zoom in, or choose a region: the histogram is of what is seen."


class Marking(QObject):
    """Acts on the marks of the open scene for the user."""

    def __init__(self, frame: Frame, measuring: Measuring) -> None:
        super().__init__(frame)
        self._frame, self._measuring, self._marks = frame, measuring, measuring.marks
        self._sketch: Mark | None = None
        self._histogram = False
        self._before = ""  # what the window said before a drawing mode
        grid, panel = frame.grid, frame.marks_panel
        grid.pinned.connect(lambda at: self._marks.pin(*at))
        grid.sketched.connect(self._on_sketched)
        grid.drawn.connect(self._on_drawn)
        grid.tool_changed.connect(self._on_tool)
        grid.looked.connect(self._show)
        panel.chosen.connect(self._marks.choose)
        panel.wanted.connect(self._look_to)
        frame.plots.close_wanted.connect(self.close)
        frame.plots.pointed.connect(grid.point)
        self._marks.changed.connect(self._show)
        measuring.changed.connect(self._show)
        self._show()

    def pin(self) -> None:
        """Pin the pixel under the cursor; without one in a pane, that in the middle of what is seen."""
        seen = self._frame.grid.visible_window()
        if min(seen.shape) > 0:
            self._marks.pin(*(self._frame.grid.at or (seen.row + seen.rows // 2, seen.col + seen.cols // 2)))

    def draw(self, tool: Tool) -> None:
        """Begin to draw something; again: leave off."""
        self._frame.grid.set_tool(Tool.NONE if self._frame.grid.tool is tool else tool)
        self._check()

    def toggle_profile(self) -> None:
        """Draw a line for a profile; again: take both away."""
        if self._marks.line is None:
            self.draw(Tool.LINE)
        else:
            self.close(Subject.PROFILE)

    def toggle_histogram(self) -> None:
        """Show the histogram of the chosen region or of what is seen; again: close it."""
        self._histogram = not self._histogram
        self._show()

    def remove(self) -> None:
        """Take the chosen mark away."""
        self._marks.remove(self._marks.chosen)

    def begin(self) -> None:
        """Leave drawing and close the plots: the scene is another."""
        self._histogram = False
        self._frame.grid.set_tool(Tool.NONE)
        self._show()

    @Slot(object)
    def close(self, subject: Subject) -> None:
        """Close a plot."""
        if subject is Subject.PROFILE:
            self._marks.remove(self._marks.line)
        elif subject is Subject.HISTOGRAM:
            self._histogram = False
            self._show()

    # What comes from the panes and the panel

    def _on_sketched(self, start: Point, end: Point) -> None:
        self._sketch = self._marks.outlined(self._frame.grid.tool, start, end)
        self._show_marks()

    def _on_drawn(self, start: Point, end: Point) -> None:
        self._sketch = None
        if self._marks.draw(self._frame.grid.tool, start, end) is None:
            self._show_marks()  # a click draws nothing: the mode stays
        else:
            self._frame.grid.set_tool(Tool.NONE)

    def _on_tool(self) -> None:
        """Say what a drag does; in the end, what was said before."""
        self._sketch = None
        tool, progress = self._frame.grid.tool, self._frame.progress
        said = progress.sentence.text()
        if said not in SENTENCES.values():
            self._before = said
        if tool is not Tool.NONE:
            progress.say(SENTENCES[tool])
        elif said in SENTENCES.values():
            progress.say(self._before)
        self._show()

    def _look_to(self, mark: Mark) -> None:
        if isinstance(mark, Pin):
            self._frame.grid.look_to(mark.row + 0.5, mark.col + 0.5)
        elif isinstance(mark, Region):
            part = mark.window
            self._frame.grid.look_to(part.row + part.rows / 2, part.col + part.cols / 2)

    # What is shown

    def _show(self) -> None:
        self._show_marks()
        self._show_list()
        plots = self._frame.plots
        plots.set_wanted(Subject.PROFILE, self._marks.line is not None)
        plots.set_wanted(Subject.HISTOGRAM, self._histogram)
        if self._marks.line is not None:
            found = self._measuring.of(self._marks.line)
            if isinstance(found, ProfileReading | SarguiError):
                too_large = self._measuring.too_large(self._marks.line)
                plots.show_profile(found, self._measuring.band, too_large=too_large)
        self._show_histogram()
        self._check()

    def _show_marks(self) -> None:
        sketch = () if self._sketch is None else (self._sketch,)
        chosen = self._marks.chosen if self._sketch is None else self._sketch
        self._frame.grid.show_marks((*self._marks.all, *sketch), chosen)

    def _show_list(self) -> None:
        listed: list[Pin | Region] = [*self._marks.pins, *self._marks.regions]
        found = [self._measuring.of(mark) for mark in listed]
        entries = [
            marks_words.entry(mark, one, too_large=self._measuring.too_large(mark))
            for mark, one in zip(listed, found, strict=True)
        ]
        unit = next((unit for one in found if (unit := marks_words.unit(one, self._measuring.band))), "")
        self._frame.marks_panel.show_entries(entries, self._marks.chosen, unit)

    def _show_histogram(self) -> None:
        """Measure and draw the chosen region, or what is seen."""
        chosen, seen = self._marks.chosen, self._frame.grid.visible_window()
        region = chosen if isinstance(chosen, Region) else Region("", seen)
        visible = self._histogram and region is not chosen and 0 < min(seen.shape) <= max(seen.shape) <= MAX_SIDE
        self._measuring.measure_also(seen if visible else None)
        found = self._measuring.of(region)
        if not self._histogram:
            return
        if region is not chosen and not visible:
            self._frame.plots.histogram.show_sentence(TOO_FAR)
        elif isinstance(found, RegionReading | SarguiError):
            self._frame.plots.show_histogram(region, found, self._measuring.band)

    def _check(self) -> None:
        """Check the commands of what is on."""
        act, tool = self._frame.commands, self._frame.grid.tool
        act.region.setChecked(tool is Tool.REGION)
        act.profile.setChecked(tool is Tool.LINE or self._marks.line is not None)
        act.histogram.setChecked(self._histogram)
