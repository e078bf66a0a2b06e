"""What the templates, the sprite, the stylesheets and the scripts must agree upon."""

import re

import pytest
from django.conf import settings

from crm.web.icons import ICONS, icon, symbols
from crm.web.links import STYLESHEETS

STATIC = settings.BASE_DIR / "static"
TEMPLATES = {
    path.relative_to(settings.BASE_DIR).as_posix(): path.read_text()
    for path in sorted((settings.BASE_DIR / "templates").rglob("*.html"))
}
SPRITE = TEMPLATES["templates/layout/_sprite.html"]

pytestmark = pytest.mark.once


def test_every_icon_that_a_template_shows_is_in_the_sprite() -> None:
    shown = {
        name
        for source in TEMPLATES.values()
        for name in re.findall(r'{% icon "([\w-]+)"', source)
        + re.findall(r'href="#i-([\w-]+)"', source)
    }
    assert shown - set(ICONS) - set(re.findall(r'id="i-([\w-]+)"', SPRITE)) == set()


def test_the_sprite_holds_a_drawing_for_every_icon() -> None:
    drawn = re.findall(r'<symbol id="i-([\w-]+)" viewBox="0 0 24 24">(.+?)</symbol>', symbols())
    assert [name for name, _drawing in drawn] == list(ICONS)


def test_an_icon_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        icon("unicorn")


@pytest.mark.parametrize("path", TEMPLATES)
def test_a_template_has_nothing_that_the_content_security_policy_forbids(path: str) -> None:
    source = TEMPLATES[path]
    assert re.findall(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=|javascript:", source) == []


@pytest.mark.parametrize("path", TEMPLATES)
def test_a_template_fetches_nothing_from_elsewhere(path: str) -> None:
    assert re.findall(r'(?:src|href)="(?:https?:)?//', TEMPLATES[path]) == []


def test_every_stylesheet_is_on_the_page() -> None:
    files = {
        path.relative_to(STATIC / "css").with_suffix("") for path in (STATIC / "css").rglob("*.css")
    }
    assert {file.as_posix() for file in files} == set(STYLESHEETS)


def test_every_script_is_reached_from_the_first() -> None:
    reached, queue = set(), ["app.js"]
    while queue:
        name = queue.pop()
        if name not in reached:
            reached.add(name)
            source = (STATIC / "js" / name).read_text()
            queue += re.findall(r'(?:from|import) "\./([\w-]+\.js)";', source)
    assert reached == {path.name for path in (STATIC / "js").glob("*.js")}


def test_every_data_colour_has_its_class() -> None:
    rules = (STATIC / "css" / "components" / "data.css").read_text()
    for number in range(10):
        assert f".tag-{number} " in rules
