#!/usr/bin/python3
"""generate.py -- HPRIM files as laboratories really write them, and what has to
become of each.  Deterministic; every person in them is invented.

    generate.py FOLDER            writes all of them, and manifest.json
    generate.py --fuzz FOLDER     writes the small ones, by hash, for the fuzzers

In Python: `for case in cases(card): ...`.  A case is one file, its neighbours
(files that it names), the source's keys it needs, and what is expected:
"stored" with a number of reports, or "refused" with an error of HL70357.
"""
import base64
import hashlib
import json
import os
import sys
from dataclasses import asdict, dataclass, field

# Field, sub-field, repeater, escape, sub-sub-field: the standard's, a
# hospital's, and two that other software writes.  Position decides.
DELIMITERS = {"standard": "|~^\\&", "hospital": "|^~\\&", "his": "|^~&\\", "ehr": "|\\^&~"}
LINE_ENDS = {"cr": "\r", "lf": "\n", "crlf": "\r\n"}
# Name of ours, Python's codec, what the source has to say.
CHARSETS = {
    "cp1252": ("cp1252", ""), "latin1": ("latin-1", ""), "utf8": ("utf-8", ""),
    "utf8-mark": ("utf-8-sig", ""), "utf16": ("utf-16", ""),
    "cp850": ("cp850", "cp850"), "macroman": ("mac-roman", "macroman"),
}
LINE_MAX = 219          # and its end


@dataclass
class Case:
    name: str
    data: bytes
    expect: str = "stored"          # or "refused"
    reports: int = 1
    error: int = 0
    release: str = "deliver"        # of the first report
    keys: dict = field(default_factory=dict)
    pieces: dict = field(default_factory=dict)
    given: str = "Zoé"              # what must have survived; "": not looked at


# --- people and analyses that do not exist -------------------------------------

PEOPLE = (
    ("MARTIN", "Zoé", "DUPONT", "19790328", "F"),
    ("LE GOFF", "Loïc", "", "19520114", "M"),
    ("NGUYEN", "Aïcha", "", "20010930", "F"),
    ("MÜLLER", "Élodie", "", "19881203", "F"),
)
ANALYSES = (
    ("GLY", "Glycémie", "0552", "5.10", "mmol/l", "3.9-5.5", "N"),
    ("CREA", "Créatinine", "0592", "73", "µmol/l", "53-97", "N"),
    ("K", "Potassium", "1608", "5.6", "mmol/l", "3.5 - 5.1", "H"),
    ("CRP", "Protéine C réactive", "1804", "<0.6", "mg/l", "-5", "N"),
)


def make_pdf(text="CR"):
    return b"%PDF-1.4\n% " + text.encode("latin-1") + b"\n%%EOF\n"


# --- HPRIM Santé ------------------------------------------------------------------

class Sante:
    """Segments with the delimiters of one set; joined by write()."""

    def __init__(self, delimiters="standard", name="LABO0001.HPR", sender="LAB1",
                 mode="P", version="H2.4", when="202611210730", kind="ORU"):
        self.f, self.s, self.r, self.e, self.ss = DELIMITERS[delimiters]
        self.segments = [self.f.join(("H" + self.f + self.s + self.r + self.e + self.ss,
                                      name, "", self.sub(sender, "Labo du Port"), "", kind,
                                      "", "", "GUICHET", "", mode,
                                      self.sub(version, "C"), when))]
        self.patients = 0

    def sub(self, *parts):
        return self.s.join(parts)

    def add(self, name, fields, last=None):
        """`fields` by the standard's number of the field: {6: "..."}."""
        last = last or max(fields)
        self.segments.append(self.f.join([name] + [str(fields.get(n, ""))
                                                   for n in range(2, last + 1)]))

    def patient(self, person=0, number=None, card=None, place=15, **more):
        family, given, birth_name, birth, sex = PEOPLE[person]
        self.patients += 1
        fields = {2: self.patients, 3: f"IPP{person}", 4: number or f"471{person}",
                  6: self.sub(family, given, "", "", "MME" if sex == "F" else "M"),
                  7: birth_name, 8: birth, 9: sex, 11: self.sub("1 RUE DES LILAS", "", "PARIS")}
        if card:
            fields[place] = card
        fields.update({int(k[1:]): v for k, v in more.items()})
        self.add("P", fields)

    def request(self, filler="DOS1", placer="RQ1", status="F", action="", issued="202611210725",
                analysis=0, card=None):
        code, label = ANALYSES[analysis][:2]
        fields = {2: 1, 3: self.sub("ECH1", placer), 4: self.sub("TUBE1", filler),
                  5: self.sub(code, label, "L"), 8: "202611210700", 12: action,
                  16: self.ss.join(("SANG", "Sang veineux", "L")), 23: issued, 26: status,
                  33: self.sub("BIO", self.ss.join(("DURAND", "Léo")))}
        if card:
            fields[21] = card
        self.add("OBR", fields)

    def result(self, analysis=0, status="F", value=None, number=1):
        code, label, nabm, usual, unit, normal, flag = ANALYSES[analysis]
        self.add("OBX", {2: number, 3: "NM", 4: self.sub(code, label, "L", nabm, label, "NABM"),
                         6: usual if value is None else value, 7: unit, 8: normal, 9: flag,
                         12: status, 15: "202611210710"}, last=15)

    def text(self, lines, number=1, code="COMM", label="Commentaire", status="F"):
        self.add("OBX", {2: number, 3: "TX", 4: self.sub(code, label, "L"),
                         6: self.r.join(lines), 12: status})

    def document(self, pdf, code="CRPPDF", kind="PDF", number=1, status="F"):
        self.add("OBX", {2: number, 3: kind, 4: self.sub(code, "Compte rendu"),
                         6: base64.b64encode(pdf).decode(), 12: status})

    def named(self, name, code="CRPFICPDF", form="PDF", number=1):
        self.add("OBX", {2: number, 3: "FIC", 4: self.sub(code, "Compte rendu"),
                         6: self.sub("APP", name, form)})

    def comment(self, *lines):
        self.add("C", {2: 1, 3: "L", 4: self.r.join(lines)})

    def last(self, patients=None, segments=None):
        fields = {2: 1}
        if patients is not None:
            fields[4] = patients
        if segments is not None:
            fields[5] = segments
        self.add("L", fields)

    def lines(self, width=LINE_MAX):
        """The segments, those that are too long cut into addenda."""
        for segment in self.segments:
            yield segment[:width]
            for at in range(width, len(segment), width - 2):
                yield "A" + self.f + segment[at:at + width - 2]

    def write(self, charset="cp1252", end="cr", width=LINE_MAX):
        eol = LINE_ENDS[end]
        text = "".join(line + eol for line in self.lines(width))
        return text.encode(CHARSETS[charset][0])


def simple(card=None, **options):
    file = Sante(**options)
    file.patient(card=card)
    file.request()
    file.result()
    return file


def sante_forms(card):
    for delimiters in DELIMITERS:
        for charset, (_, needs) in CHARSETS.items():
            for end in LINE_ENDS:
                file = simple(card, delimiters=delimiters,
                              name=f"{delimiters[:2]}{charset[:4]}{end}.HPR".upper())
                file.comment("Prélèvement à jeun", "à 7 h")
                file.last(1, len(file.segments) + 1)
                yield Case(f"form-{delimiters}-{charset}-{end}.HPR", file.write(charset, end),
                           keys={"charset": needs} if needs else {})


def sante_addenda(card):
    whole = simple(card)
    whole.text(["Une ligne", "une autre", "très longue " * 40])
    whole.document(make_pdf("addenda " * 400))
    whole.last()
    for width in (220, 219, 200, 80, 40, 7):
        yield Case(f"addenda-width-{width}.HPR", whole.write(width=width - 1))
    # One cut, at each place of one OBX.
    file = simple(card)
    file.last()
    lines = file.segments
    for at in range(4, len(lines[3]), 3):
        cut = lines[:3] + [lines[3][:at], "A|" + lines[3][at:]] + lines[4:]
        yield Case(f"addenda-cut-{at:03}.HPR", "".join(l + "\r" for l in cut).encode("cp1252"))


def sante_people(card):
    file = Sante(name="PEOPLE01.HPR")
    for person in range(len(PEOPLE)):
        file.patient(person, card=card if person == 0 else None)
        file.request(filler=f"DOSP{person}")
        file.result(person)
    file.last(len(PEOPLE))
    yield Case("people-four.HPR", file.write(), reports=4)
    file = Sante(name="REQUEST1.HPR")
    file.patient(card=card)
    for n in (1, 2, 1):
        file.request(filler=f"DOSR{n}")
        file.result(n)
    file.last(1)
    yield Case("requests-two.HPR", file.write(), reports=2)


def sante_statuses(card):
    """A report's life: preliminary, final, corrected, deleted; by 7.14."""
    for step, (status, order, release) in enumerate((
            ("P", "P", "withhold"), ("F", "F", "deliver"), ("C", "C", "deliver"),
            ("D", "F", "withdraw"))):
        file = Sante(name="LIFE0001.HPR", when=f"2026112107{30 + step}")
        file.patient(card=card)
        file.request(filler="DOSLIFE", status=order)
        file.result(status=status, value=f"5.1{step}")
        file.last(1)
        yield Case(f"life-{step}-{status}.HPR", file.write(), release=release)
    for status, release in (("", "deliver"), ("U", "deliver"), ("R", "withhold"),
                            ("I", "withhold"), ("X", "withdraw"), ("Z", "withhold")):
        file = Sante(name=f"STATUS{status or '0'}.HPR")
        file.patient(card=card)
        file.request(filler=f"DOSST{status}")
        file.result(status=status)
        file.last()
        yield Case(f"status-{status or 'empty'}.HPR", file.write(), release=release)


def sante_documents(card):
    pdf = make_pdf
    for codes, any_copy, release in (
            ("P", False, "deliver"), ("M", False, "withhold"), ("MP", False, "deliver"),
            ("M", True, "deliver"), ("LA", False, "withhold"), ("MLPA", True, "deliver")):
        file = Sante(name=f"DOC{codes}{int(any_copy)}.HPR")
        file.patient(card=card)
        file.request(filler=f"DOSDOC{codes}{int(any_copy)}")
        for n, letter in enumerate(codes, 1):
            file.document(pdf("exemplar " + letter), code=f"CR{letter}PDF", number=n)
        file.last()
        yield Case(f"document-{codes}-{'any' if any_copy else 'patient'}.HPR", file.write(),
                   release=release, keys={"hprim_exemplar": "any"} if any_copy else {})
    file = simple(card, name="FIC00001.HPR")
    file.named("FIC00001.PDF", number=2)
    file.last()
    yield Case("fic.HPR", file.write(), pieces={"FIC00001.PDF": pdf("beside")})
    file = simple(card, name="TIF00001.HPR")
    file.document(b"II*\0picture", code="CRPTIF", kind="TIF", number=2)
    file.last()
    yield Case("picture-and-result.HPR", file.write())
    for n, name in enumerate(("../x.pdf", "/etc/passwd", "..\\x.pdf", ".x.pdf", "C:x.pdf", "a/b.pdf")):
        file = simple(card, name=f"PATH{n}.HPR")
        file.named(name.replace("\\", "\\E\\"), number=2)
        file.last()
        yield Case(f"path-{n}.HPR", file.write(), "refused", error=103)


def sante_broken(card):
    def case(name, file, error, **options):
        return Case(f"broken-{name}.HPR", file.write(), "refused", error=error, **options)

    file = simple(card)
    yield case("no-l", file, 100)
    file = simple(card)
    file.last(2)
    yield case("count-patients", file, 198)
    file = simple(card)
    file.last(1, 12)
    yield case("count-segments", file, 198)
    file = simple(card)
    file.last()
    file.segments.append("P|2")
    yield case("after-l", file, 100)
    file = simple(card, kind="ADM")
    file.last()
    yield case("not-oru", file, 200)
    file = simple(card, mode="T")
    file.last()
    yield case("test", file, 202)
    file = simple(card, version="X1")
    file.last()
    yield case("version", file, 203)
    file = Sante()
    file.patient(card=card)
    file.last()
    yield case("no-obr", file, 101)
    file = simple(card)
    file.segments.insert(1, file.segments.pop())
    file.last()
    yield case("order", file, 100)
    file = simple(card)
    file.segments.insert(2, "une ligne perdue")
    file.last()
    yield case("stray-line", file, 100)
    file = simple(card)
    file.document(b"MZ not a PDF", number=2)
    file.last()
    yield case("not-pdf", file, 102)
    file = simple(card)
    file.last()
    file.segments[0] = file.segments[0].replace("H|~^\\&", "H|~~\\&")
    yield case("delimiters", file, 102)
    whole = simple(card)
    whole.last()
    data = whole.write()
    for part in (1, 2, 3):
        yield Case(f"broken-cut-{part}.HPR", data[:len(data) * part // 4], "refused", error=100)


# --- HPRIM Médecin -----------------------------------------------------------------

RES = {"glycemie": "RES|Glycémie|GLY|N|0.91|g/l|0.74|1.06|N|F|5.05|mmol/l|4.11|5.88",
       "text": "RES|Aspect|ASP|A|Limpide", "empty": "RES||VIDE|A",
       "preliminary": "RES|Culture|CULT|A|en cours|||||P"}


def head(person=0, number="MED1", patient=None, years=4):
    family, given, _, birth, _ = PEOPLE[person]
    birth = f"{birth[6:]}/{birth[4:6]}/{birth[4 - years:4]}"
    return [patient or f"471{person}", family, given, "1 RUE DES LILAS", "", "75011 PARIS", birth,
            "279035121518989 68", number, "21/11/2026", "LABO1     Laboratoire du Port",
            "DRX       Docteur X"]


def letter(lines, lab=(), end="****FIN****", tag="****LAB****"):
    return lines + ([tag] + list(lab) if lab else []) + [end]


def medecin(records, last="****FINFICHIER****", charset="cp1252", eol="crlf"):
    lines = [line for record in records for line in record] + ([last] if last else [])
    return "".join(l + LINE_ENDS[eol] for l in lines).encode(CHARSETS[charset][0])


def medecin_cases(card):
    keys = {"hprim_medecin": "deliver"}
    body = ["", "Cher confrère,", "", "  Glycémie     0,91 g/l   0,74 à 1,06", ""]
    number = card or "MED1"
    for charset, (_, needs) in CHARSETS.items():
        for eol in LINE_ENDS:
            yield Case(f"letter-{charset}-{eol}.HPM",
                       medecin([letter(head(number=number) + body, [RES["glycemie"]])],
                               charset=charset, eol=eol),
                       keys=dict(keys, **({"charset": needs} if needs else {})))
    one = letter(head(number=number) + ["Un"])
    two = letter(head(1, "MED2") + ["Deux"], [RES["text"]])
    three = letter(head(2, "MED3") + ["Trois"])
    yield Case("letter-three.HPM", medecin([one, [""], two, three]), reports=3, keys=keys)
    for n, end in enumerate(("***FIN***", "  ****FIN****", "**** FIN ****", "****fin****",
                             "****FIN", "*****FIN*****")):
        yield Case(f"letter-end-{n}.HPM", medecin([letter(head(number=number) + ["Un"], end=end)]),
                   keys=keys)
    yield Case("letter-no-file-end.HPM", medecin([one], last=""), keys=keys)
    yield Case("letter-short-year.HPM", medecin([letter(head(number=number, years=2) + ["Un"])]),
               keys=keys)
    yield Case("letter-preliminary.HPM",
               medecin([letter(head(number=number), [RES["preliminary"], RES["empty"]])]),
               keys=keys, release="withhold")
    yield Case("letter-for-doctors.HPM", medecin([one]), "refused", error=200)
    yield Case("letter-cut.HPM", medecin([one[:-1]], last=""), "refused", error=100, keys=keys)
    yield Case("letter-short-head.HPM", medecin([head()[:7] + ["****FIN****"]]), "refused",
               error=101, keys=keys)
    yield Case("letter-empty.HPM", medecin([letter(head(number=number) + ["", " "])]), "refused",
               error=101, keys=keys)


def cases(card=None):
    for group in (sante_forms, sante_addenda, sante_people, sante_statuses, sante_documents,
                  sante_broken, medecin_cases):
        yield from group(card)


# --- as a command --------------------------------------------------------------------

def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def write_all(folder):
    manifest = []
    for case in cases():
        write(os.path.join(folder, case.name), case.data)
        for name, data in case.pieces.items():
            write(os.path.join(folder, name), data)
        row = asdict(case)
        del row["data"]
        row["pieces"] = sorted(case.pieces)
        row["sha256"] = hashlib.sha256(case.data).hexdigest()
        manifest.append(row)
    with open(os.path.join(folder, "manifest.json"), "w", encoding="utf-8") as file:
        json.dump(manifest, file, indent=1, ensure_ascii=False)
    print(f"{len(manifest)} files")


def write_fuzz(folder):
    """One of each kind: the fuzzer finds the rest."""
    seen = set()
    for case in cases():
        kind = case.name.split("-")[0] + case.expect + case.release
        small = len(case.data) < 1200
        if small and (kind not in seen or case.expect == "refused"):
            seen.add(kind)
            write(os.path.join(folder, hashlib.sha1(case.data).hexdigest()[:12]), case.data)


def main():
    arguments = [a for a in sys.argv[1:] if a != "--fuzz"]
    if len(arguments) != 1:
        sys.exit(__doc__)
    os.makedirs(arguments[0], exist_ok=True)
    (write_fuzz if "--fuzz" in sys.argv else write_all)(arguments[0])


if __name__ == "__main__":
    main()
