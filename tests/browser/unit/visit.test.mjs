// A visit's list: the answer to a later question stays on the screen.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PICKUP_SERVICE } from '../../../gateway/web/pickup/api.js';
import { refreshVisit } from '../../../gateway/web/shared/visit.js';

function answerOf(bundles) {
  return new TextEncoder().encode(JSON.stringify({ watch: null, bundles })).buffer;
}

function visitOf() {
  return { card: 'CARD000001', handle: 'a', service: PICKUP_SERVICE, sequences: new Map(), shares: [],
    replaced: new Set(), entries: [], asked: 1, shownRound: 1 };
}

test('R32 a slow answer does not bring back what a later one took away', async () => {
  const visit = visitOf();
  const late = {};
  late.promise = new Promise((resolve) => { late.resolve = resolve; });
  const bodies = [late.promise,
    answerOf([{ bid: 'A', status: 'withdrawn', closes: 9, envelope: null }])];
  globalThis.fetch = async () => ({ status: 200, headers: new Map(),
    arrayBuffer: () => bodies.shift() });
  const slow = refreshVisit(visit, () => {});
  await refreshVisit(visit, () => {});
  assert.equal(visit.entries[0].status, 'withdrawn');
  late.resolve(answerOf([{ bid: 'A', status: 'closed', closes: 9, envelope: null }]));
  await slow;
  assert.equal(visit.entries[0].status, 'withdrawn');
});
