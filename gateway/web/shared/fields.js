// fields.js -- lines that a patient types or pastes: checked while typing,
// grouped as they are printed.
//
// A step is one screen of them:
//   fields   [{ name, shape (symbols.js), number on the slip, size, refuse }];
//            refuse(text, typed) names a sentence where it cannot be that, or ''
//   find     a whole slip or message that was pasted -> { name: text } of all
//            fields, or null
//   pasted   the sentence that says that this happened
// What was typed is in `typed`, by the fields' names.  The button that ends
// the step is `#open`.

import { el, icon } from './dom.js';
import { hasString, t } from './strings.js';
import { groupSymbols, readSymbols } from './symbols.js';
import { announce } from './view_frame.js';

// What is wrong with a field, in words; '' for nothing.
function fieldMessage({ name, shape, refuse }, text, typed) {
  const { problem, text: read, ...details } = readSymbols(text, shape);
  if (problem === undefined) {
    const reason = refuse?.(read, typed);
    return reason ? t(reason) : '';
  }
  const own = `field.${problem}.${name}`;
  return t(hasString(own) ? own : `field.${problem}`, details);
}

// While somebody is still typing, "too short" is no mistake.
function isMistakeNow({ shape }, text) {
  const { problem } = readSymbols(text, shape);
  return problem === 'symbol' || problem === 'check' || problem === 'long';
}

function showMessage(field, text, typed, strict) {
  const input = document.getElementById(field.name);
  const message = document.getElementById(`${field.name}-message`);
  const words = fieldMessage(field, text, typed);
  const complete = readSymbols(text, field.shape).problem === undefined;
  const wrong = words !== '' && (strict || complete || isMistakeNow(field, text));
  input.setAttribute('aria-invalid', String(wrong));
  message.className = `field-message ${wrong ? 'is-wrong' : 'is-right'}`;
  message.replaceChildren(...(wrong ?
    [icon('alert'), words] :
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

function fillAll(step, found, typed) {
  for (const field of step.fields) {
    const input = document.getElementById(field.name);
    input.value = groupSymbols(found[field.name], field.shape);
    typed[field.name] = input.value;
    showMessage(field, input.value, typed, true);
  }
  announce(t(step.pasted));
  document.getElementById('open').focus();
}

function takeWhole(step, text, typed) {
  const found = step.find(text);
  if (found === null) return false;
  fillAll(step, found, typed);
  return true;
}

function onFieldInput(event, step, field, typed) {
  const input = event.target;
  if (takeWhole(step, input.value, typed)) return;
  groupAtEnd(input, field.shape, /^delete/.test(event.inputType ?? ''));
  typed[field.name] = input.value;
  showMessage(field, input.value, typed, false);
}

function onFieldPaste(event, step, typed) {
  const text = event.clipboardData?.getData('text') ?? '';
  if (takeWhole(step, text, typed)) event.preventDefault();
}

export function drawField(step, field, typed) {
  const { name, number, size } = field;
  return el('div', { class: 'field' },
    el('label', { for: name },
      number && el('span', { class: 'slip-number', 'aria-hidden': 'true' },
        number),
      t(`start.${name}`)),
    el('p', { class: 'hint', id: `${name}-hint` }, t(`start.${name}.hint`)),
    el('input', { id: name, name, type: 'text', value: typed[name] ?? '', size,
      autocomplete: 'off', autocapitalize: 'characters', autocorrect: 'off',
      spellcheck: 'false', dir: 'ltr', required: true,
      'aria-describedby': `${name}-hint ${name}-message`,
      oninput: (event) => onFieldInput(event, step, field, typed),
      onpaste: (event) => onFieldPaste(event, step, typed),
      onblur: (event) => event.target.value !== '' &&
          showMessage(field, event.target.value, typed, true) }),
    el('p', { class: 'field-message', id: `${name}-message`,
      'aria-live': 'polite' }));
}

// Marks every mistake; the first one gets the focus.
export function showFieldMistakes(step, typed) {
  const wrong = step.fields.filter(
    (field) => showMessage(field, typed[field.name] ?? '', typed, true));
  if (wrong.length === 0) return false;
  announce(t('field.errors', { n: wrong.length }));
  document.getElementById(wrong[0].name).focus();
  return true;
}

// { name: symbols without check symbol }, or null where a line is not right.
export function readTyped({ fields }, typed) {
  const texts = fields.map(({ name, shape }) =>
    [name, readSymbols(typed[name] ?? '', shape).text]);
  const good = texts.every(([, text], i) => text &&
      !fields[i].refuse?.(text, typed));
  return good ? Object.fromEntries(texts) : null;
}
