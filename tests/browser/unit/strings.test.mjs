// Words: every sentence in both languages; dates never more precise than given.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../page.mjs';
import {
  epochText, fhirDateText, isoDay, minutesUp, spanText,
} from '../../../gateway/web/shared/dates.js';
import { CHECKS } from '../../../gateway/web/shared/problem.js';
import { PICKUP_STRINGS } from '../../../gateway/web/pickup/strings.js';
import { VIEWER_STRINGS } from '../../../gateway/web/viewer/strings.js';
import {
  addStrings, allStrings, preferredLanguage, setLanguage, t,
} from '../../../gateway/web/shared/strings.js';

// Each page: its folder, and its own sentences.
const PAGES = [['pickup', PICKUP_STRINGS], ['viewer', VIEWER_STRINGS]];
const forms = (entry) => (typeof entry === 'string' ? [entry] : Object.values(entry));
const names = (text) => (text.match(/\{\w+\}/g) ?? []).sort().join();
const SHARED = allStrings();

function sourcesOf(page) {
  const folder = join(ROOT, 'gateway/web', page);
  return readFileSync(join(folder, 'modules.txt'), 'utf8').split('\n')
    .filter((line) => line.endsWith('.js'))
    .map((file) => [file, readFileSync(join(folder, file), 'utf8')]);
}

for (const [page, own] of PAGES) {
  const sentences = { ...SHARED, ...own };

  test(`strings: both languages say everything, with the same blanks: ${page}`, () => {
    for (const [key, row] of Object.entries(sentences)) {
      assert.equal(row.length, 2, key);
      const [french, english] = row.map(forms);
      assert.equal(french.length, english.length, key);
      french.forEach((text, i) => {
        assert.ok(text.trim() && english[i].trim(), key);
        assert.equal(names(text), names(english[i]), key);
      });
    }
  });

  test(`strings: every sentence the modules ask for by name exists: ${page}`, () => {
    for (const [file, source] of sourcesOf(page)) {
      for (const [, key] of source.matchAll(/\bt\('([\w.-]+)'/g)) {
        assert.ok(key in sentences, `${file}: ${key}`);
      }
    }
  });

  test(`strings: every problem and every check is explained: ${page}`, () => {
    const kinds = new Set(['away', 'offline', 'withdrawn', 'closed', 'notyet', 'old',
      'insecure']);
    for (const [, source] of sourcesOf(page)) {
      for (const [, kind] of source.matchAll(/new Problem\(\s*'(\w+)'/g)) kinds.add(kind);
    }
    assert.ok(kinds.size >= 9);
    for (const kind of kinds) {
      for (const part of ['title', 'text', 'todo']) {
        assert.ok(`problem.${kind}.${part}` in sentences, `${kind}.${part}`);
      }
    }
    CHECKS.forEach((check) => assert.ok(`check.${check}` in sentences, check));
  });
}

test('strings: the reader\'s first language that we speak, else French', () => {
  assert.equal(preferredLanguage(['es-ES', 'en-US', 'fr']), 'en');
  assert.equal(preferredLanguage(['FR-ca', 'en']), 'fr');
  assert.equal(preferredLanguage(['ar', 'pt']), 'fr');
});

test('strings: French signs keep to their word, values are left as they are', () => {
  setLanguage('fr');
  assert.ok(t('todo').endsWith('\u00a0?'));
  assert.match(t('field.symbol', { symbol: 'a ? b' }), /«\u00a0a \? b\u00a0»/);
  assert.equal(t('span.days', { n: 1 }), '1 jour');
  assert.equal(t('span.days', { n: 2 }), '2 jours');
});

test('strings: a blank cannot be filled twice', () => {
  addStrings(PICKUP_STRINGS);
  setLanguage('en');
  assert.match(t('share.failed', { why: '{why}{n}' }), /\{why\}\{n\}$/);
});

test('dates: as precise as given, in Paris time, in both languages', () => {
  setLanguage('fr');
  assert.equal(fhirDateText('1979-03-28'), '28 mars 1979');
  assert.equal(fhirDateText('1979-03'), 'mars 1979');
  assert.equal(fhirDateText('1979'), '1979');
  assert.equal(fhirDateText('2026-11-21T06:40:00Z'), '21 novembre 2026 à 07:40');
  assert.equal(fhirDateText('2026-07-01T00:10:00+02:00', { time: false }), '1 juillet 2026');
  assert.equal(fhirDateText('<b>hier</b>'), '<b>hier</b>');
  setLanguage('en');
  assert.equal(fhirDateText('1979-03-28'), '28 March 1979');
  assert.equal(epochText(1795243200), '21 November 2026 at 07:40');
});

test('dates: time left is never shown as more than it is', () => {
  setLanguage('en');
  assert.equal(spanText(13.9 * 86400), '13 days');
  assert.equal(spanText(47.9 * 3600), '47 hours');
  assert.equal(spanText(3600), '60 minutes');
  assert.equal(spanText(59), 'less than a minute');
  assert.equal(minutesUp(61), '2 minutes');
  assert.equal(isoDay('2026-11-21T10:00:00Z'), '2026-11-21');
});
