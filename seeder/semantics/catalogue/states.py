"""Words of state by the kind of table, and flags."""

from __future__ import annotations

from seeder.semantics.entry import Entry
from seeder.semantics.entry import entry as e

_FLAG = "boolean integer text bit"


def _state(of: str, tables: str) -> Entry:
    patterns = "status|current status|status code|=status1|workflow status"
    return e("status.word", patterns, "status.word", of=of, only=True, tables=tables)


def _flag(name: str, patterns: str, share: float) -> Entry:
    return e(f"flag.{name}", patterns, "status.flag", _FLAG, share=share)


# fmt: off
# A table of data: filled lines show more of it than one argument a line.
STATES = (
    # States.
    _state("encounter", ":encounter encounter visit admission"),
    _state("appointment", "appointment booking schedule slot"),
    _state("order", "order requisition request imaging study procedure surgery"),
    _state("result", "result lab report observation measurement specimen"),
    _state("claim", "claim remittance adjudication"),
    _state("invoice", "invoice bill statement account"),
    _state("payment", "payment transaction refund"),
    _state("condition", "condition diagnosis problem"),
    _state("allergy", "allergy intolerance"),
    _state("medication", "medication prescription drug plan careplan"),
    _state("administration", "administration immunization dose emar"),
    _state("bed", "bed room"),
    _state("note", "note document addendum"),
    _state("referral", "referral transfer consult"),
    _state("consent", "consent authorization coverage policy insurance eligibility"),
    _state("message", "message notification email outbox queue fax"),
    _state("task", "task ticket workflow job incident assignment reminder alert"),
    _state("device", "device equipment asset inventory implant"),
    _state("employment", ":staff staff employee"),
    e(
        "status.state", "=state|state code|current state", "status.word", of="record",
        tables=":event :encounter :log :other", without="city zip county country address",
    ),
    e(
        "status.word",
        "status|state of record|record status|current status|status code|=statusp|approval status|"
        "clinical status|account status|active status|row status", "status.word", of="record",
    ),
    e("status.verification", "verification|verification status|verified status", "status.word",
      of="verification"),
    e(
        "status.priority",
        "priority|urgency|order priority|priority code|request priority|precedence level",
        "status.word", "text integer", of="priority",
    ),
    e(
        "status.outcome", "outcome|result code|result status|response status|=success code",
        "status.word", of="outcome",
    ),
    e(
        "status.denial", "denial reason|rejection reason|adjustment reason|denial code|"
        "rejection code|reject code|"
        "reject reason|denied reason|adjudication reason|rejected reason|refusal reason",
        "status.word", of="denial_reason",
    ),
    e(
        "status.payment_method",
        "payment method|payment type|method of payment|pay method|=method|tender type",
        "status.word", of="payment_method", tables="payment claim transaction invoice",
        never=":encounter lab",
    ),
    e("status.claim_type", "claim type|bill type|billing type", "status.word", of="claim_type"),
    e("status.claim_type", "=type", "status.word", of="claim_type", only=True, tables="claim"),
    e(
        "status.transaction_type", "transaction type|transfer type|entry type|ledger type|=type",
        "status.word", of="transaction_type", only=True, tables="transaction payment ledger charge",
    ),
    e(
        "status.transaction_type", "transaction type|transfer type", "status.word",
        of="transaction_type",
    ),
    e(
        "status.modifier", "modifier|procedure modifier|modifier code|modifier source value",
        "status.word", of="modifier",
    ),
    e(
        "status.result_type", "value type|result type|data type|=type", "status.word",
        of="result_type", only=True, tables="result observation measurement lab",
    ),
    e(
        "status.plan_type", "=type", "status.word", of="plan_type", only=True,
        tables="plan coverage insurance policy",
    ),
    e(
        "status.address_type", "address type|address use|=use|=type", "status.word",
        of="address_type", only=True, tables="address location contact",
    ),
    e("status.address_type", "address type|address use", "status.word", of="address_type"),
    e("status.name_use", "name use|name type", "status.word", of="name_use"),
    e("status.invalid", "invalid reason|invalid flag", "status.word", of="invalid"),
    e("status.standard", "standard concept|is standard", "status.word", of="standard"),
    e(
        "status.source",
        "source|source system|source system code|data source|origin|originating system|=system|"
        "sending application|"
        "sending system|source application|record source|assigning authority|"
        "receiving application|application|application name|=app|nlp system|source name|"
        "cdm source name|cdm source abbreviation|feed|interface name", "code.drawn",
        system="sources", part="name",
    ),
    e(
        "status.code_system",
        "designator|coding scheme|coding scheme designator|code system|=system|coding system|"
        "=vocabulary|terminology|system code|code type|code set|"
        "codesystem", "code.drawn", system="vocabularies", part="name", beside="code",
    ),
    e(
        "status.channel",
        "channel|communication channel|delivery method|contact channel|=medium|delivery channel",
        "status.word", of="channel",
    ),
    e(
        "status.direction", "direction", "status.word", of="direction", only=True,
        tables="message call transfer interface log communication queue",
    ),
    e(
        "status.operation",
        "action|=op|action type|change type|event action|dml|command|event name|"
        "audit action|operation type", "status.word", of="action", tables=":log",
    ),
    e("status.operation", "operation", "status.word", of="action", only=True,
      tables=":log log audit history"),
    e(
        "status.event_type", "event type|activity type|access type|=event|=activity", "status.word",
        of="event_type",
    ),
    e("status.event_type", "event type|movement type|transfer type", "status.word", of="movement",
      only=True, tables="transfer movement adt"),
    e(
        "status.log_level", "log level|=level|=severity", "status.word", of="log_level", only=True,
        tables=":log",
    ),
    e("status.weekday", "weekday name|day name", "status.word", of="weekday"),
    e("status.rating", "rating|film rating|star rating", "status.word", "text", of="rating"),
    e("status.color", "color|colour", "status.word", of="color"),
    e("status.consent_type", "consent type", "status.word", of="consent_type"),
    # Flags.
    _flag(
        "active",
        "active|is active|active flag|enabled|is enabled|activebool|active indicator|is current|"
        "current flag|=current|is valid|is available|available|billable|is billable|covered|"
        "is covered|in network|is operational|verified flag|is verified|accepting patient|"
        "accept new patient|is accepting patient|visible|is visible|published|is published|"
        "reimbursable|is final", 0.9,
    ),
    e(
        "flag.primary",
        "primary|is primary|primary flag|is default|default flag|is preferred|preferred|is main|"
        "is principal|primary indicator|=principal|preferred flag", "status.first",
        "boolean integer",
    ),
    e(
        "flag.primary", "=primary|=is primary|=primary flag|=is default|=default flag|"
        "=is preferred|"
        "=preferred|=is main|=is principal|=primary indicator|=principal|=preferred flag",
        "status.first", "text",
    ),
    _flag(
        "deleted",
        "deleted|is deleted|deleted flag|archived|is archived|void|voided|is void|inactive|locked|"
        "is locked|disabled|is disabled|is test|test patient|is cancelled|cancelled|"
        "entered in error|retired|is retired|restricted|is restricted|confidential|"
        "is confidential|is duplicate|"
        "is merged|vip|is vip|sensitive|is sensitive|hold flag", 0.03,
    ),
    _flag(
        "abnormal",
        "abnormal|is abnormal|is critical|critical|critical flag|abnormal flag|out of range|"
        "is abnormal flag", 0.18,
    ),
    _flag(
        "consent",
        "consent|consent given|consent obtained|signed|is signed|opt in|has consent|agreed|"
        "hipaa signed|share consent|is paid|completed|is completed|is resolved|is read|sent|"
        "is sent|success|is success|succeeded|processed|is processed|acknowledged|approved|"
        "is approved|present|documented|fasting|administered", 0.85,
    ),
    _flag(
        "rare",
        "emergency|is emergency|is urgent|urgent|readmission|is readmission|readmitted|no show|"
        "is chronic|chronic|is new|new patient|first visit|is transfer|transferred|contrast|"
        "contrast used|interpreter needed|needs interpreter|interpreter required|veteran|"
        "is veteran|homeless|organ donor|is isolation|overridden|is override|denied|is denied|"
        "complication|has complication|requires approval|hazardous|is hierarchical|"
        "defines ancestry|multiple birth|is recurring|recurring|taxable|is remote|requires fasting",
        0.12,
    ),
    e("flag.any", "flag|indicator|=yes no|is|has", "status.flag", "boolean", share=0.3),
)
# fmt: on
