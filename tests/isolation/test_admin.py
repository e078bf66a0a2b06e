"""Every page of the admin: for staff alone; everybody else is sent to its sign-in."""

from django.urls import URLPattern

from tests.isolation.routes import served_admin
from tests.isolation.world import MARK, World

ADMIN = list(served_admin())


def paths() -> list[str]:
    """Return one address for each of the admin's routes, with an id that is of the right shape."""
    some_id = "00000000-0000-7000-8000-000000000000"
    found = []
    for route, pattern in ADMIN:
        assert isinstance(pattern, URLPattern)
        if "login/" in route or "(?P<url>" in route:
            continue
        path = route.replace("<path:object_id>", some_id).replace("<id>", some_id)
        for name in ("content_type_id", "object_id", "app_label"):
            for form in (f"<int:{name}>", f"<path:{name}>", f"(?P<{name}>auth|accounts)"):
                path = path.replace(form, "1")
        found.append("/" + path)
    return found


def test_nobody_but_staff_gets_past_the_sign_in(world: World) -> None:
    seen = paths()
    assert len(seen) > 40
    for who in ("stranger", "outsider", "viewer", "owner"):
        client = world.client(who)
        for path in seen:
            response = client.get(path)
            assert response.status_code in (301, 302, 404), (who, path, response.status_code)
            assert MARK not in response.text
            if response.status_code == 302 and "logout" not in path:
                assert "/admin/login/" in response["Location"], (who, path, response["Location"])


def test_staff_see_every_team(world: World) -> None:
    response = world.client("staff").get("/admin/contacts/contact/")
    assert MARK in response.text
    assert "Anna" in response.text
