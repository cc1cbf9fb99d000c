// fhir_messages.mjs -- HL7 messages from which our mapping makes every kind of
// bundle: each type of value, each status, each shape of report.  No patient
// is real.
const CR = '\r';
const MSH = 'MSH|^~\\&|SIL|LABO|GUICHET|BOX|20261121073000||ORU^R01^ORU_R01|M1|P|2.5.1|||||FRA|UNICODE UTF-8';
const PID = 'PID|1||PAT1^^^LABO^PI||PAT-TROIS^ZOÉ^^^MME^^L~PAT-QUATRE^ZOÉ^^^^^D||19790328|F';

export const obr = (n, { code = 'BIO^Bilan^L', section = 'CH', status = 'F', placer = `PL${n}`, parent = '',
  parentOrder = '', start = '20261121070000', issued = '20261121072500' } = {}) =>
  `OBR|${n}|${placer}|FI${n}|${code}|||${start}|||||||||||||||${issued}||${section}|${status}|${parent}|||` +
  `${parentOrder}|||900^DIAZ^Thierry`;
export const obx = (n, { type = 'NM', code = `T${n}^Analyse ${n}^L`, sub = '', value = '5.10', unit = 'mmol/L',
  range = '3.9-5.5', flag = 'N', status = 'F', when = '20261121070500', category = '' } = {}) =>
  `OBX|${n}|${type}|${code}|${sub}|${value}|${unit}|${range}|${flag}|||${status}|||${when}||||||||LABO|||${category}`;
export const message = (...segments) => Buffer.from([MSH, PID, ...segments].join(CR) + CR, 'utf8');

// OBX-2 and what may stand in OBX-5, good and odd.
const types = {
  NM: ['5.10', '5,10', '+007', '-0.050', '1e3', '<5', '>=10', 'négatif', '', '""', '5~6', '9'.repeat(70)],
  SN: ['<^5', '>=^100', '^1^-^2', '^2^-^1', '^1^:^128', '^1^/^2', '>^1^:^128', '^100^+', '<>^5', '^x', '', '^1^-'],
  ST: ['texte', ' ', 'a~b', 'é²µ≤', '<b>gras</b>', 'a\\.br\\b', 'a\\T\\b', 'x'.repeat(5000)],
  TX: ['ligne 1~ligne 2', '', '\\X0A\\x', 'a\\H\\b\\N\\c'], FT: ['a\\.br\\b~c\\.sp2\\d', '\\.ce\\x'],
  CE: ['A^a^LN', '^texte', 'A^a^L^B^b^LN', '10828004^Positive^SCT', '^^^B^b', 'A^a^http://bad uri', '  ^  '],
  CWE: ['A^a^LN^B^b^L^C^c^L^^texte', '^^^^^^^^seul', 'A^a^HL70085~B^b^1.2.3.4', ''],
  CNE: ['A^a^I10'], CF: ['A^a^UCUM'], IS: ['POS', 'un mot'], ID: ['Y'],
  DT: ['20261121', '2026', '202613', '00000000', ''], TM: ['0730', '073015.5', '7h30', '2500'],
  TS: ['202611210730+0100', '20261121', '20260329023000', '20261025023000'], DTM: ['20261121073000.123', '202611'],
  DR: ['20260101^20260102', '20260102^20260101', '20260101^', '^20260101', 'x^y'],
  NR: ['1^2.0', '3^2', '1^', 'a^b'], NA: ['1^2^3'], MA: ['1^2~3^4'],
  ED: ['^TEXT^XML^A^rien', '^application^octet-stream^Base64^AAAA'], RP: ['http://x/y^app^type^sub'],
  XPN: ['NOM^PRENOM'], XCN: ['1^NOM^PRENOM'], CX: ['1^^^A'], XAD: ['rue^^VILLE'], TXT: ['type inconnu'],
  'CWE^^HL70125': ['A^a'], '': ['sans type', ''],
};

const statuses = ['F', 'C', 'A', 'B', 'V', 'P', 'R', 'S', 'I', 'O', 'N', 'U', '', 'D', 'X', 'W', 'unknown'];
const flags = ['', 'N', 'H', 'HH', 'LL', '<', '>', 'A', 'AA', 'POS', 'NEG', 'IND', 'MS', 'VS', 'OBX', 'null',
  'bizarre  x', 'H~LL', 'H^élevé^HL70078', '""', 'S', 'I', 'R', 'SDD', 'HM', 'QCF'];
const ranges = ['', '3.9-5.5', '4,11 - 5,88', '< 5', '>10', '-b', '5-3', 'négatif', '<b>', '3.9-5.5~0-1', '""'];
const units = ['mmol/L^^UCUM', 'mmol/L', 'µmol/L', '10*9/L^^UCUM', '^texte', '%', 'g/L^gramme^L^g/L^gramme^UCUM',
  'a b', '"', '<b>'];
const times = ['', '2026', '202611', '20261121', '2026112107', '20261121070500', '20261121070500.5+0530', '00000000',
  'hier'];

/** [{ name, bytes }]: messages that must become bundles without a fault. */
export function messages() {
  const list = [];
  const add = (name, ...segments) => list.push({ name, bytes: message(...segments),
    mayBeRefused: name === 'OBX-2 "ED"' });

  for (const [type, values] of Object.entries(types))
    add(`OBX-2 "${type}"`, obr(1), ...values.map((value, i) => obx(i + 1, { type, value })), obx(99));
  add('every OBX-11', obr(1), ...statuses.map((status, i) => obx(i + 1, { status })));
  for (const status of ['', 'F', 'C', 'P', 'A', 'M', 'X', 'R', 'I', '?'])
    add(`OBR-25 "${status}"`, obr(1, { status }), obx(1), obx(2, { status: 'P', value: '' }), obr(2), obx(1));
  add('every OBX-8', obr(1), ...flags.map((flag, i) => obx(i + 1, { flag })));
  add('every OBX-7', obr(1), ...ranges.map((range, i) => obx(i + 1, { range })));
  add('every OBX-6', obr(1), ...units.map((unit, i) => obx(i + 1, { unit })));
  add('every OBX-14', obr(1, { start: '' }), ...times.map((when, i) => obx(i + 1, { when })));
  for (const time of times)
    add(`OBR-7 and OBR-22 "${time}"`, obr(1, { start: time, issued: time }), obx(1, { when: '' }));
  for (const section of ['', 'CH', 'HM', 'MB', 'BG', 'SR', 'TX', 'VR', 'CP', 'GE', 'XX'])
    add(`OBR-24 "${section}"`, obr(1, { section }), obx(1), obr(2), obx(1));
  add('one test that is its panel', obr(1, { code: 'GLU^Glycémie^L' }), obx(1, { code: 'GLU^Glycémie^L' }));
  add('codes without names', obr(1, { code: 'X' }), obx(1, { code: '14749-6^^LN' }), obx(2, { code: '^Texte seul' }),
    obx(3, { code: 'A^^L^718-7^Hb^LN' }));
  add('sub-identifiers', obr(1), obx(1, { sub: '1', code: 'A^a' }), obx(2, { sub: '2', code: 'A^a' }));
  add('culture and susceptibilities',
    obr(1, { code: '630-4^ECBU^LN', section: 'MB' }),
    obx(1, { type: 'CWE', code: '600-7^Germe^LN', sub: '1', value: 'ECO^Escherichia coli', unit: '', range: '',
      flag: 'A' }),
    obx(2, { type: 'CWE', code: '600-7^Germe^LN', sub: '2', value: 'SAU^Staphylococcus aureus', unit: '', range: '' }),
    obr(2, { code: '50545-3^Antibiogramme^LN', section: 'MB', parent: '600-7&Germe&LN^1', parentOrder: 'PL1^FI1' }),
    obx(1, { code: '18864-9^Ampicilline^LN', value: '4', unit: 'mg/L', flag: 'S' }),
    obr(3, { code: '50545-3^Antibiogramme^LN', section: 'MB', parent: '600-7&Germe&LN^2', parentOrder: 'PL1^FI1' }),
    obx(1, { code: '18864-9^Ampicilline^LN', value: '64', unit: 'mg/L', flag: 'R' }));
  add('parents that are not there', obr(1, { parent: 'X&x&L', parentOrder: 'A^B' }), obx(1));
  add('comments at three levels', 'NTE|1||du patient', obr(1), 'NTE|1||du bilan', obx(1),
    'NTE|1||de la ligne~deux', obr(2), 'NTE|1||d\'un bilan vide');
  add('specimens', obr(1), obx(1), 'SPM|1|A&1^B&2||SER^Sérum^L|||||||||||||20261121070000', 'NTE|1||hémolysé',
    obr(2), obx(1), 'SPM|1|||^urine', obr(3), obx(1), 'SPM|1|||');
  add('many lines', obr(1), ...Array.from({ length: 120 }, (_, i) => obx(i + 1)));
  add('cancelled among good ones', 'ORC|CA|PL1|FI1', obr(1), obx(1), 'NTE|1||5.10', 'ORC|RE|PL2|FI2', obr(2), obx(1));
  add('withdrawn among good ones', obr(1), obx(1), obx(2, { status: 'D', flag: 'H' }), 'NTE|1||5.10 au lieu de 51',
    obx(3, { status: 'X', value: '' }), 'NTE|1||prélèvement coagulé');
  add('confirmed among new ones', obr(1), obx(1, { status: 'U', value: '' }), obx(2));
  add('delayed', obr(1), obx(1, { category: 'SID' }));
  for (const patient of ['PID|1||P1', 'PID|1||P1^^^L^PI||^', 'PID|1||||NOM^^||1979', 'PID|1||P1||NOM||""|U',
    'PID|1||P1||NOM^PRENOM||197913|X', `PID|1||P1||${'N'.repeat(300)}^P||19790328|M`])
    list.push({ name: patient.slice(0, 40), mayBeRefused: true,
      bytes: Buffer.from([MSH, patient, obr(1), obx(1)].join(CR) + CR) });
  return list;
}
