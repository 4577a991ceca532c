"""Laboratory results, vital signs and scores."""

from __future__ import annotations

from seeder.semantics.entry import entry as e

_LAB = (
    "lab test result measurement observation observations labevent chartevent component vital "
    "analyte assay panel"
)
_NUM = "integer decimal float text"


# fmt: off
# A table of data: filled lines show more of it than one argument a line.
RESULTS = (
    # Results.
    e(
        "lab.value",
        "value|result value|=result|numeric value|value number|numeric result|value as number|"
        "observation value|measurement value|=reading|result numeric|value numeric|"
        "value source value|lab value|result number|value quantity|value integer|value decimal|"
        "quantitative result|observed value|value amount", "lab.value",
        "integer decimal float text",
        only=True, tables=_LAB, system="@",
    ),
    e(
        "lab.text", "value as string|result text|value text|text value|text result|value string|"
        "value code|value coded|coded value|value codeable concept|qualitative result|"
        "result string|"
        "result qual|result snomed|value qual|char value|value char|string value|"
        "observation value text|answer value|=answer", "lab.value",
        "text", only=True, tables=_LAB, system="@",
    ),
    e(
        "lab.low",
        "range low|reference low|reference range low|normal low|low normal|ref range lower|"
        "lower limit|low limit|ref low|=low|reference range lower|range lower|ref min|normal min|"
        "min normal|lower bound|low value", "code.drawn", _NUM, system="@", part="low",
    ),
    e(
        "lab.high",
        "range high|reference high|reference range high|normal high|high normal|upper limit|"
        "high limit|ref high|=high|reference range upper|range upper|ref range upper|ref max|"
        "normal max|max normal|upper bound|high value", "code.drawn", _NUM, system="@", part="high",
    ),
    e("lab.low", "min value|minimum value|norm low|normal range low|norm range low", "code.drawn",
      _NUM, system="@", part="low", only=True, tables=_LAB + " investigation"),
    e("lab.high", "max value|maximum value|norm high|normal range high|norm range high",
      "code.drawn", _NUM, system="@", part="high", only=True, tables=_LAB + " investigation"),
    e("lab.operator", "result modifier|value modifier|=modifier|norm modifier low|"
      "norm modifier high|normal modifier low|normal modifier high|modifier", "status.word",
      of="operator", only=True, tables=_LAB),
    e("lab.range", "reference range|normal range|ref range|range text", "lab.range", system="@"),
    e(
        "lab.flag",
        "abnormal flag|interpretation|result flag|=flag|abnormal indicator|abnormality|=abnormal|"
        "interpretation code|abnormal", "lab.flag", "text boolean", only=True, tables=_LAB,
        system="@",
    ),
    e(
        "lab.category", "category|=panel|panel name|lab section|section", "code.drawn", only=True,
        tables=_LAB, system="@", part="category",
    ),
    e("lab.operator", "operator|comparator|value operator", "status.word", of="operator"),
    e(
        "lab.method", "method|test method|assay method|analysis method", "status.word", of="method",
        only=True, tables=_LAB + " procedure",
    ),
    e(
        "lab.specimen",
        "specimen|specimen type|sample type|material|sample material|sample source|=fluid|"
        "specimen source|specimen name|sample",
        "code.drawn", system="specimens", part="name",
    ),
    e("lab.container", "container|tube type|container type", "status.word", of="tube"),
    e(
        "lab.condition", "specimen condition|sample quality|specimen quality|sample condition",
        "status.word", of="specimen_condition",
    ),
    e(
        "lab.condition", "=condition|=quality", "status.word", of="specimen_condition", only=True,
        tables="specimen sample",
    ),
    e(
        "lab.organism", "organism|organism name|pathogen", "code.drawn", system="organisms",
        part="name",
    ),
    e(
        "lab.susceptibility", "susceptibility|sensitivity interpretation|=sir|resistance",
        "status.word", of="susceptibility",
    ),
    e(
        "id.accession",
        "accession|accession number|lab number|filler order number|placer order number|"
        "requisition number|filler number|accession id", "id.accession", "text integer",
    ),
    # Vital signs and scores.
    e("vital.heart_rate", "heart rate|pulse|pulse rate", "vital.sign", _NUM, of="heart_rate"),
    e(
        "vital.systolic",
        "systolic|systolic pressure|blood pressure systolic|blood pressure sys|pressure systolic|"
        "systolic bp|systolic blood pressure",
        "vital.sign", _NUM, of="systolic",
    ),
    e(
        "vital.diastolic",
        "diastolic|diastolic pressure|blood pressure diastolic|blood pressure dia|"
        "pressure diastolic|diastolic bp|"
        "diastolic blood pressure", "vital.sign", _NUM, of="diastolic",
    ),
    e("vital.blood_pressure", "blood pressure|=bp", "vital.pressure", "text"),
    e(
        "vital.temperature", "temperature|body temperature|temperature celsius|temperature c",
        "vital.sign", _NUM, of="temperature",
    ),
    e(
        "vital.temperature_f", "temperature fahrenheit|temperature f", "vital.sign", _NUM,
        of="temperature_f",
    ),
    e(
        "vital.respiratory",
        "respiratory rate|respiration|respiration rate|breathing rate|resp per min|"
        "respiration per min|resp rate|=resp",
        "vital.sign", _NUM, of="respiratory",
    ),
    e(
        "vital.spo2", "spo2|oxygen saturation|o2 sat|o2 saturation|sao2|sat o2|o2sat", "vital.sign",
        _NUM, of="spo2",
    ),
    e(
        "vital.oxygen", "oxygen flow|o2 flow|flow rate|oxygen liter", "vital.sign", _NUM,
        of="oxygen",
    ),
    e(
        "vital.height", "height|height cm|body height|=height in", "vital.sign", _NUM, of="height",
        never="image film",
    ),
    e(
        "vital.weight", "weight|weight kg|body weight|admission weight", "vital.sign",
        _NUM, of="weight", never="criterion route",
    ),
    e("vital.bmi", "bmi|body mass index", "vital.sign", _NUM, of="bmi"),
    e("vital.pain", "pain|pain score|pain level|pain scale", "vital.sign", _NUM, of="pain"),
    e(
        "vital.gcs", "gcs|glasgow coma|glasgow coma scale|gcs total|gcs score", "vital.sign", _NUM,
        of="gcs",
    ),
    e("vital.apgar", "apgar|apgar score|apgar #1|apgar #5", "vital.sign", _NUM, of="apgar"),
    e("vital.glucose", "glucose|blood glucose|blood sugar", "vital.sign", _NUM, of="glucose"),
    e(
        "vital.waist", "waist|waist circumference|head circumference", "vital.sign", _NUM,
        of="waist",
    ),
    e(
        "vital.gestation", "gestational age|gestation week|gestational week|week gestation",
        "vital.sign", _NUM, of="gestation",
    ),
    e("vital.position", "body position|patient position", "status.word", of="position"),
    e(
        "score.risk",
        "risk score|=score|total score|severity score|confidence|confidence score|fall risk score|"
        "braden score|morse score|probability|scores", "number.share", "decimal float integer text",
        low=0.0, high=100.0, digits=1,
    ),
    e(
        "score.quality", "qol avg|quality of life|qaly|qol", "number.share",
        "decimal float integer text", low=0.0, high=1.0, digits=3,
    ),
    e(
        "score.acuity",
        "acuity|acuity level|triage level|triage category|esi|esi level|triage acuity|"
        "triage score|acuity score", "status.word", "text integer decimal float", of="acuity",
    ),
    e("score.asa", "asa|asa class|asa score", "status.word", "text integer", of="asa"),
    e("person.blood_type", "blood type|blood group|abo rh|=abo|abo group|abo type|rh type|"
      "rh factor|=rh|rhesus", "status.word", of="blood_type"),

    e(
        "vital.mean_pressure",
        "mean pressure|mean blood pressure|mean arterial pressure|=map|mbp|mean bp|"
        "noninvasive mean|systemic mean|"
        "blood pressure mean", "vital.sign", _NUM, of="mean_pressure",
    ),
    e(
        "vital.systolic", "systemic systolic|noninvasive systolic|max pressure|bp high|sys bp",
        "vital.sign", _NUM, of="systolic",
    ),
    e(
        "vital.diastolic", "systemic diastolic|noninvasive diastolic|min pressure|bp low|dia bp",
        "vital.sign", _NUM, of="diastolic",
    ),
    e(
        "vital.other_pressure",
        "central venous pressure|=cvp|pulmonary artery pressure|pa systolic|pa diastolic|pa mean|"
        "=icp|intracranial pressure|wedge pressure|pcwp|=pap", "vital.sign", _NUM,
        of="venous_pressure",
    ),
    e(
        "vital.st_segment", "=st#1|=st#2|=st#3|st segment|st deviation|st elevation", "vital.sign",
        "decimal float", of="st_segment",
    ),
    e(
        "vital.fluid",
        "oral intake|iv intake|intake|output|urine|fluid|fluid volume|fluid intake|fluid output|"
        "fluid balance|urine output|=intake|=output|intake total|"
        "output total|net total|dialysis total|=diuresis|urine volume|intake output|blood loss",
        "number.count", "integer decimal float", low=0, typical=400, high=3000,
        never="device network message",
    ),
    e(
        "vital.birth_weight", "birth weight|weight at birth|newborn weight", "vital.sign", _NUM,
        of="birth_weight",
    ),
    e(
        "care.finding",
        "examination finding|exam finding|physical finding|auscultation|general appearance|"
        "finding code|physical examination", "prose.complaint", "text",
    ),
    e("lab.value", "result value|test value|result numeric|numeric result", "lab.value", _NUM),
    e(
        "lab.specimen", "specialty type|specialty source|=material|=spec", "code.drawn",
        system="specimens", part="name", only=True,
        tables="lab laboratory microbiology specimen sample culture test",
    ),
    e(
        "lab.organism", "organization name|isolate|isolate name|bacteria|germ", "code.drawn",
        system="organisms", part="name", only=True,
        tables="microbiology culture susceptibility isolate",
    ),
    e(
        "lab.flag", "interpretation|=flag|abnormal flag", "lab.flag", "text boolean", only=True,
        tables="microbiology culture susceptibility", system="@",
    ),
    e("lab.operator", "comparison|value modifier|result comparison|"
    "qualifier sign", "status.word", of="operator"),
)
# fmt: on
