"""Amounts of money, counts and other plain numbers."""

from __future__ import annotations

from typing import Any

from seeder.semantics.entry import NUMBER, Entry
from seeder.semantics.entry import entry as e

_MONEY = "decimal integer float money text"


def _money(name: str, patterns: str, /, **params: Any) -> Entry:
    return e(f"money.{name}", patterns, "money.amount", _MONEY, **params)


# fmt: off
# A table of data: filled lines show more of it than one argument a line.
MONEY = (
    # Money.
    _money(
        "charge",
        "charge|subtotal|subtotal amount|total charge|charge amount|billed amount|amount billed|"
        "gross amount|=amount|invoice amount|claim amount|bill amount|line amount|total amount|"
        "=total|claimed amount|submitted amount|amount total|grand total",
    ),
    _money(
        "cost",
        "cost|base cost|base encounter cost|unit cost|=price|unit price|price|fee|standard charge|"
        "list price|unit amount|drug cost|ingredient cost|dispensing fee|procedure cost|"
        "service fee|fee amount|rental rate|replacement cost|item price|unit rate|room rate|"
        "service rate|tariff|selling price|"
        "sale price|purchase price|consultation fee|maximum retail price", low=0.5, high=1.0,
    ),
    _money(
        "total_cost",
        "total cost|total claim cost|cost total|final cost|net amount|total price|amount due|"
        "total due",
    ),
    _money(
        "allowed",
        "allowed amount|amount allowed|approved amount|contracted amount|negotiated rate|"
        "expected amount", low=0.55, high=0.85,
    ),
    _money(
        "paid",
        "received amount|amount received|paid amount|amount paid|total paid|paid|payment amount|"
        "payer coverage|covered amount|"
        "insurance paid|amount covered|paid by payer|paid by primary|reimbursement|payment|"
        "insurance amount|payer paid|coverage amount|amount reimbursed|settlement amount|"
        "paid by insurance|plan paid|benefit paid", low=0.3, high=0.55,
    ),
    _money(
        "patient",
        "patient paid|patient amount|patient responsibility|out of pocket|paid by patient|"
        "self pay amount|patient due|coinsurance|paid patient coinsurance|amount uncovered|"
        "uncovered amount|not covered amount|patient share|patient balance", low=0.02, high=0.15,
    ),
    _money(
        "copay", "copay|copayment|copay amount|paid patient copay|co pay", scale="small", low=0.4,
        high=1.0,
    ),
    _money(
        "deductible", "deductible|deductible amount|paid patient deductible|annual deductible",
        low=0.0, high=0.15, none=0.5,
    ),
    _money(
        "adjustment",
        "adjustment|adjustment amount|write off|discount|discount amount|contractual adjustment|"
        "rebate|refund|refund amount", low=0.0, high=0.15, none=0.5,
    ),
    _money(
        "balance",
        "due amount|balance|outstanding|outstanding amount|balance due|outstandingp|"
        "amount outstanding|"
        "remaining balance|account balance|open balance|current balance|outstanding balance",
        low=0.0, high=0.12, none=0.55,
    ),
    _money("transfer", "transfer|transfer amount|=transfers|=payments", low=0.02, high=0.3),
    _money("tax", "tax|tax amount|vat amount|sales tax", low=0.04, high=0.09),
    _money(
        "salary", "pay|basic pay|gross pay|net pay|salary|annual salary|income|household income|"
        "annual income|wage|base salary",
        scale="year",
    ),
    _money(
        "revenue", "revenue|budget|annual revenue|turnover|operating cost|annual budget|net worth",
        scale="large",
    ),
    _money(
        "expense",
        "expense|healthcare expense|lifetime cost|total expense|lifetime maximum|total revenue|"
        "max benefit|healthcare cost", scale="stay",
    ),
    _money("coverage", "healthcare coverage", scale="stay", low=0.3, high=0.85),
    _money("hourly", "hourly rate|pay rate|hour rate", scale="small"),
    e("money.currency", "currency|currency code", "code.drawn", system="currencies"),
    e(
        "money.percent",
        "percent|percentage|discount percent|tax rate|coverage percent|coinsurance percent|pct|"
        "=ratio|occupancy rate|markup percent|share percent|coverage rate|fraction", "number.share",
        "integer decimal float text", low=0.0, high=100.0, digits=1,
    ),
    e(
        "money.exchange", "exchange rate", "number.share", "decimal float", low=0.9, high=1.1,
        digits=4,
    ),
    e(
        "money.revenue_code", "revenue code", "number.count",
        "text integer", low=100, typical=392, high=999,
    ),
    # Numbers.
    e(
        "number.quantity",
        "quantity|=units|unit count|quantity dispensed|quantity ordered|quantity given|"
        "number of unit|volume|quantity on hand|stock|amount dispensed|dispense quantity|"
        "dispense amount|item count|"
        "service unit|billed unit|unit quantity|stock level|quantity requested", "number.count",
        NUMBER + " text", low=1, typical=2, high=120,
    ),
    e(
        "number.count",
        "count|number of|total count|attempt|retry count|=total number|tally|unique customer|"
        "covered encounter|uncovered encounter|covered medication|uncovered medication|"
        "covered procedure|uncovered procedure|covered immunization|uncovered immunization|"
        "number of instance|number series|number instance|instance count|image count|"
        "series count|number of series|page count|"
        "child count|number of patient|row count|box size|sibling count|parity|gravidity|gravida|"
        "para|number of visit|visits allowed|login count|failed attempt|view count|no show count|"
        "reading count|year of experience|experience year", "number.count", NUMBER, low=0,
        typical=3, high=60,
    ),
    e(
        "number.months", "member month|month enrolled|enrollment month", "number.count", NUMBER,
        low=1, typical=24, high=400,
    ),
    e(
        "number.level_min", "min level of separation|min level", "number.count", NUMBER, low=0,
        typical=1, high=2,
    ),
    e(
        "number.level_max", "max level of separation|max level", "number.count", NUMBER, low=2,
        typical=3, high=6,
    ),
    e(
        "number.level",
        "level|=grade|=stage|tier|separation|hierarchy level|=depth|stage number|care level|"
        "rank level", "number.count", NUMBER, low=1, typical=2, high=5,
    ),
    e(
        "number.size",
        "file size|size byte|content length|byte size|size in byte|=size|size kb|size mb|=bytes",
        "number.count", NUMBER, low=600, typical=48000, high=9000000,
    ),
    e(
        "number.offset", "offset|start offset|character offset|=pos", "number.count",
        "text", low=0, typical=900, high=9000,
    ),
    e(
        "number.port", "port|tcp port", "number.count", "integer", low=1024, typical=8080,
        high=32000,
    ),
    e(
        "number.weight", "weighting|weight factor|coefficient|factor|multiplier", "number.share",
        "decimal float", low=0.1, high=2.0, digits=2,
    ),

    _money("premium", "premium|premium amount|premium value|policy value|contribution|"
           "contribution amount|monthly premium", scale="small"),
    _money("charge", "claimed|amount claimed|billed|charged|sum|tariff|rate amount"),
    _money("allowed", "approved|amount approved|valuated|reinsured|amount insured|granted amount",
           low=0.55, high=0.85),
    _money("paid", "remunerated|amount remunerated|reimbursed", low=0.3, high=0.55),
    e("stock.quantity", "quantity on hand|on hand|stock level|reorder level|reorder point|"
    "on order|minimum stock|"
      "critical level|stock quantity|in stock|current stock", "number.count", NUMBER, low=0,
      typical=60, high=900),
    e("number.count", "number of bed|bed number of|nurse count|doctor count|piece|pieces per pack",
      "number.count", NUMBER, low=0, typical=3, high=60),
)
# fmt: on
