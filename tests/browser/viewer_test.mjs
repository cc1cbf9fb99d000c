// viewer_test.mjs -- the page for patients at home in Chromium, before a
// pretended drop on another origin: fast, with every fault that a store, a
// network or whoever took the store over can have.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { SHLViewer } from 'kill-the-clipboard';
import { closePage, screenshot, startBrowser, violations } from './browser.mjs';
import { readShlink } from '../../gateway/web/shared/shlink.js';
import { startDrop } from './mock_drop.mjs';
import {
  earlierReport, fhirText, frenchReport, SAMPLE_PDF,
} from './sample_report.mjs';
import { composeIndex, issueCard, makeBox, now_s } from './sealing.mjs';
import {
  demandGoodScreen, demandNothingKept, demandQuiet, downloadPdf, hashOf, rowText,
  scan, typeSlip, waitForEnd,
} from './steps.mjs';
import { openAtHome, typeDay } from './viewer_steps.mjs';

// kill-the-clipboard fetches with node, which does not know the certificate.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
process.removeAllListeners('warning');

let mock, browser;

before(async () => {
  mock = await startDrop({ rounds: 20000 });
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await mock?.stop();
});

async function cardWith(text = fhirText(frenchReport()), wish = {}) {
  const card = await mock.box.issue();
  await mock.box.deliver(card, text, wish);
  return card;
}

async function onPage(options, walk) {
  const page = await browser.open(options);
  try {
    await walk(page);
  } finally {
    mock.fault = null;
    mock.page.spoilPage = (html) => html;
    mock.page.pageHeaders = {};
    await closePage(page);
  }
}

const open = (page, card) => openAtHome(page, mock.link(card), card.drop.day);
const problemOf = (page) => page.locator('.problem').first().getAttribute('data-problem');
const checkOf = (page) => page.locator('.problem').first().getAttribute('data-check');
const refresh = (page) => page.click('.report-bar .quiet');

function fail(status, headers = {}) {
  return (request, response) => {
    response.writeHead(status, headers);
    response.end('<html></html>');
    return true;
  };
}

const WITH_CORS = { 'Access-Control-Allow-Origin': '*' };

// --- opening ----------------------------------------------------------------------

test('slip by its link, day code typed: the report, values and PDF', () =>
  onPage({}, async (page) => {
    const card = await cardWith();
    mock.headers.length = 0;
    await page.goto(mock.link(card));
    await page.waitForSelector('#day');
    assert.equal(page.url(), `${mock.url}/`, 'no code in the address bar');
    assert.match(await page.innerText('.slip-line'), new RegExp(card.printed.card));
    assert.equal(mock.headers.length, 0, 'nothing is asked before the day code');
    await typeDay(page, card.drop.day);
    await waitForEnd(page);
    assert.match(await page.innerText('.patient'),
      /Camille Anne MARTIN\s+Date de naissance\s+28 mars 1979/);
    assert.deepEqual(await rowText(page, 'Glycémie à jeun'),
      { result: '1.32 g/L Élevé', range: '0,70 – 1,10', earlier: '' });
    const { name, bytes } = await downloadPdf(page);
    assert.equal(name, 'compte-rendu-2026-11-21.pdf');
    assert.equal(hashOf(bytes), hashOf(SAMPLE_PDF));
    await demandNothingKept(page);
    await demandQuiet(page, 'report');
    for (const { cookie, referer, authorization, origin } of mock.headers) {
      assert.deepEqual([cookie, referer, authorization], [undefined, undefined, undefined]);
      assert.ok(origin, 'from another origin');
    }
  }));

test('in English, typed by hand, with the real 600000 rounds', async () => {
  const slow = await startDrop();
  const page = await browser.open({ locale: 'en-GB' });
  try {
    const card = await slow.box.issue();
    await slow.box.deliver(card, fhirText(frenchReport()));
    await page.goto(`${slow.url}/`);
    await page.fill('#card', card.printed.card.toLowerCase().replaceAll('-', ' '));
    await page.fill('#code', card.printed.code.toLowerCase().replaceAll('-', ''));
    await page.keyboard.press('Enter');
    await typeDay(page, card.drop.day.toLowerCase().replaceAll('-', ' '));
    await waitForEnd(page);
    assert.equal(await page.getAttribute('html', 'lang'), 'en');
    assert.match(await page.innerText('.report'), /1\.32\s+g\/L\s+High/);
    assert.match(await page.innerText('.patient'), /28 March 1979/);
    await demandQuiet(page, 'English');
  } finally {
    await closePage(page);
    await slow.stop();
  }
});

test('a pasted slip fills both lines, a pasted SMS the day code', () =>
  onPage({ permissions: ['clipboard-read', 'clipboard-write'] }, async (page) => {
    const card = await cardWith();
    const paste = async (field, text) => {
      await page.evaluate((t) => navigator.clipboard.writeText(t), text);
      await page.focus(field);
      await page.keyboard.press('Control+V');
    };
    await page.goto(`${mock.url}/`);
    await paste('#code', `TICKET\n carte ${card.printed.card}\n code ${card.printed.code}\n`);
    assert.equal(await page.inputValue('#card'), card.printed.card);
    await page.keyboard.press('Enter');
    await page.waitForSelector('#day');
    await paste('#day', `LABO DUPONT: code du jour ${card.drop.day}. A saisir avec votre ` +
        'ticket sur le site imprime dessus. Ne le donnez a personne. Tel 0123456789');
    assert.equal(await page.inputValue('#day'), card.drop.day);
    await page.keyboard.press('Enter');
    await waitForEnd(page);
    assert.equal(await page.locator('.report').count(), 1);
  }));

test('two reports and a correction, the earlier value beside the new one', () =>
  onPage({}, async (page) => {
    const card = await cardWith(fhirText(earlierReport()));
    const first = await mock.box.deliver(card, fhirText(frenchReport()));
    await mock.box.bury(card, first.bid);
    await mock.box.deliver(card, fhirText(frenchReport()),
      { status: 'corrected', replaces: first.bid });
    await open(page, card);
    assert.equal(await page.locator('.report').count(), 2);
    assert.match(await page.innerText('.report >> nth=0'), /Corrigé[^]*remplace la précédente/);
    assert.equal((await rowText(page, 'Glycémie à jeun')).earlier, '1.18 g/L le 2 juin 2026');
    await demandQuiet(page, 'corrected');
  }));

test('a second link in the same tab closes the first visit', () =>
  onPage({}, async (page) => {
    await open(page, await cardWith());
    const other = await cardWith(fhirText(frenchReport({ patient: { family: 'DURAND' } })));
    await page.evaluate((link) => { location.href = link; }, mock.link(other));
    await page.waitForSelector('#day');
    assert.equal((await page.content()).includes('MARTIN'), false);
    assert.equal(new URL(page.url()).hash, '');
    await typeDay(page, other.drop.day);
    await page.waitForSelector('text=DURAND');
  }));

// --- several branches -----------------------------------------------------------------

test('several branches: each is tried, or the one that was chosen', async () => {
  const labs = await startDrop({ rounds: 5000, names: ['Dupont Centre', 'Dupont Gare'] });
  const page = await browser.open({});
  try {
    const card = await labs.boxes[1].issue();
    await labs.boxes[1].deliver(card, fhirText(frenchReport()));
    const asked = () => labs.requests.filter((r) => r.includes('/i/'))
      .map((r) => r.split('/')[3]);
    await page.goto(labs.link(card));
    await page.waitForSelector('#day');
    assert.deepEqual(await page.locator('#box option').allInnerTexts(),
      ['Je ne sais pas : chercher partout (plus long)'.replace(' :', '\u00a0:'),
        'Dupont Centre', 'Dupont Gare']);
    await demandGoodScreen(page, 'branches');
    await screenshot(page, 'viewer-branches');
    await typeDay(page, card.drop.day);
    await waitForEnd(page);
    assert.equal(await page.locator('.report').count(), 1);
    assert.deepEqual(asked(), ['drop-1', 'drop-2']);
    await page.click('#close');
    labs.requests.length = 0;
    await typeSlip(page, card.printed);
    await page.selectOption('#box', { label: 'Dupont Gare' });
    await typeDay(page, card.drop.day);
    await waitForEnd(page);
    assert.equal(await page.locator('.report').count(), 1);
    assert.deepEqual(asked(), ['drop-2']);
    await page.click('#close');
    labs.fault = (request) => request.url.includes('drop-1') &&
        (request.socket.destroy(), true);
    await openAtHome(page, labs.link(card), card.drop.day);
    assert.equal(await page.locator('.report').count(), 1, 'one drop is away');
    await page.click('#close');
    labs.fault = (request) => request.url.includes('drop-2') &&
        (request.socket.destroy(), true);
    await openAtHome(page, labs.link(card), card.drop.day);
    assert.equal(await problemOf(page), 'away', 'not "nothing": it may lie there');
  } finally {
    await closePage(page);
    await labs.stop();
  }
});

// --- mistakes -------------------------------------------------------------------------

test('typing errors are found before anything is derived or sent', () =>
  onPage({}, async (page) => {
    const card = await cardWith();
    const spoil = (text) => text.slice(0, -1) + (text.endsWith('7') ? '8' : '7');
    const before = mock.requests.length;
    await page.goto(`${mock.url}/`);
    await typeSlip(page, { card: spoil(card.printed.card), code: card.printed.code });
    assert.match(await page.innerText('#card-message'), /Faute de frappe dans le numéro/);
    await typeSlip(page, card.printed);
    await typeDay(page, spoil(card.drop.day));
    assert.match(await page.innerText('#day-message'), /Faute de frappe dans le code du jour/);
    assert.equal(await page.getAttribute('#day', 'aria-invalid'), 'true');
    await demandGoodScreen(page, 'mistake');
    await page.fill('#day', card.printed.card);
    await page.click('#open');
    assert.match(await page.innerText('#day-message'), /numéro de carte du ticket/);
    await page.fill('#day', 'ABC');
    await page.click('#open');
    assert.match(await page.innerText('#day-message'), /Il manque des caractères/);
    assert.equal(mock.requests.length, before);
    await typeDay(page, card.drop.day);
    await waitForEnd(page);
    assert.equal(await page.locator('.report').count(), 1);
  }));

test('a link with a typing error shows the form with the line marked', () =>
  onPage({}, async (page) => {
    const link = mock.link(await cardWith());
    await page.goto(link.slice(0, -1) + (link.endsWith('7') ? '8' : '7'));
    await page.waitForSelector('#code');
    assert.match(await page.innerText('#code-message'), /Faute de frappe dans le code secret/);
    assert.equal(new URL(page.url()).hash, '');
  }));

test('the slip can be changed at the second step, and what was typed is kept', () =>
  onPage({}, async (page) => {
    const card = await cardWith();
    await page.goto(mock.link(card));
    await page.click('.slip-line button');
    assert.equal(await page.inputValue('#card'), card.printed.card);
    await page.click('#open');
    await typeDay(page, card.drop.day);
    await waitForEnd(page);
    assert.equal(await page.locator('.report').count(), 1);
  }));

test('wrong day code, wrong slip, frozen card: one screen; the third says call', () =>
  onPage({}, async (page) => {
    const [card, other] = [await cardWith(), await cardWith()];
    const frozen = await cardWith();
    await mock.box.freeze(frozen);
    const screens = [];
    for (const [slip, day] of [[card, other.drop.day], [frozen, frozen.drop.day]]) {
      await openAtHome(page, mock.link(slip), day);
      assert.equal(await problemOf(page), 'nothing');
      screens.push(await page.innerText('main'));
      await demandGoodScreen(page, 'nothing');
      await screenshot(page, 'viewer-nothing');
      await page.reload();
    }
    assert.equal(screens[0], screens[1]);
    await openAtHome(page, mock.link(card), other.drop.day);
    for (const wanted of ['nothing', 'nothingAgain']) {
      await page.click('.problem ~ .actions button');
      assert.equal(await page.inputValue('#day'), other.drop.day, 'still there');
      await page.click('#open');
      await waitForEnd(page);
      assert.equal(await problemOf(page), wanted);
    }
    await demandGoodScreen(page, 'nothingAgain');
    await page.click('.problem ~ .actions button');
    await typeDay(page, card.drop.day);
    await waitForEnd(page);
    assert.equal(await page.locator('.report').count(), 1, 'the right one opens all the same');
  }));

test('403 where nothing is (S3 without listing) is like 404', () =>
  onPage({}, async (page) => {
    mock.fault = fail(403, WITH_CORS);
    await open(page, await cardWith());
    assert.equal(await problemOf(page), 'nothing');
  }));

test('nothing there yet: said so; looking again needs no typing', () =>
  onPage({}, async (page) => {
    const card = await mock.box.issue();
    await open(page, card);
    assert.equal(await problemOf(page), 'empty');
    assert.match(await page.innerText('main'), /Vos codes sont justes/);
    await demandGoodScreen(page, 'empty');
    await screenshot(page, 'viewer-empty');
    await mock.box.deliver(card, fhirText(frenchReport()));
    await page.click('.problem ~ .actions .primary');
    await page.waitForSelector('.report');
  }));

// --- the drop in other hands ------------------------------------------------------------

// [claim, what the delivery does wrong, check]
const FORGERIES = [
  ['an envelope for another card',
    async () => ({ envelopeCard: await mock.box.issue() }), 'envelope'],
  ['an envelope of another box', () => ({ envelopeBox: 'other-box' }), 'recipient'],
  ['an envelope of another bundle', () => ({ envelopeBid: 'A'.repeat(22) }), 'recipient'],
  ['a claim that somebody else signed',
    async () => ({ signer: (await makeBox('branch-1')).privateKey }), 'signature'],
  ['a claim about another card', () => ({ claim: { card: 'AAAAAAAAAA' } }), 'card'],
  ['a claim of another box', () => ({ claim: { box: 'branch-2' } }), 'card'],
  ['an object with one bit changed', () => ({ spoil: (jwe) => jwe.slice(0, -1) +
      (jwe.endsWith('A') ? 'Q' : 'A') }), 'integrity'],
  ['an object that is cut', () => ({ spoil: (jwe) => jwe.slice(0, -1) }), 'integrity'],
  ['an object that does not end', () => ({ spoil: (jwe) => jwe.padEnd(1 << 22, 'A') }),
    'integrity'],
  ['a name that is a path', () => ({ claim: { name: '../../other/d/x' } }), 'integrity'],
];

for (const [what, wish, check] of FORGERIES) {
  test(`not shown, and said why: ${what}`, () => onPage({}, async (page) => {
    const card = await cardWith(fhirText(frenchReport()), await wish());
    await open(page, card);
    assert.deepEqual([await problemOf(page), await checkOf(page)], ['check', check]);
    assert.equal(await page.locator('text=MARTIN').count(), 0);
    assert.match(await page.innerText('main'), /appelez le laboratoire/);
    await demandQuiet(page, what);
  }));
}

const entry = (more) => ({ bid: 'A'.repeat(22), envelope: 'x', status: 'final',
  closes: 1900000000, ...more });

// An index of another shape.  A word in the page must not come from there.
const SHAPES = [
  ['another version', (i) => ({ ...i, v: 2 })],
  ['no keys', ({ v, bundles }) => ({ v, bundles })],
  ['bundles that are no list', (i) => ({ ...i, bundles: {} })],
  ['a bundle that is none', (i) => ({ ...i, bundles: [null] })],
  ['a status that nobody gives', (i) => ({ ...i, bundles: [entry({ status: '<b>' })] })],
  ['a preliminary one', (i) => ({ ...i, bundles: [entry({ status: 'preliminary' })] })],
  ['an end that is no time', (i) => ({ ...i, bundles: [entry({ closes: 'soon' })] })],
  ['an end beyond all calendars', (i) => ({ ...i, bundles: [entry({ closes: 9e15 })] })],
  ['more bundles than there can be', (i) => ({ ...i, bundles: Array(513).fill(entry()) })],
  ['nothing but a null', () => null],
];

test('an index of another shape: nothing is shown of it', () =>
  onPage({}, async (page) => {
    const card = await cardWith();
    const index = JSON.parse(composeIndex(card, card.bundles));
    for (const [what, spoil] of SHAPES) {
      mock.box.publish(card, JSON.stringify(spoil(index)));
      await open(page, card);
      assert.deepEqual([await problemOf(page), await checkOf(page)], ['check', 'index'], what);
      await page.reload();
    }
    mock.box.publish(card, JSON.stringify(index).padEnd(5 << 20, ' '));
    await open(page, card);
    assert.equal(await checkOf(page), 'index', 'longer than any index');
    await demandQuiet(page, 'shapes');
  }));

test('keys of another card, of another place, changed: nothing is opened', () =>
  onPage({}, async (page) => {
    const [card, other] = [await cardWith(), await cardWith()];
    const index = JSON.parse(composeIndex(card, card.bundles));
    const theirs = JSON.parse(composeIndex(other, other.bundles));
    for (const [what, spoilt] of [['sk', { ...index, sk: theirs.sk }],
      ['trust', { ...index, trust: theirs.trust }],
      ['swapped', { ...index, sk: index.trust, trust: index.sk }],
      ['whole', theirs], ['no base64', { ...index, sk: '=' }]]) {
      mock.box.publish(card, JSON.stringify(spoilt));
      await open(page, card);
      assert.equal(await problemOf(page), 'unlock', what);
      await page.reload();
    }
    const elsewhere = { ...await issueCard(mock.box.box, 'https://branch.example', 20000,
      `${mock.dropOrigin}/v1/AUTH_labo/other`), bundles: [] };
    await mock.box.deliver(elsewhere, fhirText(frenchReport()));
    await open(page, elsewhere);
    assert.equal(await problemOf(page), 'unlock', 'the card was made for another drop');
    await demandGoodScreen(page, 'unlock');
    await screenshot(page, 'viewer-unlock');
    await page.click('.problem ~ .actions button');
    assert.equal(await page.inputValue('#code'), '', 'the codes are not offered again');
  }));

test('a bundle of another card in the list does not hide the good one', () =>
  onPage({}, async (page) => {
    const [card, other] = [await cardWith(), await cardWith()];
    mock.box.publish(card, composeIndex(card, [...card.bundles, ...other.bundles]));
    await open(page, card);
    assert.equal(await page.locator('.report').count(), 1);
    assert.equal(await checkOf(page), 'envelope');
    await demandGoodScreen(page, 'mixed');
  }));

test('closed, and the drop has it still: not shown, with the date', () =>
  onPage({}, async (page) => {
    const card = await cardWith(fhirText(frenchReport()), { closes: now_s() - 5 });
    await open(page, card);
    assert.equal(await page.locator('.report').count(), 0);
    assert.equal(await problemOf(page), 'closed');
    assert.equal(await page.locator('text=MARTIN').count(), 0);
    // A list that says otherwise opens nothing.
    card.bundles[0].closes = now_s() + 86400;
    mock.box.publish(card);
    await page.reload();
    await open(page, card);
    assert.equal(await page.locator('.report').count(), 0);
    assert.equal(await problemOf(page), 'closed');
    await demandGoodScreen(page, 'closed');
  }));

test('not open yet, by its claim: not shown', () =>
  onPage({}, async (page) => {
    await open(page, await cardWith(fhirText(frenchReport()),
      { claim: { opens: now_s() + 7200 } }));
    assert.equal(await problemOf(page), 'notyet');
  }));

// --- while the page is open ---------------------------------------------------------------

test('look again: new, taken back, and at last nothing any more', () =>
  onPage({}, async (page) => {
    const card = await cardWith(fhirText(earlierReport()));
    await open(page, card);
    await mock.box.deliver(card, fhirText(frenchReport()));
    await refresh(page);
    await page.waitForSelector('details.report');
    assert.match(await page.innerText('.news'), /viennent de changer/);
    await mock.box.bury(card, card.bundles[1].bid);
    await refresh(page);
    await page.waitForFunction(() => document.querySelectorAll('.report').length === 1);
    assert.match(await page.innerText('.news'), /plus disponible ici/);
    assert.equal((await page.content()).includes('1.32'), false);
    await mock.box.bury(card, card.bundles[0].bid);
    await refresh(page);
    await page.waitForSelector('.problem');
    assert.equal(await problemOf(page), 'empty');
    assert.equal((await page.content()).includes('MARTIN'), false);
    await page.click('.problem ~ .actions .primary');
    await page.waitForSelector('#card');
    assert.equal(await page.inputValue('#code'), '', 'no code is left');
  }));

test('frozen while the page is open: the next look closes the visit', () =>
  onPage({}, async (page) => {
    const card = await cardWith();
    await open(page, card);
    await mock.box.freeze(card);
    await refresh(page);
    await page.waitForSelector('.problem');
    assert.equal(await problemOf(page), 'nothing');
    assert.equal((await page.content()).includes('MARTIN'), false);
  }));

test('an object that went before the list was rewritten: said so', () =>
  onPage({}, async (page) => {
    const card = await cardWith();
    mock.box.store.remove(`d/${card.bundles[0].name}`);
    await open(page, card);
    assert.equal(await problemOf(page), 'missing');
    await demandGoodScreen(page, 'missing');
  }));

test('its time runs out while the page is open: the report leaves the page', () =>
  onPage({}, async (page) => {
    await page.clock.install();
    await open(page, await cardWith(fhirText(frenchReport()), { closes: now_s() + 600 }));
    await page.clock.runFor('08:55');
    await page.mouse.move(5, 5);
    await page.mouse.down();
    await page.mouse.up();
    await page.clock.runFor('01:30');
    await page.waitForSelector('[data-problem=closed]');
    assert.equal(await page.locator('text=1.32').count(), 0);
  }));

test('ten idle minutes wipe codes and report', () =>
  onPage({}, async (page) => {
    await page.clock.install();
    const card = await cardWith();
    await page.goto(mock.link(card));
    await page.fill('#day', 'ABCD');
    await page.clock.runFor('10:05');
    await page.waitForSelector('#card');
    assert.equal(await page.inputValue('#card'), '');
    await open(page, card);
    await page.clock.runFor('10:05');
    await page.waitForSelector('#card');
    assert.equal((await page.content()).includes('MARTIN'), false);
    assert.match(await page.innerText('main'), /Sans activité depuis dix minutes/);
  }));

test('back and forward bring back neither the report nor a code', () =>
  onPage({}, async (page) => {
    await open(page, await cardWith());
    await page.goto('about:blank');
    await page.goBack();
    await page.waitForSelector('#card');
    assert.equal((await page.content()).includes('MARTIN'), false);
    assert.equal(await page.inputValue('#code'), '');
  }));

// --- network ----------------------------------------------------------------------------------

const FAULTS = [
  ['a drop that hangs up', (request) => (request.socket.destroy(), true), 'away'],
  ['a drop without CORS', fail(200), 'away'],
  ['a captive portal', fail(302, { Location: 'https://localhost:1/login' }), 'away'],
  ['a redirect with CORS, and the index behind it', (request, response) =>
    !request.url.endsWith('?moved') && fail(302, { ...WITH_CORS,
      Location: `${mock.dropOrigin}${request.url}?moved` })(request, response), 'away'],
  ['a store in trouble', fail(503, WITH_CORS), 'server'],
  ['a page instead of an index', fail(200, WITH_CORS), 'server'],
];

for (const [what, fault, problem] of FAULTS) {
  test(`${what}: said so, and a retry works afterwards`, () => onPage({}, async (page) => {
    const card = await cardWith();
    mock.fault = fault;
    await open(page, card);
    assert.equal(await problemOf(page), problem);
    assert.deepEqual(await violations(page), []);
    mock.fault = null;
    await page.click('.problem ~ .actions .primary');
    await page.waitForSelector('.report');
  }));
}

test('offline: said so', () =>
  onPage({}, async (page) => {
    const card = await cardWith();
    await page.goto(mock.link(card));
    await page.waitForSelector('#day');
    await page.context().setOffline(true);
    await typeDay(page, card.drop.day);
    await waitForEnd(page);
    assert.equal(await problemOf(page), 'offline');
    await page.context().setOffline(false);
    await page.click('.problem ~ .actions .primary');
    await page.waitForSelector('.report');
  }));

// --- sharing --------------------------------------------------------------------------------

test('a doctor opens the link (U, straight to the object) in kill-the-clipboard', () =>
  onPage({}, async (page) => {
    const card = await cardWith();
    await open(page, card);
    await page.click('.share-offer button');
    await demandGoodScreen(page, 'share form');
    await page.click('button[type=submit]');
    await page.waitForSelector('.qr');
    await demandGoodScreen(page, 'share');
    await screenshot(page, 'viewer-share');
    const link = await scan(page.locator('.qr').first());
    assert.equal(await page.inputValue('.link-field'), link);
    const viewer = new SHLViewer({ shlinkURI: link });
    const { url, exp, flag, label, key, v } = viewer.shl.payload ?? viewer.shl;
    assert.equal(url, `${mock.box.drop}/d/${card.bundles[0].name}`);
    assert.ok(url.length <= 128 && label.length <= 80);
    assert.equal(flag, 'U');
    assert.equal(Number(exp instanceof Date ? exp / 1000 : exp), card.bundles[0].closes);
    assert.equal(key.length, 43);
    assert.doesNotMatch(label, /MARTIN|Camille|Glyc/i);
    assert.ok(v === undefined || v === 1);
    mock.requests.length = 0;
    const { fhirResources: [bundle] } = await viewer.resolveSHL({ recipient: 'Dr Test' });
    assert.match(mock.requests[0], /^GET .*\?recipient=Dr/);
    const report = bundle.entry.map((e) => e.resource)
      .find((r) => r.resourceType === 'DiagnosticReport');
    assert.equal(hashOf(Buffer.from(report.presentedForm[0].data, 'base64')), hashOf(SAMPLE_PDF));
    await mock.box.bury(card, card.bundles[0].bid);
    await assert.rejects(new SHLViewer({ shlinkURI: link }).resolveSHL({ recipient: 'x' }));
  }));

test('two reports: which one is shared is chosen; each has its own link', () =>
  onPage({}, async (page) => {
    const card = await cardWith(fhirText(earlierReport()));
    await mock.box.deliver(card, fhirText(frenchReport()));
    await open(page, card);
    await page.locator('.share-offer button').first().click();
    const [older, newer] = card.bundles;
    assert.equal(await page.isChecked(`#bid-${newer.bid}`), true, 'the one that was asked for');
    await page.check(`#bid-${older.bid}`);
    await page.click('button[type=submit]');
    await page.waitForSelector('.share');
    await page.click('button[type=submit]');
    await page.waitForSelector('.share >> nth=1');
    assert.equal(await page.locator('form').count(), 0, 'both are shared');
    const links = await page.locator('.link-field').evaluateAll((f) => f.map((e) => e.value));
    assert.deepEqual(links.map((link) => readShlink(link).url.split('/').pop()),
      [newer.name, older.name], 'the newest share first');
    await demandGoodScreen(page, 'two shares');
  }));

// --- policy ------------------------------------------------------------------------------------

test('a script that somebody put into the page does not run', () =>
  onPage({}, async (page) => {
    mock.page.spoilPage = (html) => html.replace('<div id="live"',
      '<script>globalThis.owned = 1</script><img src=x onerror="globalThis.owned = 2">' +
      '<div id="live"');
    await page.goto(`${mock.url}/`);
    await page.waitForSelector('#card');
    assert.equal(await page.evaluate('globalThis.owned'), undefined);
    const found = await violations(page);
    assert.ok(found.some((v) => v.startsWith('script-src-elem inline')), found.join());
    assert.ok(found.some((v) => v.startsWith('script-src-attr inline')), found.join());
  }));

test('a page whose own script was changed does not run', () =>
  onPage({}, async (page) => {
    mock.page.spoilPage = (html) => html.replace('const MISSES_MAX = 3', 'const MISSES_MAX = 4');
    await page.goto(`${mock.url}/`);
    await page.waitForSelector('#fallback');
    assert.equal(await page.locator('#card').count(), 0);
  }));

test('the page connects to its drop only, and there to indexes and objects', () =>
  onPage({ url: 'about:blank' }, async (page) => {
    await page.goto(`${mock.url}/`);
    await page.waitForSelector('#card');
    const wrong = [`${mock.url}/x`, 'https://localhost:1/', `${mock.dropOrigin}/`,
      `${mock.box.drop}/`, `${mock.box.drop}/secret`];
    for (const url of wrong) {
      assert.equal(await page.evaluate((u) => fetch(u).then(() => 'open', () => 'refused'), url),
        'refused', url);
    }
    assert.equal((await violations(page)).filter((v) => v.startsWith('connect-src')).length,
      wrong.length);
    assert.equal(await page.evaluate((u) => fetch(u).then((r) => r.status),
      `${mock.box.drop}/i/x`), 404);
  }));

test('headers as printed: no complaint, no frame; the page minds frames without them too', () =>
  onPage({}, async (page) => {
    const printed = mock.page.said.split('\n').filter((line) => /^[A-Z][\w-]+: /.test(line))
      .map((line) => /^([\w-]+): (.*)$/.exec(line).slice(1));
    mock.page.pageHeaders = Object.fromEntries(printed);
    assert.match(mock.page.pageHeaders['Content-Security-Policy'], /frame-ancestors 'none'/);
    const card = await cardWith();
    await open(page, card);
    assert.equal(await page.locator('.report').count(), 1);
    await page.click('.pdf .wide-screen').catch(() => {});
    await demandQuiet(page, 'headers');
    mock.page.pageHeaders = {};
    const frame = await browser.open({});
    try {
      await frame.goto(`${mock.url}/around`);
      await frame.setContent(`<iframe src="${mock.link(card)}"></iframe>`);
      await frame.frameLocator('iframe').locator('[data-problem=framed]').waitFor();
      assert.equal(await frame.frameLocator('iframe').locator('input').count(), 0);
    } finally {
      await closePage(frame);
    }
  }));

test('what `make viewer` printed is the SHA-256 of what is served', async () => {
  const served = await (await fetch(`${mock.url}/`)).text();
  const asBuilt = served.replace('content="20000"', 'content="600000"');
  assert.equal(mock.page.said.includes(`SHA-256 ${createHash('sha256').update(asBuilt)
    .digest('hex')}\n`), true);
});

test('without JavaScript, and in an old browser, the page says what to do', () =>
  onPage({ javaScriptEnabled: false, url: `${mock.url}/` }, async (page) => {
    const text = await page.innerText('main');
    assert.match(text, /sur papier au laboratoire[^]*01 23 45 67 89/);
    assert.match(text, /on paper: it is your right/);
    const old = await browser.open({});
    await old.addInitScript(() => Object.defineProperty(crypto, 'subtle', { value: undefined }));
    await old.goto(`${mock.url}/`);
    await old.waitForSelector('.problem');
    assert.equal(await problemOf(old), 'old');
    await closePage(old);
  }));

// --- languages, screens, accessibility ----------------------------------------------------

for (const screen of ['desktop', 'phone', 'narrow']) {
  for (const colorScheme of ['light', 'dark']) {
    const locale = colorScheme === 'light' ? 'fr-FR' : 'en-GB';
    test(`every screen is accessible and fits: ${screen}, ${colorScheme}, ${locale}`, () =>
      onPage({ screen, colorScheme, locale, url: `${mock.url}/` }, async (page) => {
        const look = async (name) => {
          await demandGoodScreen(page, name);
          await screenshot(page, `viewer-${name}-${screen}-${colorScheme}`);
        };
        const card = await cardWith(fhirText(earlierReport()));
        await mock.box.deliver(card, fhirText(frenchReport()), { status: 'corrected' });
        await look('start');
        await typeSlip(page, card.printed);
        await page.waitForSelector('#day');
        await look('day');
        await typeDay(page, card.drop.day);
        await waitForEnd(page);
        await look('report');
        await page.locator('.share-offer button').first().click();
        await look('share-form');
        await page.click('button[type=submit]');
        await page.waitForSelector('.qr');
        await look('share');
        await page.click('.report-bar .quiet');
        await page.click('#close');
        await look('closed');
      }));
  }
}

test('the keyboard is enough, and the language switch keeps the step', () =>
  onPage({ url: `${mock.url}/` }, async (page) => {
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
    await tabTo('card');
    await page.keyboard.type(card.printed.card);
    await tabTo('code');
    await page.keyboard.type(card.printed.code);
    await page.keyboard.press('Enter');
    await page.waitForSelector('#day');
    assert.equal(await focused(), 'H1', 'a screen reader starts at the new heading');
    await page.click('[data-language=en]');
    assert.equal(await page.innerText('h1'), 'The day code');
    await tabTo('day');
    await page.keyboard.type(card.drop.day);
    await tabTo('open');
    await page.keyboard.press('Enter');
    await waitForEnd(page);
    await tabTo('close');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#card');
  }));
