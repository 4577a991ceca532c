"""Dates and times, by the part of a row's stretch of time in which they fall."""

from __future__ import annotations

from typing import Any

from seeder.semantics.entry import Entry
from seeder.semantics.entry import entry as e

_DATE = "date timestamp timestamptz text"
_TIMES = "date timestamp timestamptz time text integer"


def _forms(meaning: str, stems: str, generator: str, /, **rest: Any) -> tuple[Entry, ...]:
    """The phrases of a moment: with date, time, datetime, at and on behind each stem."""
    ends = ("date", "time", "datetime", "at", "on", "timestamp")
    phrases = [f"{stem} {end}" for stem in stems.split("|") for end in ends]
    return (e(meaning, "|".join(phrases), generator, _TIMES, **rest),)


# fmt: off
# A table of data: filled lines show more of it than one argument a line.
TIME = (
    e(
        "person.birth_date",
        "birth date|date of birth|=birth|=born|birth datetime|birth time|date birth|"
        "patient birth date|birth dt", "person.birth", _DATE,
    ),
    e(
        "person.birth_year", "birth year|year of birth|=yob|birth date yyyy|"
        "birth yyyy", "person.birth", "integer text",
        form="year",
    ),
    e(
        "person.birth_month", "birth month|month of birth|birth date mm|"
        "birth mm", "person.birth", "integer text",
        form="month",
    ),
    e("person.birth_day", "birth day|day of birth|birth date dd|"
    "birth dd", "person.birth", "integer text", form="day"),
    e(
        "person.death",
        "death date|date of death|=deceased at|death datetime|death time|deceased date|"
        "deceased datetime|=died on|=died at|expiry of patient|date died", "person.death", _DATE,
    ),
    e(
        "person.died",
        "deceased|is deceased|expire flag|hospital expire flag|death flag|=dead|deceased flag|"
        "deceased indicator|=died|is dead|mortality|death indicator", "person.died",
        "boolean text integer",
    ),
    e(
        "person.age",
        "age|anchor age|patient age|age at admission|age at visit|age year|=age years|"
        "age at encounter|=age", "person.age", "integer decimal float text",
    ),
    e(
        "person.age_months", "age month|age in month|month of age", "person.age",
        "integer decimal float text", unit="months",
    ),
    # The ends of a stretch.
    *_forms(
        "moment.start",
        "start|begin|began|started|onset|effective|admit|admitted|admission|visit|encounter|"
        "arrival|valid from|valid start|from|in|period start|service|episode start|event|"
        "occurrence|occurred|performed|effective from|active from|observation|observed|"
        "measurement|measured|exposure|chart|prescription|prescribed|procedure|diagnosis|"
        "diagnosed|condition start|transaction|enrollment|effective start|check in|checkin|"
        "registration|registered|administered|administration|given|taken|recorded|study|exam|"
        "surgery|operation|death event|immunization|vaccination|filled|dispensed|hire|hired|"
        "joined|opened|initiation|cohort initiation|nlp|specimen|note|rental|payment|first seen|"
        "contact|log|noted|action|activated|triage|intake|session start|coverage start|"
        "current illness|identified|appointment|arrived|engagement|dispense|prescribe|vaccinated|"
        "vaccinate|perform|administer|treatment|therapy|dosing|checked in|charted|"
        "incision|anesthesia", "moment.start",
    ),
    e(
        "moment.start",
        "effective from|active from|=start|=begin|=from|=date|=time|=datetime|=timestamp|=when|"
        "=ts|=started|=onset|valid from|=day|=at|period from|=effective|=since|=occurred|"
        "=performed|start|service from|service begin|service start|from service|stay from|"
        "covered from", "moment.start", _TIMES,
    ),
    *_forms(
        "moment.end",
        "resolve|cure|cured|recovered|recovery|discontinue|complete|close|end|stop|term|finish|"
        "finished|discharge|discharged|resolved|resolution|abatement|out|"
        "valid to|"
        "valid until|valid end|to|thru|through|period end|departure|left|ended|stopped|completed|"
        "completion|closed|terminated|termination|last seen|inactivated|episode end|effective end|"
        "release|released|check out|checkout|discontinued|return|returned|verbatim end|logout|"
        "end of service|coverage end|end effective|effective end|retired|deactivated|signed off|"
        "finalized|leave", "moment.end",
    ),
    e(
        "moment.end",
        "effective to|active to|active until|=end|=stop|=to|=until|=finish|=ended|=stopped|"
        "=finished|=thru|valid to|valid until|period to|=resolved|=completed|end|stop|service to|"
        "service end|service thru|service through|service until|covered to|stay to",
        "moment.end", _TIMES,
    ),
    # Years of a period.
    e(
        "moment.start_year",
        "start year|=from year|year from|=year|anchor year|calendar year|fiscal year|"
        "admission year|release year|model year", "moment.start", "integer text", form="year",
    ),
    e("moment.start_year", "start year", "moment.start", "date timestamp timestamptz"),
    e("moment.end_year", "end year|year to", "moment.end", "integer text", form="year"),
    e("moment.end_year", "end year", "moment.end", "date timestamp timestamptz"),
    e(
        "moment.month", "=month|month number|admission month", "moment.start", "integer text",
        form="month",
    ),
    e("moment.day", "day of month", "moment.start", "integer text", form="day"),
    e("moment.hour", "=hour|hour of day", "moment.start", "integer", form="hour"),
    e("moment.weekday", "day of week|weekday", "moment.start", "integer", form="weekday"),
    e("moment.weekday", "day of week|weekday", "status.word", "text", of="weekday"),
    e(
        "moment.clock", "=measurement time|time of day|=slot|appointment time", "moment.start",
        "time text", form="time", tables="measurement appointment observation",
    ),
    e(
        "moment.opening",
        "open at|opening time|opening hour|start time|from time|open time|opening|=opens|"
        "=starts at|starts|=start|=from", "moment.clock", "time", first=7, last=9, only=True,
        tables=":reference :organisation :place :staff :junction :other schedule shift",
    ),
    e(
        "moment.closing",
        "close at|closing time|closing hour|end time|to time|close time|closing|=closes|=ends at|"
        "ends|=end|=to|=until", "moment.clock", "time", first=16, last=20, only=True,
        tables=":reference :organisation :place :staff :junction :other schedule shift",
    ),
    # Inside, in the order in which they happen.
    *_forms(
        "moment.created",
        "created|create|creation|inserted|entry|entered|added|record created|row created|posted|"
        "received in|uploaded|insert", "moment.within", low=0.0, high=0.03,
    ),
    e(
        "moment.created", "=created|=creation|=inserted|create time stamp|record date",
        "moment.within",
        _TIMES, low=0.0, high=0.03,
    ),
    *_forms(
        "moment.ordered",
        "ordered|order|requested|request|booked|referred|referral|submitted|submission|billed|"
        "invoice|scheduled|schedule|placed|signed up|issue|issued|claim|first billed|bill|charge|"
        "scheduled start|sent|ed registration|authored|raised|reported", "moment.start",
    ),
    *_forms(
        "moment.performed",
        "performed|administered|administration|given|taken|dispensed|filled|exam|study|surgery|"
        "operation|executed|fulfilled|measured|observed", "moment.within", low=0.26, high=0.29,
        needs="ordered order requested scheduled prescribed",
    ),
    *_forms(
        "moment.collected",
        "collect|collected|collection|drawn|sample|sampled|sampling|specimen collected|seen|"
        "in progress|"
        "accepted|assigned", "moment.within", low=0.12, high=0.25,
    ),
    *_forms(
        "moment.received",
        "received|receipt|arrived at lab|lab received|acknowledged|processed|process|processing|"
        "dictated|"
        "transfer|transferred|moved|adjudicated|adjudication|denied|denial|rejected|ack",
        "moment.within", low=0.3, high=0.45,
    ),
    *_forms(
        "moment.resulted",
        "resulted|result|report|analysis|analyzed|analysed|transcribed|decided|decision|response|"
        "responded|paid|last billed|settled|ed out|payment received|remittance", "moment.within",
        low=0.5, high=0.7,
    ),
    *_forms(
        "moment.verified",
        "verify|approve|validate|confirm|verified|verification|signed|signature|approved|approval|"
        "reviewed|review|cosigned|"
        "authenticated|validated|authorized|store|stored|followed up|published|reconciled|read|"
        "confirmed|delivered", "moment.within", low=0.72, high=0.85,
    ),
    *_forms(
        "moment.updated",
        "status change|status changed|updated|update|modified|modification|changed|last updated|"
        "last update|last modified|"
        "last changed|edited|revised|row updated|last seen|accessed|refreshed|synced|loaded|load|"
        "extracted|import|imported|download|downloaded|release|version|cdm release|"
        "source release|last login|login|exported",
        "moment.within", low=0.87, high=0.97,
    ),
    e(
        "moment.updated", "=updated|=modified|last update|last updated|=lastmodified",
        "moment.within", _TIMES, low=0.87, high=0.97,
    ),
    *_forms(
        "moment.deleted",
        "refunded|refund|reversed|deleted|removed|archived|purged|voided|cancelled|canceled|"
        "revoked|withdrawn|merged|deletion|cancellation", "moment.within", low=0.98, high=1.0,
    ),
    # Beyond the stretch.
    *_forms(
        "moment.expiry",
        "expiration|expiry|expires|expire|expired|best before|valid thru|warranty end|"
        "license expiration|expected end|password expire", "moment.after", least=60, most=1460,
    ),
    *_forms(
        "moment.due",
        "due|follow up|followup|next|next visit|next due|payment due|target|estimated delivery|"
        "expected discharge|expected|planned|estimated|review due|next appointment|return visit",
        "moment.after", least=7, most=120,
    ),
    *_forms(
        "moment.earlier",
        "last menstrual period|onset symptom|injury|accident|symptom onset|last dose|previous|"
        "prior|last visit|last exam|manufacture|manufactured|calibrated|last maintenance|purchase|"
        "purchased|installed|founded|established|certified|graduation|licensed", "moment.before",
        least=1, most=400,
    ),
    e("moment.any", "date|datetime|timestamp", "moment.within", _DATE, low=0.1, high=0.9),
    e(
        "moment.any", "time|at|on", "moment.within", "timestamp timestamptz date time", low=0.1,
        high=0.9,
    ),
    # How long.
    e(
        "moment.days",
        "length of stay|length stay|duration of stay|duration of hospitalization|"
        "duration hospitalization|los day|=los|day stayed|duration day|gap day|day in hospital|"
        "stay day|time in hospital", "moment.length", "integer decimal float", unit="days",
    ),
    e(
        "moment.hours", "duration hour|stay hour|hour worked", "moment.length",
        "integer decimal float", unit="hours",
    ),
    e(
        "moment.minutes",
        "duration|duration minute|minute|wait minute|duration min|=length|turnaround minute|"
        "wait time", "number.count", "integer decimal float", low=5, typical=30, high=240,
    ),
    e(
        "moment.seconds", "duration second|elapsed second|second", "number.count",
        "integer decimal float", low=1, typical=45, high=3600,
    ),
    e(
        "moment.milliseconds", "duration ms|elapsed ms|latency ms|response time ms", "number.count",
        "integer decimal float", low=2, typical=60, high=5000,
    ),

    e(
        "moment.offset",
        "offset|time offset|offset minute|minute offset|minute from admission|day offset|"
        "day from admission|hour from admission|day since admission", "number.count",
        "integer decimal float", low=0, typical=900, high=20000,
    ),
    *_forms("encounter.unit_in", "in", "moment.start", only=True,
            tables="transfer ward unit icustay bed adt"),
    *_forms("encounter.unit_out", "out", "moment.end", only=True,
            tables="transfer ward unit icustay bed adt"),
    e(
        "encounter.unit_in", "intensive care unit start|icu start|icu in|icu admission|icu admit",
        "moment.start", _TIMES,
    ),
    e("encounter.unit_out", "intensive care unit end|icu end|icu out|icu discharge", "moment.end",
      _TIMES),
)
# fmt: on
