"""Organisations, the places inside them, and their insurance plans."""

from __future__ import annotations

from seeder.semantics.entry import NUMBER
from seeder.semantics.entry import entry as e

# fmt: off
# A table of data: filled lines show more of it than one argument a line.
ORGANISATION = (
    # Organisations and places inside them.
    e(
        "org.name",
        "organization name|hospital name|facility name|clinic name|care site name|site name|"
        "practice name|institution|institution name|healthcare organization|provider organization|"
        "hospital|facility|=organization|cdm holder|transfer facility|performing facility|"
        "sending facility|receiving facility|referring facility|performing organization|custodian|"
        "sponsor|study sponsor|lead sponsor|"
        "collaborator",
        "org.name",
    ),
    e(
        "org.name", "=name|=display name|legal name|=title|trade name", "org.name", only=True,
        tables=":organisation organization hospital facility clinic institution site tenant",
        never="payer insurer insurance carrier company vendor supplier manufacturer pharmacy "
        "laboratory",
    ),
    e(
        "org.company", "company|company name|=name", "org.name", kind="company", only=True,
        tables="company vendor supplier manufacturer",
    ),
    e("org.company", "company|company name|corporate name", "org.name", kind="company"),
    e("org.pharmacy", "pharmacy|pharmacy name", "org.name", kind="pharmacy"),
    e("org.pharmacy", "=name", "org.name", kind="pharmacy", only=True, tables="pharmacy"),
    e(
        "org.laboratory", "laboratory|laboratory name|performing lab|performing laboratory",
        "org.name", kind="laboratory",
    ),
    e("org.laboratory", "=name", "org.name", kind="laboratory", only=True, tables="laboratory"),
    e(
        "org.payer",
        "payer|payer name|insurance|insurance company|insurer|insurance name|insurance provider|"
        "carrier|insurance carrier|insurer name|primary insurance|secondary insurance|"
        "payer source value|financial class|funding source|health fund|sickness fund",
        "code.drawn", system="payers", part="name",
    ),
    e(
        "org.payer", "=name", "code.listed", system="payers", part="name", only=True,
        tables="payer insurer insurance carrier",
    ),
    e(
        "org.department",
        "department|department name|hospital service|=service|service name|care unit|unit name|"
        "nurse unit|nursing unit|"
        "unit medical|medical unit|medical department|care department|clinical department|"
        "clinical service|first careunit|last careunit|medical service|service line|=careunit",
        "code.drawn", system="departments", part="name",
    ),
    e(
        "org.department", "=name", "code.listed", system="departments", part="name", only=True,
        tables="department unit service team division section",
    ),
    e("org.ward", "ward|ward name|ward number|nursing unit|=unit name|location name|=pavilion|"
      "patient location|"
        "current location|assigned location|prior location|temporary location|=station|"
        "nursing station|point of care|ward unit", "org.ward"),
    e("org.ward", "=name", "org.ward", only=True, tables="ward location zone area floor"),
    e("org.ward_type", "ward type|unit type|location type", "status.word", of="ward_type"),
    e(
        "org.room", "theatre number|operating room|operating room number|operation theatre|theatre|"
        "room|room number|room name|room code|room label|office|office number",
        "org.room", "text integer",
    ),
    e(
        "org.room", "=name|=number|=code|=label", "org.room", "text integer", only=True,
        tables="room theatre",
    ),
    e("org.room_type", "room type", "status.word", of="room_type"),
    e("org.bed", "bed|bed number|bed label|bed name|bed code", "org.bed"),
    e("org.bed", "=name|=number|=code|=label", "org.bed", only=True, tables="bed"),
    e("org.bed_type", "bed type", "status.word", of="bed_type"),
    e("org.building", "building|building name|campus|wing|block", "org.building"),
    e("org.floor", "floor|floor number|storey", "org.floor", "text integer"),
    e(
        "org.type", "facility type|organization type|hospital type|site type|clinic type",
        "status.word", of="facility_type",
    ),
    e(
        "org.type", "=type|=kind", "status.word", of="facility_type", only=True,
        tables=":organisation", never="payer insurer insurance",
    ),
    e(
        "org.capacity",
        "capacity|bed count|number of bed|bed capacity|licensed bed|max patient|=beds|total bed",
        "number.count", NUMBER, low=8, typical=28, high=420,
    ),
    e(
        "org.utilization", "utilization|visit count|encounter count|patient count",
        "number.count", NUMBER, low=1, typical=180, high=9000,
    ),
    e("org.shift", "shift|shift name|shift type|work shift", "status.word", of="shift"),
    e(
        "org.employment", "employment type|contract type|employment status|fte type", "status.word",
        of="employment_type",
    ),
    e(
        "org.job",
        "job title|role name|=role|position title|staff role|job role|role code|"
        "participation type|care team role|provider role", "code.drawn", system="roles",
        part="name",
    ),
    # Insurance.
    e(
        "id.member",
        "member id|member number|subscriber id|subscriber number|insurance id|insurance number|"
        "medicare id|medicaid id|policy holder id|beneficiary id|medicare number|medicaid number|"
        "insured id|"
        "insurance member id", "id.member",
    ),
    e("id.group", "group number|group id|insurance group|group policy number", "id.group"),
    e("id.contract", "policy number|contract number|plan number|policy id|=policy", "id.contract"),
    e(
        "id.authorization",
        "authorization number|prior authorization|authorization code|auth number|approval number",
        "id.authorization",
    ),
    e(
        "plan.name", "plan name|insurance plan|coverage plan|plan description", "code.drawn",
        system="payers", part="name",
    ),
    e(
        "plan.type",
        "plan type|insurance type|coverage type|payer type|financial class|insurance class",
        "status.word", of="insurance_type",
    ),
    e(
        "plan.type", "=type|=kind|=category", "status.word", of="insurance_type", only=True,
        tables="payer insurer insurance",
    ),
    e(
        "plan.order", "coverage order|insurance order|priority of coverage|coverage rank",
        "status.word", of="coverage",
    ),

    e(
        "org.identifier",
        "clia number|clia|clia id|facility identifier|organization identifier|accreditation number|"
        "tax code|account code", "id.license", only=True,
        tables=":organisation organization facility supplier hospital clinic",
    ),
    e(
        "org.code",
        "hospital code|facility code|organization code|clinic code|site code|institution code|"
        "center code|practice code|health facility code", "id.slug",
    ),
    e("id.employee", "=code|officer code|doctor code|provider code|user code", "id.employee",
      "text integer", only=True, tables=":staff staff officer doctor provider"),
    e("org.type", "facility level|organization level|hospital level|=level|"
    "care type", "status.word",
      of="facility_type", only=True, tables=":organisation facility hf hospital"),
)
# fmt: on
