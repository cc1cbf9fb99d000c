// watch.js -- hears from the laboratory when the card's reports change, while
// the page is open: a withdrawn value must not stay on the screen.
//
// A held request says so at once; where that does not work the page asks now
// and then by itself (docs/formats/pickup-api.md, "Watching").

import { holdWatch } from './api.js';

const POLL_MS = 60 * 1000;
const PAUSE_MIN_MS = 500;
const PAUSE_MAX_MS = 30 * 1000;

function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); });
  });
}

// 'same', 'changed' or 'failed'.  Without a ticket, or without a place to
// wait, a minute's pause stands in for the held request.
async function waitForChange(visit, signal) {
  if (!visit.watch) {
    await pause(POLL_MS, signal);
    return 'changed';
  }
  try {
    const heard = await holdWatch(visit.watch, signal);
    if (heard !== 'full') return heard;
    await pause(POLL_MS, signal);
    return 'changed';
  } catch {
    return 'failed';
  }
}

// Calls onChange() after each change until `signal` aborts; it fetches the
// card, and rejects where that failed: then it is called again.
export async function watchVisit(visit, onChange, signal) {
  let wait_ms = PAUSE_MIN_MS;
  let due = false;
  while (!signal.aborted) {
    const heard = due ? 'changed' : await waitForChange(visit, signal);
    if (signal.aborted) return;
    if (heard === 'same') continue;
    try {
      if (heard === 'failed') throw new Error('watch');
      await onChange();
      due = false;
      wait_ms = PAUSE_MIN_MS;
    } catch {
      // After a failure anything may have changed.
      due = true;
      await pause(wait_ms, signal);
      wait_ms = Math.min(wait_ms * 2, PAUSE_MAX_MS);
    }
  }
}
