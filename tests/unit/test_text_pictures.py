"""Radiology reports are of the modality and the part of the body that their row or its owner names;
settings of texts that name nothing are refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from seeder.errors import SeederError
from seeder.generate import stream
from seeder.generate.rows import Rows
from seeder.generate.world import build
from seeder.plan.overrides import Overrides
from seeder.plan.overrides_file import parse
from seeder.plan.planner import make_plan
from seeder.text import fill, phrases, pictures, pool, tags
from seeder.text.facts import Facts
from seeder.text.pool import Body, PoolError
from tests.helpers.stories import story
from tests.property.hand_made import (
    ENCOUNTER,
    ORGANISATION,
    PATIENT,
    PROVIDER,
    name,
    options,
    schema,
    table,
)

KEY = stream.key(0, "text")
STUDY = table(
    "imaging_study", "encounter_id bigint, modality text, body_part text, performed_at timestamptz",
    "encounter_id -> encounter",
)  # fmt: skip
REPORT = table(
    "radiology_report", "imaging_study_id bigint, report_text text, impression text",
    "imaging_study_id -> imaging_study",
)  # fmt: skip
ALONE = table(
    "radiology_exam", "patient_id bigint, exam_modality code, body_site code, findings text",
    "patient_id -> patient",
)  # fmt: skip
_SAID = {
    "DX": "x-ray", "CR": "x-ray", "CT": "CT", "US": "ultrasound", "MR": "MRI", "MG": "mammography",
    "NM": "nuclear", "PT": "PET", "XA": "angiography", "RF": "fluoroscopy",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CT", "CT"), ("ct", "CT"), ("Computed Tomography", "CT"), ("MRI", "MR"), ("XRAY", "DX"),
        ("X-ray", "DX"), ("Ultrasound", "US"), ("PET/CT", "PT"), ("Mammogram", "MG"), ("?", ""),
    ],
)  # fmt: skip
def test_modalities_are_known_by_their_words(text: str, code: str) -> None:
    (found,) = pictures.numbers(pa.array([text]), "modalities", 1)
    assert (pictures.modalities()[found] if found >= 0 else "") == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("KNEE", "KNEE"), ("Knee", "KNEE"), ("left knee", "KNEE"), ("Thorax", "CHEST"),
        ("Cervical spine", "CSPINE"), ("lumbar", "LSPINE"), ("Renal", "KIDNEY"), ("", ""),
    ],
)  # fmt: skip
def test_sites_are_known_by_their_words(text: str, code: str) -> None:
    (found,) = pictures.numbers(pa.array([text]), "body_sites", 1)
    assert (pictures.sites()[found] if found >= 0 else "") == code


def test_rows_without_a_picture_of_their_own_are_told_as_ever() -> None:
    state = story(500)
    none = np.full(500, -1)
    same = replace(state, modality=none, site=none)
    for kind in ("radiology_report", "image_findings"):
        assert fill.write(kind, same, KEY).equals(fill.write(kind, state, KEY))


def test_a_picture_of_another_region_does_not_show_the_condition() -> None:
    state = story(4000)
    knee = replace(
        state, modality=np.zeros(4000, np.int64), site=np.full(4000, pictures.sites().index("KNEE"))
    )
    facts = Facts(knee, KEY)
    own = pictures.usual(phrases.tags())[facts.condition]
    elsewhere = own != pictures.REGIONS.index("limb")
    shown = (facts.tags & (tags.bit("pictured") | tags.bit("imaged"))) != 0
    assert not shown[elsewhere].any()
    assert shown[~elsewhere].any()
    texts = fill.write("image_findings", knee, KEY).to_pylist()
    assert not any(w in t for t in texts for w in ("lungs", "pleural", "ventricles", "adnexa"))
    assert any("dislocation" in t for t in texts)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_a_mans_pelvis_has_no_adnexa(language: str) -> None:
    state = story(2000)
    site = np.full(2000, pictures.sites().index("PELVIS"))
    pelvis = replace(state, modality=np.full(2000, 1), site=site, female=np.zeros(2000, np.bool_))
    texts = fill.write("image_findings", pelvis, KEY, language=language).to_pylist()
    assert not any("adnexa" in t.lower() for t in texts)


def test_a_report_tells_the_picture_of_its_study() -> None:
    made = schema(PATIENT, ENCOUNTER, STUDY, REPORT, ORGANISATION, PROVIDER)
    world = build(make_plan(made, options(6000, radiology_report=800)))
    rows = Rows(world, name("radiology_report"), np.arange(800))
    assert world.plan.tables["h.radiology_report"].owner
    above, take = rows.follow(world.plan.tables["h.radiology_report"].owner)
    modality = above.column("modality").take(pa.array(take)).to_pylist()
    part = above.column("body_part").take(pa.array(take)).to_pylist()
    told = 0
    for text, kind, where in zip(
        rows.column("report_text").to_pylist(), modality, part, strict=True
    ):
        (number,) = pictures.numbers(pa.array([kind]), "modalities", 1)
        word = _SAID[pictures.modalities()[number]]
        if "of the" in text.split(".")[0]:
            told += 1
            assert f"{word} ".lower() in text.lower(), (kind, text)
            assert f"of the {where.lower()}" in text, (where, text)
    assert told > 500


def test_columns_of_the_row_itself_win() -> None:
    made = schema(PATIENT, ALONE, ENCOUNTER, ORGANISATION, PROVIDER)
    plan = make_plan(made, options(4000, radiology_exam=400))
    how = plan.tables["h.radiology_exam"].columns
    assert how["findings"].params["kind"] in ("image_findings", "radiology_report")
    rows = Rows(build(plan), name("radiology_exam"), np.arange(400))
    sites = pictures.numbers(rows.column("body_site"), "body_sites", 400)
    assert (sites >= 0).all()
    hip = [t for t, s in zip(rows.column("findings").to_pylist(), sites, strict=True)
           if pictures.sites()[s] in ("KNEE", "HIP", "ANKLE")]  # fmt: skip
    assert hip
    assert not any("lungs" in t or "pleural" in t for t in hip)


def _asked(text: str) -> SeederError:
    given = parse(text, "seeder.yaml")
    made = schema(PATIENT, ENCOUNTER, STUDY, REPORT, ORGANISATION, PROVIDER)
    asked = options(3000).model_copy(update={"overrides": given.overrides})
    with pytest.raises(SeederError) as found:
        make_plan(made, asked)
    return found.value


@pytest.mark.parametrize(
    ("params", "says", "near"),
    [
        ("kind: radiologie_report", "kind of a text is 'radiologie_report'", "radiology_report"),
        ("style: headded", "style of a text is 'headded'", "headed"),
        ("dates: dny", "dates of a text is 'dny'", "dmy"),
        ("stile: soap", "no parameter 'stile'", "style"),
        ("text: nobody.pool", "nobody.pool", ""),
    ],
)
def test_a_setting_that_names_nothing_is_refused_with_the_nearest(
    params: str, says: str, near: str
) -> None:
    error = _asked(f"columns:\n  h.radiology_report.report_text: {{params: {{{params}}}}}\n")
    assert says in error.message
    assert "h.radiology_report.report_text" in error.message
    assert near in error.hint


def test_an_unknown_slot_of_a_users_pool_is_refused_in_the_plan(tmp_path: Path) -> None:
    path = tmp_path / "mine.pool"
    body = Body("radiology_report", "study", "full", "*", "*", "", "{Imagin}.")
    pool.write(pool.pool_of([body]), path)
    error = _asked(f"columns:\n  h.radiology_report.report_text: {{params: {{text: {path}}}}}\n")
    assert "unknown slot {Imagin}" in error.message
    assert "did you mean {imaging}?" in error.hint
    with pytest.raises(PoolError, match=r"mine\.pool: unknown slot \{Imagin\}"):
        make_plan(
            schema(PATIENT, ENCOUNTER, STUDY, REPORT, ORGANISATION, PROVIDER),
            options(3000).model_copy(update={"overrides": Overrides(text=str(path))}),
        )


def test_a_column_without_room_is_a_finding_and_ends_at_a_sentence() -> None:
    narrow = table(
        "nurse_call", "encounter_id bigint, nursing_note code", "encounter_id -> encounter"
    )
    made = make_plan(
        schema(PATIENT, ENCOUNTER, narrow, ORGANISATION, PROVIDER), options(3000, nurse_call=300)
    )
    (found,) = [f for f in made.findings if f.code == "text-short"]
    assert found.place == "h.nurse_call.nursing_note"
    assert "12 characters" in found.message
    rows = Rows(build(made), name("nurse_call"), np.arange(300))
    texts = rows.column("nursing_note").drop_null().to_pylist()
    assert max(map(len, texts)) <= 12
    assert not any(t.endswith((",", " ")) for t in texts)
