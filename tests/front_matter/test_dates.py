"""Dates as editors write them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.base.problems import PortalError
from generator.front_matter.dates import next_midnight, parse

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-03-30", "2023-03-30T00:00:00+02:00"),
        ("2023-3-5", "2023-03-05T00:00:00+01:00"),
        ("2023/03/30", "2023-03-30T00:00:00+02:00"),
        ("2023-03-30 10:00", "2023-03-30T10:00:00+02:00"),
        ("2023-03-30T10:00", "2023-03-30T10:00:00+02:00"),
        ("2023-03-30t9:05:07", "2023-03-30T09:05:07+02:00"),
        ("2023-03-30T10:00:00.000Z", "2023-03-30T12:00:00+02:00"),
        ("2023-03-30T10:00+02:00", "2023-03-30T10:00:00+02:00"),
        ("2023-03-30 10:00 +02", "2023-03-30T10:00:00+02:00"),
        ("2022-01-20 9:56:00 -0500", "2022-01-20T15:56:00+01:00"),
        ("30.3.2023", "2023-03-30T00:00:00+02:00"),
        ("30. 03. 2023", "2023-03-30T00:00:00+02:00"),
        ("30.3.2023 10:00", "2023-03-30T10:00:00+02:00"),
        ("30.3.2023, 10.30 Uhr", "2023-03-30T10:30:00+02:00"),
        ("30. März 2023", "2023-03-30T00:00:00+02:00"),
        ("30.\N{NO-BREAK SPACE}März\N{NO-BREAK SPACE}2023", "2023-03-30T00:00:00+02:00"),
        ("1. Dez. 2023 um 8:00 Uhr", "2023-12-01T08:00:00+01:00"),
        ("29.2.2024", "2024-02-29T00:00:00+01:00"),
        ("1900-01-01", "1900-01-01T00:00:00+01:00"),
    ],
)
def test_what_is_understood(text: str, expected: str) -> None:
    when = parse(text, BERLIN)
    assert when.at.isoformat() == expected
    assert when.timed == (":" in text or "Uhr" in text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", "date-unreadable"),
        ("gestern", "date-unreadable"),
        ("03/30/2023", "date-unreadable"),
        ("2023-03", "date-unreadable"),
        ("30. Mars 2023", "date-unreadable"),
        ("2023-03-30 10", "date-unreadable"),
        ("2023-03-30 10:00 MEZ", "date-unreadable"),
        ("30.3.23", "date-year"),
        ("1899-12-31", "date-year"),
        ("0203-03-30", "date-year"),
        ("31.2.2023", "date-impossible"),
        ("29.2.2023", "date-impossible"),
        ("2023-13-01", "date-impossible"),
        ("2023-03-30 24:00", "date-impossible"),
        ("2023-03-30 10:60", "date-impossible"),
        ("2023-03-30 10:00 +99:00", "date-impossible"),
        ("2023-03-26 02:30", "date-skipped"),
        ("2023-10-29 02:30", "date-twice"),
    ],
)
def test_what_is_refused(text: str, name: str) -> None:
    with pytest.raises(PortalError) as error:
        parse(text, BERLIN)
    (problem,) = error.value.problems
    assert problem.name == name
    assert problem.what("de")
    assert problem.hint("de")


def test_a_time_that_comes_twice_can_be_told_apart() -> None:
    with pytest.raises(PortalError) as error:
        parse("29.10.2023 2:30", BERLIN)
    values = dict(error.value.problems[0].values)
    one, other = parse(values["one"], BERLIN), parse(values["other"], BERLIN)
    assert (one.at.isoformat(), other.at.isoformat()) == (
        "2023-10-29T02:30:00+02:00",
        "2023-10-29T02:30:00+01:00",
    )
    assert other.at - one.at == timedelta(hours=1)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31)))
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "America/Sao_Paulo"])
def test_a_day_is_the_same_day_everywhere(zone: str, day: date) -> None:
    when = parse(day.isoformat(), ZoneInfo(zone))
    assert when.at.date() == day
    assert not when.timed


@given(st.datetimes(min_value=datetime(1900, 1, 2), max_value=datetime(2200, 12, 30)))
def test_a_time_is_the_one_on_the_wall_or_refused(local: datetime) -> None:
    text = f"{local:%Y-%m-%d %H:%M:%S}"
    try:
        when = parse(text, BERLIN)
    except PortalError as error:
        assert error.problems[0].name in ("date-skipped", "date-twice")
    else:
        assert f"{when.at:%Y-%m-%d %H:%M:%S}" == text


@given(st.text(alphabet="0123456789.-:T +Z März", max_size=30))
def test_any_text_is_a_date_or_a_mistake(text: str) -> None:
    try:
        parse(text, BERLIN)
    except PortalError as error:
        assert len(error.problems) == 1


def test_an_article_that_expires_on_a_day_is_there_through_it() -> None:
    assert next_midnight(parse("30.3.2023", BERLIN), BERLIN).at == parse("31.3.2023", BERLIN).at
    clocks_change = next_midnight(parse("2023-03-26", BERLIN), BERLIN)
    assert clocks_change.at.isoformat() == "2023-03-27T00:00:00+02:00"
