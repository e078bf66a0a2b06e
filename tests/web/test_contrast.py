"""WCAG AA on the tokens, in both themes: 4.5:1 for text, 3:1 for what must be found."""

import math
import re

import pytest
from django.conf import settings

CSS = settings.BASE_DIR / "static" / "css"
OKLCH = r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)"
TAG = r"oklch\(([\d.]+) ([\d.]+) var\(--tag-hue, \d+\)\)"

SURFACES = ("rail", "canvas", "raised", "sunken", "hover", "press", "float", "accent-soft")
TEXT_PAIRS = [
    *((ink, surface) for ink in ("ink", "ink-2", "ink-3", "accent-ink") for surface in SURFACES),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("mark-ink", "mark"),
    ("danger-ink", "raised"),
    ("danger-ink", "canvas"),
    ("danger-ink", "float"),
    ("danger-ink", "danger-soft"),
    ("warn-ink", "canvas"),
    ("warn-ink", "hover"),
    ("warn-ink", "accent-soft"),
]
EDGES = ("edge", "focus", "accent", "danger-edge")
HUES = ("blue", "amber", "violet", "green", "rust", "red", "grey")
EDGE_PAIRS = [
    (found, surface)
    for found in EDGES + HUES
    for surface in ("canvas", "raised", "hover", "accent-soft")
]

pytestmark = pytest.mark.once


def tokens() -> dict[str, list[tuple[float, ...]]]:
    """Return each token's lightness, chroma and hue: the light one, the dark one."""
    source = (CSS / "tokens.css").read_text()
    found = re.findall(rf"--([\w-]+): light-dark\({OKLCH}, {OKLCH}\);", source)
    return {
        name: [tuple(map(float, numbers[:3])), tuple(map(float, numbers[3:]))]
        for name, *numbers in found
    }


def luminance(lightness: float, chroma: float, hue: float) -> float:
    """Return the relative luminance of an OKLCH colour (Björn Ottosson's matrices)."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    red, green, blue = (min(1, max(0, part)) for part in linear)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    darker, lighter = sorted((luminance(*one), luminance(*other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("found", "surface", "least"),
    [(*pair, 4.5) for pair in TEXT_PAIRS] + [(*pair, 3) for pair in EDGE_PAIRS],
)
def test_tokens(found: str, surface: str, least: float, theme: int) -> None:
    both = tokens()
    assert contrast(both[found][theme], both[surface][theme]) >= least


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_tags_in_every_hue(theme: int) -> None:
    source = (CSS / "components" / "data.css").read_text()
    background, ink = (
        [tuple(map(float, pair)) for pair in re.findall(TAG, line)]
        for line in re.findall(r"(?:background|color): (light-dark\(.*tag-hue.*)", source)
    )
    hues = [float(hue) for hue in re.findall(r"--tag-hue: (\d+);", source)]
    assert len(hues) == 9
    for hue in hues:
        assert contrast((*ink[theme], hue), (*background[theme], hue)) >= 4.5
