// Our QR codes, read by jsqr, which we did not write.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import jsqr from 'jsqr';
import { encodeQr, qrPath } from '../../../gateway/web/shared/qr.js';
import {
  composeShlink, randomPasscode, readShlink,
} from '../../../gateway/web/shared/shlink.js';

const SCALE = 4;
const QUIET = 4;

function decode(rows) {
  const size = (rows.length + 2 * QUIET) * SCALE;
  const pixels = new Uint8ClampedArray(size * size * 4).fill(255);
  rows.forEach((row, y) => row.forEach((dark, x) => {
    if (!dark) return;
    for (let i = 0; i < SCALE * SCALE; i++) {
      const px = (x + QUIET) * SCALE + (i % SCALE);
      const py = (y + QUIET) * SCALE + Math.floor(i / SCALE);
      pixels.fill(0, (py * size + px) * 4, (py * size + px) * 4 + 3);
    }
  }));
  return jsqr(pixels, size, size, { inversionAttempts: 'dontInvert' });
}

// The most bytes that a version holds, so that each is met exactly.
function fullest(level) {
  const sizes = new Map();
  for (let n = 1; n < 900; n++) {
    try {
      sizes.set(encodeQr(new Uint8Array(n), level).length, n);
    } catch {
      break;
    }
  }
  return [...sizes.values()];
}

for (const level of ['L', 'M']) {
  test(`qr: versions 1 to 20 at level ${level}, each full, are read back`, () => {
    const lengths = fullest(level);
    assert.equal(lengths.length, 20);
    for (const length of lengths) {
      const bytes = randomBytes(length);
      const found = decode(encodeQr(bytes, level));
      assert.ok(found, `${length} bytes`);
      assert.ok(bytes.equals(Buffer.from(found.binaryData)), `${length} bytes`);
    }
  });
}

test('qr: more than version 20 holds is refused', () => {
  assert.throws(() => encodeQr(new Uint8Array(900), 'L'), RangeError);
});

test('qr: a tenth of the modules may be smudged', () => {
  const rows = encodeQr(Buffer.from('shlink:/eyJ1cmwiOiJodHRwcyJ9'), 'M');
  for (let i = 0; i < 12; i++) rows[12 + (i % 4)][10 + i] = i % 2 === 0;
  assert.equal(decode(rows)?.data, 'shlink:/eyJ1cmwiOiJodHRwcyJ9');
});

test('qr: the path draws every dark module and no other', () => {
  const rows = encodeQr(Buffer.from('guichet'), 'L');
  let drawn = 0;
  for (const [, width] of qrPath(rows).matchAll(/h(\d+)v1/g)) drawn += Number(width);
  assert.equal(drawn, rows.flat().filter(Boolean).length);
});

test('shlink: composed minified, read back, with a viewer before it too', () => {
  const share = { url: `https://labo.example:8443/s/${'A'.repeat(43)}`,
    key: 'rxTgYlOaKJPFtcEd0qcceN8wEU4p94SqAwIWQe6uX7Q', exp: 1700000000,
    flag: 'P', label: 'Compte rendu de laboratoire' };
  const link = composeShlink(share);
  assert.match(link, /^shlink:\/[\w-]+$/);
  assert.deepEqual(readShlink(link), { ...share, v: 1 });
  assert.deepEqual(readShlink(`https://viewer.example/#${link}`), { ...share, v: 1 });
  assert.ok(decode(encodeQr(Buffer.from(link), 'M')).data === link);
});

test('shlink: a url beyond 128 characters, or a payload of another kind, is refused', () => {
  assert.throws(() => composeShlink({ url: `https://${'x'.repeat(128)}`, key: '' }));
  const link = (payload) => `shlink:/${Buffer.from(JSON.stringify(payload)).toString('base64url')}`;
  for (const bad of [link({ url: 'https://x' }), link({ url: 'https://x', key: 'short' }),
    link({ url: 'https://x', key: 'A'.repeat(43), v: 2 }), 'https://x']) {
    assert.throws(() => readShlink(bad));
  }
});

test('shlink: passcodes are six digits, each digit as likely', () => {
  const counts = new Array(10).fill(0);
  for (let i = 0; i < 2000; i++) {
    const passcode = randomPasscode();
    assert.match(passcode, /^\d{6}$/);
    for (const digit of passcode) counts[digit]++;
  }
  assert.ok(counts.every((n) => n > 1000 && n < 1400), counts.join(' '));
});
