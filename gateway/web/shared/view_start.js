// view_start.js -- the slip's two lines: typed, pasted, or sent by a link.

import { utf8 } from './bytes.js';
import { button, el, icon, svg } from './dom.js';
import { drawField, showFieldMistakes } from './fields.js';
import { encodeQr, qrPath } from './qr.js';
import { t } from './strings.js';
import { CARD_NUMBER, findSlip, SLIP_CODE } from './symbols.js';

// A whole slip or link that landed in one field fills both.
function findBoth(text) {
  const { card, code } = findSlip(text) ?? {};
  return card && code ? { card, code } : null;
}

// The step of the slip, for run.js.
export const SLIP_STEP = {
  fields: [
    { name: 'card', shape: CARD_NUMBER, number: '1', size: 13 },
    { name: 'code', shape: SLIP_CODE, number: '2', size: 19 },
  ],
  find: findBoth,
  pasted: 'start.pasted',
  view: startView,
};

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

function startView({ typed, reason }, { onDone }) {
  function submit(event) {
    event.preventDefault();
    if (!showFieldMistakes(SLIP_STEP, typed)) onDone();
  }
  return el('div', { class: 'start' },
    drawReason(reason),
    el('div', { class: 'start-columns' },
      el('section', { class: 'card start-form' },
        el('h1', null, t('start.title')),
        el('p', { class: 'lead' }, t('start.lead')),
        el('form', { novalidate: true, onsubmit: submit },
          SLIP_STEP.fields.map((field) => drawField(SLIP_STEP, field, typed)),
          el('p', { class: 'soft' }, t('start.forgiving')),
          button(t('start.submit'),
            { type: 'submit', id: 'open', class: 'primary wide' }))),
      drawSlip()));
}
