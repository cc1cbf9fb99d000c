// viewer_store_test.mjs -- the whole way home: the LIS sends an ORU^R01, the
// real box seals it and pushes it into a real OpenStack Swift, the day code comes
// by SMS, and Chromium opens the laboratory's page on another origin.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { SHLViewer } from 'kill-the-clipboard';
import { closePage, screenshot, startBrowser, violations } from './browser.mjs';
import { DropBox } from './mock_drop.mjs';
import { startOutside } from './outside_box.mjs';
import { ROOT } from './page.mjs';
import { earlierReport, fhirText, frenchReport } from './sample_report.mjs';
import { makeBox } from './sealing.mjs';
import {
  demandGoodScreen, demandNothingKept, demandQuiet, downloadPdf, hashOf, rowText, scan,
  typeSlip, waitForEnd,
} from './steps.mjs';
import { openAtHome, typeDay } from './viewer_steps.mjs';

// kill-the-clipboard fetches with node, which does not know the store's CA.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
process.removeAllListeners('warning');

const BIN = join(process.env.GUICHET_OUT ?? join(ROOT, 'build/x86_64'), 'bin');
const skip = [[join(BIN, 'guichet-courier'), 'the programs are not built: run make'],
  ['/usr/bin/swift-proxy-server', 'no OpenStack Swift here: run make deps']]
  .find(([path]) => !existsSync(path))?.[1] ?? false;

let box, browser;

before(async () => {
  if (skip) return;
  box = await startOutside();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await box?.stop();
});

const walk = (name, options, steps) => test(name, { skip }, async () => {
  const page = await browser.open(options);
  try {
    await steps(page);
  } finally {
    await closePage(page);
  }
});

const problemOf = (page) => page.locator('.problem').first().getAttribute('data-problem');
const refresh = (page) => page.click('.report-bar .quiet');

// A patient whose results are in the drop: { slip, day, pdf }.
async function delivered(...wishes) {
  const slip = await box.patient();
  const pdfs = [];
  for (const wish of wishes.length > 0 ? wishes : [{}]) {
    pdfs.push(await box.deliver(slip, wish));
  }
  const day = await box.call('day_code', slip.phone);
  assert.ok(await box.call('wait_quiet'), 'the outbox empties');
  return { slip, day, pdfs };
}

const open = (page, { slip, day }) => openAtHome(page, slip.internet.qr_url, day);

walk('from the LIS to the patient at home: values, PDF, nothing kept', {}, async (page) => {
  const home = await delivered();
  assert.match(home.slip.internet.qr_url,
    new RegExp(`^${box.url}/#1\\.[0-9A-Z]{11}\\.[0-9A-Z]{16}$`));
  await open(page, home);
  assert.equal(page.url(), `${box.url}/`);
  assert.match(await page.innerText('.patient'), /DOMINIQUE PAT-TROIS[^]*28 mars 1979/);
  assert.deepEqual(await rowText(page, 'Cholestérol LDL'),
    { result: '4.62 mmol/L Élevé', range: '< 4.10', earlier: '' });
  const { bytes } = await downloadPdf(page);
  assert.equal(hashOf(bytes), hashOf(home.pdfs[0]), 'the PDF, bit by bit');
  await demandNothingKept(page);
  await demandGoodScreen(page, 'report');
  await screenshot(page, 'viewer-store-report');
});

walk('the SMS as it came is pasted; in English, at 320 px',
  { screen: 'narrow', locale: 'en-GB', colorScheme: 'dark',
    permissions: ['clipboard-read', 'clipboard-write'] }, async (page) => {
    const { slip, day } = await delivered();
    const [sms] = (await box.call('texts', slip.phone)).filter((text) => text.includes(day));
    await page.goto(`${box.url}/`);
    await typeSlip(page, { card: slip.card.toLowerCase(), code: slip.code.replaceAll('-', ' ') });
    await page.waitForSelector('#day');
    await page.evaluate((text) => navigator.clipboard.writeText(text), sms);
    await page.focus('#day');
    await page.keyboard.press('Control+V');
    await page.click('#open');
    await waitForEnd(page);
    assert.match(await page.innerText('.report'), /4\.62\s+mmol\/L\s+High/);
    await demandGoodScreen(page, 'narrow');
  });

walk('a wrong day code: Swift\'s own 404, and no violation', {}, async (page) => {
  const [mine, other] = [await delivered(), await delivered()];
  await openAtHome(page, mine.slip.internet.qr_url, other.day);
  assert.equal(await problemOf(page), 'nothing');
  await demandQuiet(page, 'wrong day code');
  await page.click('.problem ~ .actions button');
  await typeDay(page, mine.day);
  await waitForEnd(page);
  assert.equal(await page.locator('.report').count(), 1);
});

walk('two reports; a correction; the revoked one leaves; frozen: nothing any more', {},
  async (page) => {
    const home = await delivered({ value: '5.40' });
    await new Promise((done) => setTimeout(done, 1100));
    const order = 'H-corrected';
    await box.deliver(home.slip, { order, value: '5.05' });
    await box.call('wait_quiet');
    await open(page, home);
    assert.equal(await page.locator('.report').count(), 2);
    assert.match((await rowText(page, 'Glycémie à jeun')).earlier, /^5\.40 mmol\/L/);
    await new Promise((done) => setTimeout(done, 1100));
    await box.deliver(home.slip, { order, status: 'C', value: '6.02' });
    await box.call('wait_quiet');
    await refresh(page);
    await page.waitForSelector('.status.is-corrected');
    assert.equal(await page.locator('.report').count(), 2);
    assert.match((await rowText(page, 'Glycémie à jeun')).result, /^6\.02 mmol\/L/);
    const bundles = (await box.guichet('bundle', 'list', '--card', home.slip.card, '--json'))
      .trim().split('\n').map((line) => JSON.parse(line));
    for (const { bundle } of bundles) {
      await box.guichet('bundle', 'revoke', bundle).catch(() => {});	// it has ended
    }
    await box.call('wait_quiet');
    await refresh(page);
    await page.waitForSelector('.problem');
    assert.equal(await problemOf(page), 'empty');
    assert.equal((await page.content()).includes('PAT-TROIS'), false);
    await box.guichet('card', 'freeze', home.slip.card);
    await box.call('wait_quiet');
    await open(page, home);
    assert.equal(await problemOf(page), 'nothing');
    await demandQuiet(page, 'frozen');
  });

walk('a doctor opens the link straight from Swift; revoked, it is gone', {}, async (page) => {
  const home = await delivered();
  await open(page, home);
  await page.locator('.share-offer button').first().click();
  await page.click('button[type=submit]');
  await page.waitForSelector('.qr');
  const link = await scan(page.locator('.qr').first());
  const view = () => new SHLViewer({ shlinkURI: link }).resolveSHL({ recipient: 'Dr Test' });
  const { fhirResources: [bundle] } = await view();
  const report = bundle.entry.map((e) => e.resource)
    .find((r) => r.resourceType === 'DiagnosticReport');
  assert.equal(hashOf(Buffer.from(report.presentedForm[0].data, 'base64')),
    hashOf(home.pdfs[0]));
  await screenshot(page, 'viewer-store-share');
  const [{ bundle: bid }] = (await box.guichet('bundle', 'list', '--card', home.slip.card,
    '--json')).trim().split('\n').map((line) => JSON.parse(line));
  await box.guichet('bundle', 'revoke', bid);
  await box.call('wait_quiet');
  await assert.rejects(view(), 'revoked: gone');
});

walk('a store that is down: said so; up again, a retry opens', {}, async (page) => {
  const home = await delivered();
  await page.goto(home.slip.internet.qr_url);
  await page.waitForSelector('#day');
  await box.call('down');
  await typeDay(page, home.day);
  await waitForEnd(page);
  assert.equal(await problemOf(page), 'away');
  await box.call('up');
  await page.click('.problem ~ .actions .primary');
  await page.waitForSelector('.report');
  assert.deepEqual(await violations(page), []);
});

walk('sealed by the second implementation, stored by hand: read, and forgeries are not', {},
  async (page) => {
    const other = new DropBox(await makeBox('demo-box'), '', box.drop, box, 600000);
    const card = await other.issue();
    const link = `${box.url}/#1.${card.printed.card}.${card.printed.code}`;
    await other.deliver(card, fhirText(earlierReport()));
    await other.deliver(card, fhirText(frenchReport()));
    await openAtHome(page, link, card.drop.day);
    assert.equal(await page.locator('.report').count(), 2);
    const [{ name, jwe }] = card.bundles;
    await box.put(`d/${name}`, 'application/jose', jwe.replace(/.$/, (c) => (c === 'A' ? 'Q' : 'A')));
    await page.reload();
    await openAtHome(page, link, card.drop.day);
    assert.equal(await page.locator('.problem').getAttribute('data-check'), 'integrity');
    assert.equal(await page.locator('.report').count(), 1, 'the other one is shown');
    await demandQuiet(page, 'forged');
  });

test('its window ends: the report leaves the page, the object the drop', { skip }, async () => {
  const brief = await startOutside({ 'bundle.window': '40s' });
  const page = await browser.open();
  try {
    const slip = await brief.patient();
    await brief.deliver(slip);
    await openAtHome(page, slip.internet.qr_url, await brief.call('day_code', slip.phone));
    assert.equal(await page.locator('.report').count(), 1);
    const isObject = (name) => name.startsWith('d/');
    assert.equal((await brief.call('names')).filter(isObject).length, 1);
    await page.waitForSelector('[data-problem=closed]', { timeout: 60000 });
    assert.equal((await page.content()).includes('4.62'), false);
    // Swift forgets the object by itself, the box rewrites the index at its next sweep:
    // whoever looks again in between sees what has closed.
    const isEmpty = () => page.locator('h1:text("Rien à retirer")').count();
    for (let i = 0; i < 60 && !(await isEmpty()); i++) {
      if (await page.locator('.report-bar .quiet').count()) await refresh(page);
      await new Promise((done) => setTimeout(done, 1000));
    }
    assert.deepEqual((await brief.call('names')).filter(isObject), []);
    assert.ok(await brief.call('wait_quiet'), 'the outbox empties');
    assert.equal(await problemOf(page), 'empty');
    await demandQuiet(page, 'closed');
  } finally {
    await closePage(page);
    await brief.stop();
  }
});
