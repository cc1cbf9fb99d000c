// Bundles of our mapping before the validators of fhir_stack.mjs (R43-R46):
// those of the unit test's samples, of the messages of fhir_messages.mjs and,
// where they are, of messages that others published.
//
// fhir_validate.mjs [FILE...]: bundles one a line instead.
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { message, messages, obr, obx } from './fhir_messages.mjs';
import { mutants, mutate } from './fhir_mutants.mjs';
import { invariants, stack, validate } from './fhir_stack.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const out = process.env.GUICHET_OUT ?? join(root, 'build', 'x86_64');
const samples = join(root, '..', 'shared', 'samples');
const big = { maxBuffer: 1 << 30 };

let count = 0;
let failed = 0;
function ok(good, words, why = '') {
  console.log(`${good ? 'ok' : 'not ok'} ${++count} - ${words}`);
  if (!good) {
    failed++;
    for (const line of String(why).split('\n').slice(0, 20)) console.log(`# ${line.slice(0, 300)}`);
  }
}

/** What the tool says of each message: [{ number, release, bundle? }]. */
function convert(list) {
  const folder = mkdtempSync(join(tmpdir(), 'fhir-'));
  try {
    const files = list.map((bytes, i) => {
      writeFileSync(join(folder, `${i}.hl7`), bytes);
      return join(folder, `${i}.hl7`);
    });
    return execFileSync(join(out, 'tests/interop/bundle_tool'), files, big).toString().split('\n')
      .filter((line) => line).map((line) => {
        const [, number, release, rest] = line.match(/^(\d+) ([\w-]+) (.*)$/s);
        const text = rest.trim();
        return { number: Number(number), release, text,
          bundle: text.startsWith('{') ? JSON.parse(text) : undefined };
      });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function check(bundle, words) {
  const { all, r44 } = validate(bundle);
  const why = Object.entries(all).map(([who, what]) => `${who}: ${what.join('; ')}`).join('\n');
  ok(Object.keys(all).length === 0, `R43 ${words}`, why);
  ok(r44.length === 0, `R44 ${words}`, r44.join('\n'));
}

function unitSamples() {
  const text = execFileSync(join(out, 'tests/unit/fhir/bundle_test'), ['print'], big).toString();
  return text.split('\n').filter((line) => line.trim()).map((line) => JSON.parse(line));
}

function testMessages() {
  const list = messages();
  const reports = convert(list.map((m) => m.bytes));
  for (const [i, { name, mayBeRefused }] of list.entries()) {
    const found = reports.filter((r) => r.number === i);
    const bundles = found.filter((r) => r.bundle);
    if (bundles.length === 0)
      ok(mayBeRefused || found.some((r) => ['confirm', 'withdraw', 'incident'].includes(r.release)),
        `R43 ${name}: nothing to seal`, JSON.stringify(found));
    for (const { bundle } of bundles) check(bundle, name);
  }
}

/** Published messages, all that become bundles, in one claim for each source. */
function testSamples() {
  if (!existsSync(samples)) {
    console.log(`ok ${++count} - R43 published messages # SKIP ../shared/samples is not there`);
    return;
  }
  for (const source of readdirSync(samples, { withFileTypes: true }).filter((d) => d.isDirectory())) {
    const folder = join(samples, source.name);
    const files = readdirSync(folder, { recursive: true }).filter((f) => f.endsWith('.hl7'));
    const bundles = convert(files.map((f) => readFileSync(join(folder, f)))).filter((r) => r.bundle);
    const bad = [];
    for (const { number, bundle } of bundles) {
      const { all } = validate(bundle);
      if (Object.keys(all).length > 0) bad.push(`${files[number]}: ${JSON.stringify(all)}`);
    }
    ok(bad.length === 0, `R43 ${bundles.length} bundles of ${files.length} messages of ${source.name}`, bad.join('\n'));
  }
}

// --- R45 ---------------------------------------------------------------------

const wrap = (text, by, width) => text.match(new RegExp(`.{1,${width}}`, 'g')).join(by);
const encodings = {
  base64: (pdf) => ['Base64', pdf.toString('base64')],
  'base64 without padding': (pdf) => ['Base64', pdf.toString('base64').replace(/=+$/, '')],
  'base64 in lines': (pdf) => ['Base64', wrap(pdf.toString('base64'), '\\.br\\', 76)],
  'base64 in lines of X0D0A': (pdf) => ['Base64', wrap(pdf.toString('base64'), '\\X0D0A\\', 64)],
  hex: (pdf) => ['Hex', pdf.toString('hex')],
};

function testPdf() {
  const cases = [];
  for (const [name, encode] of Object.entries(encodings))
    for (const size of [1, 2, 3, 1000, 300000])
      cases.push({ name: `${name}, ${size} bytes of noise`, encode,
        pdf: Buffer.concat([Buffer.from('%PDF-1.4\n'), randomBytes(size), Buffer.from('\n%%EOF')]) });
  const reports = convert(cases.map(({ pdf, encode }) => {
    const [how, data] = encode(pdf);
    return message(obr(1), obx(1, { type: 'ED', value: `^application^pdf^${how}^${data}`, unit: '', range: '' }));
  }));
  for (const [i, { name, pdf }] of cases.entries()) {
    const form = reports.find((r) => r.number === i)?.bundle?.entry.map((e) => e.resource)
      .find((r) => r.resourceType === 'DiagnosticReport').presentedForm?.[0];
    const got = createHash('sha256').update(Buffer.from(form?.data ?? '', 'base64')).digest('hex');
    ok(got === createHash('sha256').update(pdf).digest('hex') && form.size === pdf.length,
      `R45 the PDF is bit-identical: ${name}`);
  }
  check(reports[0].bundle, 'a PDF alone');
}

// --- R46 ---------------------------------------------------------------------

const texts = {
  accents: 'Créatininémie élevée, cœur, Noël, ÇÀÉÈÊËÏÎÔÙÛÜŸ',
  units: 'µg/m² ≤ 5 ± 0,1 ≥ 3 °C ‰ α β Δ',
  emoji: 'résultat 😀 👩🏽‍⚕️ fin',
  'right to left': 'שלום עולם مرحبا بالعالم',
  'combining letters': 'e\u0301 a\u0308 n\u0303',
  markup: '<script>alert("1")</script> & <img src=x onerror=alert(1)> \'q\' </div>',
  entities: '&lt;b&gt; &amp;amp; &#60;script&#62;',
  'text that runs backwards': 'avant \u202e0.5\u202c après \u2067x\u2069',
  'json': '"},{"resourceType":"Patient"} \\u0041',
};
// FHIR's strings have no such space; what stands for it.
const spaces = { '12\u00a0000\u202f€ a\u2009b': '12 000 € a b', 'a\u2028b': 'a\nb', '\u00a0': undefined };
const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
  .replace(/"/g, '&quot;').replace(/[\u202a-\u202e\u2066-\u2069]/g, '');
const inHl7 = (text) => text.replace(/\\/g, '\\E\\').replace(/&/g, '\\T\\').replace(/\|/g, '\\F\\')
  .replace(/\^/g, '\\S\\').replace(/~/g, '\\R\\');

function testTexts() {
  const names = Object.keys(texts);
  const reports = convert(names.map((name) => message(obr(1, { code: `X^${inHl7(texts[name])}^L` }),
    obx(1, { type: 'ST', code: `Y^${inHl7(texts[name])}^L`, value: inHl7(texts[name]), unit: '', range: '' }),
    `NTE|1||${inHl7(texts[name])}`)));
  for (const [i, name] of names.entries()) {
    const { bundle } = reports.find((r) => r.number === i);
    const text = texts[name];
    const result = bundle.entry.map((e) => e.resource)
      .find((r) => r.resourceType === 'Observation' && 'valueString' in r);
    const div = bundle.entry[0].resource.section[0].text.div;
    ok(result?.valueString === text && result.code.coding[0].display === text && result.note[0].text === text,
      `R46 ${name}: value, label and comment as they were sent`, JSON.stringify(result));
    ok(div.split(escaped(text)).length === 5, `R46 ${name}: escaped in the narrative`, div);
    check(bundle, name);
  }
}

function testSpaces() {
  const sent = Object.keys(spaces);
  const reports = convert(sent.map((text) => message(obr(1), obx(1, { type: 'ST', value: text, unit: '' }))));
  for (const [i, text] of sent.entries()) {
    const { bundle } = reports.find((r) => r.number === i);
    const result = bundle.entry.map((e) => e.resource).find((r) => r.resourceType === 'Observation' && !r.hasMember);
    ok(result.valueString === spaces[text], `R46 space that is none of ASCII: ${JSON.stringify(text)}`,
      JSON.stringify(result));
    check(bundle, `space ${i}`);
  }
}

function testCharsets() {
  const text = 'Créatinine élevée µg/L ²';
  const sets = { '8859/1': 'latin1', 'UNICODE UTF-8': 'utf8', '': 'latin1' };
  const list = Object.entries(sets).map(([declared, encoding]) => Buffer.from(message(obr(1),
    obx(1, { type: 'ST', value: text, unit: '' })).toString('utf8').replace('UNICODE UTF-8', declared), encoding));
  for (const [i, { bundle }] of convert(list).entries())
    ok(JSON.stringify(bundle).includes(text), `R46 accents of a message in "${Object.keys(sets)[i]}"`);
}

// --- the checks themselves ----------------------------------------------------

function testMutants(bundle) {
  const tally = Object.fromEntries(Object.keys(stack).map((name) => [name, 0]));
  let caught = 0;
  ok(Object.keys(validate(structuredClone(bundle)).all).length === 0, 'R43 the bundle that is mutated is good');
  for (const [name, change] of mutants) {
    const by = Object.keys(validate(mutate(bundle, change)).all);
    by.forEach((who) => tally[who]++);
    caught += by.length > 0;
    ok(by.length > 0, `R43 mutant: ${name} (${by.join(', ')})`);
  }
  console.log(`# ${caught} of ${mutants.length} mutants caught: ` +
    Object.entries(tally).map(([who, n]) => `${who} ${n}`).join(', '));
}

const files = process.argv.slice(2);
if (files.length > 0) {
  files.flatMap((f) => readFileSync(f, 'utf8').split('\n')).filter((line) => line.trim())
    .forEach((line, i) => check(JSON.parse(line), `bundle ${i}`));
} else {
  const bundles = unitSamples();
  console.log(`# ${Object.keys(invariants).length} invariants`);
  bundles.forEach((bundle, i) => check(bundle, `sample ${i} of the unit test`));
  testMessages();
  testSamples();
  testPdf();
  testTexts();
  testSpaces();
  testCharsets();
  testMutants(bundles[0]);
}
console.log(`1..${count}`);
process.exit(failed ? 1 : 0);
