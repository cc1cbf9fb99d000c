// mock_test.mjs -- the pickup page in Chromium before a pretended box: fast,
// with every fault a server can have.  appliance_test.mjs does the same walk
// before the real one.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { closePage, screenshot, startBrowser } from './browser.mjs';
import { send, sendJson, startMock } from './mock_pickup.mjs';
import {
  earlierReport, fhirText, frenchReport, makeReport, SAMPLE_PDF,
} from './sample_report.mjs';
import { makeBox, now_s } from './sealing.mjs';
import {
  demandGoodScreen, demandNothingKept, demandQuiet, downloadPdf, hashOf,
  openByLink, rowText, share, typeSlip, waitForEnd,
} from './steps.mjs';

// Only one test derives with all 600000 rounds: the others wait for less.
let mock, browser;

before(async () => {
  mock = await startMock({ rounds: 20000 });
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await mock?.stop();
});

async function cardWith(text = fhirText(frenchReport()), wish = {}) {
  const card = await mock.issue();
  await mock.deliver(card, text, wish);
  return card;
}

// Runs `walk(page)` and closes the page whatever happens.
async function onPage(options, walk) {
  const page = await browser.open(options);
  try {
    await walk(page);
  } finally {
    mock.fault = null;
    await closePage(page);
  }
}

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

const problemOf = (page) => page.getAttribute('.problem', 'data-problem');
const checkOf = (page) => page.getAttribute('.problem', 'data-check');

// --- opening ------------------------------------------------------------------

test('a link opens the report; the address bar shows no code; nothing is kept', () =>
  onPage({}, async (page) => {
    const card = await cardWith();
    await openByLink(page, card.link);
    assert.equal(page.url(), `${mock.origin}/`);
    assert.match(await page.innerText('.patient'),
      /Camille Anne MARTIN\s+Date de naissance\s+28 mars 1979/);
    await demandNothingKept(page);
    await demandQuiet(page, 'report');
  }));

test('the code is typed: any case, with or without hyphens; groups appear', () =>
  onPage({ url: `${mock.origin}/` }, async (page) => {
    const card = await cardWith();
    await page.locator('#card').pressSequentially(
      card.printed.card.toLowerCase().replaceAll('-', ' '));
    assert.equal(await page.inputValue('#card'), card.printed.card);
    await page.locator('#code').pressSequentially(
      card.printed.code.replaceAll('-', '').toLowerCase());
    assert.equal(await page.inputValue('#code'), card.printed.code);
    await page.keyboard.press('Enter');
    await waitForEnd(page);
    assert.equal(await page.locator('.report').count(), 1);
  }));

test('a pasted slip fills both lines', () =>
  onPage({ url: `${mock.origin}/`, permissions: ['clipboard-read', 'clipboard-write'] },
    async (page) => {
      const card = await cardWith();
      await page.evaluate((text) => navigator.clipboard.writeText(text),
        `VOTRE TICKET\n   carte  ${card.printed.card}\n   code   ${card.printed.code}\n`);
      await page.focus('#card');
      await page.keyboard.press('Control+V');
      assert.equal(await page.inputValue('#code'), card.printed.code);
      await page.keyboard.press('Enter');
      await waitForEnd(page);
      assert.equal(await page.locator('.report').count(), 1);
    }));

test('the real 600000 rounds derive in a phone\'s patience', async () => {
  const slow = await startMock();
  try {
    const card = await slow.issue();
    await slow.deliver(card, fhirText(frenchReport()));
    await onPage({}, async (page) => {
      const start = Date.now();
      await openByLink(page, card.link);
      assert.equal(await page.locator('.report').count(), 1);
      assert.ok(Date.now() - start < 20000);
    });
  } finally {
    await slow.stop();
  }
});

test('a second link in the same tab closes the first visit', () =>
  onPage({}, async (page) => {
    await openByLink(page, (await cardWith()).link);
    const other = await cardWith(fhirText(frenchReport({ patient: { family: 'DURAND' } })));
    await page.evaluate((link) => { location.href = link; }, other.link);
    await page.waitForSelector('text=DURAND');
    assert.equal(await page.locator('text=MARTIN').count(), 0);
    assert.equal(new URL(page.url()).hash, '');
  }));

// --- what the report shows ------------------------------------------------------

test('values, units, ranges and flags stand as the laboratory printed them', () =>
  onPage({}, async (page) => {
    await openByLink(page, (await cardWith()).link);
    assert.deepEqual(await rowText(page, 'Glycémie à jeun'),
      { result: '1.32 g/L Élevé', range: '0,70 – 1,10', earlier: '' });
    assert.equal((await rowText(page, 'Leucocytes')).result, '6.10 G/L Normal');
    assert.equal((await rowText(page, 'Plaquettes')).result, '98 G/L Critique, bas');
    assert.equal((await rowText(page, 'CRP')).result, '< 3 mg/L Normal');
    const text = (await page.innerText('.report')).replace(/\u00a0/g, ' ');
    for (const wanted of ['Dr Thierry DIAZ', 'Hexokinase', 'Absence d’amas plaquettaires.',
      'Échantillon : Sérum', 'Escherichia coli, 10^6 UFC/mL', 'À jeun depuis 12 heures.',
      'Définitif', 'encore 13 jours']) assert.ok(text.includes(wanted), wanted);
  }));

test('earlier values stand beside the new ones when several reports are open', () =>
  onPage({}, async (page) => {
    const card = await cardWith(fhirText(earlierReport()));
    await mock.deliver(card, fhirText(frenchReport()));
    await openByLink(page, card.link);
    assert.equal((await rowText(page, 'Glycémie à jeun')).earlier, '1.18 g/L le 2 juin 2026');
    assert.equal(await page.locator('details.report').count(), 1);
    await page.click('details.report > summary');
    await demandGoodScreen(page, 'two reports');
  }));

test('the PDF downloads bit by bit, under a name that says nothing', () =>
  onPage({}, async (page) => {
    await openByLink(page, (await cardWith()).link);
    const { name, bytes } = await downloadPdf(page);
    assert.equal(name, 'compte-rendu-2026-11-21.pdf');
    assert.equal(hashOf(bytes), hashOf(SAMPLE_PDF));
  }));

test('the PDF opens in a tab of its own, and in the page where there is a viewer', () =>
  onPage({}, async (page) => {
    await openByLink(page, (await cardWith()).link);
    const [tab] = await Promise.all([page.context().waitForEvent('page'),
      page.click('.pdf a[target]')]);
    await tab.waitForURL(/^blob:https:/);
    assert.equal(await tab.evaluate('document.contentType'), 'application/pdf');
    await tab.close();
    if (await page.locator('.pdf .wide-screen').count() === 1) {
      await page.click('.pdf .wide-screen');
      await page.waitForSelector('.pdf-frame iframe');
      await page.waitForTimeout(500);
    }
    await demandQuiet(page, 'PDF');
  }));

test('corrected, added to: said in words', () =>
  onPage({}, async (page) => {
    const card = await cardWith();
    const [first] = card.bundles;
    await mock.deliver(card, fhirText(frenchReport()),
      { status: 'corrected', replaces: first.bid });
    await openByLink(page, card.link);
    assert.equal(await page.locator('.report').count(), 1, 'the older one is gone');
    assert.match(await page.innerText('.report'), /Corrigé[^]*remplace la précédente/);
  }));

test('a report compressed with zip DEF is read', () =>
  onPage({}, async (page) => {
    await openByLink(page, (await cardWith(fhirText(frenchReport()), { zip: true })).link);
    assert.equal(await page.locator('.report').count(), 1);
  }));

test('markup in any text of a report is text, and nothing of it runs', () =>
  onPage({}, async (page) => {
    const evil = '<img src=x onerror="globalThis.owned=1"><script>globalThis.owned=1</script>';
    const text = fhirText(makeReport({ patient: { family: evil, given: [evil] },
      sampled: '2026-11-21', issued: evil, id: evil, conclusion: evil, pdf: SAMPLE_PDF,
      sections: [{ title: evil, specimen: evil, panels: [{ title: evil, note: evil,
        rows: [[evil, '1', evil, '', '', evil, evil, { note: evil, method: evil }],
          [evil, '', '', '', '', '', '', { text: `javascript:${evil}` }]] }] }] }));
    await openByLink(page, (await cardWith(text)).link);
    assert.equal(await page.evaluate('globalThis.owned'), undefined);
    assert.equal(await page.locator('main img, main script').count(), 0);
    assert.ok((await page.innerText('.report')).split(evil).length > 8);
    await demandQuiet(page, 'active content');
  }));

test('a report from right to left, with emoji, keeps its own direction', () =>
  onPage({ screen: 'narrow' }, async (page) => {
    const patient = { family: 'لطيفي', given: ['أمينة'] };
    const text = fhirText(makeReport({ patient,
      sampled: '2026-11-21', issued: '2026-11-21', sections: [{ title: 'كيمياء', panels: [{
        rows: [['سكر الدم 🩸', '5.10', 'mmol/L', '4.1', '5.9', '4,1 – 5,9', 'N']] }] }] }));
    await openByLink(page, (await cardWith(text)).link);
    assert.equal(await page.locator('.patient-name')
      .evaluate((e) => getComputedStyle(e).direction), 'rtl');
    assert.equal((await rowText(page, 'سكر الدم 🩸')).result, '5.10 mmol/L Normal');
    await page.evaluate(() => { document.documentElement.dir = 'rtl'; });
    await demandGoodScreen(page, 'rtl');
    await screenshot(page, 'report-rtl');
  }));

// --- languages, screens, accessibility --------------------------------------------

test('French and English: by the browser, and by the switch, keeping the report', () =>
  onPage({ locale: 'en-GB' }, async (page) => {
    await openByLink(page, (await cardWith()).link);
    assert.equal(await page.getAttribute('html', 'lang'), 'en');
    assert.match(await page.innerText('.patient'), /28 March 1979/);
    await page.click('[data-language=fr]');
    assert.equal(await page.getAttribute('html', 'lang'), 'fr');
    assert.match(await page.innerText('.patient'), /28 mars 1979/);
    assert.equal(await page.evaluate(() => document.activeElement.dataset.language), 'fr');
    assert.equal(await page.title(), 'Vos résultats – Laboratoire Dupont');
  }));

for (const screen of ['desktop', 'phone', 'narrow']) {
  for (const colorScheme of ['light', 'dark']) {
    const locale = colorScheme === 'light' ? 'fr-FR' : 'en-GB';
    test(`every screen is accessible and fits: ${screen}, ${colorScheme}, ${locale}`, () =>
      onPage({ screen, colorScheme, locale, url: `${mock.origin}/` }, async (page) => {
        const look = async (name) => {
          await demandGoodScreen(page, name);
          await screenshot(page, `${name}-${screen}-${colorScheme}`);
        };
        const card = await cardWith(fhirText(earlierReport()));
        await mock.deliver(card, fhirText(frenchReport()), { status: 'corrected' });
        await look('start');
        await typeSlip(page, { card: card.printed.card, code: 'ABCD' });
        await look('mistake');
        await typeSlip(page, card.printed);
        await waitForEnd(page);
        await page.locator('.verified summary').first().click();
        await look('report');
        await share(page, { guarded: true });
        await look('share');
        await page.click('.report-bar .quiet');
        await page.click('#close');
        await look('closed');
        await typeSlip(page, (await mock.issue()).printed);
        await waitForEnd(page);
        await look('nothing');
      }));
  }
}

test('the keyboard is enough: from the first key to the last', () =>
  onPage({ url: `${mock.origin}/` }, async (page) => {
    const card = await cardWith();
    const focused = () => page.evaluate(() => document.activeElement.id ||
        document.activeElement.className || document.activeElement.tagName);
    const tabTo = async (wanted) => {
      for (let i = 0; i < 40; i++) {
        await page.keyboard.press('Tab');
        if ((await focused()).includes(wanted)) return;
      }
      assert.fail(`${wanted} is not reached`);
    };
    assert.equal(await focused(), 'H1');
    await tabTo('card');
    await page.keyboard.type(card.printed.card);
    await tabTo('code');
    await page.keyboard.type(card.printed.code);
    await tabTo('open');
    await page.keyboard.press('Enter');
    await waitForEnd(page);
    assert.equal(await focused(), 'H1');
    await tabTo('close');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#card');
    assert.match(await page.innerText('main'), /n’en a rien gardé/);
  }));

test('without JavaScript the page says what to do instead', () =>
  onPage({ javaScriptEnabled: false, url: `${mock.origin}/` }, async (page) => {
    const text = await page.innerText('main');
    assert.match(text, /sur papier à l’accueil[^]*01 23 45 67 89/);
    assert.match(text, /on paper at the laboratory’s desk/);
    await screenshot(page, 'no-script');
  }));

test('on paper: the values, no buttons', () =>
  onPage({}, async (page) => {
    await openByLink(page, (await cardWith()).link);
    await page.emulateMedia({ media: 'print' });
    assert.ok(await page.locator('table').first().isVisible());
    assert.equal(await page.locator('button:visible, a:visible').count(), 0);
  }));

// --- sharing ------------------------------------------------------------------------

test('a share can be stopped, and is then gone from the server', () =>
  onPage({}, async (page) => {
    await openByLink(page, (await cardWith()).link);
    mock.shares.clear();
    await share(page, { guarded: false, duration: 'closes' });
    assert.equal(mock.shares.size, 1);
    await page.click('.share .danger');
    await page.waitForSelector('text=Partage arrêté');
    assert.equal(mock.shares.size, 0);
    assert.equal(await page.locator('.qr').count(), 0);
  }));

test('a server that names another host for the share is not believed', () =>
  onPage({}, async (page) => {
    await openByLink(page, (await cardWith()).link);
    mock.fault = (request, response) => request.url.endsWith('/shares') &&
        (sendJson(response, 201, { url: 'https://evil.example/s/x', exp: now_s() + 60 }), true);
    await page.click('.share-offer button');
    await page.click('button[type=submit]');
    await page.waitForSelector('[role=alert]');
    assert.equal(await page.locator('.qr').count(), 0);
  }));

// --- what can go wrong ------------------------------------------------------------------

test('a typing error is found before anything is sent, and the line is named', () =>
  onPage({ url: `${mock.origin}/` }, async (page) => {
    const { card, code } = (await cardWith()).printed;
    const wrong = card.slice(0, -1) + (card.endsWith('7') ? '8' : '7');
    const before = mock.requests.length;
    await typeSlip(page, { card: wrong, code });
    assert.match(await page.innerText('#card-message'), /Faute de frappe dans le numéro de carte/);
    assert.equal(await page.getAttribute('#card', 'aria-invalid'), 'true');
    assert.equal(await page.getAttribute('#code', 'aria-invalid'), 'false');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'card');
    await page.fill('#card', 'ABCU');
    assert.match(await page.innerText('#card-message'), /«\sU\s» n’existe pas/);
    assert.equal(mock.requests.length, before);
  }));

test('a link with a typing error shows the form with the line marked', () =>
  onPage({}, async (page) => {
    const { link } = await cardWith();
    await page.goto(link.slice(0, -1) + (link.endsWith('7') ? '8' : '7'));
    await page.waitForSelector('#code');
    assert.match(await page.innerText('#code-message'), /Faute de frappe dans le code secret/);
    assert.equal(new URL(page.url()).hash, '');
  }));

test('wrong code, unknown card and nothing yet are one and the same screen', () =>
  onPage({ url: `${mock.origin}/` }, async (page) => {
    const { printed } = await cardWith();
    const other = (await mock.issue()).printed;
    const screens = [];
    for (const slip of [{ card: printed.card, code: other.code }, other]) {
      await typeSlip(page, slip);
      await waitForEnd(page);
      assert.equal(await problemOf(page), 'nothing');
      screens.push(await page.innerText('main'));
      await page.click('.problem ~ .actions button');
    }
    assert.equal(screens[0], screens[1]);
    assert.equal(await page.inputValue('#card'), other.card, 'what was typed is still there');
  }));

// [claim, what the delivery does wrong, problem, check]
const FORGERIES = [
  ['an envelope for another card',
    async () => ({ envelopeCard: await mock.issue() }), 'envelope'],
  ['an envelope of another box', () => ({ envelopeBox: 'other-box' }), 'recipient'],
  ['an envelope of another bundle', () => ({ envelopeBid: 'A'.repeat(22) }), 'recipient'],
  ['a claim that somebody else signed',
    async () => ({ signer: (await makeBox('test-box')).privateKey }), 'signature'],
  ['a claim about another card', () => ({ claim: { card: 'AAAAAAAAAA' } }), 'card'],
  ['a claim of another box', () => ({ claim: { box: 'other-box' } }), 'card'],
  ['a claim of another version', () => ({ claim: { v: 2 } }), 'card'],
  ['an object with one bit changed', () => ({ spoil: (jwe) => jwe.slice(0, -1) +
      (jwe.endsWith('A') ? 'Q' : 'A') }), 'integrity'],
  ['an object of another size', () => ({ claim: { size: 1 } }), 'integrity'],
  ['a name that is a path', () => ({ claim: { name: '../api/v1/cards/x' } }), 'integrity'],
];

for (const [what, wish, check] of FORGERIES) {
  test(`not shown, and said why: ${what}`, () => onPage({}, async (page) => {
    const card = await mock.issue();
    await mock.deliver(card, fhirText(frenchReport()), await wish(card));
    await openByLink(page, card.link);
    assert.deepEqual([await problemOf(page), await checkOf(page)], ['check', check]);
    assert.equal(await page.locator('text=MARTIN').count(), 0);
  }));
}

test('not shown, and said why: what is inside is no report', () =>
  onPage({}, async (page) => {
    await openByLink(page, (await cardWith('{"resourceType":"Patient"}')).link);
    assert.equal(await checkOf(page), 'document');
  }));

test('not shown, and said why: two bundles with one number, an older one later', () =>
  onPage({}, async (page) => {
    const card = await cardWith();
    await mock.deliver(card, fhirText(frenchReport()), { claim: { seq: 1 } });
    await openByLink(page, card.link);
    assert.equal(await checkOf(page), 'sequence');
    assert.equal(await page.locator('.report').count(), 1);
    card.bundles.length = 1;
    await mock.deliver(card, fhirText(frenchReport()), { claim: { seq: 0 } });
    await page.click('.report-bar .quiet');
    await page.waitForFunction(() => document.querySelectorAll('.problem').length === 1);
    assert.equal(await checkOf(page), 'sequence');
  }));

test('card keys that were swapped are not used', () =>
  onPage({}, async (page) => {
    const card = await cardWith();
    card.trust = (await mock.issue()).trust;
    await openByLink(page, card.link);
    assert.equal(await problemOf(page), 'unlock');
  }));

test('one forged report does not hide the good one', () =>
  onPage({}, async (page) => {
    const card = await cardWith();
    await mock.deliver(card, fhirText(frenchReport()),
      { signer: (await makeBox('test-box')).privateKey });
    await openByLink(page, card.link);
    assert.equal(await page.locator('.report').count(), 1);
    assert.equal(await checkOf(page), 'signature');
    await demandGoodScreen(page, 'forged');
    await screenshot(page, 'forged');
  }));

test('withdrawn: said so, without a value', () =>
  onPage({}, async (page) => {
    const card = await cardWith();
    mock.bury(card, card.bundles[0].bid, 'withdrawn');
    await openByLink(page, card.link);
    assert.equal(await problemOf(page), 'withdrawn');
    await demandGoodScreen(page, 'withdrawn');
    await screenshot(page, 'withdrawn');
  }));

test('withdrawn while the page is open: the next look takes it away', () =>
  onPage({}, async (page) => {
    const card = await cardWith();
    await openByLink(page, card.link);
    mock.bury(card, card.bundles[0].bid, 'withdrawn');
    await page.click('.report-bar .quiet');
    await page.waitForSelector('.problem');
    assert.equal(await page.locator('text=MARTIN').count(), 0);
  }));

test('R32 withdrawn while the page is open: gone by itself, and said', () =>
  onPage({}, async (page) => {
    const card = await cardWith();
    await openByLink(page, card.link);
    await sleep(200);
    mock.bury(card, card.bundles[0].bid, 'withdrawn');
    mock.change(card);
    await page.waitForSelector('[data-problem=withdrawn]', { timeout: 1000 });
    assert.equal(await page.locator('text=MARTIN').count(), 0);
    assert.match(await page.innerText('#live'), /vient de retirer/);
    assert.match(await page.innerText('.news'), /vient de retirer/);
    await demandGoodScreen(page, 'withdrawn by itself');
  }));

test('R32 the watch outlives a box that restarts', () =>
  onPage({}, async (page) => {
    const card = await cardWith();
    await openByLink(page, card.link);
    await sleep(200);
    mock.fault = (request) => !request.url.startsWith('/d/') &&
        (request.socket.destroy(), true);
    for (const { response } of mock.tickets.values()) response?.destroy();
    mock.tickets.clear();
    await sleep(1500);
    assert.equal(await page.locator('.report').count(), 1, 'it stays');
    mock.bury(card, card.bundles[0].bid, 'withdrawn');
    mock.fault = null;
    await page.waitForSelector('[data-problem=withdrawn]', { timeout: 8000 });
    page.complaints.length = 0;
  }));

test('R32 no place to wait: the page asks every minute', () =>
  onPage({}, async (page) => {
    await page.clock.install();
    mock.fault = (request, response) => request.url.startsWith('/w/') &&
        (send(response, 503, '', { 'Retry-After': '30' }), true);
    const card = await cardWith();
    await openByLink(page, card.link);
    await sleep(300);
    mock.bury(card, card.bundles[0].bid, 'withdrawn');
    await page.clock.runFor('01:01');
    await page.waitForSelector('[data-problem=withdrawn]', { timeout: 3000 });
    page.complaints.length = 0;
  }));

test('R31 confirmed unchanged: final, and not called preliminary', () =>
  onPage({}, async (page) => {
    const report = fhirText(frenchReport()).replaceAll('"status":"final"',
      '"status":"preliminary"').replaceAll('"status": "final"',
      '"status": "preliminary"');
    const card = await cardWith(report, { status: 'preliminary',
      closes: now_s() + 100 * 86400 });
    card.bundles[0].status = 'final';
    card.bundles[0].closes = now_s() + 86400;
    await openByLink(page, card.link);
    const text = await page.innerText('.report');
    assert.match(text, /Définitif[^]*étaient provisoires/);
    assert.doesNotMatch(text, /\bProvisoire\b/);
    assert.match(text.replace(/\u00a0/g, ' '), /encore (23 heures|1 jour)/);
  }));

test('R31 opened after what came later: shown, though its number is lower', () =>
  onPage({}, async (page) => {
    const card = await mock.issue();
    await mock.deliver(card, fhirText(frenchReport()));
    const [held] = card.bundles;
    await mock.deliver(card, fhirText(frenchReport()));
    card.bundles.shift();
    await openByLink(page, card.link);
    card.bundles.push(held);
    mock.change(card);
    await page.waitForFunction(() =>
      document.querySelectorAll('.report.card').length === 2);
    assert.equal(await page.locator('.problem').count(), 0);
  }));

test('R34 corrected in part: the old value is on no screen', () =>
  onPage({}, async (page) => {
    const card = await mock.issue();
    await mock.deliver(card, fhirText(frenchReport()));
    await openByLink(page, card.link);
    const before = await rowText(page, 'Hémoglobine');
    const others = await page.locator('tbody tr').count();
    await mock.deliver(card, fhirText(frenchReport({ pdf: undefined,
      sections: [{ title: 'Hématologie', panels: [{ rows: [['Hémoglobine',
        '9.99', 'g/dL', '12.0', '16.0', '12,0 – 16,0', 'L']] }] }] })),
    { status: 'corrected' });
    card.bundles[0].status = 'outdated';
    mock.change(card);
    await page.waitForSelector('.is-outdated', { state: 'attached' });
    const text = (await page.locator('main').textContent()).replaceAll('\u00a0', ' ');
    const old = before.result.split(' ')[0];
    const rows = await page.locator('tr', { has: page.locator(
      'th span:text-is("Hémoglobine")') }).allTextContents();
    assert.equal(rows.length, 2);
    assert.ok(rows[0].includes('9.99'), rows[0]);
    assert.ok(!rows.some((row) => row.includes(old)), `${old} in ${rows}`);
    assert.ok(text.includes('Corrigé : voir'), 'said where it is');
    assert.ok(await page.locator('tbody tr').count() > others,
      'the other lines stay');
    const outdated = page.locator('.report', { has: page.locator('.is-outdated') });
    assert.equal(await outdated.locator('a[download]').count(), 0, 'no old PDF');
    assert.equal(await outdated.locator('.share-offer').count(), 0, 'no link');
    await demandGoodScreen(page, 'corrected in part');
  }));

test('expired: said so, with the date', () =>
  onPage({}, async (page) => {
    const card = await cardWith();
    mock.bury(card, card.bundles[0].bid, 'closed');
    await openByLink(page, card.link);
    assert.equal(await problemOf(page), 'closed');
    await screenshot(page, 'expired');
  }));

test('expired while the page is open: the report leaves the page', () =>
  onPage({}, async (page) => {
    await page.clock.install();
    await openByLink(page, (await cardWith(undefined, { closes: now_s() + 300 })).link);
    assert.match(await page.innerText('.time-left'), /encore [45] minutes/);
    await page.clock.fastForward('05:30');
    await page.waitForSelector('.problem');
    assert.equal(await problemOf(page), 'closed');
    assert.equal(await page.locator('text=Hémoglobine').count(), 0);
  }));

test('a wrong clock of the phone is recognised as such', () =>
  onPage({}, async (page) => {
    const card = await cardWith();
    await page.clock.setFixedTime(Date.now() + 40 * 86400 * 1000);
    await openByLink(page, card.link);
    assert.equal(await problemOf(page), 'clock');
    await demandGoodScreen(page, 'clock');
  }));

test('throttled: how long to wait, in minutes', () =>
  onPage({}, async (page) => {
    mock.fault = (request, response) => request.url.startsWith('/api/') &&
        (send(response, 429, '', { 'Retry-After': '130' }), true);
    await openByLink(page, (await cardWith()).link);
    assert.equal(await problemOf(page), 'throttled');
    assert.match(await page.innerText('.problem'), /Réessayez dans 3 minutes/);
    await screenshot(page, 'throttled');
  }));

test('a server in trouble, an answer that is none: retry works afterwards', () =>
  onPage({}, async (page) => {
    for (const fault of [(r) => send(r, 503), (r) => send(r, 200, '<html>')]) {
      mock.fault = (request, response) => request.url.startsWith('/api/') &&
          (fault(response), true);
      await openByLink(page, (await cardWith()).link);
      assert.equal(await problemOf(page), 'server');
    }
    mock.fault = null;
    await page.click('.actions .primary');
    await page.waitForSelector('.report');
  }));

test('a server that hangs up: the network is named, not the code', () =>
  onPage({}, async (page) => {
    mock.fault = (request) => request.url.startsWith('/api/') &&
        (request.socket.destroy(), true);
    await openByLink(page, (await cardWith()).link);
    assert.equal(await problemOf(page), 'away');
  }));

test('offline: said so, and retry works when the network is back', () =>
  onPage({ url: `${mock.origin}/` }, async (page) => {
    const { printed } = await cardWith();
    await page.context().setOffline(true);
    await typeSlip(page, printed);
    await waitForEnd(page);
    assert.equal(await problemOf(page), 'offline');
    await page.context().setOffline(false);
    await page.click('.actions .primary');
    await page.waitForSelector('.report');
  }));

test('a browser without WebCrypto is told so', () =>
  onPage({}, async (page) => {
    await page.addInitScript(() =>
      Object.defineProperty(crypto, 'subtle', { value: undefined }));
    await page.goto(`${mock.origin}/`);
    await page.waitForSelector('.problem');
    assert.equal(await problemOf(page), 'old');
    await screenshot(page, 'old');
  }));

test('without https the page asks for no code', () =>
  onPage({}, async (page) => {
    await page.addInitScript(() =>
      Object.defineProperty(window, 'isSecureContext', { value: false }));
    await page.goto(`${mock.origin}/`);
    await page.waitForSelector('.problem');
    assert.equal(await problemOf(page), 'insecure');
    assert.equal(await page.locator('input').count(), 0);
  }));

test('not yet open: said so, with the date', () =>
  onPage({}, async (page) => {
    const opens = now_s() + 86400;
    await openByLink(page, (await cardWith(undefined, { claim: { opens } })).link);
    assert.equal(await problemOf(page), 'notyet');
  }));

// --- closing -------------------------------------------------------------------------

test('ten idle minutes close the visit, after a minute\'s warning that can be answered', () =>
  onPage({}, async (page) => {
    await page.clock.install();
    await openByLink(page, (await cardWith()).link);
    await page.clock.runFor('09:05');
    await page.waitForSelector('#idle');
    assert.match(await page.innerText('#idle'), /Fermeture dans 5\d secondes/);
    await demandGoodScreen(page, 'idle');
    await screenshot(page, 'idle', {});
    await page.click('#idle-stay');
    await page.clock.runFor('08:00');
    assert.equal(await page.locator('.report').count(), 1, 'it was extended');
    await page.clock.runFor('02:05');
    await page.waitForSelector('#card');
    assert.equal(await page.locator('text=MARTIN').count(), 0);
    assert.match(await page.innerText('main'), /Sans activité depuis dix minutes/);
  }));

test('a code that was typed and left is wiped after ten minutes, not while typing', () =>
  onPage({}, async (page) => {
    await page.clock.install();
    await page.goto(`${mock.origin}/`);
    await page.fill('#card', 'ABCD');
    await page.clock.runFor('09:30');
    await page.locator('#card').press('End');
    await page.clock.runFor('02:00');
    assert.equal(await page.inputValue('#card'), 'ABCD');
    await page.clock.runFor('08:05');
    assert.equal(await page.inputValue('#card'), '');
  }));

test('a card that is frozen while the page is open closes the visit', () =>
  onPage({}, async (page) => {
    const card = await cardWith();
    await openByLink(page, card.link);
    card.bundles.length = 0;
    await page.click('.report-bar .quiet');
    await page.waitForSelector('.problem');
    assert.equal(await problemOf(page), 'nothing');
    assert.equal((await page.content()).includes('MARTIN'), false);
  }));

test('a failed refresh leads back to the report', () =>
  onPage({}, async (page) => {
    await openByLink(page, (await cardWith()).link);
    mock.fault = (request, response) => (send(response, 503), true);
    await page.click('.report-bar .quiet');
    await page.waitForSelector('.problem');
    await page.click('.actions .secondary');
    await page.waitForSelector('.report');
  }));

test('a refresh fetches what is new, and nothing twice', () =>
  onPage({}, async (page) => {
    const card = await cardWith(fhirText(earlierReport()));
    await openByLink(page, card.link);
    await mock.deliver(card, fhirText(frenchReport()));
    const before = mock.requests.filter((r) => r.includes('/d/')).length;
    await page.click('.report-bar .quiet');
    await page.waitForSelector('details.report');
    assert.equal(mock.requests.filter((r) => r.includes('/d/')).length, before + 1);
    assert.equal((await downloadPdf(page)).bytes.length, SAMPLE_PDF.length);
  }));

test('back and forward bring back neither the report nor the code', () =>
  onPage({}, async (page) => {
    await openByLink(page, (await cardWith()).link);
    await page.goto('about:blank');
    await page.goBack();
    await page.waitForSelector('#card');
    assert.equal((await page.content()).includes('MARTIN'), false);
    assert.equal(await page.inputValue('#code'), '');
  }));

test('closing wipes: no name, no blob, no way back', () =>
  onPage({}, async (page) => {
    await openByLink(page, (await cardWith()).link);
    const blob = await page.getAttribute('a[download]', 'href');
    await page.click('#close');
    await page.waitForSelector('#card');
    assert.equal(await page.content().then((html) => html.includes('MARTIN')), false);
    assert.equal(await page.inputValue('#code'), '');
    const dead = await page.evaluate((url) => new Promise((done) => {
      const frame = document.createElement('a');
      frame.href = url;
      fetch(url).then(() => done(false), () => done(true));
    }), blob);
    assert.equal(dead, true);
    await demandNothingKept(page);
  }));
