// report.js -- a FHIR document Bundle -> the report that the page shows.
//
// Reads structured data only.  Narratives (`text.div`) are never looked at:
// nothing in them can reach the page.

import { fromBase64 } from './bytes.js';
import { readFlag } from './flags.js';
import {
  conceptCode, conceptText, listOf, readName, readRange, readValue, textOf,
} from './values.js';

const DEPTH_MAX = 4;

function indexResources(bundle) {
  const index = new Map();
  for (const { fullUrl, resource } of listOf(bundle.entry)) {
    if (resource === undefined) continue;
    index.set(fullUrl, resource);
    index.set(`${resource.resourceType}/${resource.id}`, resource);
  }
  return index;
}

function resolve(index, reference) {
  return index.get(reference?.reference);
}

function resolveAll(index, references) {
  return listOf(references).map((r) => resolve(index, r)).filter(Boolean);
}

function noteTexts(notes) {
  return listOf(notes).map((n) => textOf(n.text)).filter(Boolean);
}

function readFlags(holder) {
  return listOf(holder.interpretation).map((concept) => readFlag(
    { code: conceptCode(concept), text: conceptText(concept) }));
}

// What makes two rows of different reports the same analysis.
function analysisKey(code) {
  const coding = listOf(code?.coding).find((c) => textOf(c.code));
  if (coding === undefined) return conceptText(code).toLowerCase();
  return `${textOf(coding.system)}|${textOf(coding.code)}`;
}

// The same by any of its codes, as the box compares lines: a correction may
// come with another system, or with one code more.
function analysisCodes(code) {
  const codes = listOf(code?.coding).map((c) => textOf(c.code)).filter(Boolean);
  return codes.length > 0 ? codes : [conceptText(code).toLowerCase()];
}

function effectiveOf(resource) {
  return textOf(resource?.effectiveDateTime) ||
      textOf(resource?.effectivePeriod?.start);
}

function readRow(holder, depth) {
  return {
    depth,
    name: conceptText(holder.code),
    key: analysisKey(holder.code),
    codes: analysisCodes(holder.code),
    value: readValue(holder),
    range: readRange(holder),
    flags: readFlags(holder),
    status: textOf(holder.status),
    method: conceptText(holder.method),
    notes: noteTexts(holder.note),
    effective: effectiveOf(holder),
  };
}

// An observation, its components and its members, one row each.
function observationRows(observation, index, depth, seen) {
  if (seen.has(observation) || depth > DEPTH_MAX) return [];
  seen.add(observation);
  const rows = [readRow(observation, depth)];
  for (const component of listOf(observation.component)) {
    rows.push(readRow(component, depth + 1));
  }
  for (const member of resolveAll(index, observation.hasMember)) {
    rows.push(...observationRows(member, index, depth + 1, seen));
  }
  return rows;
}

function readSpecimen(specimen) {
  return { type: conceptText(specimen.type),
    collected: textOf(specimen.collection?.collectedDateTime),
    notes: noteTexts(specimen.note) };
}

function specimensOf(observation, index, found = new Set(), depth = 0) {
  const specimen = resolve(index, observation.specimen);
  if (specimen !== undefined) found.add(specimen);
  if (depth > DEPTH_MAX) return found;
  for (const member of resolveAll(index, observation.hasMember)) {
    specimensOf(member, index, found, depth + 1);
  }
  return found;
}

function hasValue(row) {
  return Object.keys(row.value).length > 0;
}

// An observation with members is a panel: its own row becomes the title,
// unless it has a value of its own as well.
function readPanel(observation, index, seen) {
  const [head, ...members] = observationRows(observation, index, -1, seen);
  const rows = hasValue(head) ? [{ ...head, depth: 0 }, ...members] : members;
  return { title: head.name, rows, notes: hasValue(head) ? [] : head.notes,
    effective: head.effective,
    specimens: [...specimensOf(observation, index)].map(readSpecimen) };
}

function isPanel(observation) {
  return listOf(observation.hasMember).length > 0;
}

function singlePanel(observations, index, seen) {
  const found = new Set();
  observations.forEach((o) => specimensOf(o, index, found));
  return { title: '', notes: [], effective: '',
    specimens: [...found].map(readSpecimen),
    rows: observations.flatMap((o) => observationRows(o, index, 0, seen)) };
}

// The members of any panel: they stand there, not beside it once more.
function memberSet(index) {
  const members = new Set();
  for (const resource of index.values()) {
    if (resource.resourceType !== 'Observation') continue;
    resolveAll(index, resource.hasMember).forEach((m) => members.add(m));
  }
  return members;
}

function readPanels(observations, index, members, seen) {
  const tops = observations.filter((o) => !members.has(o) && !seen.has(o) &&
      o.resourceType === 'Observation');
  const panels = tops.filter(isPanel).map((o) => readPanel(o, index, seen));
  const singles = tops.filter((o) => !isPanel(o));
  if (singles.length > 0) panels.unshift(singlePanel(singles, index, seen));
  return panels;
}

function readSections(composition, report, index) {
  const members = memberSet(index);
  const seen = new Set();
  const sections = listOf(composition.section).map((section) => ({
    title: textOf(section.title) || conceptText(section.code),
    panels: readPanels(resolveAll(index, section.entry), index, members, seen),
  }));
  // What no section lists is a result all the same.
  const rest = readPanels(resolveAll(index, report.result), index, members, seen);
  if (rest.length > 0) sections.push({ title: '', panels: rest });
  return sections.filter((s) => s.panels.length > 0);
}

function startsAsPdf(bytes) {
  return [37, 80, 68, 70, 45].every((byte, i) => bytes[i] === byte);
}

function readDocument(form) {
  const bytes = fromBase64(textOf(form.data));
  return { title: textOf(form.title), bytes, isPdf: startsAsPdf(bytes) &&
      textOf(form.contentType) === 'application/pdf' };
}

function readDocuments(report) {
  return listOf(report.presentedForm).filter((f) => textOf(f.data) !== '')
    .map(readDocument);
}

// Practitioner, or a PractitionerRole that names one.
function practitionerName(resource, index) {
  const person = resource?.resourceType === 'PractitionerRole' ?
    resolve(index, resource.practitioner) : resource;
  return person?.resourceType === 'Practitioner' ?
    readName(listOf(person.name)[0]).text : '';
}

function readValidation(composition, report, index) {
  const attester = listOf(composition.attester)
    .find((a) => ['legal', 'professional'].includes(a.mode));
  const people = [...resolveAll(index, report.resultsInterpreter),
    resolve(index, attester?.party)];
  const names = people.map((p) => practitionerName(p, index)).filter(Boolean);
  return { names: [...new Set(names)], when: textOf(attester?.time) };
}

function readPatient(patient) {
  const names = listOf(patient?.name);
  const official = names.find((n) => n.use === 'official') ?? names[0];
  const usual = names.find((n) => n.use === 'usual');
  return { name: readName(official), usedFamily: textOf(usual?.family),
    birthDate: textOf(patient?.birthDate), sex: textOf(patient?.gender) };
}

function readLab(composition, report, index) {
  const all = [...resolveAll(index, report.performer),
    ...resolveAll(index, composition.author)];
  return textOf(all.find((r) => r.resourceType === 'Organization')?.name);
}

function findOne(bundle, type) {
  const found = listOf(bundle.entry).map((e) => e.resource)
    .filter((r) => r?.resourceType === type);
  if (found.length !== 1) throw new Error(`FHIR: ${found.length} ${type}`);
  return found[0];
}

// Throws where `bundle` is not one document about one patient.
export function readReport(bundle) {
  if (bundle?.resourceType !== 'Bundle') throw new Error('FHIR: no Bundle');
  const index = indexResources(bundle);
  const composition = findOne(bundle, 'Composition');
  const report = findOne(bundle, 'DiagnosticReport');
  const patient = findOne(bundle, 'Patient');
  return {
    title: textOf(composition.title) || conceptText(report.code),
    id: textOf(listOf(report.identifier)[0]?.value),
    lab: readLab(composition, report, index),
    patient: readPatient(patient),
    validation: readValidation(composition, report, index),
    effective: effectiveOf(report),
    issued: textOf(report.issued) || textOf(composition.date),
    sections: readSections(composition, report, index),
    conclusion: textOf(report.conclusion),
    documents: readDocuments(report),
  };
}

export function allRows(report) {
  return report.sections.flatMap((s) => s.panels).flatMap((p) => p.rows);
}

function samePatient(a, b) {
  return a.name.family === b.name.family && a.name.given === b.name.given &&
      a.birthDate === b.birthDate;
}

function mapRows(report, change) {
  return { ...report, sections: report.sections.map((section) => ({ ...section,
    panels: section.panels.map((panel) => ({ ...panel,
      rows: panel.rows.map(change) })) })) };
}

// A report of which some lines are newer in `others`: those lose their values,
// and so does everything that may repeat them.  Where none can be told, none
// is shown.
export function withoutNewer(report, others) {
  const newer = new Set(others.filter((other) => other.id === report.id &&
      samePatient(other.patient, report.patient))
    .flatMap(allRows).flatMap((row) => row.codes));
  const isNewer = (row) => row.codes.some((code) => newer.has(code));
  const told = allRows(report).some(isNewer);
  const shown = mapRows(report, (row) => (told && !isNewer(row) ? row :
    { ...row, value: {}, flags: [], notes: [], status: 'outdated' }));
  return { ...shown, conclusion: '', documents: [] };
}

// Preliminary when it was sent, and final as it stands since.
export function asConfirmed(report) {
  return { ...mapRows(report, (row) => (row.status === 'preliminary' ?
    { ...row, status: 'final' } : row)), isConfirmed: true };
}

function rowTime(row, report) {
  return row.effective || report.effective || report.issued;
}

// Values of the same analysis in other reports of the same patient, earlier
// than this row: newest first, [{ value, when }].
export function earlierValues(row, report, others) {
  const limit = Date.parse(rowTime(row, report));
  const found = [];
  for (const other of others) {
    if (other === report || !samePatient(other.patient, report.patient)) continue;
    for (const r of allRows(other)) {
      const when = rowTime(r, other);
      if (r.key !== row.key || !r.value.text) continue;
      if (Date.parse(when) < limit) found.push({ value: r.value, when });
    }
  }
  return found.sort((a, b) => Date.parse(b.when) - Date.parse(a.when));
}
