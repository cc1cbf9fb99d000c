#!/usr/bin/python3
"""The French document flow with the whole appliance behind it: CDA in ORU,
hidden documents, versions, INS, quarantine, and cards for a patient."""
import base64
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "demo")]

import report                                              # noqa: E402
from appliance import Appliance                            # noqa: E402
from intake_open import Patient, pdf_of, resource          # noqa: E402
from mllp import send                                      # noqa: E402
from tap import main, ok                                   # noqa: E402

BOX = Appliance()
NIR, NIR_OID, LOCAL_OID = "279035121518989", "1.2.250.1.213.1.4.8", "1.2.250.1.999.1"
HOLD_HIDDEN = 32                # ipc/release.h
serial = 0

CDA = """<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
<id root="1.2.250.1.999.7" extension="{document}.{version}"/>
<code code="11502-2" codeSystem="2.16.840.1.113883.6.1" displayName="CR d'examens biologiques"/>
<title>Compte rendu d'examens</title>
<effectiveTime value="202611210730+0100"/>
<confidentialityCode code="N"/><languageCode code="fr-FR"/>
<setId root="1.2.250.1.999.7" extension="{document}"/><versionNumber value="{version}"/>
<recordTarget><patientRole>
<id root="{oid}" extension="{nir}"/><id root="{local}" extension="{patient}"/>
<addr><streetAddressLine>1 RUE SECRETE</streetAddressLine></addr>
<patient><name><family qualifier="BR">{family}</family><given>Désirée</given></name>
<administrativeGenderCode code="F"/><birthTime value="19790328"/></patient>
</patientRole></recordTarget>
<component>{body}</component></ClinicalDocument>"""
N1 = '<nonXMLBody><text mediaType="application/pdf" representation="B64">{pdf}</text></nonXMLBody>'
N3 = """<structuredBody><component><section>
<code code="18723-7" codeSystem="2.16.840.1.113883.6.1"/><title>Hématologie</title>
<text><table><tbody><tr><td ID="a1">Hémoglobine</td><td>11,9</td></tr></tbody></table></text>
<entry><act classCode="ACT" moodCode="EVN"><templateId root="1.3.6.1.4.1.19376.1.3.1"/>
<entryRelationship typeCode="COMP"><organizer classCode="BATTERY" moodCode="EVN">
<code code="58410-2" codeSystem="2.16.840.1.113883.6.1" displayName="Numération"/>
<statusCode code="completed"/><component><observation classCode="OBS" moodCode="EVN">
<code code="718-7" codeSystem="2.16.840.1.113883.6.1"><originalText><reference value="#a1"/>
</originalText></code><statusCode code="completed"/><effectiveTime value="202611210645+0100"/>
<value xsi:type="PQ" value="11.90" unit="g/dL"/><interpretationCode code="L"/>
<referenceRange><observationRange><value xsi:type="IVL_PQ"><low value="12" unit="g/dL"/>
<high value="16" unit="g/dL"/></value></observationRange></referenceRange>
</observation></component></organizer></entryRelationship></act></entry>
<entry><observationMedia classCode="OBS" moodCode="EVN"><value mediaType="application/pdf"
 representation="B64">{pdf}</value></observationMedia></entry>
</section></component></structuredBody>"""


def wrapped(data):
    """Base64 in lines, as documents have it."""
    return base64.encodebytes(data).decode()


def cda(document, pdf, version=1, body=N1, **words):
    words = {"oid": NIR_OID, "nir": NIR, "local": LOCAL_OID, "patient": "P1",
             "family": "LEFÈVRE", **words}
    return CDA.format(document=document, version=version,
                      body=body.format(pdf=wrapped(pdf)), **words).encode()


def oru(document, slip=None, orc="NW", status="F", metadata=(), pid_nir=NIR, oid=NIR_OID,
        time=None, family="LEFEVRE"):
    """One ORU as ANS's profile has it."""
    global serial
    serial += 1
    time = time or f"202611211{serial // 60:03d}{serial % 60:02d}"[:14].ljust(14, "0")
    ids = [f"{pid_nir}^^^ASIP-SANTE-INS-NIR&{oid}&ISO^INS", f"P1^^^LABO&{LOCAL_OID}&ISO^PI"]
    if slip:
        ids.append(slip["card"].replace("-", "") + "^^^GUICHET")
    segments = [
        f"MSH|^~\\&|SIL|LABO|GUICHET|BOX|{time}||ORU^R01^ORU_R01|F{serial}|P|2.5|||||FRA|UTF-8"
        "||fr||2.1^CISIS_CDA_HL7_V2",
        f"PID|1||{'~'.join(ids)}||{family}^Désirée^^^^^L||19790328|F|||1 RUE SECRETE" + "|" * 21
        + "VALI",
        "PV1|1|O", f"ORC|{orc}|PL{serial}|FI{serial}",
        f"OBR|1|PL{serial}|FI{serial}|11502-2^CR d'examens biologiques^LN|||20261121070000"
        + "|" * 18 + "F",
        "OBX|1|ED|11502-2^CR d'examens biologiques^LN||^TEXT^XML^Base64^"
        + base64.b64encode(document).decode() + f"||||||{status}"]
    for i, (name, value) in enumerate(metadata):
        segments.append(f"OBX|{i + 2}|CE|{name}^x^MetaDMPMSS||{value}^x||||||F")
    return "\r".join(segments).encode() + b"\r"


def answer(message):
    """MSA-1 and the error of ERR-3."""
    ack = send(BOX.mllp_port, message)
    error = re.search(r"\rERR\|[^|]*\|[^|]*\|(\d+)", ack)
    return re.search(r"\rMSA\|(..)", ack).group(1), int(error.group(1)) if error else 0, ack


def audit():
    return [json.loads(line) for line in BOX.guichet("audit", "list").splitlines()]


def opened(slip):
    return Patient(BOX, slip).open_all()


def test_pdf_in_a_cda():
    slip, pdf = BOX.card(), report.make_pdf()
    ok(answer(oru(cda("A1", pdf), slip))[0] == "AA", "R30 a CDA with a PDF: AA")
    (claim, bundle), = opened(slip)
    ok(claim["status"] == "final" and pdf_of(bundle) == pdf,
       "R30 the PDF out of the CDA is bit-identical")
    ok(resource(bundle, "Composition")[0]["identifier"]["value"] == "A1",
       "R30 the report is known by its setId")
    text = json.dumps(bundle, ensure_ascii=False)
    ok(NIR not in text and NIR[:13] not in text and "1.2.250.1.213" not in text,
       "R28 no INS in the bundle, nor its OID")
    ok("SECRETE" not in text and '"P1"' not in text, "R28 no address and no local number")
    everything = BOX.log() + BOX.guichet("audit", "list")
    ok(NIR not in everything and "LEF" not in everything, "R28 none of it in log and audit")


def test_structured_results():
    slip, pdf = BOX.card(), report.make_pdf()
    ok(answer(oru(cda("A2", pdf, body=N3), slip))[0] == "AA", "R30 a structured CDA: AA")
    (_, bundle), = opened(slip)
    found = [o for o in resource(bundle, "Observation") if "valueQuantity" in o]
    ok(pdf_of(bundle) == pdf and len(found) == 1, "R30 its PDF and its one result")
    raw = json.dumps(bundle, ensure_ascii=False)
    ok(found and found[0]["valueQuantity"]["value"] == 11.9
       and found[0]["valueQuantity"]["unit"] == "g/dL" and "Hémoglobine" in raw,
       "R30 value, unit and the words of the narrative", raw)


def test_hidden_documents():
    slip, pdf = BOX.card(), report.make_pdf()
    ok(answer(oru(cda("A3", pdf), slip, metadata=[("INVISIBLE_PATIENT", "Y")]))[0] == "AA",
       "R30 a hidden document: AA")
    ok(opened(slip) == [], "R30 and nothing for the patient")
    ok(any(line["ev"] == "store" and line["det"].get("holds", 0) & HOLD_HIDDEN
           for line in audit()), "R30 the audit says that it is hidden")
    ok(answer(oru(cda("A3", pdf), slip, metadata=[("INVISIBLE_PATIENT", "N"),
                                                  ("MODIF_CONF_CODE", "Y")]))[0] == "AA",
       "R30 later it is shown: AA")
    bundles = opened(slip)
    ok(len(bundles) == 1 and pdf_of(bundles[0][1]) == pdf, "R30 and the patient reads it")
    ok(answer(oru(cda("A3", pdf), slip, metadata=[("INVISIBLE_REP_LEGAUX", "Y"),
                                                  ("MODIF_CONF_CODE", "Y")]))[0] == "AA"
       and opened(slip) == [], "R30 and hidden again it is gone")


def test_versions():
    slip, first, second = BOX.card(), report.make_pdf(), report.make_pdf() + b"%2\n"
    ok(answer(oru(cda("A4", second, version=2), slip, orc="RO", status="C"))[0] == "AA",
       "R30 version 2, before version 1")
    ok(answer(oru(cda("A4", first, version=1), slip))[0] == "AA", "R30 version 1, later: AA")
    (claim, bundle), = opened(slip)
    ok(pdf_of(bundle) == second and claim["status"] == "corrected",
       "R30 versionNumber decides, not the order of arrival")
    ok(answer(oru(cda("A4", second, version=2), slip, orc="CA", status="D"))[0] == "AA"
       and opened(slip) == [], "R30 its deletion withdraws it")


def test_another_patient():
    slip, pdf = BOX.card(), report.make_pdf()
    message = oru(cda("A5", pdf, nir="277076322082910"), slip)
    ok(answer(message)[0] == "AA" and opened(slip) == [],
       "R28 PID-3 is not the CDA's patient: AA, nothing delivered")
    ok(any(line["ev"] == "quarantine" for line in audit()), "R28 and it is in quarantine")


def test_two_cards():
    one, other, pdf = BOX.card(), BOX.card(), report.make_pdf()
    message = oru(cda("A6", pdf), one)
    number = other["card"].replace("-", "").encode()
    message = message.replace(b"^^^GUICHET", b"^^^GUICHET~" + number + b"^^^GUICHET", 1)
    ok(answer(message)[0] == "AA" and opened(one) == [] and opened(other) == [],
       "R29 two different cards: AA, to neither")


def test_refusals():
    pdf = report.make_pdf()
    code, error, ack = answer(oru(cda("A7", pdf), orc="NW", status="C"))
    ok((code, error) == ("AE", 103), "R33 ORC-1 NW with OBX-11 C: AE 103", ack)
    bomb = (b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
            + cda("A8", pdf).split(b"?>", 1)[1])
    code, error, ack = answer(oru(bomb))
    ok((code, error) == ("AE", 102) and "DOCTYPE" in ack, "R30 a document type: AE 102", ack)
    code, error, ack = answer(oru(cda("A9", pdf)[:-20]))
    ok((code, error) == ("AE", 102) and "LEF" not in ack, "R30 a broken CDA: AE 102", ack)
    code, error, ack = answer(oru(cda("A10", pdf), oid="1.2.250.1.213.1.4.10"))
    ok((code, error) == ("AE", 103) and NIR not in ack,
       "R28 a test INS in production: AE 103", ack)


def test_traits():
    slip = BOX.card("--order", "TR-1", "--birth-name", "Lefevre", "--birth-date", "1979-03-28")
    ok(answer(oru(cda("B1", report.make_pdf()), slip, family="LEFÈVRE"))[0] == "AA"
       and len(opened(slip)) == 1, "R28 the patient of the order, with an accent: delivered")
    other = BOX.card("--birth-name", "DUPONT", "--birth-date", "1979-03-28")
    ok(answer(oru(cda("B2", report.make_pdf()), other))[0] == "AA" and opened(other) == [],
       "R28 somebody else's result: AA, nothing delivered")
    wrong = [("--birth-name", "DUPONT"), ("--birth-date", "1979-03-28"),
             ("--birth-name", "DUPONT", "--birth-date", "1979-02-30"),
             ("--birth-name", "-", "--birth-date", "1979-03-28"),
             ("--birth-name", "DUPONT", "--birth-date", "28/03/1979")]
    ok(all(BOX.guichet("card", "new", *w, check=False) == "" for w in wrong),
       "R28 half of the traits, or none that can be: no card")
    stored = b""
    for folder, _, files in os.walk(BOX.path("state")):
        for name in files:
            with open(os.path.join(folder, name), "rb") as f:
                stored += f.read()
    ok(b"DUPONT" not in stored and "DUPONT" not in BOX.log(), "R28 the name is kept nowhere")


def test_big():
    slip = BOX.card()
    pdf = report.make_pdf() + os.urandom(6 << 20)
    ok(answer(oru(cda("C1", pdf), slip))[0] == "AA", "R30 a CDA with a PDF of 6 MB: AA")
    (_, bundle), = opened(slip)
    ok(pdf_of(bundle) == pdf, "R30 bit-identical")


def run():
    with BOX:
        main(test_pdf_in_a_cda, test_structured_results, test_hidden_documents, test_versions,
             test_another_patient, test_two_cards, test_refusals, test_traits, test_big)


run()
