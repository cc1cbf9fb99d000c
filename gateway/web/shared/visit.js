// visit.js -- one visit: from the slip to verified reports.
//
// A bundle is shown only after every check of CHECKS, in that order; the
// first that fails ends it (docs/formats/bundle.md, "Reading").
//
// Where the sealed reports come from is a `service`, the page's own:
//   purpose                 what the card is asked for by: 'auth' or 'loc'
//   fetchCard(visit)        { answer: { sk, trust, bundles }, server_ms }
//   fetchObject(visit, name, size)   its bytes
//   isTrusted(trust, visit) the card was made for that service

import { fromBase64url, sha256, toBase64url, utf8Text } from './bytes.js';
import { deriveCardKeys, openTrust, unwrapCardKey } from './derive.js';
import { openAgreed, openDirect, verifyClaim } from './jose.js';
import { parseKeepingDigits, parseMinimal } from './json.js';
import { checked, Problem } from './problem.js';
import { asConfirmed, readReport, withoutNewer } from './report.js';

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
function checkTime({ opens, closes }, visit) {
  const now = now_s();
  if (now >= opens - CLOCK_SLACK_S && now < closes) return;
  const server_s = visit.server_ms / 1000;
  if (server_s >= opens && server_s < closes) {
    throw new Problem('clock', { closes });
  }
  throw new Problem(now < opens ? 'notyet' : 'closed', { opens, closes });
}

// What was withheld opens later than its claim was signed, and its window
// counts from then: the list may end it earlier than the claim, never later.
function windowOf(claim, entry) {
  return { opens: claim.opens, closes: Math.min(claim.closes, entry.closes) };
}

// A server that goes back to a bundle that another one has replaced, or shows
// two under one number, is not believed.  A lower number alone is no sign of
// that: what was withheld opens after what came later.
function checkSequence(claim, visit) {
  const known = visit.sequences.get(claim.bid);
  const taken = [...visit.sequences.values()].includes(claim.seq);
  demandCheck(claim.seq >= 1 && !visit.replaced.has(claim.bid) &&
      (known === claim.seq || known === undefined && !taken), 'sequence');
  visit.sequences.set(claim.bid, claim.seq);
  if (claim.replaces) visit.replaced.add(claim.replaces);
}

async function readClaim(entry, opened, visit) {
  const claim = await checked('signature',
    () => verifyClaim(opened.claim, visit.trust.box));
  demandCheck(claim.v === 1 && claim.box === visit.box &&
      claim.card === visit.card && claim.bid === entry.bid, 'card');
  checkTime(windowOf(claim, entry), visit);
  checkSequence(claim, visit);
  return claim;
}

async function readObject(claim, key, visit) {
  const name = String(claim.name);
  demandCheck(/^[\w-]{43}$/.test(name) &&
      claim.size <= OBJECT_MAX_BYTES, 'integrity');
  const jwe = await visit.service.fetchObject(visit, name, claim.size);
  const hash = toBase64url(await sha256(jwe));
  demandCheck(jwe.length === claim.size && hash === claim.sha256, 'integrity');
  const plain = await checked('decryption',
    () => openDirect(jwe, fromBase64url(key)));
  return checked('document', () => readReport(
    parseKeepingDigits(utf8Text(plain))));
}

// The claim is signed, and the list is not: the list counts only where it
// warns (outdated), and for a report that was withheld as preliminary, which
// the box hands out only once it is confirmed.
function statusOf(claim, listed) {
  if (listed === 'outdated') return listed;
  return claim.status === 'preliminary' ? listed : claim.status;
}

// A report that is open already is not fetched once more; its time may have
// come meanwhile, or a correction elsewhere.
function stillOpen(entry, visit) {
  const known = visit.entries.find((e) => e.envelope === entry.envelope &&
      e.bid === entry.bid && e.report !== undefined);
  if (known === undefined) return undefined;
  checkTime(windowOf(known.claim, entry), visit);
  return { known, status: statusOf(known.claim, entry.status),
    closes: windowOf(known.claim, entry).closes };
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
    const report = await readObject(claim, opened.key, visit);
    return { bid, status: statusOf(claim, status), claim, report,
      closes: windowOf(claim, entry).closes, key: opened.key,
      envelope: entry.envelope };
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

// What the page shows of a report: what is newer elsewhere is left out, and
// what was confirmed is not called preliminary.
function shownOf(entry, entries) {
  if (entry.report === undefined) return undefined;
  const report = entry.claim.status === 'preliminary' ?
    asConfirmed(entry.report) : entry.report;
  return entry.status === 'outdated' ? withoutNewer(report, entries
    .filter((e) => e !== entry && e.report !== undefined &&
        (e.status !== 'outdated' || newestFirst(e, entry) < 0))
    .map((e) => e.report)) : report;
}

// `round`: the how-manieth question this answers.  While a new report comes in
// over a slow line, a later answer may say that another one is withdrawn: what
// is older than the list on the screen is dropped.
async function openEntries(answer, visit, round, onProgress) {
  const opened = [];
  for (const entry of answer.bundles) {
    onProgress('verify', opened.length + 1, answer.bundles.length);
    opened.push(await openEntry(entry, visit));
  }
  if (round < visit.shownRound) {
    opened.filter((e) => e.known === undefined).forEach(forgetEntry);
    return;
  }
  visit.shownRound = round;
  const entries = opened.map(({ known, ...entry }) =>
    (known === undefined ? entry : Object.assign(known, entry)));
  const kept = withoutReplaced(entries).sort(newestFirst);
  visit.entries.filter((e) => !kept.includes(e)).forEach(forgetEntry);
  visit.entries = kept;
  visit.watch = answer.watch;
  kept.forEach((entry) => { entry.shown = shownOf(entry, kept); });
}

// The code was right, or the server would not have answered: blobs that do not
// open were tampered with.
async function openCardBlobs(answer, kek, visit) {
  try {
    visit.trust = await openTrust(answer.trust, kek, visit);
    visit.sk = await unwrapCardKey(answer.sk, kek, visit);
  } catch {
    throw new Problem('unlock');
  }
  if (!visit.service.isTrusted(visit.trust, visit)) throw new Problem('unlock');
}

// `slip`: { box, rounds, card, code, day }; `more` stands in the visit, for the
// service.  `onProgress(step, n, of)` is called with derive, ask, unlock, and
// verify for each bundle.
export async function openVisit(slip, service, onProgress, more = {}) {
  onProgress('derive');
  const { handle, kek } = await deriveCardKeys(slip, service.purpose);
  const visit = { ...more, box: slip.box, card: slip.card, handle, service,
    sequences: new Map(), replaced: new Set(), entries: [], shares: [],
    asked: 1, shownRound: 0 };
  onProgress('ask');
  const { answer, server_ms } = await service.fetchCard(visit);
  visit.server_ms = server_ms;
  onProgress('unlock');
  await openCardBlobs(answer, kek, visit);
  await openEntries(answer, visit, 1, onProgress);
  return visit;
}

function marks(visit) {
  return new Map(visit.entries.map((e) => [e.bid,
    `${e.status} ${e.report !== undefined}`]));
}

// What differs: 'withdrawn', 'gone' (a report is not listed any more, and none
// replaces it), 'new', or '' for nothing.
function newsOf(before, after, visit) {
  const changed = [...after].filter(([bid, mark]) => before.get(bid) !== mark);
  const lost = [...before].filter(([bid, mark]) => mark.endsWith('true') &&
      !after.has(bid) && !visit.replaced.has(bid));
  if (changed.some(([, mark]) => mark.startsWith('withdrawn'))) return 'withdrawn';
  if (lost.length > 0) return 'gone';
  return changed.length > 0 || after.size !== before.size ? 'new' : '';
}

// Asks again: something new, corrected or withdrawn?  Gives what changed.
export async function refreshVisit(visit, onProgress) {
  const before = marks(visit);
  const round = ++visit.asked;
  onProgress('ask');
  const { answer, server_ms } = await visit.service.fetchCard(visit);
  visit.server_ms = server_ms;
  await openEntries(answer, visit, round, onProgress);
  return newsOf(before, marks(visit), visit);
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
  entry.report = entry.shown = entry.key = entry.claim = undefined;
}

export function forgetVisit(visit) {
  visit.entries.forEach(forgetEntry);
  visit.entries = [];
  visit.shares = [];
  visit.handle = visit.sk = visit.trust = visit.watch = undefined;
}
