// sample_report.mjs -- reports as FHIR documents, for the browser tests: a
// second writer of what gateway/fhir writes.  Everybody in them is invented.

import { randomUUID } from 'node:crypto';

const LAB = { resourceType: 'Organization', name: 'Laboratoire Dupont' };

// The smallest PDF with some lines of text on one page.
export function makePdf(lines) {
  const text = lines.map((l) => `(${l.replace(/[()\\]/g, '\\$&')}) Tj T*`);
  const stream = `BT /F1 13 Tf 18 TL 60 770 Td ${text.join(' ')} ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R ' +
        '/Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'];
  let pdf = '%PDF-1.4\n';
  const offsets = objects.map((body, i) => {
    const at = pdf.length;
    pdf += `${i + 1} 0 obj\n${body}\nendobj\n`;
    return String(at).padStart(10, '0');
  });
  return Buffer.from(`${pdf}xref\n0 6\n0000000000 65535 f \n` +
      offsets.map((at) => `${at} 00000 n \n`).join('') +
      `trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${pdf.length}\n%%EOF\n`,
  'latin1');
}

class Document {
  constructor() {
    this.entries = [];
  }

  add(resource) {
    const id = randomUUID();
    this.entries.push({ fullUrl: `urn:uuid:${id}`, resource: { id, ...resource } });
    return { reference: `urn:uuid:${id}` };
  }

  bundle() {
    return { resourceType: 'Bundle', type: 'document',
      identifier: { system: 'urn:ietf:rfc:3986', value: `urn:uuid:${randomUUID()}` },
      timestamp: new Date().toISOString(), entry: this.entries };
  }
}

// Numbers go in as text and come out with the same digits ("5.10").
export function fhirText(bundle) {
  return JSON.stringify(bundle).replace(/"\\u0001([^"]*)"/g, '$1');
}

const decimal = (digits) => `\u0001${digits}`;

// [name, value, unit, low, high, range text, flag, { note, code, text }]
function observation(doc, row, common) {
  const [name, value, unit, low, high, range, flag, more = {}] = row;
  const quantity = (v) => ({ value: decimal(v), unit });
  const comparator = /^[<>]=?/.exec(value)?.[0];
  return doc.add({ resourceType: 'Observation', status: more.status ?? 'final',
    code: more.code ? { coding: [{ system: 'http://loinc.org',
      code: more.code }], text: name } : { text: name },
    ...common,
    ...(more.text || !value ? {} : { valueQuantity: {
      ...(comparator && { comparator }),
      ...quantity(value.replace(/^[<>]=?/, '')) } }),
    ...(more.text ? { valueString: more.text } : {}),
    ...(value || more.text ? {} : { dataAbsentReason: { coding: [
      { code: 'unknown' }] } }),
    ...(flag && { interpretation: [{ coding: [{ code: flag }] }] }),
    ...(range && { referenceRange: [{ ...(low && { low: quantity(low) }),
      ...(high && { high: quantity(high) }), text: range }] }),
    ...(more.note && { note: [{ text: more.note }] }),
    ...(more.method && { method: { text: more.method } }) });
}

function addPanel(doc, panel, common) {
  const members = panel.rows.map((row) => observation(doc, row, common));
  if (!panel.title) return members;
  const group = doc.add({ resourceType: 'Observation', status: 'final',
    code: { text: panel.title }, ...common, hasMember: members,
    ...(panel.note && { note: [{ text: panel.note }] }) });
  return [group, ...members];
}

const PATIENT = { family: 'MARTIN', given: ['Camille', 'Anne'],
  gender: 'female', birthDate: '1979-03-28' };

// `wish`: { patient, sampled, issued, sections, pdf, conclusion, id, status }
export function makeReport(wish) {
  const { sampled, issued, sections = [], pdf } = wish;
  const patient = { ...PATIENT, ...wish.patient };
  const doc = new Document();
  const composition = { resourceType: 'Composition' };
  const report = { resourceType: 'DiagnosticReport' };
  doc.add(composition);
  doc.add(report);
  const subject = doc.add({ resourceType: 'Patient', gender: patient.gender,
    birthDate: patient.birthDate, name: [{ use: 'official',
      family: patient.family, given: patient.given }] });
  const lab = doc.add(LAB);
  const validator = doc.add({ resourceType: 'Practitioner',
    name: [{ prefix: ['Dr'], family: 'DIAZ', given: ['Thierry'] }] });
  const written = sections.map((section) => {
    const specimen = section.specimen && doc.add({ resourceType: 'Specimen',
      type: { text: section.specimen },
      collection: { collectedDateTime: sampled } });
    const common = { subject, effectiveDateTime: sampled, performer: [lab],
      ...(specimen && { specimen }) };
    return { title: section.title,
      entry: section.panels.flatMap((p) => addPanel(doc, p, common)) };
  });
  const identifier = [{ system: 'urn:oid:1.2.250.1.999.1',
    value: wish.id ?? '26-1121-0042' }];
  const code = { coding: [{ system: 'http://loinc.org', code: '11502-2' }],
    text: 'Compte rendu d’examens de biologie médicale' };
  Object.assign(doc.entries[0].resource, { identifier: identifier[0],
    status: 'final', subject, date: issued, author: [lab], title: code.text,
    text: { status: 'generated', div:
        '<div xmlns="http://www.w3.org/1999/xhtml"><b>NARRATIVE</b></div>' },
    attester: [{ mode: 'legal', time: issued, party: validator }],
    section: written });
  Object.assign(doc.entries[1].resource, { identifier, code, subject,
    status: wish.status ?? 'final', effectiveDateTime: sampled, issued,
    performer: [lab], resultsInterpreter: [validator],
    result: written.flatMap((s) => s.entry),
    ...(wish.conclusion && { conclusion: wish.conclusion }),
    ...(pdf && { presentedForm: [{ contentType: 'application/pdf',
      title: 'Compte rendu', data: Buffer.from(pdf).toString('base64') }] }) });
  return doc.bundle();
}

// --- what the tests look at ---------------------------------------------------

export const SAMPLE_PDF = makePdf(['LABORATOIRE DUPONT',
  'Compte rendu d\'examens de biologie medicale', '',
  'MARTIN Camille, nee le 28/03/1979', '', 'Glycemie a jeun      1.32 g/L',
  'Hemoglobine          11.4 g/dL']);

export const BLOOD = { title: 'Hématologie', specimen: 'Sang total', panels: [
  { title: 'Hémogramme', rows: [
    ['Hémoglobine', '11.4', 'g/dL', '12.0', '16.0', '12,0 – 16,0', 'L'],
    ['Hématocrite', '36.2', '%', '35.0', '47.0', '35,0 – 47,0', 'N'],
    ['Leucocytes', '6.10', 'G/L', '4.00', '10.00', '4,00 – 10,00', 'N'],
    ['Plaquettes', '98', 'G/L', '150', '400', '150 – 400', 'LL',
      { note: 'Contrôlé sur frottis.\nAbsence d’amas plaquettaires.' }]] }] };

export const CHEMISTRY = { title: 'Biochimie', specimen: 'Sérum', panels: [
  { rows: [
    ['Glycémie à jeun', '1.32', 'g/L', '0.70', '1.10', '0,70 – 1,10', 'H',
      { code: '14771-0', method: 'Hexokinase' }],
    ['Créatinine', '8.10', 'mg/L', '5.00', '9.00', '5,00 – 9,00', 'N',
      { code: '2160-0' }],
    ['CRP', '<3', 'mg/L', '', '5', '< 5', 'N', { code: '1988-5' }]] },
  { title: 'Bilan lipidique', note: 'À jeun depuis 12 heures.', rows: [
    ['Cholestérol total', '2.31', 'g/L', '', '2.00', '< 2,00', 'H',
      { code: '2093-3' }],
    ['Triglycérides', '0.90', 'g/L', '', '1.50', '< 1,50', 'N',
      { code: '2571-8' }]] }] };

export const URINE = { title: 'Bactériologie', specimen: 'Urine', panels: [
  { title: 'ECBU', rows: [
    ['Culture', '', '', '', '', '', 'POS', { text: 'Escherichia coli, 10^6 UFC/mL' }],
    ['Amoxicilline', '', '', '', '', '', 'R', { text: 'Résistant' }],
    ['Fosfomycine', '', '', '', '', '', 'S', { text: 'Sensible' }],
    ['Ciprofloxacine', '', '', '', '', '', 'I', { text: 'Intermédiaire' }]] }] };

export function frenchReport(more = {}) {
  return makeReport({ sampled: '2026-11-21T07:40:00+01:00',
    issued: '2026-11-21T15:05:00+01:00', pdf: SAMPLE_PDF,
    sections: [CHEMISTRY, BLOOD, URINE], ...more });
}

export function earlierReport(more = {}) {
  return makeReport({ sampled: '2026-06-02T08:10:00+02:00',
    issued: '2026-06-02T16:30:00+02:00', id: '26-0602-0017', sections: [
      { title: 'Biochimie', specimen: 'Sérum', panels: [{ rows: [
        ['Glycémie à jeun', '1.18', 'g/L', '0.70', '1.10', '0,70 – 1,10', 'H',
          { code: '14771-0' }],
        ['Créatinine', '7.90', 'mg/L', '5.00', '9.00', '5,00 – 9,00', 'N',
          { code: '2160-0' }]] }] }], ...more });
}
