// view_values.js -- the table of one panel.  On a narrow screen the style
// makes each row a card; the roles keep it a table for a screen reader.

import { fhirDateText } from './dates.js';
import { el, icon, outsideText, svg } from './dom.js';
import { earlierValues } from './report.js';
import { hasString, t } from './strings.js';

const TONE_ICONS = { high: 'up', low: 'down', critical: 'alert',
  notice: 'info' };
const EARLIER_MAX = 3;

function flagText(flag) {
  return flag.word ? t(`flag.${flag.word}`) : flag.printed;
}

function flagPill(flag) {
  return el('span', { class: `flag is-${flag.tone}`, dir: 'auto' },
    TONE_ICONS[flag.tone] && icon(TONE_ICONS[flag.tone]), flagText(flag));
}

// "Resistant" as a result needs no flag that says "Resistant" once more.
function drawFlags(row) {
  const said = valueText(row.value).toLowerCase();
  const flags = row.flags.filter((f) => flagText(f).toLowerCase() !== said);
  return el('span', { class: 'flags' }, flags.map(flagPill),
    rowStatus(row.status));
}

function valueText(value) {
  if (value.absent) return value.reason || t('value.none');
  if (value.yes || value.no) return t(value.yes ? 'value.yes' : 'value.no');
  if (value.when) {
    return fhirDateText(value.when) +
        (value.until ? ` – ${fhirDateText(value.until)}` : '');
  }
  return value.text ?? '';
}

// A unit alone on the next line would be read with the wrong number.
export function drawValue(value, { strong = true } = {}) {
  const text = valueText(value);
  const long = text.length > 24;
  return el('span', { class: long ? 'value is-text' : 'value' },
    outsideText(strong && !value.absent ? 'strong' : 'span', text),
    value.unit && ['\u00a0', el('span', { class: 'unit', dir: 'ltr' },
      value.unit)]);
}

// --- where the value lies, as a picture ---------------------------------------

function scaleBounds(low, high) {
  const span = low === null || high === null ? (high ?? low) : high - low;
  return [low === null ? Math.min(0, high) : low - span * 0.6,
    high === null ? low + span * 1.2 : high + span * 0.6];
}

function asNumber(text) {
  return /^[+-]?\d+([.]\d+)?$/.test(text ?? '') ? Number(text) : null;
}

// Drawn from the laboratory's own numbers, or not at all.
function rangeScale({ value, range, flags }) {
  const number = value.comparator ? null : asNumber(value.number);
  const [low, high] = [asNumber(range.low), asNumber(range.high)];
  if (number === null || (low === null && high === null)) return null;
  const [from, to] = scaleBounds(low, high);
  if (!(to > from)) return null;
  const x = (v) => 6 + 108 * Math.min(1, Math.max(0, (v - from) / (to - from)));
  const left = x(low ?? from);
  return svg('svg', { class: 'scale', viewBox: '0 0 120 16',
    'aria-hidden': 'true', focusable: 'false' },
  svg('rect', { class: 'scale-track', x: 2, y: 6, width: 116, height: 4,
    rx: 2 }),
  svg('rect', { class: 'scale-range', x: left, y: 6,
    width: Math.max(2, x(high ?? to) - left), height: 4, rx: 2 }),
  svg('circle', { class: `scale-dot is-${flags[0]?.tone ?? 'plain'}`,
    cx: x(number), cy: 8, r: 5.5 }));
}

// --- rows --------------------------------------------------------------------

function rowStatus(status) {
  const key = `row.${status}`;
  return hasString(key) ? el('span', { class: 'flag is-notice' },
    icon('pen'), t(key)) : null;
}

function drawEarlier(earlier) {
  return earlier.slice(0, EARLIER_MAX).map(({ value, when }) =>
    el('span', { class: 'earlier' }, drawValue(value, { strong: false }), ' ',
      el('span', { class: 'soft' }, t('table.earlierOn',
        { day: fhirDateText(when, { time: false }) }))));
}

function cell(label, properties, ...content) {
  return el('td', { role: 'cell', 'data-label': t(label), ...properties },
    content);
}

function rangeCell(row) {
  return cell('table.range', { class: row.range.text ? 'cell-range' :
    'cell-range is-empty' },
  outsideText('span', row.range.text, { class: 'printed' }), rangeScale(row));
}

function earlierCell(earlier) {
  return cell('table.earlier', { class: earlier.length > 0 ? 'cell-earlier' :
    'cell-earlier is-empty' }, drawEarlier(earlier));
}

// `columns`: which of range and earlier the table has.
function drawRow(row, earlier, columns) {
  return el('tr', { role: 'row' },
    el('th', { scope: 'row', role: 'rowheader',
      class: row.depth > 0 ? 'is-member' : null },
    outsideText('span', row.name)),
    cell('table.result', { class: 'cell-result' },
      Object.keys(row.value).length > 0 && drawValue(row.value),
      drawFlags(row)),
    columns.includes('range') && rangeCell(row),
    columns.includes('earlier') && earlierCell(earlier));
}

function drawNotes(row, columns) {
  const notes = row.notes.map((n) => outsideText('p', n, { class: 'printed' }));
  if (row.method) {
    notes.push(el('p', { class: 'soft' }, t('table.method', row)));
  }
  if (notes.length === 0) return null;
  return el('tr', { role: 'row', class: 'note-row' },
    el('td', { role: 'cell', colspan: columns.length }, notes));
}

function drawHead(columns) {
  return el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' },
    columns.map((name) => el('th', { scope: 'col', role: 'columnheader',
      class: `column-${name}` }, t(`table.${name}`)))));
}

function specimenText({ type, collected }) {
  const when = collected && fhirDateText(collected);
  if (type && when) return t('table.specimenAt', { type, when });
  if (type) return t('table.specimen', { type });
  return when ? t('table.sampledAt', { when }) : '';
}

function drawSpecimens(panel) {
  return panel.specimens.map((specimen) => [
    el('p', { class: 'specimen' }, specimenText(specimen)),
    specimen.notes.map((n) => outsideText('p', n, { class: 'printed soft' }))]);
}

// Columns that would be empty all the way down are left out.
function columnsOf(panel, earlier) {
  return ['analysis', 'result',
    panel.rows.some((row) => row.range.text !== '') && 'range',
    earlier.some((values) => values.length > 0) && 'earlier'].filter(Boolean);
}

function drawTable(panel, title, report, others) {
  const earlier = panel.rows.map((row) => earlierValues(row, report, others));
  const columns = columnsOf(panel, earlier);
  return el('table', { role: 'table', class: `has-${columns.length}`,
    'aria-label': panel.title || title || t('table.other') },
  drawHead(columns),
  el('tbody', { role: 'rowgroup' }, panel.rows.map((row, i) => [
    drawRow(row, earlier[i], columns), drawNotes(row, columns)])));
}

// `others`: the other reports of this visit, for earlier values.
export function panelTable(panel, title, report, others) {
  return el('div', { class: 'panel' },
    panel.title && outsideText(title ? 'h4' : 'h3', panel.title,
      { class: 'panel-title' }),
    drawSpecimens(panel),
    panel.rows.length > 0 && drawTable(panel, title, report, others),
    panel.notes.map((n) => outsideText('p', n, { class: 'printed panel-note' })));
}
