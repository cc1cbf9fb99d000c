// fhir_mutants.mjs -- one good bundle, broken once each: what a validator stack
// must see.  Each row: what is wrong, and how to make it so.  `b` is a copy of
// the bundle, `of` finds its resources by type.
const first = (list) => list[0];
const div = (markup) => `<div xmlns="http://www.w3.org/1999/xhtml">${markup}</div>`;

export const mutants = [
  ['no Composition first', (b) => b.entry.reverse()],
  ['no Composition', (b) => b.entry.shift()],
  ['two Compositions', (b) => b.entry.push({ ...structuredClone(b.entry[0]), fullUrl: 'urn:uuid:x' })],
  ['no DiagnosticReport', (b, of) => { b.entry = b.entry.filter((e) => e.resource !== of('DiagnosticReport')); }],
  ['two DiagnosticReports', (b, of) => b.entry.push({ fullUrl: 'urn:uuid:0a1b0c00-0000-4000-8000-0000000000aa',
    resource: { ...of('DiagnosticReport'), id: '0a1b0c00-0000-4000-8000-0000000000aa' } })],
  ['no Bundle.identifier', (b) => { delete b.identifier; }],
  ['no timestamp', (b) => { delete b.timestamp; }],
  ['a timestamp without a zone', (b) => { b.timestamp = '2026-11-21T10:15:00'; }],
  ['a collection', (b) => { b.type = 'collection'; }],
  ['an entry without fullUrl', (b) => { delete b.entry[2].fullUrl; }],
  ['a fullUrl twice', (b) => { b.entry[2].fullUrl = b.entry[1].fullUrl; }],
  ['a fullUrl that is not the id', (b) => { b.entry[2].resource.id = 'other'; }],
  ['entry.request', (b) => { b.entry[1].request = { method: 'PUT', url: 'Observation/1' }; }],
  ['a total', (b) => { b.total = 10; }],
  ['a Composition status that is none', (b, of) => { of('Composition').status = 'done'; }],
  ['no title', (b, of) => { delete of('Composition').title; }],
  ['no author', (b, of) => { delete of('Composition').author; }],
  ['another Composition.identifier', (b, of) => { of('Composition').identifier = { value: 'other' }; }],
  ['another type than code', (b, of) => { of('Composition').type = { text: 'other' }; }],
  ['category on one of them', (b, of) => { delete of('DiagnosticReport').category; }],
  ['another subject', (b, of) => { of('Composition').subject = { display: 'other' }; }],
  ['final beside preliminary', (b, of) => { of('DiagnosticReport').status = 'preliminary'; }],
  ['no composition-diagnosticReportReference', (b, of) => { of('Composition').extension.shift(); }],
  ['no DiagnosticReport.composition', (b, of) => { delete of('DiagnosticReport').extension; }],
  ['a reference to nothing', (b, of) => { of('Observation').performer[0].reference = 'urn:uuid:gone'; }],
  ['a reference out of the bundle', (b, of) => {
    of('Observation').subject.reference = 'https://evil.example/Patient/1'; }],
  ['a subject that is an Organization', (b, of) => {
    of('Observation').subject.reference = b.entry.find((e) => e.resource.resourceType === 'Organization').fullUrl; }],
  ['a section without code', (b, of) => { delete of('Composition').section[0].code; }],
  ['a section without text', (b, of) => { delete of('Composition').section[0].text; }],
  ['a result in no section', (b, of) => { of('Composition').section[0].entry.pop(); }],
  ['an attester without time', (b, of) => { delete of('Composition').attester[0].time; }],
  ['no DiagnosticReport.code', (b, of) => { delete of('DiagnosticReport').code; }],
  ['an Observation that says nothing', (b, of) => { delete of('Observation', 'valueQuantity').valueQuantity; }],
  ['a value and a reason for none', (b, of) => {
    of('Observation', 'valueQuantity').dataAbsentReason = { text: 'x' }; }],
  ['two value[x]', (b, of) => { of('Observation', 'valueQuantity').valueString = '5.10'; }],
  ['two effective[x]', (b, of) => { of('Observation', 'valueQuantity').effectivePeriod = { start: '2026-11-21' }; }],
  ['a value of a withdrawn result', (b, of) => { of('Observation', 'valueQuantity').status = 'entered-in-error'; }],
  ['a range without anything', (b, of) => { of('Observation', 'valueQuantity').referenceRange = [{ id: 'x' }]; }],
  ['a dateTime that is none', (b, of) => { of('Observation', 'valueQuantity').effectiveDateTime = '21/11/2026'; }],
  ['a birth date that is none', (b, of) => { of('Patient').birthDate = '28/03/1979'; }],
  ['a number in quotes', (b, of) => { of('Observation', 'valueQuantity').valueQuantity.value = '5.10'; }],
  ['a coded unit without system', (b, of) => {
    const q = of('Observation', 'valueQuantity').valueQuantity; q.code = 'mmol/L'; delete q.system; }],
  ['a comparator that is none', (b, of) => { of('Observation', 'valueQuantity').valueQuantity.comparator = '<>'; }],
  ['no laboratory category', (b, of) => { of('Observation').category[0].coding[0].code = 'imaging'; }],
  ['no performer', (b, of) => { delete of('Observation').performer; }],
  ['no Observation.code', (b, of) => { delete of('Observation').code; }],
  ['an element that does not exist', (b, of) => { of('Observation').valeur = 5; }],
  ['an empty string', (b, of) => { of('Observation').code.text = ''; }],
  ['an empty array', (b, of) => { of('Observation').note = []; }],
  ['a circle of members', (b, of) => {
    const at = b.entry.find((e) => e.resource.hasMember);
    at.resource.hasMember.push({ reference: at.fullUrl }); }],
  ['script in the narrative', (b, of) => {
    of('Composition').text.div = div('<script>alert(1)</script>'); }],
  ['an event handler', (b, of) => {
    of('Composition').text.div = div('<p onclick="alert(1)">x</p>'); }],
  ['an image', (b, of) => {
    of('Composition').text.div = div('<img src="https://evil.example/x"/>'); }],
  ['a javascript: link', (b, of) => {
    of('Composition').text.div = div('<a href="javascript:alert(1)">x</a>'); }],
  ['a style', (b, of) => {
    of('Composition').text.div = div('<p style="position:fixed">x</p>'); }],
  ['markup that is not closed', (b, of) => {
    of('Composition').section[0].text.div = div('<p>x'); }],
  ['text that runs backwards', (b, of) => {
    of('Composition').text.div = div('<p>\u202e01</p>'); }],
  ['an empty narrative', (b, of) => {
    of('Composition').text.div = div(' '); }],
  ['a NIR', (b, of) => { of('Patient').identifier = [{ system: 'urn:oid:1.2.250.1.213.1.4.8', value: '1' }]; }],
  ['an address', (b, of) => { of('Patient').address = [{ text: 'x' }]; }],
  ['a telephone in a contained resource', (b, of) => {
    of('DiagnosticReport').contained = [{ resourceType: 'Patient', id: 'p', telecom: [{ value: '1' }] }]; }],
  ['an Organization without a name', (b, of) => { delete of('Organization').name; }],
  ['a Specimen without a type', (b, of) => { delete of('Specimen').type; }],
  ['an order without an identifier', (b, of) => { delete of('ServiceRequest').identifier; }],
  ['a PDF by its address', (b, of) => {
    const form = first(of('DiagnosticReport').presentedForm); form.url = 'https://evil.example/x.pdf'; }],
  ['a PDF with another hash', (b, of) => {
    of('DiagnosticReport').presentedForm[0].hash = 'AAAAAAAAAAAAAAAAAAAAAAAAAAA='; }],
  ['a PDF that is HTML', (b, of) => { of('DiagnosticReport').presentedForm[0].contentType = 'text/html'; }],
  ['a PDF with another byte', (b, of) => {
    const form = of('DiagnosticReport').presentedForm[0];
    form.data = Buffer.from('%PDF-1.4 other').toString('base64'); }],
];

/** A broken copy. */
export function mutate(bundle, change) {
  const b = structuredClone(bundle);
  const of = (type, having) => b.entry.map((e) => e.resource)
    .find((r) => r.resourceType === type && (!having || having in r));
  change(b, of);
  return b;
}
