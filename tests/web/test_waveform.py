from crm.web.waveform import WIDTH, waveform


def test_each_lane_has_a_stroke_for_every_peak_that_is_heard() -> None:
    lanes = waveform({"assistant": [1.0, 0.5, 0.0, 0.01], "contact": [0.2]})
    assert lanes is not None
    assert lanes.assistant.count("M") == 2
    assert lanes.contact.count("M") == 1


def test_the_loudest_stroke_stays_in_its_lane() -> None:
    lanes = waveform({"assistant": [7.0]})
    assert lanes is not None
    assert lanes.assistant == f"M{WIDTH // 2} 1.0v24.0"


def test_nothing_to_draw() -> None:
    assert waveform(None) is None
    assert waveform({}) is None
