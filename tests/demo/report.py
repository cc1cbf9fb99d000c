"""report.py -- a fictitious French laboratory report: a PDF and an ORU^R01.

Used by the demo and by the tests.  Standard library only; the PDF is a real
one (text, table, two fonts), the message what a French LIS sends.
"""
import base64
import datetime

ANALYTES = [
    # panel, code, system, name, type, value, unit, range, flag
    ("CH", "14749-6", "LN", "Glycémie à jeun", "NM", "5.05", "mmol/L", "4.11-5.88", "N"),
    ("CH", "14682-9", "LN", "Créatinine", "NM", "97", "µmol/L", "59-104", "N"),
    ("CH", "1988-5", "LN", "Protéine C réactive (CRP)", "SN", "<^3", "mg/L", "< 5", "N"),
    ("CH", "22748-8", "LN", "Cholestérol LDL", "NM", "4.62", "mmol/L", "< 4.10", "H"),
    ("HM", "718-7", "LN", "Hémoglobine", "NM", "11.2", "g/dL", "12.0-16.0", "L"),
    ("HM", "6690-2", "LN", "Leucocytes", "NM", "6.8", "10*9/L", "4.0-10.0", "N"),
    ("HM", "777-3", "LN", "Plaquettes", "NM", "245", "10*9/L", "150-400", "N"),
]
PANELS = {"CH": ("BIOCH", "Biochimie"), "HM": ("NFS", "Hémogramme")}


class Pdf:
    """The smallest writer that gives a valid PDF 1.4 of one page."""

    def __init__(self):
        self.objects = []

    def add(self, body):
        self.objects.append(body if isinstance(body, bytes) else body.encode("ascii"))
        return len(self.objects)

    def bytes(self, root):
        out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
        offsets = []
        for number, body in enumerate(self.objects, 1):
            offsets.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        xref = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1)
        for offset in offsets:
            out += b"%010d 00000 n \n" % offset
        out += (b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n"
                % (len(offsets) + 1, root, xref))
        return bytes(out)


def pdf_text(text):
    data = text.encode("cp1252", "replace")
    for symbol in (b"\\", b"(", b")"):
        data = data.replace(symbol, b"\\" + symbol)
    return b"(" + data + b")"


def make_pdf(patient="PAT-TROIS Dominique", padding=0):
    """A report as PDF; `padding` bytes of comment make it as long as wanted."""
    lines = [b"BT /F2 16 Tf 56 780 Td " + pdf_text("Laboratoire Exemple") + b" Tj ET",
             b"BT /F1 11 Tf 56 758 Td "
             + pdf_text("Compte rendu d'examens de biologie médicale") + b" Tj ET",
             b"BT /F1 11 Tf 56 738 Td " + pdf_text("Patient : " + patient) + b" Tj ET",
             b"0.6 w 56 726 m 540 726 l S"]
    height = 704
    for _, _, _, name, _, value, unit, normal, flag in ANALYTES:
        row = [(56, name), (270, value.replace("^", " ").replace(".", ",")), (340, unit),
               (420, normal.replace(".", ",")), (520, {"H": "+", "L": "-"}.get(flag, ""))]
        for column, text in row:
            lines.append(b"BT /F1 10 Tf %d %d Td %s Tj ET" % (column, height, pdf_text(text)))
        height -= 20
    content = b"\n".join(lines) + b"\n" + b"%" * padding
    pdf = Pdf()
    stream = pdf.add(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    fonts = [pdf.add(f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} "
                     "/Encoding /WinAnsiEncoding >>") for name in ("Helvetica", "Helvetica-Bold")]
    page = len(pdf.objects) + 1
    pdf.add(f"<< /Type /Page /Parent {page + 1} 0 R /MediaBox [0 0 595 842] /Contents {stream} 0 R "
            f"/Resources << /Font << /F1 {fonts[0]} 0 R /F2 {fonts[1]} 0 R >> >> >>")
    pdf.add(f"<< /Type /Pages /Kids [{page} 0 R] /Count 1 >>")
    root = pdf.add(f"<< /Type /Catalog /Pages {page + 1} 0 R /Lang (fr-FR) >>")
    return pdf.bytes(root)


def make_message(card="", control_id="GUI-0001", order="2611210042", pdf=None,
                 status="F", value=None, family="PAT-TROIS", given="DOMINIQUE",
                 birth="19790328", when=None, encoding="utf-8"):
    """An ORU^R01 as bytes, segments ended by CR.  `value` replaces the first
    analyte's; `card` goes into a repetition of PID-3."""
    now = (when or datetime.datetime.now()).strftime("%Y%m%d%H%M%S")
    charset = {"utf-8": "UNICODE UTF-8", "iso-8859-1": "8859/1", "iso-8859-15": "8859/15"}[encoding]
    identifiers = "4711^^^LABO&1.2.250.1.999.1&ISO^PI"
    if card:
        identifiers += f"~{card}^^^GUICHET^U"
    segments = [
        f"MSH|^~\\&|SIL|LABO|GUICHET|BORNE|{now}||ORU^R01^ORU_R01|{control_id}|P|2.5|||||FRA|{charset}",
        f"PID|1||{identifiers}||{family}^{given}^^^^^L||{birth}|F",
        "PV1|1|O",
    ]
    number = 0
    for index, (panel, (code, label)) in enumerate(PANELS.items(), 1):
        segments.append(f"ORC|RE|{order}|{order}-{index}")
        segments.append(f"OBR|{index}|{order}|{order}-{index}|{code}^{label}^L|||{now}|||||||||||||||"
                        f"{now}||{panel}|{status}|||||||801234567866&DIAZ&Thierry")
        for row in [a for a in ANALYTES if a[0] == panel]:
            number += 1
            result = value if value is not None and number == 1 else row[5]
            segments.append(f"OBX|{number}|{row[4]}|{row[1]}^{row[3]}^{row[2]}||{result}|{row[6]}|{row[7]}"
                            f"|{row[8]}|||{status}|||{now}")
    if pdf is not None:
        data = base64.b64encode(pdf).decode("ascii")
        segments.append(f"OBX|{number + 1}|ED|11502-2^Compte rendu^LN||^application^pdf^Base64^{data}"
                        f"||||||{status}")
    return ("\r".join(segments) + "\r").encode(encoding)
