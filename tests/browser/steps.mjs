// steps.mjs -- what a patient does, for the browser tests.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import jsqr from 'jsqr';
import { PNG } from 'pngjs';
import { axeProblems, overflow, violations } from './browser.mjs';

export const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex');

export async function typeSlip(page, { card, code }) {
  await page.fill('#card', card);
  await page.fill('#code', code);
  await page.click('#open');
}

export function waitForEnd(page) {
  return page.waitForSelector('.report, .problem', { timeout: 30000 });
}

export async function openByLink(page, link) {
  await page.goto(link);
  await waitForEnd(page);
}

// What a row of the report says: { result, range, earlier }.
export async function rowText(page, name) {
  const row = page.locator('tbody tr', { has: page.locator(`th span:text-is("${name}")`) })
    .first();
  const text = async (cell) => ((await row.locator(cell).count()) === 0 ? '' :
    (await row.locator(cell).innerText()).replace(/\s+/g, ' ').trim());
  return { result: await text('.cell-result'), range: await text('.cell-range'),
    earlier: await text('.cell-earlier') };
}

export async function downloadPdf(page) {
  const [download] = await Promise.all([page.waitForEvent('download'),
    page.click('a[download]')]);
  return { name: download.suggestedFilename(),
    bytes: readFileSync(await download.path()) };
}

// { link, passcode } as the doctor gets it: by scanning the screen.
export async function share(page, { guarded, duration = 'hour' }) {
  await page.locator('.report .share-offer button').first().click();
  await page.check(`#duration-${duration}`);
  await page.check(`#guarded-${guarded ? 'yes' : 'no'}`);
  await page.click('button[type=submit]');
  await page.waitForSelector('.qr');
  const link = await scan(page.locator('.qr').first());
  const passcode = guarded ? (await page.locator('.passcode-digits > [aria-hidden]')
    .first().innerText()).replace(' ', '') : undefined;
  return { link, passcode };
}

// Reads a QR code from the pixels on the screen.
export async function scan(locator) {
  const png = PNG.sync.read(await locator.screenshot());
  const found = jsqr(new Uint8ClampedArray(png.data), png.width, png.height);
  assert.ok(found, 'a QR code on the screen');
  return found.data;
}

// What must hold on every screen: accessible, not too wide, no complaint.
export async function demandGoodScreen(page, name) {
  assert.deepEqual(await axeProblems(page), [], `${name}: axe`);
  assert.ok(await overflow(page) <= 0, `${name}: wider than the screen`);
  await demandQuiet(page, name);
}

export async function demandQuiet(page, name) {
  assert.deepEqual(page.complaints, [], `${name}: complaints`);
  assert.deepEqual(await violations(page), [], `${name}: policy violations`);
}

// Nothing of the visit is anywhere that outlives it.
export async function demandNothingKept(page) {
  const kept = await page.evaluate(async () => ({
    local: localStorage.length, session: sessionStorage.length,
    cookie: document.cookie, caches: (await caches.keys()).length,
    databases: (await indexedDB.databases()).length,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
    fragment: location.hash, history: history.state }));
  assert.deepEqual(kept, { local: 0, session: 0, cookie: '', caches: 0,
    databases: 0, workers: 0, fragment: '', history: null });
  assert.deepEqual(await page.context().cookies(), []);
}
