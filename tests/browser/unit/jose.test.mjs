// The page's JOSE against npm jose, and against what an attacker would send.
import assert from 'node:assert/strict';
import { randomBytes, webcrypto } from 'node:crypto';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { base64url, CompactEncrypt, CompactSign } from 'jose';
import { makeBox, issueCard, sealBundle, sealCompressed } from '../sealing.mjs';
import { fromBase64url, utf8Text } from '../../../gateway/web/shared/bytes.js';
import {
  deriveCardKeys, openTrust, unwrapCardKey,
} from '../../../gateway/web/shared/derive.js';
import {
  inflateRaw, openAgreed, openDirect, thumbprint, verifyClaim,
} from '../../../gateway/web/shared/jose.js';

const ROUNDS = 1000;
const box = await makeBox('test-box');
const card = await issueCard(box, 'https://labo.example', ROUNDS);
const slip = { box: box.id, card: card.card, code: card.code, rounds: ROUNDS };
const keys = await deriveCardKeys(slip, 'auth');
const sk = await unwrapCardKey(card.sk, keys.kek, slip);
const bundle = await sealBundle(box, card, '{"resourceType":"Bundle"}');

function refuse(promise, message) {
  return assert.rejects(async () => promise, undefined, message);
}

// A JWE or JWS with one header member changed; the rest is left as it was.
function withHeader(compact, change) {
  const [header, ...rest] = compact.split('.');
  const changed = { ...JSON.parse(base64url.decode(header).reduce(
    (text, byte) => text + String.fromCharCode(byte), '')), ...change };
  return [base64url.encode(JSON.stringify(changed)), ...rest].join('.');
}

function flip(compact, part) {
  const parts = compact.split('.');
  const bytes = base64url.decode(parts[part]);
  bytes[0] ^= 1;
  parts[part] = base64url.encode(bytes);
  return parts.join('.');
}

test('derive: token, card key and trust are those of the second implementation', async () => {
  assert.equal(keys.handle, card.auth);
  assert.equal(sk.extractable, false);
  assert.deepEqual(await openTrust(card.trust, keys.kek, slip),
    { box: box.jwk, pickup: 'https://labo.example', drop: null });
});

test('derive: with the day code, another place and another key, for the same card', async () => {
  const drop = 'https://drop.example/v1/labo';
  const issued = await issueCard(box, 'https://labo.example', ROUNDS, drop);
  const both = { ...slip, card: issued.card, code: issued.code,
    day: issued.drop.day.replaceAll('-', '').slice(0, 10) };
  const { handle, kek } = await deriveCardKeys(both, 'loc');
  assert.equal(handle, issued.drop.loc);
  assert.equal((await openTrust(issued.drop.trust, kek, both)).drop, drop);
  assert.equal((await unwrapCardKey(issued.drop.sk, kek, both)).extractable, false);
  await refuse(unwrapCardKey(issued.sk, kek, both), 'the variants differ');
  assert.notEqual((await deriveCardKeys({ ...both, day: '' }, 'loc')).handle, handle);
});

test('derive: another box, card or code opens nothing', async () => {
  for (const other of [{ box: 'other' }, { card: 'AAAAAAAAAA' },
    { code: 'AAAAAAAAAAAAAAA' }]) {
    const wrong = { ...slip, ...other };
    const { kek } = await deriveCardKeys(wrong, 'auth');
    await refuse(unwrapCardKey(card.sk, kek, wrong), JSON.stringify(other));
  }
  await refuse(openTrust(card.sk, keys.kek, slip), 'the kinds of blobs differ');
});

test('jose: envelope and data of npm jose open', async () => {
  const { plain, apu, apv } = await openAgreed(bundle.envelope, sk);
  const { key } = JSON.parse(utf8Text(plain));
  assert.equal(apu, box.id);
  assert.equal(apv, `${card.card}|${bundle.bid}`);
  const data = utf8Text(await openDirect(bundle.jwe, fromBase64url(key)));
  assert.equal(data.length, 64 * 1024);
  assert.equal(data.trimEnd(), '{"resourceType":"Bundle"}');
});

test('jose: an envelope to somebody else, or changed anywhere, is refused', async () => {
  const other = await issueCard(box, 'https://labo.example', ROUNDS);
  const elsewhere = await sealBundle(box, other, '{}');
  await refuse(openAgreed(elsewhere.envelope, sk));
  for (const part of [2, 3, 4]) await refuse(openAgreed(flip(bundle.envelope, part), sk));
  await refuse(openAgreed(withHeader(bundle.envelope, { alg: 'dir' }), sk));
  await refuse(openAgreed(withHeader(bundle.envelope, { crit: ['x'] }), sk));
  await refuse(openAgreed(withHeader(bundle.envelope, { zip: 'DEF' }), sk));
  await refuse(openAgreed(withHeader(bundle.envelope, { apu: 'eA' }), sk));
  await refuse(openAgreed(`${bundle.envelope}.`, sk), 'six parts');
  await refuse(openAgreed(bundle.envelope.slice(0, -4), sk), 'a short tag');
});

test('jose: an ephemeral point that is not on the curve is refused', async () => {
  const epk = { kty: 'EC', crv: 'P-256', x: base64url.encode(randomBytes(32)),
    y: base64url.encode(randomBytes(32)) };
  await refuse(openAgreed(withHeader(bundle.envelope, { epk }), sk));
});

test('jose: data with another key, alg, enc, crit or tag is refused', async () => {
  const key = fromBase64url(bundle.key);
  await refuse(openDirect(bundle.jwe, randomBytes(32)));
  await refuse(openDirect(bundle.jwe, key.subarray(1)));
  for (const change of [{ alg: 'A256KW' }, { enc: 'A128GCM' }, { crit: ['b64'] },
    { zip: 'ZZZ' }, { cty: 'text/html' }]) {
    await refuse(openDirect(withHeader(bundle.jwe, change), key), JSON.stringify(change));
  }
  for (const part of [2, 3, 4]) await refuse(openDirect(flip(bundle.jwe, part), key));
  const cut = bundle.jwe.slice(0, -2);
  await refuse(openDirect(cut, key), 'a tag of 14 bytes');
});

test('jose: zip DEF is read, and stops at the cap', async () => {
  const key = randomBytes(32);
  const jwe = await sealCompressed('{"resourceType":"Bundle"}', key);
  assert.match(utf8Text(await openDirect(jwe, key)), /^\{"resourceType":"Bundle"\} *$/);
  const bomb = deflateRawSync(Buffer.alloc(4 * 1024 * 1024));
  await refuse(inflateRaw(bomb, 1024 * 1024));
  // A block of the type that does not exist; some random bytes are a whole stream.
  await refuse(inflateRaw(Buffer.alloc(64, 0x07)), 'not deflate at all');
});

test('jose: a claim of the box is believed, nobody else\'s', async () => {
  const { plain } = await openAgreed(bundle.envelope, sk);
  const { claim } = JSON.parse(utf8Text(plain));
  assert.deepEqual(await verifyClaim(claim, box.jwk), bundle.claim);
  const other = await makeBox('test-box');
  await refuse(verifyClaim(claim, other.jwk));
  for (const part of [1, 2]) await refuse(verifyClaim(flip(claim, part), box.jwk));
  for (const change of [{ alg: 'none' }, { alg: 'HS256' }, { typ: 'JWT' },
    { crit: ['b64'] }, { kid: 'x' }]) {
    await refuse(verifyClaim(withHeader(claim, change), box.jwk), JSON.stringify(change));
  }
  const [header, payload] = claim.split('.');
  await refuse(verifyClaim(`${header}.${payload}.`, box.jwk), 'no signature');
  const zeroes = base64url.encode(new Uint8Array(64));
  await refuse(verifyClaim(`${header}.${payload}.${zeroes}`, box.jwk), 'r and s 0');
});

test('jose: a claim header that says a name twice is refused', async () => {
  const text = `{"alg":"ES256","alg":"ES256","typ":"guichet-claim+jws","kid":"${box.kid}"}`;
  const [, payload, signature] = (await new CompactSign(Buffer.from('{}'))
    .setProtectedHeader({ alg: 'ES256', typ: 'guichet-claim+jws', kid: box.kid })
    .sign(box.privateKey)).split('.');
  await refuse(verifyClaim([base64url.encode(text), payload, signature].join('.'), box.jwk));
});

test('jose: the thumbprint is RFC 7638\'s', async () => {
  assert.equal(await thumbprint(box.jwk), box.kid);
});

test('jose: an envelope made with the wrong key type is refused', async () => {
  const octets = randomBytes(32);
  const jwe = await new CompactEncrypt(Buffer.from('{}')).setProtectedHeader(
    { alg: 'dir', enc: 'A256GCM' }).encrypt(octets);
  await refuse(openAgreed(jwe, sk));
  assert.ok(webcrypto.subtle);
});
