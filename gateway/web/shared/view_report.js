// view_report.js -- the reports of a visit, newest first.

import { epochText, fhirDateText, spanText } from './dates.js';
import { button, el, icon, meta, outsideText } from './dom.js';
import { isNotable } from './flags.js';
import { Problem } from './problem.js';
import { allRows } from './report.js';
import { hasString, t } from './strings.js';
import { pdfCard } from './view_pdf.js';
import { problemCard } from './view_problem.js';
import { panelTable } from './view_values.js';
import { now_s } from './visit.js';

const STATUS_ICONS = { final: 'check', corrected: 'pen', appended: 'plus',
  outdated: 'alert' };

function fact(label, content) {
  return content && el('div', { class: 'fact' }, el('dt', null, label),
    el('dd', null, el('bdi', null, content)));
}

function drawPatient(patient) {
  const { name, usedFamily, birthDate, sex } = patient;
  return el('div', { class: 'patient' },
    el('p', { class: 'patient-name', dir: 'auto' }, name.given, ' ',
      el('span', { class: 'family' }, name.family || name.text)),
    el('dl', { class: 'facts' },
      fact(t('report.usedName'), usedFamily !== name.family && usedFamily),
      fact(t('report.born'), birthDate && fhirDateText(birthDate)),
      fact(t('report.sex'), hasString(`sex.${sex}`) && t(`sex.${sex}`))),
    el('p', { class: 'soft' }, t('report.isYou')));
}

function statusPill(status) {
  return el('span', { class: `status is-${status}` },
    icon(STATUS_ICONS[status] ?? 'info'), t(`status.${status}`));
}

function statusNotice(status) {
  const key = `status.${status}.text`;
  return hasString(key) && el('div', { class: 'notice is-calm' },
    icon(STATUS_ICONS[status]), el('p', null, t(key)));
}

function sampledAt(report) {
  const specimen = report.sections.flatMap((s) => s.panels)
    .flatMap((p) => p.specimens).find((s) => s.collected);
  return specimen?.collected ?? report.effective;
}

function drawFacts(report) {
  const sampled = sampledAt(report);
  return el('dl', { class: 'facts' },
    fact(t('report.lab'), report.lab !== meta('lab') && report.lab),
    fact(t('report.sampled'), sampled && fhirDateText(sampled)),
    fact(t('report.issued'), report.issued && fhirDateText(report.issued)),
    fact(t('report.validated'), report.validation.names.join(', ')),
    fact(t('report.id'), report.id));
}

export function leftText(closes) {
  return t('report.left', { span: spanText(closes - now_s()) });
}

function drawTimeLeft({ closes }) {
  return el('div', { class: 'time-left' }, icon('clock'), el('div', null,
    el('p', null, t('report.until'), ' ', el('strong', null, epochText(closes)),
      ' ', el('span', { class: 'left', 'data-closes': closes },
        leftText(closes))),
    el('p', { class: 'soft' }, t('report.after'))));
}

function drawFlagged(report) {
  const n = allRows(report).filter((r) => r.flags.some(isNotable)).length;
  return n > 0 && el('div', { class: 'notice' }, icon('info'),
    el('div', null, el('p', null, el('strong', null, t('report.flagged', { n }))),
      el('p', null, t('report.flagged.text'))));
}

function drawSection(section, report, others) {
  return el('section', { class: 'values' },
    section.title && outsideText('h3', section.title),
    section.panels.map((panel) => panelTable(
      panel.title === section.title ? { ...panel, title: '' } : panel,
      section.title, report, others)));
}

function drawVerified() {
  return el('details', { class: 'verified' },
    el('summary', null, icon('lock'), t('report.verified')),
    el('p', null, t('report.verified.text')));
}

// A link would show the old value alone.
function drawShareOffer(entry, onShare) {
  return entry.status !== 'outdated' && el('div',
    { class: 'actions share-offer' },
    button(t('share.open'), { class: 'secondary',
      onclick: () => onShare(entry.bid) }, 'share'));
}

function confirmedNotice(report) {
  return report.isConfirmed && el('div', { class: 'notice is-calm' },
    icon('check'), el('p', null, t('status.confirmed.text')));
}

function drawBody(entry, others, onShare) {
  const report = entry.shown;
  const empty = report.sections.length === 0;
  return [
    statusNotice(entry.status),
    confirmedNotice(report),
    drawFacts(report),
    report.documents.map((pdf, i) => pdfCard(pdf, report, i)),
    drawTimeLeft(entry),
    drawFlagged(report),
    report.sections.map((section) => drawSection(section, report, others)),
    empty && report.documents.length > 0 &&
        el('p', { class: 'soft' }, t('report.noRows')),
    report.conclusion && el('section', { class: 'values' },
      el('h3', null, t('report.conclusion')),
      outsideText('p', report.conclusion, { class: 'printed' })),
    drawShareOffer(entry, onShare),
    drawVerified()];
}

function entryHeading(entry) {
  const report = entry.shown;
  return t('report.of', { day: fhirDateText(report.issued || report.effective,
    { time: false }) });
}

// The newest report is open; the older ones open with a press.
function drawEntry(entry, index, others, onShare) {
  const heading = [el('h2', null, entryHeading(entry)),
    statusPill(entry.status)];
  const body = drawBody(entry, others, onShare);
  if (index === 0) {
    return el('article', { class: 'card report' },
      el('div', { class: 'report-head' }, heading), body);
  }
  return el('details', { class: 'card report' },
    el('summary', { class: 'report-head' }, heading),
    el('div', { class: 'report-body' }, body));
}

function drawUnreadable(entry) {
  const problem = entry.problem ?? new Problem(
    entry.status === 'withdrawn' ? 'withdrawn' : 'closed',
    { closes: entry.closes });
  return el('article', { class: 'card' }, problemCard(problem, 'h2'));
}

function drawBar({ onRefresh, onClose }) {
  return el('div', { class: 'report-bar' },
    el('h1', null, t('report.title')),
    el('div', { class: 'actions' },
      button(t('report.refresh'), { class: 'quiet', onclick: onRefresh },
        'refresh'),
      button(t('report.print'), { class: 'quiet print', onclick: () => print() },
        'print'),
      button(t('report.close'), { class: 'secondary', id: 'close',
        onclick: onClose }, 'close')));
}

// Two people on one card would be a mistake of the laboratory: each name is
// shown once, all of them are.
function drawPatients(reports) {
  const seen = new Map(reports.map(({ patient }) =>
    [JSON.stringify([patient.name, patient.birthDate]), patient]));
  return [...seen.values()].map(drawPatient);
}

// What changed while the page was open; '' where nothing did.
function drawNews(news) {
  return news && el('div', { class: 'notice news' }, icon('alert'),
    el('p', null, t(`news.${news}`)));
}

// What is newer elsewhere stands below, whatever its number.
function outdatedLast(a, b) {
  return (a.status === 'outdated') - (b.status === 'outdated');
}

// `actions`: { news, onRefresh, onClose, onShare(bid) }
export function reportView(visit, actions) {
  const readable = visit.entries.filter((e) => e.shown !== undefined)
    .sort(outdatedLast);
  const reports = readable.map((e) => e.shown);
  return el('div', { class: 'reports' },
    drawBar(actions),
    drawNews(actions.news),
    drawPatients(reports),
    visit.entries.filter((e) => e.shown === undefined).map(drawUnreadable),
    readable.map((entry, i) => drawEntry(entry, i, reports, actions.onShare)));
}

// The time left runs while the page is open.
export function updateTimeLeft() {
  for (const left of document.querySelectorAll('[data-closes]')) {
    left.textContent = leftText(Number(left.dataset.closes));
  }
}
