// run.js -- one visit of one patient: codes, opening, report, closing.
//
// Stores nothing anywhere.  Everything of a visit hangs on `visit` and is
// let go of by endVisit().
//
// What differs between the pages is in runPage's `page`:
//   steps      where codes are typed, first to last (fields.js); each with
//              view(state, { onDone, onBack }); a QR link fills the first
//   open(typed, onProgress)          a visit (visit.js)
//   shareView(visit, state, actions)
//   watch(visit, onChange, signal)   hears of changes; or not there
//   missing()  a Problem that keeps this page from working, or null

import { button, el } from './dom.js';
import { readTyped, showFieldMistakes } from './fields.js';
import { watchIdle, WARNING_S } from './idle.js';
import { Problem } from './problem.js';
import {
  currentLanguage, preferredLanguage, setLanguage, t,
} from './strings.js';
import {
  CARD_NUMBER, groupSymbols, readFragment, SLIP_CODE,
} from './symbols.js';
import { closeElapsed, forgetVisit, refreshVisit } from './visit.js';
import { announce, drawFrame, placeView } from './view_frame.js';
import { problemView } from './view_problem.js';
import { progressView, updateProgress } from './view_progress.js';
import { reportView, updateTimeLeft } from './view_report.js';

const MINUTE_MS = 60 * 1000;
// The card is not there any more, or nothing on it: so is the visit.
const ENDS_VISIT = ['nothing', 'empty'];

// view: step, progress, problem, report or share.  `step` counts from 0.
const state = { view: 'step', step: 0, typed: {}, reason: '',
  progress: { step: 'derive' }, problem: null, sharing: {}, news: '' };
let page = null;
let visit = null;
let watching = null;	// aborts it
let idle = null;
// A visit that was closed while it was opening must not come back.
let attempt = 0;

// --- drawing --------------------------------------------------------------------

const VIEWS = {
  step: () => page.steps[state.step].view(state, {
    onDone: finishStep, onBack: () => showStep(state.step - 1) }),
  progress: () => progressView(state.progress),
  problem: () => problemView(state.problem, problemActions()),
  report: () => reportView(visit, { news: state.news, onRefresh: refresh,
    onClose: () => endVisit('start.closed'), onShare: openSharing }),
  share: () => page.shareView(visit, state.sharing, {
    onRedraw: () => redraw(), onBack: () => show('report') }),
};

function redraw(options = { quiet: true }) {
  placeView(VIEWS[state.view](), options);
}

function show(view) {
  state.view = view;
  redraw({ quiet: false });
}

function showStep(step) {
  state.step = step;
  show('step');
}

function changeLanguage(language) {
  setLanguage(language);
  drawFrame(changeLanguage);
  redraw();
  document.querySelector(`[data-language="${currentLanguage()}"]`)?.focus();
}

// --- opening ----------------------------------------------------------------------

function onProgress(step, n, of) {
  state.progress = { step, n, of };
  if (state.view === 'progress') updateProgress(state.progress);
}

function problemActions() {
  const { kind } = state.problem;
  if (['old', 'insecure', 'framed'].includes(kind)) return {};
  // Somebody changed the card's keys: its codes are not to be typed again.
  if (kind === 'unlock') {
    return { onBack: () => endVisit(''), back: 'report.close' };
  }
  if (visit === null) {
    return { onRetry: openTyped, back: 'problem.back',
      onBack: () => showStep(firstGap() ?? page.steps.length - 1) };
  }
  return { onRetry: refresh, onBack: () => show('report'),
    back: 'problem.report' };
}

function fail(error) {
  state.problem = error instanceof Problem ? error : new Problem('broken');
  show('problem');
}

// The first step that is not filled in; undefined where all are.
function firstGap() {
  const gap = page.steps.findIndex((step) => readTyped(step, state.typed) === null);
  return gap < 0 ? undefined : gap;
}

function finishStep() {
  state.reason = '';
  if (state.step + 1 < page.steps.length) return showStep(state.step + 1);
  return openTyped();
}

async function openTyped() {
  const gap = firstGap();
  if (gap !== undefined) return showStep(gap);
  const mine = ++attempt;
  state.reason = '';
  state.progress = { step: 'derive' };
  show('progress');
  try {
    const opened = await page.open(state.typed, onProgress);
    if (mine !== attempt) return forgetVisit(opened);
    beginVisit(opened);
  } catch (error) {
    if (mine === attempt) fail(error);
  }
}

function beginVisit(opened) {
  visit = opened;
  state.typed = {};
  state.news = '';
  show('report');
  watching = new AbortController();
  page.watch?.(visit, onChange, watching.signal);
}

// Something happened at the laboratory.  A question that fails rejects: the
// watch asks again.
async function onChange() {
  const mine = attempt;
  try {
    const news = await refreshVisit(visit, () => {});
    if (mine === attempt && news !== '') showNews(news);
  } catch (error) {
    if (mine !== attempt || !ENDS_VISIT.includes(error.kind)) throw error;
    endVisit('');
    fail(error);
  }
}

// Whoever is sharing goes on, unless that very report is not there any more.
function showNews(news) {
  state.news = news;
  const shared = visit.entries.find((e) => e.bid === state.sharing.bid);
  if (state.view === 'share' && shared?.report !== undefined &&
      shared.status !== 'outdated') return announce(t(`news.${news}`));
  const hadFocus = document.getElementById('main')
    .contains(document.activeElement);
  state.view = 'report';
  redraw({ quiet: !hadFocus });
  announce(t(`news.${news}`));
}

async function refresh() {
  const mine = attempt;
  announce(t('progress.ask'));
  try {
    state.news = await refreshVisit(visit, () => {});
    if (mine !== attempt) return;
    show('report');
    announce(t('report.refreshed',
      { n: t('report.count', { n: visit.entries.length }) }));
  } catch (error) {
    if (mine !== attempt) return;
    if (ENDS_VISIT.includes(error.kind)) endVisit('');
    fail(error);
  }
}

function openSharing(bid) {
  state.sharing = { bid, failure: '' };
  show('share');
}

// --- closing ----------------------------------------------------------------------

function endVisit(reason) {
  attempt++;
  watching?.abort();
  closeIdleDialog();
  idle.extend();
  if (visit !== null) forgetVisit(visit);
  visit = null;
  state.typed = {};
  state.problem = null;
  state.reason = reason;
  announce('');
  showStep(0);
}

function closeIdleDialog() {
  const dialog = document.getElementById('idle');
  dialog?.close?.();
  dialog?.remove();
}

function openIdleDialog() {
  const dialog = el('dialog', { id: 'idle', 'aria-labelledby': 'idle-title',
    'aria-describedby': 'idle-text', oncancel: () => idle.extend() },
  el('h2', { id: 'idle-title' }, t('idle.title')),
  el('p', { id: 'idle-text' }, t('idle.text'), ' ',
    el('span', { id: 'idle-left' })),
  el('div', { class: 'actions' },
    button(t('idle.stay'), { class: 'primary', id: 'idle-stay',
      onclick: () => idle.extend() }),
    button(t('idle.close'), { class: 'secondary',
      onclick: () => endVisit('start.closed') })));
  document.body.append(dialog);
  dialog.showModal?.();
  dialog.querySelector('#idle-stay').focus();
}

// Seconds are shown to the eye, and said only now and then.
function warnIdle(left_s) {
  if (visit === null) return false;
  if (document.getElementById('idle') === null) openIdleDialog();
  const text = t('idle.left', { n: left_s });
  document.getElementById('idle-left').textContent = text;
  if (left_s === WARNING_S || left_s === 20) announce(text);
  return true;
}

// A code that was typed and left is wiped as well.
function onIdle() {
  const typed = Object.values(state.typed).some((text) => text !== '');
  if (visit !== null || typed) return endVisit('start.idle');
  idle.extend();
}

function onMinute() {
  if (visit === null) return;
  if (closeElapsed(visit) && ['report', 'share'].includes(state.view)) {
    show('report');
  } else {
    updateTimeLeft();
  }
}

// --- start --------------------------------------------------------------------------

// The code leaves the address bar before anything else happens.
function takeFragment() {
  const fragment = location.hash;
  if (fragment !== '') {
    history.replaceState(null, '', location.pathname + location.search);
  }
  return fragment;
}

function startFrom(fragment) {
  const slip = readFragment(fragment);
  if (slip === null) return showStep(0);
  state.typed = { card: groupSymbols(slip.card, CARD_NUMBER),
    code: groupSymbols(slip.code, SLIP_CODE) };
  showStep(0);
  if (!showFieldMistakes(page.steps[0], state.typed)) finishStep();
}

function missing() {
  if (!isSecureContext) return new Problem('insecure');
  if (!crypto.subtle || !window.AbortController) return new Problem('old');
  return page.missing?.() ?? null;
}

function onFragment() {
  const fragment = takeFragment();
  if (readFragment(fragment) === null) return;
  endVisit('');
  startFrom(fragment);
}

export function runPage(own) {
  page = own;
  const fragment = takeFragment();
  setLanguage(preferredLanguage(navigator.languages ?? [navigator.language]));
  drawFrame(changeLanguage);
  const problem = missing();
  if (problem !== null) return fail(problem);
  addEventListener('hashchange', onFragment);
  // Back and forward must bring back neither a report nor a code.
  addEventListener('pagehide',
    () => endVisit(visit === null ? '' : 'start.closed'));
  idle = watchIdle({ onWarning: warnIdle, onAlive: closeIdleDialog,
    onElapsed: onIdle });
  addEventListener('beforeprint', () => document
    .querySelectorAll('details.report').forEach((d) => { d.open = true; }));
  setInterval(onMinute, MINUTE_MS / 4);
  startFrom(fragment);
}
