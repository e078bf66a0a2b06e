from crm.web.links import team_links


def test_a_team_menu_leads_to_each_team_and_marks_the_present_one() -> None:
    first, second = team_links([("Nord", "nord"), ("Süd", "sued")], "sued").split("\n")
    assert 'href="/t/nord/contacts"' in first
    assert "aria-current" not in first
    assert 'href="/t/sued/contacts" aria-current="true"' in second
    assert 'href="#i-check"' in second


def test_a_team_name_is_text_and_never_markup() -> None:
    assert "<b>" not in team_links([("<b>Team</b>", "team")], "team")
    assert ">&lt;</span>" in team_links([("<b>Team</b>", "team")], "team")
