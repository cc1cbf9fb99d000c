// api.js -- the calls of the pickup API (docs/formats/pickup-api.md); what a
// server or a network does wrong becomes a Problem.

import { parseAnswer, request } from '../shared/http.js';
import { Problem } from '../shared/problem.js';

const ANSWER_MAX_MS = 30 * 1000;
const OBJECT_MAX_MS = 180 * 1000;
// The box holds it for 25 s.
const WATCH_MAX_MS = 40 * 1000;

// Retry-After in seconds (RFC 9110 10.2.3); we never send the date form.
function retryAfter_s(response) {
  const seconds = Number(response.headers.get('Retry-After'));
  return Number.isFinite(seconds) && seconds > 0 ? seconds : 60;
}

function demandStatus(response, wanted) {
  if (response.status === wanted) return;
  if (response.status === 404) throw new Problem('nothing');
  if (response.status === 429) {
    throw new Problem('throttled', { seconds: retryAfter_s(response) });
  }
  throw new Problem('server', { status: response.status });
}

function cardPath(card) {
  return `/api/v1/cards/${card}`;
}

// { answer, server_ms }: the card's blobs and bundles, and the time the
// server gives; 0 where it gives none.
async function fetchCard({ card, handle }) {
  const { response, body } = await request(cardPath(card),
    { method: 'POST', headers: { Authorization: `Bearer ${handle}` } },
    ANSWER_MAX_MS);
  demandStatus(response, 200);
  return { answer: parseAnswer(body),
    server_ms: Date.parse(response.headers.get('Date') ?? '') || 0 };
}

// 'changed' (also where the box does not know the ticket any more), 'same',
// or 'full': no room for another request that is held.
export async function holdWatch(ticket, ended) {
  const { response } = await request(`/w/${ticket}`, {}, WATCH_MAX_MS, { ended });
  if (response.status === 204) return 'same';
  if (response.status === 503) return 'full';
  if (response.status !== 404) demandStatus(response, 200);
  return 'changed';
}

async function fetchObject(visit, name) {
  const { response, body } = await request(`/d/${name}`, {}, OBJECT_MAX_MS);
  demandStatus(response, 200);
  return new Uint8Array(body);
}

// `wish`: { bid, kind, passcode, ttl_s, max_uses }; gives { url, exp }.
export async function makeShare({ card, handle }, wish) {
  const { response, body } = await request(`${cardPath(card)}/shares`,
    { method: 'POST', body: JSON.stringify(wish),
      headers: { Authorization: `Bearer ${handle}`,
        'Content-Type': 'application/json' } },
    ANSWER_MAX_MS);
  demandStatus(response, 201);
  return parseAnswer(body);
}

export async function endShare({ card, handle }, id) {
  const { response } = await request(`${cardPath(card)}/shares/${id}`,
    { method: 'DELETE', headers: { Authorization: `Bearer ${handle}` } },
    ANSWER_MAX_MS);
  // 404: it is gone already, which is what was asked for.
  if (response.status !== 404) demandStatus(response, 204);
}

// The service of a visit (../shared/visit.js): this box, whatever it is called.
export const PICKUP_SERVICE = { purpose: 'auth', fetchCard, fetchObject,
  isTrusted: () => true };
