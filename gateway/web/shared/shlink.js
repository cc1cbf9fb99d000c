// shlink.js -- SMART Health Links (HL7 SMART Health Cards and Links, STU 1):
// the link a patient gives to a doctor.

import { fromBase64url, toBase64url, utf8, utf8Text } from './bytes.js';

const SHLINK = 'shlink:/';
const SHLINK_URL_MAX = 128;

// `share`: { url, key, exp, flag, label }; flag is "U" or "P".
export function composeShlink({ url, key, exp, flag, label }) {
  if (url.length > SHLINK_URL_MAX) throw new RangeError('shlink: url');
  const payload = JSON.stringify({ url, key, exp, flag, label, v: 1 });
  return SHLINK + toBase64url(utf8(payload));
}

// The payload of a link, with or without a viewer before it.
export function readShlink(link) {
  const at = link.indexOf(SHLINK);
  if (at < 0) throw new Error('shlink: no link');
  const payload = JSON.parse(utf8Text(
    fromBase64url(link.slice(at + SHLINK.length).trim())));
  const { url, key, v = 1 } = payload;
  if (typeof url !== 'string' || !/^[\w-]{43}$/.test(key) || v !== 1) {
    throw new Error('shlink: payload');
  }
  return payload;
}

// Digits are easy to say on the telephone; the box allows ten attempts in
// all, so six of them are enough.
export function randomPasscode() {
  const digits = [];
  while (digits.length < 6) {
    const [byte] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < 250) digits.push(byte % 10);
  }
  return digits.join('');
}
