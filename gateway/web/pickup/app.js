// app.js -- one visit of one patient: slip, opening, report, closing.
//
// Stores nothing anywhere.  Everything of a visit hangs on `visit` and is
// let go of by endVisit().

import { button, el, meta } from './dom.js';
import { watchIdle, WARNING_S } from './idle.js';
import { Problem } from './problem.js';
import {
  currentLanguage, preferredLanguage, setLanguage, t,
} from './strings.js';
import {
  CARD_NUMBER, groupSymbols, readFragment, SLIP_CODE,
} from './symbols.js';
import { closeElapsed, forgetVisit, openVisit, refreshVisit } from './visit.js';
import { announce, drawFrame, placeView } from './view_frame.js';
import { problemView } from './view_problem.js';
import { progressView, updateProgress } from './view_progress.js';
import { reportView, updateTimeLeft } from './view_report.js';
import { shareView } from './view_share.js';
import { readTyped, showFieldMistakes, startView } from './view_start.js';
import { watchVisit } from './watch.js';

const MINUTE_MS = 60 * 1000;

// view: start, progress, problem, report or share.
const state = { view: 'start', typed: { card: '', code: '' }, reason: '',
  progress: { step: 'derive' }, problem: null, sharing: {}, news: '' };
let visit = null;
let watching = null;	// aborts it
let idle = null;
// A visit that was closed while it was opening must not come back.
let attempt = 0;

// --- drawing --------------------------------------------------------------------

const VIEWS = {
  start: () => startView(state, openTyped),
  progress: () => progressView(state.progress),
  problem: () => problemView(state.problem, problemActions()),
  report: () => reportView(visit, { news: state.news, onRefresh: refresh,
    onClose: () => endVisit('start.closed'), onShare: openSharing }),
  share: () => shareView(visit, state.sharing, {
    onRedraw: () => redraw(), onBack: () => show('report') }),
};

function redraw(options = { quiet: true }) {
  placeView(VIEWS[state.view](), options);
}

function show(view) {
  state.view = view;
  redraw({ quiet: false });
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
  if (['old', 'insecure'].includes(state.problem.kind)) return {};
  if (visit === null) {
    return { onRetry: openTyped, onBack: () => show('start'),
      back: 'problem.back' };
  }
  return { onRetry: refresh, onBack: () => show('report'),
    back: 'problem.report' };
}

function fail(error) {
  state.problem = error instanceof Problem ? error : new Problem('broken');
  show('problem');
}

async function openTyped() {
  const slip = readTyped(state.typed);
  if (slip === null) return;
  const mine = ++attempt;
  state.reason = '';
  state.progress = { step: 'derive' };
  show('progress');
  try {
    const opened = await openVisit({ ...slip, box: meta('box'),
      rounds: Number(meta('rounds')) }, onProgress);
    if (mine !== attempt) return forgetVisit(opened);
    beginVisit(opened);
  } catch (error) {
    if (mine === attempt) fail(error);
  }
}

function beginVisit(opened) {
  visit = opened;
  state.typed = { card: '', code: '' };
  state.news = '';
  show('report');
  watching = new AbortController();
  watchVisit(visit, onChange, watching.signal);
}

// Something happened at the laboratory.  A question that fails rejects: the
// watch asks again.
async function onChange() {
  const mine = attempt;
  try {
    const news = await refreshVisit(visit, () => {});
    if (mine === attempt && news !== '') showNews(news);
  } catch (error) {
    if (mine !== attempt || error.kind !== 'nothing') throw error;
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
    // The card was frozen, or everything on it is gone: so is the visit.
    if (error.kind === 'nothing') endVisit('');
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
  state.typed = { card: '', code: '' };
  state.problem = null;
  state.reason = reason;
  announce('');
  show('start');
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
  const typed = state.typed.card !== '' || state.typed.code !== '';
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
  if (slip === null) return show('start');
  state.typed = { card: groupSymbols(slip.card, CARD_NUMBER),
    code: groupSymbols(slip.code, SLIP_CODE) };
  if (readTyped(state.typed) !== null) return openTyped();
  show('start');
  showFieldMistakes(state.typed);
}

function missing() {
  if (!isSecureContext) return new Problem('insecure');
  if (!crypto.subtle || !window.AbortController) return new Problem('old');
  return null;
}

function onFragment() {
  const fragment = takeFragment();
  if (readFragment(fragment) === null) return;
  endVisit('');
  startFrom(fragment);
}

function start() {
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

start();
