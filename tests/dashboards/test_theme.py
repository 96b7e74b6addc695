"""The palettes: text that can be read on its ground (WCAG 2.2 AA), in light and dark, on the screen and on paper."""

from __future__ import annotations

import pytest

from dashboards.theme import DARK, LIGHT, PALETTES, SERIES, css_variables

TEXTS = ("text", "quiet", "over", "under", "denial", "info", "good", "warn", "bad")


def contrast(one: str, other: str) -> float:
    """Contrast of two colours (#rrggbb), 1 to 21, as WCAG 2.2 defines it."""

    def luminance(colour: str) -> float:
        shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_formula_on_known_pairs() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005), "the known grey that just fails"
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005), "and the one that just passes"


@pytest.mark.parametrize("scheme", PALETTES)
@pytest.mark.parametrize("ground", ["ground", "panel"])
@pytest.mark.parametrize("text", TEXTS)
def test_text_stands_out(scheme: str, ground: str, text: str) -> None:
    """4.5 to 1 for text of any size; the same pairs are labels within bars, the other way round."""
    assert contrast(PALETTES[scheme][text], PALETTES[scheme][ground]) >= 4.5


@pytest.mark.parametrize("scheme", PALETTES)
def test_marks_stand_out(scheme: str) -> None:
    """3 to 1 for what is drawn, on the ground of a card."""
    for colour in SERIES[scheme]:
        assert contrast(colour, PALETTES[scheme]["ground"]) >= 3


def test_a_printed_page_is_black_on_white_enough() -> None:
    for colour in ("#000000", "#333333", *(LIGHT[text] for text in TEXTS)):  # midpoint.css sets text and quiet anew
        assert contrast(colour, "#ffffff") >= 4.5


def test_light_and_dark_name_the_same_colours() -> None:
    assert LIGHT.keys() == DARK.keys()
    assert css_variables(LIGHT).count("--") == len(LIGHT)
