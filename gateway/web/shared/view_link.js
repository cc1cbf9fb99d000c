// view_link.js -- a link for a doctor, as a square to scan and as text to copy;
// and the choices that come before one.

import { utf8 } from './bytes.js';
import { fhirDateText } from './dates.js';
import { button, el, svg } from './dom.js';
import { encodeQr, qrPath } from './qr.js';
import { t } from './strings.js';
import { announce } from './view_frame.js';

const QUIET_ZONE = 4;

export function drawQr(link) {
  const rows = encodeQr(utf8(link), 'M');
  const size = rows.length + 2 * QUIET_ZONE;
  return svg('svg', { class: 'qr', role: 'img', viewBox: `0 0 ${size} ${size}`,
    'aria-label': t('share.qr'), 'shape-rendering': 'crispEdges' },
  svg('rect', { class: 'qr-paper', width: size, height: size }),
  svg('path', { class: 'qr-ink', d: qrPath(rows),
    transform: `translate(${QUIET_ZONE} ${QUIET_ZONE})` }));
}

async function copyLink(share, field) {
  try {
    await navigator.clipboard.writeText(share.link);
    announce(t('share.copied'));
    field.classList.add('is-copied');
  } catch {
    field.focus();
    field.select();
    announce(t('share.copyFailed'));
  }
}

export function drawCopy(share) {
  const id = `link-${share.number}`;
  const field = el('input', { id, type: 'text', readonly: true, dir: 'ltr',
    value: share.link, class: 'link-field' });
  return el('div', { class: 'copy' },
    el('label', { for: id }, t('share.link')),
    el('div', { class: 'copy-row' }, field,
      button(t('share.copy'), { class: 'secondary',
        onclick: () => copyLink(share, field) }, 'copy')));
}

// --- choices --------------------------------------------------------------------

export function choice(name, value, label, hint, chosen) {
  const id = `${name}-${value}`;
  return el('div', { class: 'choice' },
    el('input', { type: 'radio', name, id, value, checked: chosen }),
    el('label', { for: id }, el('span', null, label),
      hint && el('span', { class: 'soft' }, hint)));
}

export function choices(legend, ...items) {
  return el('fieldset', null, el('legend', null, legend),
    el('div', { class: 'choices' }, items));
}

export function drawWhich(entries, bid) {
  return entries.length > 1 && choices(t('share.which'),
    entries.map((e) => choice('bid', e.bid, t('report.of', { day: fhirDateText(
      e.report.issued, { time: false }) }), '', e.bid === bid)));
}
