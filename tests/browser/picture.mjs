// picture.mjs FILE -- the README's picture of the page: a report on a desk and
// on a phone.  Not a test; run by hand when the page has changed.

import { closePage, startBrowser } from './browser.mjs';
import { startMock } from './mock_pickup.mjs';
import { earlierReport, fhirText, frenchReport } from './sample_report.mjs';
import { openByLink } from './steps.mjs';

const FRAME = `<!doctype html><style>
  body { margin: 0; width: 1440px; height: 960px; overflow: hidden;
    background: linear-gradient(160deg, #dfe9ea, #f1ece1); position: relative; }
  img { position: absolute; display: block; border-radius: 18px;
    box-shadow: 0 24px 60px rgb(10 30 40 / 28%); }
  img:first-of-type { left: 56px; top: 56px; width: 1010px; }
  img:last-of-type { right: 56px; top: 190px; width: 330px; border-radius: 30px; }
</style>`;

const mock = await startMock({ rounds: 1000 });
const browser = await startBrowser();
const card = await mock.issue();
await mock.deliver(card, fhirText(earlierReport()));
await mock.deliver(card, fhirText(frenchReport()));

async function shoot(options, viewport, scroll) {
  const page = await browser.open(options);
  await page.setViewportSize(viewport);
  await openByLink(page, card.link);
  await page.evaluate((y) => scrollTo(0, y), scroll);
  const png = await page.screenshot();
  await closePage(page);
  return `<img src="data:image/png;base64,${png.toString('base64')}">`;
}

const page = await browser.open({ deviceScaleFactor: 1 });
await page.setViewportSize({ width: 1440, height: 960 });
await page.setContent(FRAME +
    await shoot({}, { width: 1130, height: 1100 }, 0) +
    await shoot({ colorScheme: 'dark', locale: 'en-GB' },
      { width: 390, height: 844 }, 1140));
await page.screenshot({ path: process.argv[2] });
await closePage(page);
await browser.close();
await mock.stop();
