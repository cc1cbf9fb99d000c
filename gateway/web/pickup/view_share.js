// view_share.js -- a SMART Health Link for a doctor: made, shown, stopped.

import { epochText, spanText } from '../shared/dates.js';
import { button, el, icon } from '../shared/dom.js';
import { Problem } from '../shared/problem.js';
import { composeShlink, randomPasscode } from '../shared/shlink.js';
import { t } from '../shared/strings.js';
import { announce } from '../shared/view_frame.js';
import { choice, choices, drawCopy, drawQr, drawWhich } from '../shared/view_link.js';
import { problemSentence } from '../shared/view_problem.js';
import { now_s } from '../shared/visit.js';
import { endShare, makeShare } from './api.js';

const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;
// A doctor's program may fetch twice, and be started again; a link that got
// about is worth no more than this.
const SHARE_USES_MAX = 20;
// The box takes no shorter one; it ends with the bundle all the same.
const SHARE_TTL_MIN_S = 60;

// --- making -------------------------------------------------------------------

function ttlOf(duration, entry) {
  const left = Math.floor(entry.closes - now_s());
  const wanted = { hour: HOUR_S, day: DAY_S, closes: left }[duration];
  return Math.max(SHARE_TTL_MIN_S, Math.min(wanted, left));
}

// A server must not be able to send the doctor, and the key, elsewhere.
function demandOwnUrl(url, visit) {
  const { origin, protocol } = new URL(url);
  const ours = [location.origin, visit.trust.pickup].includes(origin);
  if (!ours || protocol !== 'https:') throw new Problem('server', { status: 'URL' });
}

async function createShare(visit, { bid, duration, guarded }) {
  const entry = visit.entries.find((e) => e.bid === bid);
  const passcode = guarded ? randomPasscode() : undefined;
  const flag = guarded ? 'P' : 'U';
  const { url, exp } = await makeShare(visit, { bid, kind: flag, passcode,
    ttl_s: ttlOf(duration, entry), max_uses: SHARE_USES_MAX });
  demandOwnUrl(url, visit);
  const link = composeShlink({ url, key: entry.key, exp, flag,
    label: t('share.label') });
  visit.shares.push({ bid, url, exp, link, passcode, state: 'open',
    number: visit.shares.length + 1 });
}

// --- one share ------------------------------------------------------------------

// "4 7 1 9 0 2": a screen reader says digits, not a number.
function drawPasscode(passcode) {
  return passcode && el('div', { class: 'passcode' },
    el('p', null, t('share.passcode')),
    el('p', { class: 'passcode-digits', dir: 'ltr' },
      el('span', { 'aria-hidden': 'true' },
        `${passcode.slice(0, 3)} ${passcode.slice(3)}`),
      el('span', { class: 'unseen' }, [...passcode].join(' '))));
}

function drawOpenShare(share, onStop) {
  return [
    drawQr(share.link),
    el('div', { class: 'share-words' },
      drawPasscode(share.passcode),
      el('p', null, t('share.until', { when: epochText(share.exp),
        span: spanText(share.exp - now_s()) })),
      el('p', { class: 'soft' },
        t('share.host', { host: new URL(share.url).host })),
      drawCopy(share),
      el('div', { class: 'actions' }, button(t('share.revoke'),
        { class: 'danger', onclick: onStop }, 'close')))];
}

function drawShare(share, actions) {
  const open = share.state === 'open' && share.exp > now_s();
  return el('section', { class: 'card share', 'data-share': share.number },
    el('h2', { tabindex: '-1' }, open ? t('share.ready') :
      t('share.number', { n: share.number })),
    el('div', { class: open ? 'share-columns' : null },
      open ? drawOpenShare(share, () => actions.onStop(share)) :
        el('p', null, t(share.state === 'open' ? 'share.ended' :
          'share.revoked'))));
}

// --- the form ---------------------------------------------------------------------

function drawDurations(entry) {
  const left = entry.closes - now_s();
  return choices(t('share.duration'),
    left > HOUR_S && choice('duration', 'hour', t('share.hour'), '', true),
    left > DAY_S && choice('duration', 'day', t('share.day'), '', false),
    choice('duration', 'closes', t('share.closes',
      { when: epochText(entry.closes) }), '', left <= HOUR_S));
}

function drawForm(entries, { bid, failure }, again, onMake) {
  const entry = entries.find((e) => e.bid === bid) ?? entries[0];
  function submit(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    onMake({ bid: form.get('bid') ?? entry.bid,
      duration: form.get('duration'), guarded: form.get('guarded') === 'yes' });
  }
  return el('form', { class: 'card', onsubmit: submit },
    again && el('h2', null, t('share.again')),
    el('p', { class: 'lead' }, t('share.text')),
    drawWhich(entries, bid),
    drawDurations(entry),
    choices(t('share.protection'),
      choice('guarded', 'yes', t('share.with'), t('share.with.hint'), true),
      choice('guarded', 'no', t('share.without'), t('share.without.hint'), false)),
    failure && el('div', { class: 'notice is-serious', role: 'alert' },
      icon('alert'), el('p', null, failure)),
    button(t('share.make'), { type: 'submit', class: 'primary wide' }, 'share'));
}

function whyText(error) {
  if (!(error instanceof Problem)) throw error;
  return problemSentence(error);
}

// `state`: { bid, failure }, kept by the caller; onRedraw() after a change.
export function shareView(visit, state, { onRedraw, onBack }) {
  const entries = visit.entries.filter((e) => e.report !== undefined &&
      e.status !== 'outdated');
  async function onMake(wish) {
    state.failure = '';
    announce(t('share.making'));
    try {
      await createShare(visit, wish);
    } catch (error) {
      state.failure = t('share.failed', { why: whyText(error) });
    }
    onRedraw();
    document.querySelector('.share h2')?.focus();
  }
  async function onStop(share) {
    state.failure = '';
    try {
      await endShare(visit, share.url.split('/').pop());
      share.state = 'stopped';
      announce(t('share.revoked'));
    } catch (error) {
      state.failure = t('share.notStopped', { why: whyText(error) });
    }
    onRedraw();
  }
  return el('div', { class: 'sharing' },
    el('div', { class: 'report-bar' }, el('h1', null, t('share.title')),
      el('div', { class: 'actions' }, button(t('report.title'),
        { class: 'quiet', onclick: onBack }, 'back'))),
    visit.shares.slice().reverse().map((s) => drawShare(s, { onStop })),
    drawForm(entries, state, visit.shares.length > 0, onMake));
}
