"""Tests of the question what numbers mean: what it shows, and what each answer gives."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QWidget

from sargui.core.types import Kind
from sargui.gui.kind_question import CHOICES, KindQuestion
from sargui.gui.views.histogram import Histogram


@pytest.fixture
def parent(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


@pytest.fixture
def question(parent):
    sample = np.random.default_rng(0).normal(-12, 4, 5000).astype(np.float32)
    return KindQuestion(parent, "scene.tif", sample)  # not shown: the offscreen platform complains about its size


def click(question, text):
    box = question.findChild(QDialogButtonBox)
    button = next(button for button in box.buttons() if text in button.text().replace("&", ""))
    button.click()


@pytest.mark.parametrize(("text", "kind"), [(label.replace("&", ""), kind) for label, kind, _ in CHOICES])
def test_each_button_answers(question, text, kind):
    click(question, text)
    assert question.kind is kind
    assert question.result() == QDialog.DialogCode.Accepted


def test_cancel_is_no_answer(question):
    click(question, "Cancel")
    assert question.kind is None
    assert question.result() == QDialog.DialogCode.Rejected


def default(question):
    return [button.text().replace("&", "") for button in question.findChildren(QPushButton) if button.isDefault()]


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_return_takes_values_that_are_nearly_all_negative_for_decibels(question, parent):
    question.show()
    assert default(question) == ["Decibels"]
    QTest.keyClick(question, Qt.Key.Key_Return)
    assert question.kind is Kind.DB


@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.parametrize("sample", [None, np.full(9, np.nan), np.random.default_rng(0).normal(0.1, 0.2, 500)])
def test_where_values_do_not_tell_return_answers_nothing(parent, sample):
    question = KindQuestion(parent, "scene.tif", sample)
    question.show()
    assert default(question) == []
    QTest.keyClick(question, Qt.Key.Key_Return)
    assert question.kind is None


def test_it_says_and_shows_the_values(question):
    words = " ".join(label.text() for label in question.findChildren(QLabel))
    assert "scene.tif" in words
    assert "half of them below \N{MINUS SIGN}1" in words
    assert question.findChild(Histogram).counts.sum() > 4900


def test_it_asks_without_values_too(parent):
    dialog = KindQuestion(parent, "scene.tif", None)
    assert dialog.findChild(Histogram) is None


def bar_pixels(widget):
    image = widget.grab().toImage()
    return [image.pixelColor(x, widget.height() // 2).name() for x in range(image.width())]


def test_the_bars_stand_where_the_values_are(qtbot):
    widget = Histogram(np.concatenate([np.zeros(900), np.linspace(0, 100, 101)]))
    qtbot.addWidget(widget)
    widget.resize(400, 110)
    row = bar_pixels(widget)
    assert row[2] != row[200] == row[390]


@pytest.mark.parametrize("values", [np.full(9, 7.0), np.array([np.nan, np.inf]), np.zeros(0)])
def test_odd_values_are_drawn(qtbot, values):
    widget = Histogram(values)
    qtbot.addWidget(widget)
    assert widget.counts.sum() == np.isfinite(values).sum()
    assert not widget.grab().isNull()
