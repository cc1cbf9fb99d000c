// visit.js -- one visit: from the slip to verified reports.
//
// A bundle is shown only after every check of CHECKS, in that order; the
// first that fails ends it (docs/formats/bundle.md, "Reading").

import { fetchCard, fetchObject } from './api.js';
import { fromBase64url, sha256, toBase64url, utf8Text } from './bytes.js';
import { deriveCardKeys, openTrust, unwrapCardKey } from './derive.js';
import { openAgreed, openDirect, verifyClaim } from './jose.js';
import { parseKeepingDigits, parseMinimal } from './json.js';
import { checked, Problem } from './problem.js';
import { readReport } from './report.js';

// A phone may be this much behind the box before a fresh report looks as if
// it came from the future.
const CLOCK_SLACK_S = 300;
const OBJECT_MAX_BYTES = 64 * 1024 * 1024;

function demandCheck(condition, check) {
  if (!condition) throw new Problem('check', { check });
}

export function now_s() {
  return Date.now() / 1000;
}

async function openEnvelope(entry, visit) {
  const opened = await checked('envelope', async () => {
    const { plain, apu, apv } = await openAgreed(entry.envelope, visit.sk);
    return { ...parseMinimal(utf8Text(plain)), apu, apv };
  });
  demandCheck(opened.apu === visit.box &&
      opened.apv === `${visit.card}|${entry.bid}`, 'recipient');
  return opened;
}

// The server would not have sent a closed bundle: if its clock and the
// phone's disagree about the window, it is the phone that is wrong.
function checkTime(claim, visit) {
  const now = now_s();
  if (now >= claim.opens - CLOCK_SLACK_S && now < claim.closes) return;
  const server_s = visit.server_ms / 1000;
  if (server_s >= claim.opens && server_s < claim.closes) {
    throw new Problem('clock', { closes: claim.closes });
  }
  throw new Problem(now < claim.opens ? 'notyet' : 'closed',
    { opens: claim.opens, closes: claim.closes });
}

// Newest first seen wins: a server that goes back to an older bundle, or
// shows two under one number, is not believed.
function checkSequence(claim, visit) {
  const known = visit.sequences.get(claim.bid);
  const taken = [...visit.sequences.values()].includes(claim.seq);
  demandCheck(known === claim.seq || known === undefined && !taken &&
      claim.seq >= visit.lowest_seq, 'sequence');
  visit.sequences.set(claim.bid, claim.seq);
}

async function readClaim(entry, opened, visit) {
  const claim = await checked('signature',
    () => verifyClaim(opened.claim, visit.trust.box));
  demandCheck(claim.v === 1 && claim.box === visit.box &&
      claim.card === visit.card && claim.bid === entry.bid, 'card');
  checkTime(claim, visit);
  checkSequence(claim, visit);
  return claim;
}

async function readObject(claim, key) {
  const name = String(claim.name);
  demandCheck(/^[\w-]{43}$/.test(name) &&
      claim.size <= OBJECT_MAX_BYTES, 'integrity');
  const jwe = await fetchObject(name);
  const hash = toBase64url(await sha256(jwe));
  demandCheck(jwe.length === claim.size && hash === claim.sha256, 'integrity');
  const plain = await checked('decryption',
    () => openDirect(jwe, fromBase64url(key)));
  return checked('document', () => readReport(
    parseKeepingDigits(utf8Text(plain))));
}

// A report that is open already is not fetched once more; its time may have
// come meanwhile.
function stillOpen(entry, visit) {
  const known = visit.entries.find((e) => e.envelope === entry.envelope &&
      e.bid === entry.bid && e.report !== undefined);
  if (known !== undefined) checkTime(known.claim, visit);
  return known;
}

// An entry of the answer -> what the page shows of it.
async function openEntry(entry, visit) {
  const { bid, status, closes } = entry;
  if (!entry.envelope) return { bid, status, closes };
  try {
    const known = stillOpen(entry, visit);
    if (known !== undefined) return known;
    const opened = await openEnvelope(entry, visit);
    const claim = await readClaim(entry, opened, visit);
    const report = await readObject(claim, opened.key);
    return { bid, status: claim.status, closes: claim.closes, claim, report,
      key: opened.key, envelope: entry.envelope };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { bid, status, closes, problem: error };
  }
}

// A bundle that another one replaces is not shown beside it.
function withoutReplaced(entries) {
  const replaced = new Set(entries.map((e) => e.claim?.replaces));
  return entries.filter((e) => !replaced.has(e.bid) &&
      e.status !== 'superseded');
}

function newestFirst(a, b) {
  return (b.claim?.seq ?? 0) - (a.claim?.seq ?? 0);
}

async function openEntries(answer, visit, onProgress) {
  const seen = [...visit.sequences.values()];
  visit.lowest_seq = Math.max(0, ...seen);
  const entries = [];
  for (const entry of answer.bundles) {
    onProgress('verify', entries.length + 1, answer.bundles.length);
    entries.push(await openEntry(entry, visit));
  }
  const kept = withoutReplaced(entries).sort(newestFirst);
  visit.entries.filter((e) => !kept.includes(e)).forEach(forgetEntry);
  visit.entries = kept;
}

// The token was right, so the server knows the card: blobs that do not open
// were tampered with.
async function openCardBlobs(answer, kek, visit) {
  try {
    visit.trust = await openTrust(answer.trust, kek, visit);
    visit.sk = await unwrapCardKey(answer.sk, kek, visit);
  } catch {
    throw new Problem('unlock');
  }
}

// `slip`: { box, rounds, card, code }.  `onProgress(step, n, of)` is called
// with derive, ask, unlock, and verify for each bundle.
export async function openVisit(slip, onProgress) {
  onProgress('derive');
  const { auth, kek } = await deriveCardKeys(slip);
  const visit = { box: slip.box, card: slip.card, auth,
    sequences: new Map(), entries: [], shares: [] };
  onProgress('ask');
  const { answer, server_ms } = await fetchCard(visit);
  visit.server_ms = server_ms;
  onProgress('unlock');
  await openCardBlobs(answer, kek, visit);
  await openEntries(answer, visit, onProgress);
  return visit;
}

// Asks again: something new, corrected or withdrawn?
export async function refreshVisit(visit, onProgress) {
  onProgress('ask');
  const { answer, server_ms } = await fetchCard(visit);
  visit.server_ms = server_ms;
  await openEntries(answer, visit, onProgress);
}

// A report whose time has come leaves the page too; true if one did.
export function closeElapsed(visit) {
  let closed = false;
  visit.entries = visit.entries.map((entry) => {
    if (entry.report === undefined || now_s() < entry.closes) return entry;
    closed = true;
    forgetEntry(entry);
    return { bid: entry.bid, status: 'closed', closes: entry.closes };
  });
  return closed;
}

function forgetEntry(entry) {
  for (const pdf of entry.report?.documents ?? []) {
    if (pdf.url !== undefined) URL.revokeObjectURL(pdf.url);
    pdf.bytes?.fill(0);
  }
  entry.report = entry.key = entry.claim = undefined;
}

export function forgetVisit(visit) {
  visit.entries.forEach(forgetEntry);
  visit.entries = [];
  visit.shares = [];
  visit.auth = visit.sk = visit.trust = undefined;
}
