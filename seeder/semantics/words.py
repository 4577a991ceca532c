"""Names of columns and tables as words: split, spelled out, singular."""

from __future__ import annotations

import itertools
import re
from functools import lru_cache

_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

# Abbreviations of clinical and everyday schemas, spelled out. One word may become several.
SPELLED: dict[str, str] = {
    line.split("=")[0]: line.split("=")[1]
    for line in """
pt=patient|pat=patient|pats=patient|pts=patient|enc=encounter|encs=encounter|adm=admission
dx=diagnosis|diag=diagnosis|diagnoses=diagnosis|rx=prescription|rxs=prescription|prov=provider
org=organization|organisation=organization|orgs=organization|fac=facility|loc=location
dept=department|depts=department|obs=observation|msr=measurement|meas=measurement
measure=measurement|dob=birth date|dod=death date|birthdate=birth date|birthday=birth date
deathdate=death date|fname=first name|lname=last name|mname=middle name|surname=last name
forename=first name|firstname=first name|lastname=last name|middlename=middle name
fullname=full name|givenname=first name|familyname=last name|lastnm=last name|firstnm=first name
dt=date|dte=date|dttm=datetime|dtm=datetime|dts=datetime|ts=time|tm=time|tstamp=timestamp
num=number|no=number|nbr=number|nr=number|nums=number|desc=description|descr=description
dscr=description|addr=address|tel=phone|telephone=phone|telecom=phone|ph=phone|qty=quantity
amt=amount|cd=code|nm=name|val=value|uom=unit|valueuom=value unit|valuenum=value number
temp=temperature|proc=procedure|procs=procedure|med=medication|meds=medication|ins=insurance
spec=specialty|speciality=specialty|cnt=count|pct=percent|perc=percent|zipcode=zip|postcode=zip
postal=zip|lat=latitude|lon=longitude|lng=longitude|long=longitude|gender=sex|admittime=admit time
dischtime=discharge time|charttime=chart time|storetime=store time|starttime=start time
endtime=end time|stoptime=stop time|intime=in time|outtime=out time|edregtime=ed registration time
edouttime=ed out time|deathtime=death time|hadm=admission|subj=subject|stime=start time
etime=end time|disch=discharge|appt=appointment|appts=appointment|hosp=hospital|doc=doctor
docs=doctor|phys=physician|emp=employee|svc=service|svcs=service|sched=scheduled|orig=original
src=source|cat=category|ctgry=category|descrip=description|hr=heart rate|rr=respiratory rate
sbp=systolic pressure|dbp=diastolic pressure|hgt=height|wgt=weight|wt=weight|ht=height
bps=systolic pressure|bpd=diastolic pressure|pulse=heart rate|bp=blood pressure|vitals=vital
labs=lab|immunisation=immunization|vacc=vaccine|immun=immunization|lic=license|licence=license
acct=account|inv=invoice|pmt=payment|txn=transaction|trans=transaction|trx=transaction
curr=currency|ccy=currency|cntry=country|ctry=country|lang=language|eth=ethnicity|relig=religion
mrital=marital|mob=mobile|cell=mobile|cellphone=mobile phone|freq=frequency|dur=duration
los=length stay|elix=elixhauser|uname=user name|username=user name|userid=user id|pwd=password
flg=flag|ind=indicator|yn=flag|hx=history|tx=treatment|sx=symptom|fx=fracture|careplan=care plan
bodysite=body site|seq=sequence|ord=order|ordr=order|req=request|rqst=request|lname1=last name
speciality1=specialty|ethnic=ethnicity|catalogue=catalog|cat1=category|programme=program
validity=valid|labtest=lab test|labresult=lab result|laborder=lab order|labname=lab name
microbiologyevent=microbiology event|bdate=birth date|birthdt=birth date|bday=birth date|yob=birth year
tele=phone|telno=phone number|phoneno=phone number|phonenumber=phone number|mobileno=mobile number
btype=blood type|bloodgroup=blood type|moth=mother|fath=father|stat=status|mar=marital|res=result
passwd=password|pass=password|pw=password|othername=other name|othernames=other name
givennames=first name|forenames=first name|surnames=last name|familynames=last name
authored=created|authoredon=created date|modif=modified|mod=modified|upd=updated|crt=created
cre=created|del=deleted|chg=changed|updt=updated|crtd=created
createdby=created by|updatedby=updated by|modifiedby=modified by|createdat=created at
updatedat=updated at|deletedat=deleted at|createddate=created date|datecreated=created date
datechanged=changed date|changedate=changed date|dateupdated=updated date|creationdate=created date
lastmodified=modified|spo=spo2|sao=sao2|smpl=sample|samp=sample|spcm=specimen
specmn=specimen|rslt=result|reslt=result|resval=result value|ref=reference|refer=referral
freetext=free text|grp=group|typ=type|tp=type|nme=name|dsc=description|descript=description
ident=identifier|identif=identifier|admdate=admission date|admdt=admission date
disdate=discharge date|disdt=discharge date|dischdt=discharge date|dischdate=discharge date
pracs=practitioner|prac=practitioner|practitionner=practitioner|attend=attending|dr=doctor
clin=clinic|mstat=marital status|maritalstatus=marital status|sts=status
icdcode=diagnosis code|icd10code=diagnosis code|diagcode=diagnosis code|dxcode=diagnosis code
proccode=procedure code|pxcode=procedure code|px=procedure|drugname=drug name|medname=drug name
drugcode=drug code|ndccode=ndc|labcode=lab code|testcode=test code|testname=test name
rte=route|strngth=strength|dosg=dosage|insur=insurance|insr=insurance|guar=guarantor|subscr=subscriber
sysbp=systolic pressure|diabp=diastolic pressure|sysbps=systolic pressure
nibp=blood pressure|pulserate=heart rate|heartrate=heart rate|resprate=respiratory rate|bodytemp=body temperature
tempc=temperature|tempf=temperature fahrenheit|o2sat=oxygen saturation|satur=oxygen saturation
zp=zip|streetaddress=street address|housenumber=house number|nok=next kin|relat=relationship
npinumber=npi|mrno=mrn|mrnumber=mrn|medrecno=mrn|patno=patient number|patnum=patient number
hn=mrn|uhid=mrn|upid=mrn|empid=employee id|usr=user|usrname=user name|apptdate=appointment date
visitdate=visit date|encdate=encounter date|nation=country|prio=priority
sev=severity|react=reaction|allrgy=allergy|algy=allergy|vax=vaccine|imm=immunization|immz=immunization
manuf=manufacturer|mfr=manufacturer|mfg=manufacturer|mnfctr=manufacturer|exp=expiry|expdate=expiry date
batchno=batch number|lotno=lot number|lotnumber=lot number|accn=accession|acc=accession|ordno=order number
effdt=effective date|efftv=effective|eff=effective|trmdt=termination date
strt=start|stp=stop|begdate=begin date|enddate=end date|startdate=start date|stopdate=stop date
enddt=end date|startdt=start date|tot=total|chrg=charge|pd=paid|bal=balance|ded=deductible|paymt=payment
pymt=payment|clm=claim|elig=eligibility|mbr=member|subs=subscriber|bene=beneficiary
pregn=pregnancy|preg=pregnancy|gest=gestational|bwt=birth weight|wk=week|wks=week|yr=year|yrs=year|mth=month
mos=month|cmt=comment|cmnt=comment|notes=note|rem=remark|hlth=health|pop=population
longt=longitude|resid=residence|dist=district|prv=province|provinsi=province|vill=village|cty=city
cod=code|codes=code|cde=code
resultdate=result date|labdate=lab date|orderdate=order date|collectiondate=collection date|reportdate=report date
sampledate=sample date|receiveddate=received date|onsetdate=onset date|diagnosisdate=diagnosis date
deathcause=death cause|causeofdeath=death cause|placeofbirth=birth place|birthplace=birth place
encntr=encounter|dgns=diagnosis|physn=physician|admsn=admission
dischrg=discharge|discharg=discharge|prncpal=principal|vrsn=version|mdfr=modifier|rsn=reason
biz=work|ss=ssn|zipcd=zip|csn=encounter number|inp=inpatient
beg=begin|reg=registration|occurreddate=occurrence date|duedate=due date|storedby=stored by
lastupdated=last updated|lastupdatedby=last updated by|shortname=short name|completedby=completed by
completeddate=completed date|openingdate=opening date|closeddate=closed date|encountertype=encounter type
orgunit=organization|ou=organization|uuids=uuid|refno=reference number|plz=zip|ort=city|strasse=street
nachname=last name|vorname=first name|geburtsdatum=birth date|geschlecht=sex|telefon=phone
nom=last name|prenom=first name|sexe=sex|ville=city|adresse=address|apellido=last name|nombre=first name
sexo=sex|fecha=date|telefono=phone|ciudad=city|direccion=address|nascimento=birth|nome=name|medicament=drug
""".replace("\n", "|")
    .strip("|")
    .split("|")
}

_KEEP = frozenset(
    "status diagnosis address series dispenses gps sms his dos uses loss cross process analysis "
    "prognosis class basis gas mass access ms us axis is has was as bus virus canvas".split()
)

# Words that stand run together in names without separators (patientid, lastbilleddate).
KNOWN = frozenset(
    """
    account active adjustment admission admit address age agent allergy amount appointment at
    balance base batch bed billed birth blood body brand by card care category charge city claim
    class code collected comment company condition contact copay cost country county covered
    created credit current customer date datetime day death default department description
    device diagnosis discharge dispense doctor dose drug due effective email employee encounter
    end entry event expense expiry external facility fax fee file first flag float follow form
    frequency from full gender given group guarantor health healthcare height home hospital hour
    id illness image in index instance insurance invoice issue item job key kind language last
    latitude length level license line location longitude lot maiden manager marital medication
    member method middle mobile modality mode month name national next note number object of ref
    observation on order organization out outstanding owner paid parent participant password
    patient payer payment pharmacy phone place plan policy position postal practice prefix
    prescription price primary priority procedure product provider quantity race rate reason
    received reference referring registration relation release religion report request result
    resulted room route schedule scheduled score secondary section sequence serial series service
    severity sex sign site size sop source specialty specimen staff start state status stop
    street study subject suffix supervising supply symptom system table tax term test text time
    title to total transaction transfer treatment type uid unit units until up updated url
    discharged invalid uncovered deleted expired occurrence exposure era detail
    user valid value vendor version visit vital ward weight work year zip
    abnormal action additional allergen ambulance answer antibiotic approximate arrival asset attendance
    audit bacteria barcode beneficiary birth bill caste caregiver caste cause cell change chart check chief circumference
    clinic clinical clinician close comorbidity complaint complication condition confirmed consent
    contacts count creation culture data deleted destination details diastolic district done dosage
    education encounter epidemiological episode equipment ethnicity evaluation exam examination exit extension
    facility father fever final finding followup format funder funding gestational glucose grade guardian head heart
    history house household ident identifier identity immunization income indication infection
    initial insurer intake internal investigation isolation laboratory latest list local mail main
    management marker maternal message minute mother municipality nation nationality neonatal net new nurse occupation
    officer old onset onset operation other outcome oxygen parity parish pathogen pending person personal
    physician planned population postcode pregnancy pregnant premium present pressure previous primary
    program protocol province pulse radiology reaction record red reference referral referred region registered registry
    rejection remark remarks repeat reporting requested residence resistance respiratory responsible
    response result results return risk route sample sampling saturation screening search sent
    severity smoking social specialty specimen spouse store stored string submitted summary surgery
    surname surveillance suspected systolic temperature theatre therapy time timestamp tissue town transport travel
    treatment triage trimester unique unknown urgency vaccination vaccine validated variable
    verified village volume waist water week weight width yearly admitted approved authorised billing
    prescribed prescriber scheme subscriber technician trial vehicle visitor voided uuid guid
    mrn npi dob icd loinc ndc microbiology permanent current audit stamp submit allowed denial administered ordering range pain ref approved recorded posted mother ordered pulse stored drug ethnic allergies prescriber referrer guardian income size family reject care material include
    """.split()
)


def singular(word: str) -> str:
    """A plural noun's singular, by the rules that English column names need."""
    if (
        len(word) <= 3
        or word in _KEEP
        or not word.endswith("s")
        or word.endswith(("ss", "is", "us"))
    ):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1]


# Short words that only end a name: collecteddt, lotno, primarydx.
_LAST = frozenset("dt no cd nm tm ts dx".split())


@lru_cache(maxsize=4096)
def _joined(word: str) -> tuple[str, ...]:
    """A word that is several known words run together, else itself; a last letter may be left."""
    best: list[tuple[str, ...] | None] = [()] + [None] * len(word)
    for stop in range(2, len(word) + 1):
        for start in range(max(stop - 14, 0), stop - 1):
            piece, before = word[start:stop], best[start]
            if before is None or (piece not in KNOWN and piece not in SPELLED):
                continue
            if len(piece) < 3 and piece not in ("id", "at", "by", "to", "of"):
                if stop < len(word) or piece not in _LAST or not start:
                    continue
            here = best[stop]
            if here is None or len(before) + 1 < len(here):
                best[stop] = (*before, piece)
    whole = best[len(word)]
    if whole:
        return whole
    most = best[len(word) - 1]
    # 'p' marks the patient's share in statusp, lastbilleddatep.
    return (*most, "p") if most and len(word) > 6 and word[-1] == "p" else (word,)


@lru_cache(maxsize=8192)
def tokens(name: str) -> tuple[tuple[str, ...], str]:
    """The words of a name, and the number at its end ('' when it has none).

    ``diagnosis_code_2`` -> (('diagnosis', 'code'), '2'); ``patientDOB`` -> (('patient', 'birth',
    'date'), '').
    """
    found: list[str] = []
    group = ""
    for part in _CAMEL.findall(name.replace("SpO2", "spo2").replace("O2", "o2")):
        if part.isdigit():
            if found and found[-1] in (
                "icd",
                "hba",
                "hb",
                "spo",
                "vo",
                "po",
                "pco",
                "fio",
                "t",
                "b",
                "o",
            ):
                found[-1] += part
            else:
                group = part
            continue
        found.append(part.lower())
    words: list[str] = []
    for word in found:
        words += _spell(word)
    while ("date", "time") in itertools.pairwise(words):
        at = list(itertools.pairwise(words)).index(("date", "time"))
        words[at : at + 2] = ["datetime"]
    if len(words) > 1 and words[-1] == "p" and not group:
        group = words.pop()
    if len(words) > 1 and words[-1] == "c" and not group:
        words.pop()  # the code of a category, as in SEX_C
    return tuple(words), group


_VOWELS = re.compile(r"[aeiou]")


@lru_cache(maxsize=1)
def _skeletons() -> dict[str, str]:
    """Known words by what is left without their vowels: prvdr, srvc, dschrg. Of several, none."""
    found: dict[str, str] = {}
    for word in sorted(KNOWN):
        bare = _bare(word)
        found[bare] = "" if bare in found else word
    return {bare: word for bare, word in found.items() if word and len(bare) >= 4}


def _bare(word: str) -> str:
    return word[0] + re.sub(r"(.)\1", r"\1", _VOWELS.sub("", word[1:]))


@lru_cache(maxsize=8192)
def _spell(word: str) -> tuple[str, ...]:
    if word in SPELLED:
        return tuple(SPELLED[word].split())
    one = singular(word)
    if one in SPELLED:
        return tuple(SPELLED[one].split())
    if one not in KNOWN and len(one) >= 4 and not _VOWELS.search(one[1:]):
        return (_skeletons().get(_bare(one), one),)
    if one in KNOWN or one in _KEEP or len(one) < 6:
        return (one,)
    pieces = _joined(word) if _joined(word) != (word,) else _joined(one)
    if len(pieces) == 1:
        return (one,)
    spelled: list[str] = []
    for piece in pieces:
        spelled += SPELLED.get(piece, singular(piece)).split()
    return tuple(spelled)
