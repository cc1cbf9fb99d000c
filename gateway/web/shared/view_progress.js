// view_progress.js -- what is happening between the slip and the report.

import { el, icon } from './dom.js';
import { hasString, t } from './strings.js';
import { announce } from './view_frame.js';

const PROGRESS_STEPS = ['derive', 'ask', 'unlock', 'verify'];

function stepText(step, { step: current, n, of }) {
  const counted = `progress.${step}Of`;
  return step === current && of > 1 && hasString(counted) ?
    t(counted, { n, of }) : t(`progress.${step}`);
}

function drawStep(step, progress) {
  const [at, now] = [step, progress.step].map((s) => PROGRESS_STEPS.indexOf(s));
  const state = at < now ? 'done' : at === now ? 'now' : 'later';
  return el('li', { class: `step is-${state}`,
    'aria-current': state === 'now' ? 'step' : null },
  el('span', { class: 'step-mark', 'aria-hidden': 'true' },
    state === 'done' && icon('check')),
  el('span', null, stepText(step, progress)),
  state !== 'later' && el('span', { class: 'unseen' },
    ` (${t(`progress.${state}`)})`));
}

// `progress`: { step, n, of }
export function progressView(progress) {
  return el('section', { class: 'card narrow progress' },
    el('h1', null, t('progress.title')),
    el('p', { class: 'lead' }, t('progress.lead')),
    el('div', { class: 'bar', 'aria-hidden': 'true' }, el('span')),
    el('ol', { class: 'steps' },
      PROGRESS_STEPS.map((step) => drawStep(step, progress))));
}

export function updateProgress(progress) {
  document.querySelector('.steps')?.replaceChildren(
    ...PROGRESS_STEPS.map((step) => drawStep(step, progress)));
  announce(stepText(progress.step, progress));
}
