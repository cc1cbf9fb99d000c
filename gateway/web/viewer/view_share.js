// view_share.js -- a SMART Health Link for a doctor, straight to the object in
// the drop (kind U): no server counts or ends it, its object goes at `closes`.

import { epochText, spanText } from '../shared/dates.js';
import { button, el, icon } from '../shared/dom.js';
import { composeShlink } from '../shared/shlink.js';
import { t } from '../shared/strings.js';
import { drawCopy, drawQr, drawWhich } from '../shared/view_link.js';
import { now_s } from '../shared/visit.js';

function makeShare(visit, bid) {
  const entry = visit.entries.find((e) => e.bid === bid);
  const url = `${visit.drop}/d/${entry.claim.name}`;
  const link = composeShlink({ url, key: entry.key, exp: entry.closes,
    flag: 'U', label: t('share.label') });
  visit.shares.push({ bid, url, exp: entry.closes, link,
    number: visit.shares.length + 1 });
}

function drawOpenShare(share) {
  return [
    drawQr(share.link),
    el('div', { class: 'share-words' },
      el('p', null, t('share.until', { when: epochText(share.exp),
        span: spanText(share.exp - now_s()) })),
      el('p', null, t('share.warning')),
      el('p', { class: 'soft' },
        t('share.host', { host: new URL(share.url).host })),
      drawCopy(share))];
}

function drawShare(share) {
  const open = share.exp > now_s();
  return el('section', { class: 'card share', 'data-share': share.number },
    el('h2', { tabindex: '-1' }, open ? t('share.ready') :
      t('share.number', { n: share.number })),
    el('div', { class: open ? 'share-columns' : null },
      open ? drawOpenShare(share) : el('p', null, t('share.ended'))));
}

function drawForm(entries, wanted, again, onMake) {
  const { bid } = entries.find((e) => e.bid === wanted) ?? entries[0];
  function submit(event) {
    event.preventDefault();
    onMake(new FormData(event.target).get('bid') ?? bid);
  }
  return el('form', { class: 'card', onsubmit: submit },
    again && el('h2', null, t('share.again')),
    el('p', { class: 'lead' }, t('share.text')),
    drawWhich(entries, bid),
    el('div', { class: 'notice' }, icon('info'),
      el('p', null, t('share.warning'))),
    button(t('share.make'), { type: 'submit', class: 'primary wide' }, 'share'));
}

// `state`: { bid }, kept by the caller; onRedraw() after a change.
export function shareView(visit, state, { onRedraw, onBack }) {
  const entries = visit.entries.filter((e) => e.report !== undefined &&
      e.status !== 'outdated');
  const made = visit.shares.filter((s) => entries.some((e) => e.bid === s.bid));
  const rest = entries.filter((e) => made.every((s) => s.bid !== e.bid));
  function onMake(bid) {
    makeShare(visit, bid);
    onRedraw();
    document.querySelector('.share h2')?.focus();
  }
  return el('div', { class: 'sharing' },
    el('div', { class: 'report-bar' }, el('h1', null, t('share.title')),
      el('div', { class: 'actions' }, button(t('report.title'),
        { class: 'quiet', onclick: onBack }, 'back'))),
    made.slice().reverse().map(drawShare),
    rest.length > 0 && drawForm(rest, state.bid, made.length > 0, onMake));
}
