// bytes.js -- text, base64 and comparison of bytes.
//
// base64 is read strictly: another alphabet, padding where none belongs, or
// bits that no encoder sets are refused, so that one value has one spelling.

const BASE64URL =
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const BASE64 =
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const utf8Encoder = new TextEncoder();

export function utf8(text) {
  return utf8Encoder.encode(text);
}

// Throws where the bytes are no UTF-8: nothing is replaced silently.
export function utf8Text(bytes) {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

export function concatBytes(...parts) {
  const whole = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function sameBytes(a, b) {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

// Secrets go as far as JavaScript lets us: the array is overwritten.
export function wipeBytes(...arrays) {
  for (const array of arrays) array.fill(0);
}

function reverseOf(alphabet) {
  const table = new Int32Array(256).fill(-1);
  for (let i = 0; i < 64; i++) table[alphabet.charCodeAt(i)] = i;
  return table;
}

const FROM_BASE64URL = reverseOf(BASE64URL);
const FROM_BASE64 = reverseOf(BASE64);

// Four symbols at a time: a PDF has thirty million.  A symbol that is none
// makes the sum negative.
function decodeFours(source, fours, table, out) {
  for (let i = 0, at = 0; i < fours * 4; i += 4, at += 3) {
    const three = (table[source[i]] << 18) | (table[source[i + 1]] << 12) |
        (table[source[i + 2]] << 6) | table[source[i + 3]];
    if (three < 0) throw new Error('base64: symbol');
    out[at] = three >> 16;
    out[at + 1] = three >> 8;
    out[at + 2] = three;
  }
}

// What is left: two or three symbols for one or two bytes.
function decodeRest(rest, table, out) {
  if (rest.length === 0) return;
  if (rest.length === 1) throw new Error('base64: impossible length');
  const bits = rest.length * 6;
  let held = 0;
  for (const symbol of rest) held = (held << 6) | table[symbol];
  if (held < 0) throw new Error('base64: symbol');
  const spare = bits % 8;
  if ((held & ((1 << spare) - 1)) !== 0) throw new Error('base64: bits left over');
  held >>= spare;
  for (let i = out.length - 1; i >= 0; i--, held >>= 8) out[i] = held;
}

function decodeSymbols(source, length, table) {
  const fours = Math.floor(length / 4);
  const out = new Uint8Array(Math.floor((length * 3) / 4));
  decodeFours(source, fours, table, out);
  decodeRest(source.subarray(fours * 4, length), table, out.subarray(fours * 3));
  return out;
}

// `source`: text or ASCII bytes; base64url without padding (RFC 7515, 2).
export function fromBase64url(source) {
  const ascii = typeof source === 'string' ? utf8(source) : source;
  return decodeSymbols(ascii, ascii.length, FROM_BASE64URL);
}

// base64 as FHIR writes it: padded, white space allowed (R4, base64Binary).
export function fromBase64(text) {
  const ascii = utf8(/\s/.test(text) ? text.replace(/\s+/g, '') : text);
  if (ascii.length % 4 !== 0) throw new Error('base64: padding');
  let length = ascii.length;
  for (let i = 0; i < 2 && ascii[length - 1] === 61; i++) length--;
  return decodeSymbols(ascii, length, FROM_BASE64);
}

export function toBase64url(bytes) {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a, b = 0, c = 0] = bytes.subarray(i, i + 3);
    const four = BASE64URL[a >> 2] + BASE64URL[((a & 3) << 4) | (b >> 4)] +
        BASE64URL[((b & 15) << 2) | (c >> 6)] + BASE64URL[c & 63];
    text += four.slice(0, Math.min(bytes.length - i, 3) + 1);
  }
  return text;
}

export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}
