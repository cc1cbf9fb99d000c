// jose.js -- the three JOSE shapes of guichet/1: JWE "dir" and "ECDH-ES"
// with A256GCM (RFC 7516, 7518), JWS ES256 (RFC 7515).  Compact only.
//
// Anything else (another alg, zip where none is allowed, crit, a name given
// twice) throws.

import {
  concatBytes, fromBase64url, sha256, toBase64url, utf8, utf8Text,
} from './bytes.js';
import { parseMinimal } from './json.js';

const DOT = 46;
const INFLATED_MAX = 64 * 1024 * 1024;

function splitCompact(source, count) {
  const bytes = typeof source === 'string' ? utf8(source) : source;
  const parts = [];
  let start = 0;
  for (let dot = bytes.indexOf(DOT); dot >= 0; dot = bytes.indexOf(DOT, start)) {
    parts.push(bytes.subarray(start, dot));
    start = dot + 1;
  }
  parts.push(bytes.subarray(start));
  if (parts.length !== count) throw new Error('JOSE: parts');
  return parts;
}

function demand(condition, what) {
  if (!condition) throw new Error(`JOSE: ${what}`);
}

async function decryptParts(parts, rawKey) {
  const [header, , iv, sealed, tag] = parts;
  const nonce = fromBase64url(iv);
  const mac = fromBase64url(tag);
  demand(nonce.length === 12 && mac.length === 16, 'iv or tag length');
  const key = await crypto.subtle.importKey('raw', rawKey, 'AES-GCM', false,
    ['decrypt']);
  const gcm = { name: 'AES-GCM', iv: nonce, additionalData: header,
    tagLength: 128 };
  const sealedBytes = concatBytes(fromBase64url(sealed), mac);
  return new Uint8Array(await crypto.subtle.decrypt(gcm, key, sealedBytes));
}

// RFC 7516 4.1.3 "DEF"; stops at INFLATED_MAX, so that no small object can
// fill a phone's memory.
export async function inflateRaw(bytes, max = INFLATED_MAX) {
  const stream = new Blob([bytes]).stream()
    .pipeThrough(new DecompressionStream('deflate-raw'));
  const reader = stream.getReader();
  const chunks = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return concatBytes(...chunks);
    size += value.length;
    if (size > max) {
      await reader.cancel();
      throw new Error('JOSE: inflates beyond the limit');
    }
    chunks.push(value);
  }
}

// The plaintext of a `dir` JWE under a 32-byte content key.  Other headers
// than alg, enc and zip are ignored (kid, cty): HL7's own examples have them.
export async function openDirect(jwe, contentKey) {
  const parts = splitCompact(jwe, 5);
  const header = JSON.parse(utf8Text(fromBase64url(parts[0])));
  demand(header.alg === 'dir' && header.enc === 'A256GCM', 'alg or enc');
  demand(header.crit === undefined, 'crit');
  demand(header.zip === undefined || header.zip === 'DEF', 'zip');
  demand(parts[1].length === 0 && contentKey.length === 32, 'key');
  const plain = await decryptParts(parts, contentKey);
  return header.zip === 'DEF' ? inflateRaw(plain) : plain;
}

function lengthPrefixed(bytes) {
  const whole = new Uint8Array(4 + bytes.length);
  new DataView(whole.buffer).setUint32(0, bytes.length);
  whole.set(bytes, 4);
  return whole;
}

// Concat KDF, one round (RFC 7518 4.6.2).
async function agreedKey(header, privateKey) {
  const { kty, crv, x, y } = header.epk;
  const epk = await crypto.subtle.importKey('jwk', { kty, crv, x, y },
    { name: 'ECDH', namedCurve: 'P-256' }, false, []);
  const z = await crypto.subtle.deriveBits({ name: 'ECDH', public: epk },
    privateKey, 256);
  return sha256(concatBytes(Uint8Array.of(0, 0, 0, 1), new Uint8Array(z),
    lengthPrefixed(utf8('A256GCM')), lengthPrefixed(fromBase64url(header.apu)),
    lengthPrefixed(fromBase64url(header.apv)), Uint8Array.of(0, 0, 1, 0)));
}

// { apu, apv, plain } of an ECDH-ES JWE to the card's key.
export async function openAgreed(jwe, privateKey) {
  const parts = splitCompact(jwe, 5);
  const header = parseMinimal(utf8Text(fromBase64url(parts[0])));
  demand(header.alg === 'ECDH-ES' && header.enc === 'A256GCM', 'alg or enc');
  demand(header.crit === undefined && header.zip === undefined, 'crit or zip');
  demand(header.epk?.d === undefined && parts[1].length === 0, 'key');
  const plain = await decryptParts(parts, await agreedKey(header, privateKey));
  return { plain, apu: utf8Text(fromBase64url(header.apu)),
    apv: utf8Text(fromBase64url(header.apv)) };
}

// RFC 7638, of a P-256 key.
export async function thumbprint({ crv, kty, x, y }) {
  return toBase64url(await sha256(utf8(JSON.stringify({ crv, kty, x, y }))));
}

// The payload of a claim that `jwk`, and nobody else, signed.
export async function verifyClaim(jws, jwk) {
  const [header, payload, signature] = splitCompact(jws, 3);
  const { alg, typ, kid, crit } = parseMinimal(utf8Text(fromBase64url(header)));
  demand(alg === 'ES256' && typ === 'guichet-claim+jws', 'alg or typ');
  demand(crit === undefined, 'crit');
  demand(kid === await thumbprint(jwk), 'kid');
  const { kty, crv, x, y } = jwk;
  const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('jwk', { kty, crv, x, y }, ecdsa,
    false, ['verify']);
  const signed = concatBytes(header, Uint8Array.of(DOT), payload);
  const rs = fromBase64url(signature);
  demand(rs.length === 64, 'signature length');
  demand(await crypto.subtle.verify(ecdsa, key, rs, signed), 'signature');
  return parseMinimal(utf8Text(fromBase64url(payload)));
}
