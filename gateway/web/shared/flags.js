// flags.js -- what a laboratory's flag is called in words (HL7 table 0078,
// v3 ObservationInterpretation).  strings.js has a row `flag.<word>`.

// code: [word, tone].  The tone chooses colour and sign; the word is always
// shown.  Tones: high, low, critical, notice, good, plain.
const FLAG_WORDS = new Map(Object.entries({
  N: ['normal', 'plain'],
  A: ['abnormal', 'notice'],
  AA: ['critical', 'critical'],
  H: ['high', 'high'],
  HU: ['veryHigh', 'high'],
  HH: ['criticalHigh', 'critical'],
  L: ['low', 'low'],
  LU: ['veryLow', 'low'],
  LL: ['criticalLow', 'critical'],
  '<': ['belowScale', 'low'],
  '>': ['aboveScale', 'high'],
  U: ['up', 'plain'],
  D: ['down', 'plain'],
  B: ['better', 'plain'],
  W: ['worse', 'notice'],
  S: ['susceptible', 'good'],
  I: ['intermediate', 'notice'],
  SDD: ['doseDependent', 'notice'],
  R: ['resistant', 'notice'],
  NS: ['nonSusceptible', 'notice'],
  MS: ['susceptible', 'good'],
  VS: ['susceptible', 'good'],
  POS: ['positive', 'notice'],
  NEG: ['negative', 'plain'],
  IND: ['indeterminate', 'notice'],
  DET: ['detected', 'notice'],
  ND: ['notDetected', 'plain'],
  RR: ['reactive', 'notice'],
  WR: ['weaklyReactive', 'notice'],
  NR: ['nonReactive', 'plain'],
}));

// `coded`: { code, text } of an interpretation.  A flag that the table does
// not know is shown as the laboratory wrote it.
export function readFlag({ code, text }) {
  const known = FLAG_WORDS.get(code);
  if (known !== undefined) return { word: known[0], tone: known[1] };
  return { printed: text || code, tone: 'notice' };
}

export function isNotable(flag) {
  return flag.tone !== 'plain' && flag.tone !== 'good';
}
