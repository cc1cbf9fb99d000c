// dates.js -- dates in words: Europe/Paris, in the language of the page, and
// never more precise than what was given.

import { currentLanguage, t } from './strings.js';

const PARIS = 'Europe/Paris';

function locale() {
  return currentLanguage() === 'fr' ? 'fr-FR' : 'en-GB';
}

function format(date, options) {
  return new Intl.DateTimeFormat(locale(), options).format(date);
}

const LONG_DAY = { day: 'numeric', month: 'long', year: 'numeric' };
const CLOCK_TIME = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };

// A calendar date has no zone: "1979-03-28", "1979-03" or "1979".
function calendarText(text) {
  const [year, month, day] = text.split('-').map(Number);
  const date = new Date(Date.UTC(year, (month || 1) - 1, day || 1));
  const options = { year: 'numeric', timeZone: 'UTC' };
  if (month) options.month = 'long';
  if (day) options.day = 'numeric';
  return format(date, options);
}

// A FHIR date or dateTime; what is none is shown as it is.
export function fhirDateText(text, { time = true } = {}) {
  if (/^\d{4}(-\d\d){0,2}$/.test(text)) return calendarText(text);
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return text;
  const day = format(date, { ...LONG_DAY, timeZone: PARIS });
  if (!time) return day;
  return t('date.at', { day,
    time: format(date, { ...CLOCK_TIME, timeZone: PARIS }) });
}

export function epochText(seconds) {
  const date = new Date(seconds * 1000);
  return t('date.at', { day: format(date, { ...LONG_DAY, timeZone: PARIS }),
    time: format(date, { ...CLOCK_TIME, timeZone: PARIS }) });
}

// "2026-11-21", for a file name.
export function isoDay(text) {
  return /^\d{4}-\d\d-\d\d/.exec(text)?.[0] ?? '';
}

// "12 days", "5 hours", "7 minutes": rounded down, never shown as more.
export function spanText(seconds) {
  const minutes = Math.max(0, Math.floor(seconds / 60));
  if (minutes >= 48 * 60) return t('span.days', { n: Math.floor(minutes / 1440) });
  if (minutes >= 120) return t('span.hours', { n: Math.floor(minutes / 60) });
  if (minutes >= 1) return t('span.minutes', { n: minutes });
  return t('span.soon');
}

export function minutesUp(seconds) {
  return t('span.minutes', { n: Math.max(1, Math.ceil(seconds / 60)) });
}
