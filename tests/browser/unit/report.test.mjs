// A FHIR document as the page reads it.
import assert from 'node:assert/strict';
import { readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../page.mjs';
import {
  BLOOD, CHEMISTRY, earlierReport, fhirText, frenchReport, makeReport,
  SAMPLE_PDF, URINE,
} from '../sample_report.mjs';
import { parseKeepingDigits } from '../../../gateway/web/shared/json.js';
import {
  allRows, asConfirmed, earlierValues, readReport, withoutNewer,
} from '../../../gateway/web/shared/report.js';
import { readFlag } from '../../../gateway/web/shared/flags.js';
import {
  readName, readRange, readValue,
} from '../../../gateway/web/shared/values.js';

const open = (bundle) => readReport(parseKeepingDigits(fhirText(bundle)));

test('report: patient, laboratory, validator, times', () => {
  const report = open(frenchReport());
  assert.equal(report.patient.name.text, 'Camille Anne MARTIN');
  assert.equal(report.patient.birthDate, '1979-03-28');
  assert.equal(report.lab, 'Laboratoire Dupont');
  assert.deepEqual(report.validation.names, ['Dr Thierry DIAZ']);
  assert.equal(report.issued, '2026-11-21T15:05:00+01:00');
});

test('report: sections, panels and single analyses, each once', () => {
  const report = open(frenchReport());
  const titles = report.sections.map((s) => [s.title, s.panels.map((p) => p.title)]);
  assert.deepEqual(titles, [['Biochimie', ['', 'Bilan lipidique']],
    ['Hématologie', ['Hémogramme']], ['Bactériologie', ['ECBU']]]);
  const wanted = [CHEMISTRY, BLOOD, URINE].flatMap((s) => s.panels)
    .flatMap((p) => p.rows).length;
  assert.equal(allRows(report).length, wanted);
});

test('report: digits, ranges, flags, notes as the laboratory printed them', () => {
  const rows = allRows(open(frenchReport()));
  const row = (name) => rows.find((r) => r.name === name);
  assert.equal(row('Leucocytes').value.text, '6.10');
  assert.equal(row('Leucocytes').range.text, '4,00 – 10,00');
  assert.equal(row('CRP').value.text, '<\u00a03');
  assert.deepEqual(row('Plaquettes').flags, [{ word: 'criticalLow', tone: 'critical' }]);
  assert.deepEqual(row('Plaquettes').notes,
    ['Contrôlé sur frottis.\nAbsence d’amas plaquettaires.']);
  assert.equal(row('Culture').value.text, 'Escherichia coli, 10^6 UFC/mL');
});

test('report: the PDF comes out bit by bit', () => {
  const [pdf] = open(frenchReport()).documents;
  assert.ok(pdf.isPdf);
  assert.ok(SAMPLE_PDF.equals(pdf.bytes));
});

test('report: something else that calls itself a PDF is not shown as one', () => {
  const [pdf] = open(frenchReport({ pdf: Buffer.from('<html><script>') })).documents;
  assert.equal(pdf.isPdf, false);
});

test('report: narratives are never read', () => {
  const text = JSON.stringify(open(frenchReport()), (k, v) => (k === 'bytes' ? 0 : v));
  assert.ok(!text.includes('NARRATIVE'));
});

test('report: earlier values of the same analysis, of the same patient', () => {
  const [now, before] = [open(frenchReport()), open(earlierReport())];
  const stranger = open(earlierReport({ patient: { family: 'AUTRE' } }));
  const glucose = allRows(now).find((r) => r.name === 'Glycémie à jeun');
  const found = earlierValues(glucose, now, [now, before, stranger]);
  assert.deepEqual(found.map((f) => f.value.text), ['1.18']);
  const old = allRows(before).find((r) => r.name === 'Glycémie à jeun');
  assert.deepEqual(earlierValues(old, before, [now, before]), []);
});

test('report: not exactly one document about one patient is refused', () => {
  const twice = frenchReport();
  twice.entry.push(twice.entry.find((e) => e.resource.resourceType === 'Patient'));
  for (const bad of [null, {}, { resourceType: 'Patient' },
    { resourceType: 'Bundle', entry: [] }, twice]) {
    assert.throws(() => readReport(bad));
  }
});

test('report: members that contain each other end', () => {
  const bundle = makeReport({ sampled: '2026-01-01', issued: '2026-01-01',
    sections: [BLOOD] });
  const group = bundle.entry.find((e) => e.resource.hasMember);
  group.resource.hasMember.push({ reference: group.fullUrl });
  assert.ok(allRows(open(bundle)).length <= 4);
});

test('report: the published minimal documents are read', (context) => {
  const folder = join(ROOT, '../shared/examples');
  if (!existsSync(folder)) return context.skip('no ../shared');
  const read = (name) => readReport(parseKeepingDigits(
    readFileSync(join(folder, name), 'utf8')));
  const report = read('minimal-eu-lab-bundle.json');
  assert.deepEqual(allRows(report).map((r) => [r.name, r.value.text]),
    [['Glycémie à jeun', '5.05'], ['CRP', '<\u00a03']]);
  assert.equal(report.documents[0].isPdf, true);
  const pdfOnly = read('minimal-eu-lab-bundle-pdfonly.json');
  assert.equal(allRows(pdfOnly).length, 0);
  assert.equal(pdfOnly.documents.length, 1);
});

test('values: every FHIR type of a value has words', () => {
  const text = (holder) => readValue(parseKeepingDigits(JSON.stringify(holder))).text;
  assert.equal(text({ valueQuantity: { value: 5, comparator: '>=' } }), '≥\u00a05');
  assert.equal(text({ valueRange: { low: { value: 1 }, high: { value: 2 } } }), '1\u00a0–\u00a02');
  assert.equal(text({ valueRatio: {
    numerator: { value: 1 }, denominator: { value: 128 } } }), '1:128');
  assert.equal(text({ valueString: ' Absence ' }), 'Absence');
  assert.equal(text({ valueCodeableConcept: { coding: [{ code: 'A', display: 'Ah' }] } }), 'Ah');
  assert.equal(text({ valueInteger: 12 }), '12');
  assert.equal(text({ valueTime: '10:00:00' }), '10:00:00');
  assert.equal(text({ valueSampledData: { data: '1 2 3' } }), '1 2 3');
  assert.equal(readValue({ valueBoolean: true }).yes, true);
  assert.equal(readValue({ valueDateTime: '2026-01' }).when, '2026-01');
  assert.deepEqual(readValue({}), {});
  assert.equal(readValue({ dataAbsentReason: { text: 'Prélèvement coagulé' } }).reason,
    'Prélèvement coagulé');
});

test('values: types that nobody expected do no harm', () => {
  for (const odd of [{ valueString: { a: 1 } }, { valueQuantity: 'x' },
    { valueQuantity: [] }, { valueCodeableConcept: { coding: 'x' } },
    { referenceRange: 'x' }, { referenceRange: [null, 3] }]) {
    assert.equal(typeof (readValue(odd).text ?? ''), 'string');
    assert.equal(typeof readRange(odd).text, 'string');
  }
  assert.equal(readName(undefined).text, '');
});

test('flags: known codes have a word, others are shown as written', () => {
  assert.equal(readFlag({ code: 'H' }).word, 'high');
  assert.deepEqual(readFlag({ code: 'ZZ', text: 'Voir note' }),
    { printed: 'Voir note', tone: 'notice' });
  assert.deepEqual(readFlag({ code: 'constructor', text: '' }),
    { printed: 'constructor', tone: 'notice' });
});

const CORRECTION = [{ title: 'Biochimie', panels: [{ rows: [
  ['Glycémie à jeun', '1.05', 'g/L', '0.70', '1.10', '0,70 – 1,10', 'N',
    { code: '14771-0' }]] }] }];

test('R34 a line that is newer elsewhere loses its value, and what repeats it', () => {
  const old = open(frenchReport());
  const shown = withoutNewer(old, [open(frenchReport({ sections: CORRECTION }))]);
  const gone = allRows(shown).filter((row) => row.status === 'outdated');
  assert.deepEqual(gone.map((row) => [row.name, row.value]), [['Glycémie à jeun', {}]]);
  assert.equal(allRows(shown).length, allRows(old).length);
  assert.deepEqual([shown.documents, shown.conclusion], [[], '']);
  assert.ok(old.documents.length > 0, 'the report itself is as it was');
});

test('R34 where no line can be told, no value is shown', () => {
  const old = open(frenchReport());
  for (const others of [[], [open(earlierReport())],
    [open(frenchReport({ sections: CORRECTION, id: 'another file' }))]]) {
    assert.ok(allRows(withoutNewer(old, others)).every((row) =>
      row.status === 'outdated' && Object.keys(row.value).length === 0));
  }
});

test('R34 the newer line is known by any of its codes', () => {
  const old = open(frenchReport());
  const newer = open(frenchReport({ sections: CORRECTION }));
  allRows(newer).forEach((row) => {
    row.key = 'urn:other|GLY';
    row.codes = ['GLY', ...row.codes];
  });
  const gone = allRows(withoutNewer(old, [newer]))
    .filter((row) => row.status === 'outdated');
  assert.deepEqual(gone.map((row) => row.name), ['Glycémie à jeun']);
});

test('R34 an old value is no earlier value', () => {
  const newer = open(frenchReport({ sections: CORRECTION,
    sampled: '2026-11-22T07:40:00+01:00' }));
  const shown = withoutNewer(open(frenchReport()), [newer]);
  assert.deepEqual(earlierValues(allRows(newer)[0], newer, [newer, shown]), []);
});

test('R31 what was confirmed is not called preliminary', () => {
  const report = open(frenchReport());
  allRows(report).forEach((row) => { row.status = 'preliminary'; });
  assert.ok(allRows(asConfirmed(report)).every((row) => row.status === 'final'));
});
