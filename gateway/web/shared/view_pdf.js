// view_pdf.js -- the laboratory's PDF: open, download, or look at it here.
//
// It is only ever handed to the browser's own viewer, as a blob of type
// application/pdf: nothing in it runs in this page.

import { isoDay } from './dates.js';
import { button, el, icon } from './dom.js';
import { t } from './strings.js';

function sizeText(bytes) {
  return bytes < 1e6 ? t('size.kB', { n: Math.max(1, Math.round(bytes / 1e3)) }) :
    t('size.MB', { n: (bytes / 1e6).toFixed(1) });
}

function blobUrl(pdf) {
  pdf.url ??= URL.createObjectURL(
    new Blob([pdf.bytes], { type: 'application/pdf' }));
  return pdf.url;
}

// Says nothing about patient or exam: others see the download folder.
function fileName(report, number) {
  return [t('pdf.file'), isoDay(report.issued), number > 0 && number + 1]
    .filter(Boolean).join('-') + '.pdf';
}

// Phones have no viewer in a page: there the button is not offered.
function showHereButton(pdf) {
  const frame = el('div', { class: 'pdf-frame' });
  const label = el('span', null, t('pdf.show'));
  function toggle(event) {
    const show = frame.childElementCount === 0;
    frame.replaceChildren(...(show ? [el('iframe', { src: blobUrl(pdf),
      title: t('pdf.frame') })] : []));
    event.currentTarget.setAttribute('aria-expanded', String(show));
    label.textContent = t(show ? 'pdf.hide' : 'pdf.show');
  }
  return { frame, toggler: el('button', { type: 'button',
    class: 'secondary wide-screen', 'aria-expanded': 'false',
    onclick: toggle }, icon('document'), label) };
}

export function pdfCard(pdf, report, number) {
  if (!pdf.isPdf) {
    return el('div', { class: 'notice is-calm' }, icon('info'),
      el('p', null, t('pdf.odd')));
  }
  const { frame, toggler } = showHereButton(pdf);
  return el('div', { class: 'pdf' },
    el('div', { class: 'pdf-mark' }, icon('document')),
    el('div', { class: 'pdf-words' },
      el('h3', null, t('pdf.title')),
      el('p', { class: 'soft' },
        t('pdf.text', { size: sizeText(pdf.bytes.length) }))),
    el('div', { class: 'actions' },
      el('a', { class: 'button primary', href: blobUrl(pdf), target: '_blank',
        rel: 'noopener' }, icon('open'), el('span', null, t('pdf.open'),
        el('span', { class: 'unseen' }, ` ${t('pdf.newTab')}`))),
      el('a', { class: 'button secondary', href: blobUrl(pdf),
        download: fileName(report, number) }, icon('download'),
      el('span', null, t('pdf.download'))),
      navigator.pdfViewerEnabled && toggler),
    frame);
}
