// view_day.js -- the second step: the day code of the SMS, and where the
// laboratory has several branches, which one.

import { button, el, icon, meta } from '../shared/dom.js';
import { drawField, showFieldMistakes } from '../shared/fields.js';
import { t } from '../shared/strings.js';
import {
  DAY_CODE, findDayCode, readSymbols, tidySymbols,
} from '../shared/symbols.js';

// The card number has the same shape and the same kind of check symbol.
function refuseCard(day, { card = '' }) {
  return tidySymbols(card).slice(0, DAY_CODE.length) === day ?
    'field.isCard' : '';
}

// Only what is more than the code itself: who types it is not disturbed.
function findDay(text) {
  const { problem } = readSymbols(text, DAY_CODE);
  const day = problem === 'long' || problem === 'symbol' ?
    findDayCode(text) : null;
  return day === null ? null : { day };
}

// The step of the day code, for run.js.
export const DAY_STEP = {
  fields: [{ name: 'day', shape: DAY_CODE, size: 13, refuse: refuseCard }],
  find: findDay,
  pasted: 'day.pasted',
  view: dayView,
};

export function knownBoxes() {
  return JSON.parse(meta('boxes'));
}

// The boxes to ask: the one that was chosen, or all.
export function chosenBoxes({ box }) {
  const boxes = knownBoxes();
  const chosen = boxes.filter(({ id }) => id === box);
  return chosen.length > 0 ? chosen : boxes;
}

function drawBranches(boxes, typed) {
  return boxes.length > 1 && el('div', { class: 'field' },
    el('label', { for: 'box' }, t('day.branch')),
    el('p', { class: 'hint', id: 'box-hint' }, t('day.branch.hint')),
    el('select', { id: 'box', autocomplete: 'off', 'aria-describedby': 'box-hint',
      onchange: (event) => { typed.box = event.target.value; } },
    el('option', { value: '' }, t('day.branch.any')),
    boxes.map(({ id, name }) => el('option',
      { value: id, selected: id === typed.box }, name))));
}

function drawSlipLine({ card }, onBack) {
  return el('div', { class: 'notice is-calm slip-line' }, icon('check'),
    el('p', null, t('day.slip', { card })),
    button(t('day.change'), { class: 'quiet', onclick: onBack }, 'back'));
}

function dayView({ typed }, { onDone, onBack }) {
  function submit(event) {
    event.preventDefault();
    if (!showFieldMistakes(DAY_STEP, typed)) onDone();
  }
  return el('section', { class: 'card narrow start-form' },
    el('h1', null, t('day.title')),
    el('p', { class: 'lead' }, t('day.lead')),
    drawSlipLine(typed, onBack),
    el('form', { novalidate: true, onsubmit: submit },
      DAY_STEP.fields.map((field) => drawField(DAY_STEP, field, typed)),
      drawBranches(knownBoxes(), typed),
      el('p', { class: 'soft' }, t('day.forgiving')),
      button(t('day.submit'),
        { type: 'submit', id: 'open', class: 'primary wide' })));
}
