"""Numbers and keys of documents, accounts and things."""

from __future__ import annotations

from seeder.semantics.entry import entry as e

# fmt: off
# A table of data: filled lines show more of it than one argument a line.
DOCUMENTS = (
    # Documents.
    e(
        "id.encounter",
        "encounter number|visit number|admission number|encounter csn|=csn|account visit number|"
        "fin number|"
        "financial number|=fin|case number|stay number|episode code|encounter identifier",
        "id.encounter", "text integer", tables=":encounter",
    ),
    e("id.taxonomy", "taxonomy|taxonomy code|provider taxonomy", "id.taxonomy"),
    e(
        "id.cost_center", "cost center|cost centre|department number|gl account", "id.badge",
        "text integer",
    ),
    e(
        "id.account",
        "account number|patient account|=account|account no|billing account|ledger number",
        "id.account", "text integer",
    ),
    e(
        "id.claim",
        "claim number|claim identifier|claim control number|=claim no|claim reference|icn",
        "id.claim", "text integer",
    ),
    e(
        "id.invoice",
        "invoice number|invoice reference number|invoice reference|bill reference number|"
        "receipt number|bill number|statement number|invoice no|check number",
        "id.invoice", "text integer",
    ),
    e(
        "id.order",
        "order number|requisition|purchase order|order code|order identifier|placer number|"
        "request number|ticket number", "id.order", "text integer",
    ),
    e(
        "id.prescription", "prescription number|rx number|script number", "id.prescription",
        "text integer",
    ),
    e("id.tax", "tax id|tax number|ein|tax identifier|federal tax id|=tin|vat number", "id.tax"),
    e(
        "id.reference",
        "reference number|transaction number|confirmation number|document number|"
        "external reference|external id|external identifier|tracking number|transaction reference|"
        "source reference|trace number|payment reference|referral number|study number|=reference|"
        "remittance number|external key|business key|source id|correlation id|public id|"
        "report number|control number", "id.reference", "text integer",
    ),
    e(
        "id.reference", "source value", "id.reference", only=True,
        tables=":organisation :place :staff",
    ),
    e("id.message", "message control id|message number|message id|control id", "id.message"),
    e("id.batch", "batch id|batch number|run number|job number|batch code", "id.batch"),
    e(
        "id.vehicle", "vehicle number|ambulance number|unit call sign|call sign|vehicle code",
        "id.vehicle",
    ),
    e(
        "id.asset",
        "asset tag|asset number|equipment number|inventory number|device number|tag number|"
        "model number|=model|product code|catalog number|sku|part number", "id.serial",
    ),
    e(
        "id.token",
        "token|session id|session token|api key|nonce|request id|trace id|=session|activation key",
        "id.token",
    ),
    e(
        "id.hash",
        "secret answer|security answer|hash|checksum|digest|sha256|md5|content hash|row hash|"
        "fingerprint|etag|password|"
        "password hash|salt|signature hash|secret|=sha", "id.hash", "text bytes",
    ),
    e(
        "id.slug",
        "slug|=key|=handle|shortcut|permalink|config key|setting key|feature key|=uri path",
        "id.slug",
    ),
    e(
        "id.version",
        "version|=revision|schema version|software version|cdm version|vocabulary version|"
        "row version|version id|record version|firmware version|document version|model version",
        "id.version",
        "text integer float decimal",
    ),
    # A text column that ends in id or number names something, whatever it is.
    e("id.uuid", "uuid|guid|row uuid|record uuid|object uuid|external uuid", "id.uuid", "text"),
    e(
        "id.other", "id|identifier|number|record key|row key|primary key", "id.other",
        never=":reference",
    ),
)
# fmt: on
