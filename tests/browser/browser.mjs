// browser.mjs -- Debian's Chromium, driven by playwright-core, with an ear on
// everything that a page must not do.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { ROOT } from './page.mjs';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic',
  '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

const AXE = readFileSync(createRequire(import.meta.url)
  .resolve('axe-core/axe.min.js'), 'utf8');

export const SCREENSHOTS = join(ROOT, 'build/test/screenshots');

function chromiumPath() {
  return execFileSync('sh', ['-c', 'command -v chromium'],
    { encoding: 'utf8' }).trim();
}

// { open(options), close() }; a context each, nothing shared between them.
export async function startBrowser() {
  mkdirSync(SCREENSHOTS, { recursive: true });
  const home = mkdtempSync(join(tmpdir(), 'guichet-chromium-'));
  const browser = await chromium.launch({ executablePath: chromiumPath(),
    args: FLAGS, headless: true, env: { ...process.env, HOME: home } });
  return {
    open: (options) => openPage(browser, options),
    close: async () => {
      await browser.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

// Every violation, error and complaint ends up in page.complaints.
function listen(page) {
  page.complaints = [];
  page.on('pageerror', (error) => page.complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    const expected = /Failed to load resource/.test(message.text());
    if (['error', 'warning'].includes(message.type()) && !expected) {
      page.complaints.push(`console: ${message.text()}`);
    }
  });
}

function rememberViolations() {
  globalThis.violations = [];
  document.addEventListener('securitypolicyviolation', (e) =>
    globalThis.violations.push(`${e.violatedDirective} ${e.blockedURI}`));
}

const SCREENS = {
  desktop: { width: 1180, height: 900 },
  phone: { width: 390, height: 844 },
  narrow: { width: 320, height: 640 },
};

async function openPage(browser, { screen = 'desktop', locale = 'fr-FR',
  colorScheme = 'light', url, javaScriptEnabled = true, ...rest } = {}) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale,
    colorScheme, viewport: SCREENS[screen], javaScriptEnabled,
    deviceScaleFactor: 2, ...rest });
  const page = await context.newPage();
  listen(page);
  if (javaScriptEnabled) await page.addInitScript(rememberViolations);
  if (url) await page.goto(url);
  return page;
}

export async function closePage(page) {
  await page.context().close();
}

export const violations = (page) => page.evaluate('globalThis.violations');

// playwright's own evaluation is not bound by the page's policy, and axe
// changes nothing that the page would notice.  All violations, and of what
// passed one element each: describing them all takes three times as long.
export async function axeProblems(page) {
  await page.evaluate(AXE);
  const { violations: found } = await page.evaluate(() => globalThis.axe.run(
    document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa',
      'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  return found.flatMap((v) => v.nodes.map(
    (n) => `${v.id}: ${n.target.join(' ')} ${n.failureSummary}`));
}

export async function screenshot(page, name, options = { fullPage: true }) {
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`),
    animations: 'disabled', ...options });
}

// Nothing wider than the screen: no scrolling in two directions (1.4.10).
export const overflow = (page) => page.evaluate(() =>
  document.documentElement.scrollWidth - document.documentElement.clientWidth);
