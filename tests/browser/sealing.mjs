// sealing.mjs -- guichet/1 written a second time, on npm jose and WebCrypto:
// cards, claims, envelopes and sealed bundles as docs/formats says.
//
// The tests seal with this and open with the page's own modules, so that the
// two must agree about the formats.

import { createHash, randomBytes, webcrypto } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import {
  base64url, calculateJwkThumbprint, CompactEncrypt, CompactSign, exportJWK,
  generateKeyPair, importJWK,
} from 'jose';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const PAD_BYTES = 64 * 1024;

export const now_s = () => Math.floor(Date.now() / 1000);
export const b64u = (bytes) => base64url.encode(bytes);
export const sha256 = (bytes) => createHash('sha256').update(bytes).digest();

function luhn32(symbols) {
  let sum = 0;
  [...symbols].reverse().forEach((symbol, i) => {
    const value = ALPHABET.indexOf(symbol) << (i % 2 === 0 ? 1 : 0);
    sum += (value >> 5) + (value & 31);
  });
  return ALPHABET[(32 - (sum & 31)) & 31];
}

export function randomSymbols(count) {
  return [...randomBytes(count)].map((byte) => ALPHABET[byte & 31]).join('');
}

export function printed(symbols) {
  return (symbols + luhn32(symbols)).match(/.{1,4}/g).join('-');
}

export async function makeBox(id) {
  const { privateKey, publicKey } = await generateKeyPair('ES256',
    { extractable: true });
  const { kty, crv, x, y } = await exportJWK(publicKey);
  const jwk = { kty, crv, x, y };
  return { id, privateKey, jwk, kid: await calculateJwkThumbprint(jwk) };
}

async function derive(box, card, code, day, rounds) {
  const { subtle } = webcrypto;
  const salt = sha256(`guichet/1/card\0${box}\0${card}`);
  const base = await subtle.importKey('raw', Buffer.from(`${code}\0${day}`), 'PBKDF2',
    false, ['deriveBits']);
  const ikm = await subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt,
    iterations: rounds }, base, 256);
  const hkdf = await subtle.importKey('raw', ikm, 'HKDF', false, ['deriveBits']);
  const expand = async (info) => Buffer.from(await subtle.deriveBits(
    { name: 'HKDF', hash: 'SHA-256', salt: Buffer.alloc(32),
      info: Buffer.from(info) }, hkdf, 256));
  return { auth: await expand('guichet/1/auth'), kek: await expand('guichet/1/kek'),
    loc: await expand('guichet/1/loc') };
}

async function sealBlob(kek, kind, box, card, value) {
  const { subtle } = webcrypto;
  const iv = randomBytes(12);
  const key = await subtle.importKey('raw', kek, 'AES-GCM', false, ['encrypt']);
  const sealed = await subtle.encrypt({ name: 'AES-GCM', iv,
    additionalData: Buffer.from(`guichet/1/${kind}\0${box}\0${card}`) }, key,
  Buffer.from(JSON.stringify(value)));
  return b64u(Buffer.concat([iv, Buffer.from(sealed)]));
}

// The blobs of one variant of a card.
async function sealCard(kek, box, card, jwk, trust) {
  return { sk: await sealBlob(kek, 'sk', box.id, card, jwk),
    trust: await sealBlob(kek, 'trust', box.id, card, { box: box.jwk, ...trust }) };
}

// The variant of the internet drop: `drop` is drop.public_url.
async function issueDrop(box, card, code, rounds, jwk, trust) {
  const day = randomSymbols(10);
  const { kek, loc } = await derive(box.id, card, code, day, rounds);
  return { day: printed(day), loc: b64u(loc),
    ...await sealCard(kek, box, card, jwk, trust) };
}

// A card with everything its slip says; `drop` is null for one that is never
// on the internet, else card.drop is its other variant.
export async function issueCard(box, origin, rounds, drop = null) {
  const [card, code] = [randomSymbols(10), randomSymbols(15)];
  const { auth, kek } = await derive(box.id, card, code, '', rounds);
  const pair = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true });
  const { kty, crv, x, y, d } = await exportJWK(pair.privateKey);
  const jwk = { kty, crv, x, y, d };
  const trust = { pickup: origin, drop };
  return { card, code, auth: b64u(auth), publicJwk: { kty, crv, x, y },
    ...await sealCard(kek, box, card, jwk, trust),
    drop: drop && await issueDrop(box, card, code, rounds, jwk, trust),
    link: `${origin}/#1.${printed(card)}.${printed(code)}`,
    printed: { card: printed(card), code: printed(code) }, seq: 0 };
}

function padded(text) {
  const bytes = Buffer.from(text);
  const over = bytes.length % PAD_BYTES;
  return over === 0 ? bytes :
    Buffer.concat([bytes, Buffer.alloc(PAD_BYTES - over, ' ')]);
}

async function sealData(text, key) {
  return new CompactEncrypt(padded(text)).setProtectedHeader({ alg: 'dir',
    enc: 'A256GCM', cty: 'application/fhir+json' }).encrypt(key);
}

// With `zip`, which our box never writes and our page reads: by hand, because
// jose leaves the compressing to its caller.
export async function sealCompressed(text, key) {
  const header = b64u(Buffer.from(JSON.stringify({ alg: 'dir', enc: 'A256GCM',
    cty: 'application/fhir+json', zip: 'DEF' })));
  const iv = randomBytes(12);
  const aes = await webcrypto.subtle.importKey('raw', key, 'AES-GCM', false,
    ['encrypt']);
  const sealed = Buffer.from(await webcrypto.subtle.encrypt({ name: 'AES-GCM',
    iv, additionalData: Buffer.from(header) }, aes, deflateRawSync(padded(text))));
  return [header, '', b64u(iv), b64u(sealed.subarray(0, -16)),
    b64u(sealed.subarray(-16))].join('.');
}

async function signClaim(box, claim, signer) {
  return new CompactSign(Buffer.from(JSON.stringify(claim)))
    .setProtectedHeader({ alg: 'ES256', typ: 'guichet-claim+jws', kid: box.kid })
    .sign(signer ?? box.privateKey);
}

async function sealEnvelope(card, boxId, bid, content) {
  const key = await importJWK({ ...card.publicJwk, alg: 'ECDH-ES' }, 'ECDH-ES');
  return new CompactEncrypt(Buffer.from(JSON.stringify(content)))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', cty: 'json' })
    .setKeyManagementParameters({ apu: Buffer.from(boxId),
      apv: Buffer.from(`${card.card}|${bid}`) }).encrypt(key);
}

// `wish` may spoil one thing, to see that the page notices: { claim (changes
// merged in), signer, envelopeCard, envelopeBid, spoil(jwe), zip }.
export async function sealBundle(box, card, text, wish = {}) {
  const bid = wish.bid ?? b64u(randomBytes(16));
  const key = randomBytes(32);
  let jwe = wish.zip ? await sealCompressed(text, key) : await sealData(text, key);
  const name = b64u(randomBytes(32));
  const iat = now_s();
  const claim = { v: 1, box: box.id, card: card.card, bid, seq: ++card.seq,
    name, size: jwe.length, sha256: b64u(sha256(jwe)), iat, opens: iat,
    closes: wish.closes ?? iat + 14 * 86400, status: wish.status ?? 'final',
    replaces: wish.replaces ?? null, ...wish.claim };
  if (wish.spoil) jwe = wish.spoil(jwe);
  const jws = await signClaim(box, claim, wish.signer);
  const envelope = await sealEnvelope(wish.envelopeCard ?? card,
    wish.envelopeBox ?? box.id, wish.envelopeBid ?? bid,
    { key: b64u(key), claim: jws });
  return { bid, name, jwe, envelope, key: b64u(key), claim,
    status: claim.status, closes: claim.closes };
}

const INDEX_STEP_BYTES = 16 * 1024;

// What lies under i/<loc> in the drop.
export function composeIndex({ drop }, bundles) {
  const text = JSON.stringify({ v: 1, sk: drop.sk, trust: drop.trust,
    bundles: bundles.map(({ bid, envelope, status, closes }) =>
      ({ bid, envelope, status, closes })) });
  return text.padEnd(Math.ceil(text.length / INDEX_STEP_BYTES) * INDEX_STEP_BYTES, ' ');
}
