// app.js -- the page for patients at home: static, on the laboratory's own web
// space; what it opens comes from the drop.

import { meta } from '../shared/dom.js';
import { readTyped } from '../shared/fields.js';
import { Problem } from '../shared/problem.js';
import { runPage } from '../shared/run.js';
import { addStrings } from '../shared/strings.js';
import { SLIP_STEP } from '../shared/view_start.js';
import { openFromDrops } from './drop.js';
import { VIEWER_STRINGS } from './strings.js';
import { chosenBoxes, DAY_STEP } from './view_day.js';
import { shareView } from './view_share.js';

// Nobody counts for the drop: after so many wrong pairs the page stops
// encouraging, for the patient's sake.
const MISSES_MAX = 3;
let misses = 0;

async function openHere(typed, onProgress) {
  const slip = { ...readTyped(SLIP_STEP, typed), ...readTyped(DAY_STEP, typed),
    rounds: Number(meta('rounds')) };
  try {
    const visit = await openFromDrops(slip, chosenBoxes(typed), onProgress);
    misses = 0;
    return visit;
  } catch (error) {
    if (error.kind !== 'nothing' || ++misses < MISSES_MAX) throw error;
    throw new Problem('nothingAgain');
  }
}

// A policy in a meta element cannot forbid frames (CSP 3, 4.2.2): this is for
// web spaces that do not send it as a header.
function demandOwnWindow() {
  return self === top ? null : new Problem('framed');
}

addStrings(VIEWER_STRINGS);
runPage({ steps: [SLIP_STEP, DAY_STEP], open: openHere, shareView,
  missing: demandOwnWindow });
