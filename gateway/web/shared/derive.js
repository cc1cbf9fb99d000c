// derive.js -- from what is on the slip, and the day code, to the keys of a
// card (docs/formats/card.md, "Derivation").  WebCrypto only.

import {
  fromBase64url, sha256, toBase64url, utf8, utf8Text, wipeBytes,
} from './bytes.js';

const VERSION = 'guichet/1/';

function cardContext(name, box, card) {
  return utf8(`${VERSION}${name}\0${box}\0${card}`);
}

async function stretchCode({ box, card, code, day = '', rounds }) {
  const salt = await sha256(cardContext('card', box, card));
  const secret = utf8(`${code}\0${day}`);
  const base = await crypto.subtle.importKey('raw', secret, 'PBKDF2', false,
    ['deriveBits']);
  wipeBytes(secret);
  const pbkdf2 = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds };
  const ikm = new Uint8Array(await crypto.subtle.deriveBits(pbkdf2, base, 256));
  const key = await crypto.subtle.importKey('raw', ikm, 'HKDF', false,
    ['deriveBits', 'deriveKey']);
  wipeBytes(ikm);
  return key;
}

function hkdfFor(name) {
  return { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32),
    info: utf8(VERSION + name) };
}

// { handle, kek }: the secret by which the card is asked for, as text, and the
// key of its blobs.  `purpose`: 'auth', the bearer token of the local variant
// (slip.day is empty); or 'loc', the index's name in the drop.
export async function deriveCardKeys(slip, purpose) {
  const base = await stretchCode(slip);
  const handle = await crypto.subtle.deriveBits(hkdfFor(purpose), base, 256);
  const kek = await crypto.subtle.deriveKey(hkdfFor('kek'), base,
    { name: 'AES-GCM', length: 256 }, false, ['decrypt', 'unwrapKey']);
  return { handle: toBase64url(new Uint8Array(handle)), kek };
}

function blobParts(blob, name, slip) {
  const bytes = fromBase64url(blob);
  return {
    algorithm: { name: 'AES-GCM', iv: bytes.subarray(0, 12), tagLength: 128,
      additionalData: cardContext(name, slip.box, slip.card) },
    sealed: bytes.subarray(12),
  };
}

// The card's private key; it can be used, never read.
export function unwrapCardKey(blob, kek, slip) {
  const { algorithm, sealed } = blobParts(blob, 'sk', slip);
  return crypto.subtle.unwrapKey('jwk', sealed, kek, algorithm,
    { name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits']);
}

// { box, pickup, drop }: whom this card trusts, as it was told at the desk.
export async function openTrust(blob, kek, slip) {
  const { algorithm, sealed } = blobParts(blob, 'trust', slip);
  const plain = await crypto.subtle.decrypt(algorithm, kek, sealed);
  return JSON.parse(utf8Text(plain));
}
