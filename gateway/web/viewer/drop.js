// drop.js -- sealed reports out of the drop: two kinds of objects, each read
// by its exact name (docs/formats/drop.md).
//
// The drop is believed in nothing.  What it can do is to withhold, or to show
// an older list: it cannot open, forge or address anything.

import { parseAnswer, request } from '../shared/http.js';
import { Problem } from '../shared/problem.js';
import { openVisit } from '../shared/visit.js';

const INDEX_MAX_MS = 30 * 1000;
const OBJECT_MAX_MS = 180 * 1000;
// 512 envelopes, and room.
const INDEX_MAX_BYTES = 4 * 1024 * 1024;
const BUNDLES_MAX = 512;

const LISTED = ['final', 'corrected', 'appended', 'outdated', 'superseded',
  'withdrawn', 'closed'];
// A store that may not be listed says 403 where there is nothing (S3).
const ABSENT = [403, 404, 410];

function isEntry({ bid, envelope, status, closes }) {
  return /^[\w-]{22}$/.test(bid) && LISTED.includes(status) &&
      Number.isSafeInteger(closes) && closes > 0 && closes < 1e11 &&
      (envelope === null || typeof envelope === 'string');
}

function isIndex(index) {
  return index?.v === 1 && typeof index.sk === 'string' &&
      typeof index.trust === 'string' && Array.isArray(index.bundles) &&
      index.bundles.length <= BUNDLES_MAX &&
      index.bundles.every((e) => typeof e === 'object' && e !== null && isEntry(e));
}

// `absent`: the problem where nothing of that name is there.
async function fetchNamed(url, limit_ms, max_bytes, absent) {
  const { response, body } = await request(url, {}, limit_ms, { max_bytes });
  if (ABSENT.includes(response.status)) throw new Problem(absent);
  if (response.status !== 200) {
    throw new Problem('server', { status: response.status });
  }
  return body;
}

async function fetchIndex(url) {
  const body = await fetchNamed(url, INDEX_MAX_MS, INDEX_MAX_BYTES, 'nothing');
  if (body === null) throw new Problem('check', { check: 'index' });
  const index = parseAnswer(body);
  if (!isIndex(index)) throw new Problem('check', { check: 'index' });
  if (index.bundles.length === 0) throw new Problem('empty');
  return { answer: index, server_ms: 0 };
}

async function fetchSealed(url, size) {
  const body = await fetchNamed(url, OBJECT_MAX_MS, size, 'missing');
  if (body === null) throw new Problem('check', { check: 'integrity' });
  return new Uint8Array(body);
}

export function dropService({ drop }) {
  return { purpose: 'loc',
    fetchCard: (visit) => fetchIndex(`${drop}/i/${visit.handle}`),
    fetchObject: (visit, name, size) => fetchSealed(`${drop}/d/${name}`, size),
    isTrusted: (trust) => trust.drop === drop };
}

// The card may be of any of `boxes`: { id, name, drop }.  Nothing there is an
// answer; a drop that does not answer matters only where no other one has it.
export async function openFromDrops(slip, boxes, onProgress) {
  let failure = new Problem('nothing');
  for (const [i, box] of boxes.entries()) {
    const step = (name, n = i + 1, of = boxes.length) => onProgress(name, n, of);
    try {
      return await openVisit({ ...slip, box: box.id }, dropService(box), step,
        { drop: box.drop });
    } catch (error) {
      if (['away', 'offline', 'server'].includes(error.kind)) failure = error;
      else if (error.kind !== 'nothing') throw error;
    }
  }
  throw failure;
}
