// app.js -- the page of the box on the laboratory's own network.

import { meta } from '../shared/dom.js';
import { readTyped } from '../shared/fields.js';
import { runPage } from '../shared/run.js';
import { addStrings } from '../shared/strings.js';
import { SLIP_STEP } from '../shared/view_start.js';
import { openVisit } from '../shared/visit.js';
import { PICKUP_SERVICE } from './api.js';
import { PICKUP_STRINGS } from './strings.js';
import { shareView } from './view_share.js';
import { watchVisit } from './watch.js';

function openHere(typed, onProgress) {
  const slip = { ...readTyped(SLIP_STEP, typed), box: meta('box'),
    rounds: Number(meta('rounds')) };
  return openVisit(slip, PICKUP_SERVICE, onProgress);
}

addStrings(PICKUP_STRINGS);
runPage({ steps: [SLIP_STEP], open: openHere, shareView, watch: watchVisit });
