// symbols.js -- card number and slip code as people type them: Crockford
// base32 with a Luhn mod 32 check symbol (docs/formats/card.md).
//
// Reading forgives case, spaces, hyphens, I and L for 1, O for 0.

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

// Symbols without the check symbol, and how a slip groups them.
export const CARD_NUMBER = { length: 10, groups: [4, 4, 3] };
export const SLIP_CODE = { length: 15, groups: [4, 4, 4, 4] };
export const DAY_CODE = { length: 10, groups: [4, 4, 3] };

// Luhn mod N: every second symbol counts double, from the right.
export function checkSymbol(symbols) {
  let sum = 0;
  for (let i = 0; i < symbols.length; i++) {
    const value = CROCKFORD.indexOf(symbols[symbols.length - 1 - i]);
    const times = value * (i % 2 === 0 ? 2 : 1);
    sum += Math.floor(times / 32) + (times % 32);
  }
  return CROCKFORD[(32 - (sum % 32)) % 32];
}

// Upper case, without what stands between, look-alikes replaced.
export function tidySymbols(typed) {
  return typed.normalize('NFKC').toUpperCase()
    .replace(/[\s\u2010-\u2015\u2212.\-_]/g, '')
    .replace(/[IL]/g, '1').replace(/O/g, '0');
}

// { text } without the check symbol, or { problem, ... }:
//   empty
//   symbol  a character that no code has: `symbol`
//   short, long  `count` of `wanted`
//   check   a typing error somewhere in it
export function readSymbols(typed, shape) {
  const tidy = tidySymbols(typed);
  const wanted = shape.length + 1;
  if (tidy === '') return { problem: 'empty' };
  const stranger = [...tidy].find((c) => !CROCKFORD.includes(c));
  if (stranger !== undefined) return { problem: 'symbol', symbol: stranger };
  const count = tidy.length;
  if (count < wanted) return { problem: 'short', count, wanted };
  if (count > wanted) return { problem: 'long', count, wanted };
  const text = tidy.slice(0, shape.length);
  if (checkSymbol(text) !== tidy[shape.length]) return { problem: 'check' };
  return { text };
}

// What was typed so far, in the groups of the slip.
export function groupSymbols(typed, shape) {
  let rest = tidySymbols(typed);
  const groups = [];
  for (const size of shape.groups) {
    if (rest === '') break;
    groups.push(rest.slice(0, size));
    rest = rest.slice(size);
  }
  if (rest !== '') groups.push(rest);
  return groups.join('-');
}

export function printSymbols(text, shape) {
  return groupSymbols(text + checkSymbol(text), shape);
}

// `#1.<card>.<code>` of the QR link; null where it is none.
export function readFragment(fragment) {
  const match = /^#1\.([^.]+)\.([^.]+)$/.exec(fragment);
  return match === null ? null : { card: match[1], code: match[2] };
}

// The groups stand alone: what precedes and follows is no symbol.  (No
// lookbehind: Safari has it only since 16.4.)
function firstOf(text, shape) {
  const pattern = shape.groups.map((n) => `[0-9A-Z]{${n}}`).join('[\\s-]?');
  const finder = new RegExp(`(^|[^0-9A-Z-])(${pattern})(?![0-9A-Z-])`, 'gi');
  for (const [, , found] of text.matchAll(finder)) {
    if (readSymbols(found, shape).text !== undefined) return found;
  }
  return null;
}

// Card and code in a link, or in the words of a whole slip: what was pasted.
// Each is null where the text does not hold it.
export function findSlip(text) {
  const link = /#1\.[0-9A-Za-z-]+\.[0-9A-Za-z-]+/.exec(text);
  if (link !== null) return readFragment(link[0]);
  const code = firstOf(text, SLIP_CODE);
  const without = code === null ? text : text.replace(code, ' / ');
  return { card: firstOf(without, CARD_NUMBER), code };
}

// The day code in the words of a whole message; null where it is not, and in
// what is a slip: a card number looks the same.
export function findDayCode(text) {
  const { code } = findSlip(text) ?? {};
  return code ? null : firstOf(text, DAY_CODE);
}
