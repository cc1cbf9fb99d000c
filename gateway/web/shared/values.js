// values.js -- FHIR data types as the laboratory printed them.  Numbers are
// strings here (json.js): their digits are never touched.

export function textOf(value) {
  return typeof value === 'string' ? value.trim() : '';
}

export function listOf(value) {
  return Array.isArray(value) ? value.filter((v) => v !== null) : [];
}

// CodeableConcept -> what to call it.
export function conceptText(concept) {
  const coding = listOf(concept?.coding);
  return textOf(concept?.text) ||
      textOf(coding.find((c) => textOf(c.display))?.display) ||
      textOf(coding.find((c) => textOf(c.code))?.code);
}

export function conceptCode(concept) {
  return textOf(listOf(concept?.coding).find((c) => textOf(c.code))?.code);
}

function quantityNumber(quantity) {
  const sign = { '<=': '\u2264', '>=': '\u2265' };
  const comparator = textOf(quantity?.comparator);
  const number = textOf(quantity?.value);
  if (number === '') return '';
  const printed = sign[comparator] ?? comparator;
  return printed === '' ? number : `${printed}\u00a0${number}`;
}

function quantityUnit(quantity) {
  return textOf(quantity?.unit) || textOf(quantity?.code);
}

function readQuantity(quantity) {
  return { text: quantityNumber(quantity), unit: quantityUnit(quantity),
    number: textOf(quantity?.value), comparator: textOf(quantity?.comparator) };
}

function readPair(first, second, sign) {
  const [a, b] = [quantityNumber(first), quantityNumber(second)];
  const unit = quantityUnit(second) || quantityUnit(first);
  return { text: a && b ? `${a}${sign}${b}` : a || b, unit };
}

function readSampled(sampled) {
  return { text: textOf(sampled.data), unit: quantityUnit(sampled.origin) };
}

// value[x] -> { text, unit, ... }; `when` where it is a date.
const VALUE_READERS = {
  valueQuantity: readQuantity,
  valueRange: (v) => readPair(v.low, v.high, '\u00a0\u2013\u00a0'),
  valueRatio: (v) => readPair(v.numerator, v.denominator,
    quantityUnit(v.numerator) ? '\u00a0/\u00a0' : ':'),
  valueString: (v) => ({ text: textOf(v) }),
  valueCodeableConcept: (v) => ({ text: conceptText(v) }),
  valueInteger: (v) => ({ text: textOf(v), number: textOf(v) }),
  valueBoolean: (v) => ({ yes: v === true, no: v === false }),
  valueDateTime: (v) => ({ when: textOf(v) }),
  valueTime: (v) => ({ text: textOf(v) }),
  valuePeriod: (v) => ({ when: textOf(v.start), until: textOf(v.end) }),
  valueSampledData: readSampled,
};

// Of an Observation or a component.  An empty object: there is no value.
export function readValue(holder) {
  for (const [name, reader] of Object.entries(VALUE_READERS)) {
    if (holder[name] !== undefined && holder[name] !== null) {
      return { unit: '', text: '', ...reader(holder[name]) };
    }
  }
  const reason = holder.dataAbsentReason;
  if (reason === undefined) return {};
  return { absent: true, reason: textOf(reason.text) };
}

// referenceRange -> { text, low, high }; text as printed wins.
export function readRange(holder) {
  const ranges = listOf(holder.referenceRange);
  const first = ranges[0] ?? {};
  const [low, high] = [textOf(first.low?.value), textOf(first.high?.value)];
  const printed = ranges.map((r) => textOf(r.text)).filter(Boolean);
  return { text: printed.join('\n') || boundsText(low, high), low, high };
}

function boundsText(low, high) {
  if (low && high) return `${low}\u00a0\u2013\u00a0${high}`;
  if (low) return `\u2265\u00a0${low}`;
  return high ? `\u2264\u00a0${high}` : '';
}

// HumanName -> { given, family, text }.
export function readName(name) {
  const given = [...listOf(name?.prefix), ...listOf(name?.given)]
    .map(textOf).filter(Boolean).join(' ');
  const family = textOf(name?.family);
  return { given, family,
    text: [given, family].filter(Boolean).join(' ') || textOf(name?.text) };
}
