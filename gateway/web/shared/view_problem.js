// view_problem.js -- every failure: what happened, and what to do.

import { epochText, minutesUp } from './dates.js';
import { button, el, icon, meta } from './dom.js';
import { hasString, t } from './strings.js';
import { now_s } from './visit.js';

// Problems that another code cannot cure, but another try may.
const RETRY = ['away', 'offline', 'server', 'broken', 'check', 'clock', 'empty'];
const CALM = ['nothing', 'throttled', 'closed', 'notyet', 'offline', 'empty',
  'nothingAgain', 'missing'];

function problemWords({ kind, details }) {
  const words = { now: epochText(now_s()), status: details.status ?? '' };
  if (details.check) words.check = t(`check.${details.check}`);
  if (details.closes) words.closes = epochText(details.closes);
  if (details.opens) words.opens = epochText(details.opens);
  if (details.seconds) words.minutes = minutesUp(details.seconds);
  return (part) => t(`problem.${kind}.${part}`, words);
}

export function problemSentence(problem) {
  return problemWords(problem)('text');
}

// `level`: the heading's.  Used as a whole view and inside the report.
export function problemCard(problem, level = 'h1') {
  const words = problemWords(problem);
  const tone = CALM.includes(problem.kind) ? 'is-calm' : 'is-serious';
  return el('div', { class: `problem ${tone}`,
    'data-problem': problem.kind, 'data-check': problem.details.check },
  el('div', { class: 'problem-mark' },
    icon(tone === 'is-calm' ? 'info' : 'alert')),
  el('div', null,
    el(level, { class: 'problem-title' }, words('title')),
    el('p', null, words('text')),
    el(level === 'h1' ? 'h2' : 'h3', { class: 'todo' }, t('todo')),
    el('ul', null, words('todo').split('|').map((todo) => el('li', null, todo))),
    problem.details.check && el('p', { class: 'soft' },
      t('check.code', { check: problem.details.check }))));
}

// `actions`: { onRetry, onBack, back }, each may be missing; `back` names the
// string that says where onBack() leads.
export function problemView(problem, { onRetry, onBack, back }) {
  const own = `problem.${problem.kind}.retry`;
  const retry = onRetry && RETRY.includes(problem.kind);
  const phone = meta('phone').replace(/ /g, '\u00a0');
  return el('section', { class: 'card narrow' },
    problemCard(problem),
    phone && el('p', { class: 'soft' }, t('foot.phone', { phone })),
    el('div', { class: 'actions' },
      retry && button(t(hasString(own) ? own : 'problem.retry'),
        { class: 'primary', onclick: onRetry }, 'refresh'),
      onBack && button(t(back),
        { class: retry ? 'secondary' : 'primary', onclick: onBack }, 'back')));
}
