// viewer_steps.mjs -- what a patient at home does, for the browser tests.

import { waitForEnd } from './steps.mjs';

export async function typeDay(page, day) {
  await page.waitForSelector('#day');
  await page.fill('#day', day);
  await page.click('#open');
}

// The QR code of the slip, then the code of the SMS.
export async function openAtHome(page, link, day) {
  await page.goto(link);
  await typeDay(page, day);
  await waitForEnd(page);
}
