// view_start.js -- the slip's two lines: typed, pasted, or sent by a link.

import { utf8 } from './bytes.js';
import { button, el, icon, svg } from './dom.js';
import { encodeQr, qrPath } from './qr.js';
import { hasString, t } from './strings.js';
import {
  CARD_NUMBER, findSlip, groupSymbols, readSymbols, SLIP_CODE,
} from './symbols.js';
import { announce } from './view_frame.js';

const START_FIELDS = [
  { name: 'card', shape: CARD_NUMBER, number: '1', size: 13 },
  { name: 'code', shape: SLIP_CODE, number: '2', size: 19 },
];

// What is wrong with a field, in words; '' for nothing.
function fieldMessage({ name, shape }, typed) {
  const { problem, ...details } = readSymbols(typed, shape);
  if (problem === undefined) return '';
  const own = `field.${problem}.${name}`;
  return t(hasString(own) ? own : `field.${problem}`, details);
}

// While somebody is still typing, "too short" is no mistake.
function isMistakeNow({ shape }, typed) {
  const { problem } = readSymbols(typed, shape);
  return problem === 'symbol' || problem === 'check' || problem === 'long';
}

function showMessage(field, typed, strict) {
  const input = document.getElementById(field.name);
  const message = document.getElementById(`${field.name}-message`);
  const wrong = strict ? fieldMessage(field, typed) !== '' :
    isMistakeNow(field, typed);
  const complete = readSymbols(typed, field.shape).problem === undefined;
  input.setAttribute('aria-invalid', String(wrong));
  message.className = `field-message ${wrong ? 'is-wrong' : 'is-right'}`;
  message.replaceChildren(...(wrong ?
    [icon('alert'), fieldMessage(field, typed)] :
    complete ? [icon('check'), t('field.ok')] : []));
  return wrong;
}

// Hyphens appear as on the slip, but only while typing at the end: a caret
// in the middle is not moved.
function groupAtEnd(input, shape, deleting) {
  const atEnd = input.selectionStart === input.value.length;
  if (!atEnd || deleting || isMistakeNow({ shape }, input.value)) return;
  input.value = groupSymbols(input.value, shape);
}

function fillBoth({ card, code }, typed) {
  const found = { card, code };
  for (const field of START_FIELDS) {
    const input = document.getElementById(field.name);
    input.value = groupSymbols(found[field.name], field.shape);
    typed[field.name] = input.value;
    showMessage(field, input.value, true);
  }
  announce(t('start.pasted'));
  document.getElementById('open').focus();
}

// A whole slip or link that landed in one field fills both.
function takeWholeSlip(text, typed) {
  const slip = findSlip(text);
  if (slip.card === null || slip.code === null) return false;
  fillBoth(slip, typed);
  return true;
}

function onFieldInput(event, field, typed) {
  const input = event.target;
  if (takeWholeSlip(input.value, typed)) return;
  groupAtEnd(input, field.shape, /^delete/.test(event.inputType ?? ''));
  typed[field.name] = input.value;
  showMessage(field, input.value, false);
}

function onFieldPaste(event, typed) {
  const text = event.clipboardData?.getData('text') ?? '';
  if (takeWholeSlip(text, typed)) event.preventDefault();
}

function drawField(field, typed) {
  const { name, number, size } = field;
  return el('div', { class: 'field' },
    el('label', { for: name },
      el('span', { class: 'slip-number', 'aria-hidden': 'true' }, number),
      t(`start.${name}`)),
    el('p', { class: 'hint', id: `${name}-hint` }, t(`start.${name}.hint`)),
    el('input', { id: name, name, type: 'text', value: typed[name], size,
      autocomplete: 'off', autocapitalize: 'characters', autocorrect: 'off',
      spellcheck: 'false', dir: 'ltr', required: true,
      'aria-describedby': `${name}-hint ${name}-message`,
      oninput: (event) => onFieldInput(event, field, typed),
      onpaste: (event) => onFieldPaste(event, typed),
      onblur: (event) => event.target.value !== '' &&
          showMessage(field, event.target.value, true) }),
    el('p', { class: 'field-message', id: `${name}-message`,
      'aria-live': 'polite' }));
}

// Marks every mistake; the first one gets the focus.
export function showFieldMistakes(typed) {
  const wrong = START_FIELDS.filter(
    (field) => showMessage(field, typed[field.name], true));
  if (wrong.length === 0) return false;
  announce(t('field.errors', { n: wrong.length }));
  document.getElementById(wrong[0].name).focus();
  return true;
}

function slipBadge(x, y, number) {
  return svg('g', { class: 'slip-badge' },
    svg('circle', { cx: x, cy: y, r: 11 }),
    svg('text', { x, y: y + 5, 'text-anchor': 'middle' }, number));
}

function slipLine(y, number, label, text) {
  return [slipBadge(30, y - 2, number),
    svg('text', { class: 'slip-label', x: 52, y: y - 11 }, label),
    svg('text', { class: 'slip-code', x: 52, y: y + 9 }, text)];
}

// A picture of the slip: where the two lines stand on it.
function drawSlip() {
  const rows = encodeQr(utf8('guichet'), 'L');
  return el('figure', { class: 'slip' },
    svg('svg', { viewBox: '0 0 300 272', 'aria-hidden': 'true',
      focusable: 'false' },
    svg('path', { class: 'slip-paper', d: 'M6 6h288v252l-12 8-12-8-12 8-12-8' +
        '-12 8-12-8-12 8-12-8-12 8-12-8-12 8-12-8-12 8-12-8-12 8-12-8-12 8' +
        '-12-8-12 8-12-8-12 8-12-8-12 8-12-8z' }),
    svg('path', { class: 'slip-rule', d: 'M20 52h260' }),
    svg('text', { class: 'slip-title', x: 20, y: 36 }, t('start.slip')),
    svg('g', { class: 'slip-qr', transform: 'translate(20 66) scale(3.3)' },
      svg('path', { d: qrPath(rows) })),
    svg('path', { class: 'slip-rule', d:
        'M104 78h150M104 94h166M104 110h120M104 126h140' }),
    slipLine(182, '1', t('slip.card'), '7K3M-Q9XD-2F8'),
    slipLine(232, '2', t('slip.code'), 'H4TR-90WB-E6VN-5CYA')),
    el('figcaption', null, t('start.slip.scan')));
}

function drawReason(reason) {
  if (!reason) return null;
  return el('div', { class: 'notice is-calm', role: 'note' }, icon('check'),
    el('div', null, el('p', null, t(reason)),
      el('p', { class: 'soft' }, t('start.closedFiles'))));
}

// `state`: { typed: { card, code }, reason }; onSubmit() when both lines may
// be right.
export function startView({ typed, reason }, onSubmit) {
  function submit(event) {
    event.preventDefault();
    if (!showFieldMistakes(typed)) onSubmit();
  }
  return el('div', { class: 'start' },
    drawReason(reason),
    el('div', { class: 'start-columns' },
      el('section', { class: 'card start-form' },
        el('h1', null, t('start.title')),
        el('p', { class: 'lead' }, t('start.lead')),
        el('form', { novalidate: true, onsubmit: submit },
          START_FIELDS.map((field) => drawField(field, typed)),
          el('p', { class: 'soft' }, t('start.forgiving')),
          button(t('start.submit'),
            { type: 'submit', id: 'open', class: 'primary wide' }))),
      drawSlip()));
}

// { card, code } without check symbols, or null.
export function readTyped(typed) {
  const [card, code] = START_FIELDS.map(
    ({ name, shape }) => readSymbols(typed[name], shape).text);
  return card && code ? { card, code } : null;
}
