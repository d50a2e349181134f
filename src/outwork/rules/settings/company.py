"""Settings of the company as a whole: name, money, time, and what files it takes."""

from __future__ import annotations

from outwork.rules.settings.values import Setting, address, currency, day, text, time_zone, whole

SETTINGS = (
    Setting("COMPANY_NAME", "Company name", "Shown on pages and documents.", "", text, waits_for="the pages"),
    Setting(
        "BASE_URL",
        "Address of the site",
        "Where people reach Outwork, for links in mails and private pages: https://outwork.example.com",
        "",
        address,
        waits_for="the pages",
    ),
    Setting(
        "BASE_CURRENCY",
        "Base currency",
        "What costs are kept in. Set it before the first receipt: the ledger is not converted.",
        "EUR",
        currency,
        differs="InvenTree begins with USD and lets it be changed at any time; a ledger cannot be told otherwise later.",
    ),
    Setting("TIME_ZONE", "Time zone", "Decides what is today and what is overdue.", "UTC", time_zone),
    Setting(
        "CLOSED_UNTIL",
        "Closed until",
        "The last day of the closed period: nothing may be booked on it or before it. Empty: nothing is closed.",
        "",
        day,
    ),
    Setting(
        "ATTACHMENT_MAX_MB",
        "Largest attachment (MB)",
        "A file larger than this many megabytes is refused.",
        25,
        whole(1, 1000),
    ),
    Setting(
        "WEEK_STARTS_ON",
        "Week starts on",
        "The first day of the week in calendars: 1 is Monday, 0 is Sunday.",
        1,
        whole(0, 6),
        waits_for="the pages",
    ),
    Setting(
        "API_MAX_ROWS",
        "Most rows in one answer",
        "A list that is asked for without a limit gives at most so many rows; 0: all of them.",
        0,
        whole(0, 1_000_000),
        waits_for="the REST API",
    ),
)
