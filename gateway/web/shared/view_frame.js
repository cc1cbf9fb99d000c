// view_frame.js -- what stands around every view: the laboratory's name, the
// language switch, the promise of paper; and how a view is put in place.

import { button, el, icon, meta, svg } from './dom.js';
import { currentLanguage, t } from './strings.js';

const LANGUAGE_NAMES = { fr: 'Français', en: 'English' };

// A hatch: an arch over a counter.
function brandMark() {
  return svg('svg', { class: 'brand-mark', viewBox: '0 0 32 32',
    'aria-hidden': 'true', focusable: 'false' },
  svg('rect', { width: 32, height: 32, rx: 9 }),
  svg('path', { d: 'M9.5 24.5V15a6.5 6.5 0 0113 0v9.5M6.5 24.5h19' }));
}

function languageButton(code, onLanguage) {
  return el('button', { type: 'button', lang: code,
    'data-language': code, 'aria-pressed': String(code === currentLanguage()),
    onclick: () => onLanguage(code) },
  el('abbr', { title: LANGUAGE_NAMES[code], 'aria-hidden': 'true' },
    code.toUpperCase()),
  el('span', { class: 'unseen' }, LANGUAGE_NAMES[code]));
}

function skipButton() {
  return button(t('skip'), { class: 'skip',
    onclick: () => document.getElementById('main').focus() });
}

function drawTop(onLanguage) {
  document.getElementById('top').replaceChildren(
    skipButton(),
    el('p', { class: 'brand' }, brandMark(),
      el('span', null, el('span', { class: 'brand-lab', dir: 'auto' },
        meta('lab')),
      el('span', { class: 'brand-service' }, t('page.service')))),
    el('div', { class: 'languages', role: 'group',
      'aria-label': t('language') },
    Object.keys(LANGUAGE_NAMES).map((c) => languageButton(c, onLanguage))));
}

function drawFoot() {
  const phone = meta('phone').replace(/ /g, '\u00a0');
  document.getElementById('foot').replaceChildren(
    el('p', { class: 'foot-paper' }, icon('document'),
      el('span', null, t('foot.paper'), ' ',
        phone && t('foot.phone', { phone }))),
    el('p', { class: 'foot-private' }, icon('lock'),
      el('span', null, t('foot.private'))));
}

export function drawFrame(onLanguage) {
  document.documentElement.lang = currentLanguage();
  drawTop(onLanguage);
  drawFoot();
}

// Replaces the view.  Its first heading takes the focus, so that a screen
// reader starts there; `quiet` leaves the focus alone.
export function placeView(content, { quiet = false } = {}) {
  const main = document.getElementById('main');
  main.replaceChildren(content);
  const heading = main.querySelector('h1');
  document.title = `${heading?.textContent ?? t('page.title')} – ${meta('lab')}`;
  if (quiet) return;
  scrollTo(0, 0);
  heading?.setAttribute('tabindex', '-1');
  heading?.focus({ preventScroll: true });
}

export function announce(text) {
  document.getElementById('live').textContent = text;
}
