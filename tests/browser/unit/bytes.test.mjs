// base64, JSON that keeps digits, JSON in one spelling.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import {
  concatBytes, fromBase64, fromBase64url, sameBytes, toBase64url, utf8Text,
  wipeBytes,
} from '../../../gateway/web/shared/bytes.js';
import {
  parseKeepingDigits, parseMinimal,
} from '../../../gateway/web/shared/json.js';

test('base64url: as node writes it, at every length', () => {
  for (let n = 0; n < 70; n++) {
    const bytes = randomBytes(n);
    const text = bytes.toString('base64url');
    assert.equal(toBase64url(new Uint8Array(bytes)), text);
    assert.ok(sameBytes(fromBase64url(text), bytes));
  }
});

test('base64url: padding, another alphabet and loose bits are refused', () => {
  for (const bad of ['A', 'AA==', 'A+', 'A/', 'AB', 'AAB', 'A A', 'é', 'AAAAA']) {
    assert.throws(() => fromBase64url(bad), undefined, bad);
  }
});

test('base64: padded, with line ends, as FHIR allows; otherwise refused', () => {
  assert.equal(utf8Text(fromBase64('aGVs\r\nbG8h ')), 'hello!');
  assert.equal(utf8Text(fromBase64('aGVsbG8=')), 'hello');
  for (const bad of ['aGVsbG8', 'aGVsbG8-', 'aGVs=G8=']) {
    assert.throws(() => fromBase64(bad), undefined, bad);
  }
});

test('bytes: bad UTF-8 throws, wiping wipes, joining joins', () => {
  assert.throws(() => utf8Text(Uint8Array.of(0xc3, 0x28)));
  const secret = Uint8Array.of(1, 2, 3);
  wipeBytes(secret);
  assert.deepEqual([...secret], [0, 0, 0]);
  assert.deepEqual([...concatBytes(Uint8Array.of(1), new Uint8Array(0),
    Uint8Array.of(2, 3))], [1, 2, 3]);
});

test('json: numbers keep the digits they were printed with', () => {
  const text = '{"a":5.10,"b":[-0.50,1e3,0],"c":"7.10 \\" 8.20","d":true,"e":null}';
  assert.deepEqual(parseKeepingDigits(text), { a: '5.10',
    b: ['-0.50', '1e3', '0'], c: '7.10 " 8.20', d: true, e: null });
});

test('json: a string of 20 MB between numbers is no trouble', () => {
  const big = 'A1b2'.repeat(5 * 1024 * 1024);
  const { n, data } = parseKeepingDigits(`{"n":1.50,"data":"${big}","m":2}`);
  assert.equal(n, '1.50');
  assert.equal(data.length, big.length);
});

test('json: what is no JSON throws', () => {
  for (const bad of ['{"a":01}', '{"a":"b}', '{"a":1.}', '{"a":+1}', '', '{a:1}']) {
    assert.throws(() => parseKeepingDigits(bad), undefined, bad);
  }
});

test('json: in a header only the one minimal spelling is taken', () => {
  assert.deepEqual(parseMinimal('{"alg":"dir"}'), { alg: 'dir' });
  for (const bad of ['{"alg":"none","alg":"dir"}', '{ "alg":"dir"}',
    '{"\\u0061lg":"dir"}', '{"alg":"dir"} ']) {
    assert.throws(() => parseMinimal(bad), undefined, bad);
  }
});
