// Card numbers and slip codes as people type them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printed, randomSymbols } from '../sealing.mjs';
import {
  CARD_NUMBER, checkSymbol, findDayCode, findSlip, groupSymbols, printSymbols,
  readFragment, readSymbols, SLIP_CODE,
} from '../../../gateway/web/shared/symbols.js';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

test('symbols: the check symbol is that of the second implementation', () => {
  for (let i = 0; i < 300; i++) {
    const code = randomSymbols(15);
    assert.equal(printSymbols(code, SLIP_CODE), printed(code));
  }
});

test('symbols: every single wrong symbol is noticed', () => {
  const whole = 'K7QFM2XW9D'.concat(checkSymbol('K7QFM2XW9D'));
  for (let at = 0; at < whole.length; at++) {
    for (const other of ALPHABET) {
      const typed = whole.slice(0, at) + other + whole.slice(at + 1);
      const { problem } = readSymbols(typed, CARD_NUMBER);
      assert.equal(problem, typed === whole ? undefined : 'check', typed);
    }
  }
});

test('symbols: case, spaces, hyphens, dashes and look-alikes are forgiven', () => {
  const text = '10KQF1XW0D';
  const whole = text + checkSymbol(text);
  const typed = ` ${whole.replace('1', 'l').replace('1', 'I').replace('0', 'o')
    .toLowerCase().replace(/(.{4})/g, '$1 \u2013 ')} `;
  assert.deepEqual(readSymbols(typed, CARD_NUMBER), { text });
});

test('symbols: each mistake has its own name', () => {
  const problem = (typed) => readSymbols(typed, CARD_NUMBER).problem;
  assert.equal(problem(' - '), 'empty');
  assert.equal(problem('ABC'), 'short');
  assert.equal(problem('ABCDEFGHJKMN'), 'long');
  assert.deepEqual(readSymbols('ABCU', CARD_NUMBER),
    { problem: 'symbol', symbol: 'U' });
  assert.equal(problem('ABCDEFGHJKM'), 'check');
});

test('symbols: groups are those of the slip, also half typed', () => {
  assert.equal(groupSymbols('abcdefghjkm', CARD_NUMBER), 'ABCD-EFGH-JKM');
  assert.equal(groupSymbols('abcde', SLIP_CODE), 'ABCD-E');
  assert.equal(groupSymbols('abcd', SLIP_CODE), 'ABCD');
});

test('symbols: a fragment is taken in one shape only', () => {
  assert.deepEqual(readFragment('#1.AAAA-BBBB-CCC.DDDD'),
    { card: 'AAAA-BBBB-CCC', code: 'DDDD' });
  for (const other of ['', '#', '#2.A.B', '#1.A', '#1.A.B.C', '#1..B']) {
    assert.equal(readFragment(other), null, other);
  }
});

test('symbols: a pasted slip gives both lines, in French and in a link', () => {
  const [card, code] = [printed('K7QFM2XW9D'), printed('H4TR90WBE6VN5CY')];
  const slip = `LABO - VOTRE TICKET DE RETRAIT\n2. Si vous tapez vous-même :\n` +
      `   carte  ${card}\n   code   ${code}\nPerdu ? Appelez le 01 23 45 67 89`;
  assert.deepEqual(findSlip(slip), { card, code });
  assert.deepEqual(findSlip(`https://labo.example/#1.${card}.${code}\n`),
    { card, code });
  assert.deepEqual(findSlip(`${code} ${card}`), { card, code });
  assert.deepEqual(findSlip(card), { card, code: null });
  assert.deepEqual(findSlip('Bonjour, rien ici'), { card: null, code: null });
});

test('symbols: a pasted message gives the day code, a slip gives none', () => {
  const [card, code] = [printed('K7QFM2XW9D'), printed('H4TR90WBE6VN5CY')];
  for (let i = 0; i < 100; i++) {
    const day = printed(randomSymbols(10));
    for (const text of [`LABO DUPONT: code du jour ${day}. A saisir avec votre ticket ` +
        'sur le site imprime dessus. Tel 0123456789', day.toLowerCase(),
    `Your day code is ${day.replaceAll('-', ' ')}`, `code ${day}\n`]) {
      assert.equal(findDayCode(text)?.replaceAll(' ', '-').toUpperCase(), day, text);
    }
  }
  assert.equal(findDayCode(`carte ${card}\ncode ${code}`), null);
  assert.equal(findDayCode(`https://labo.example/retrait/#1.${card}.${code}`), null);
  assert.equal(findDayCode('Appelez le 01 23 45 67 89'), null);
});
