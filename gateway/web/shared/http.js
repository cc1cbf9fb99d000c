// http.js -- one request and its whole answer; what a network does wrong
// becomes a Problem.

import { concatBytes } from './bytes.js';
import { Problem } from './problem.js';

const FETCH_OPTIONS = { cache: 'no-store', credentials: 'omit',
  redirect: 'error', referrerPolicy: 'no-referrer' };

// The body, and not a byte more than `max_bytes` of it.
async function readBody(response, max_bytes) {
  if (max_bytes === undefined) return response.arrayBuffer();
  const reader = response.body.getReader();
  const chunks = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return concatBytes(...chunks).buffer;
    size += value.length;
    if (size > max_bytes) {
      await reader.cancel();
      return null;
    }
    chunks.push(value);
  }
}

// { response, body }; `body` is null where it is longer than `max_bytes`.
// `ended` aborts the request.
export async function request(path, options, limit_ms, { ended, max_bytes } = {}) {
  const abort = new AbortController();
  ended?.addEventListener('abort', () => abort.abort());
  const timer = setTimeout(() => abort.abort(), limit_ms);
  try {
    const response = await fetch(path,
      { ...FETCH_OPTIONS, ...options, signal: abort.signal });
    return { response, body: await readBody(response, max_bytes) };
  } catch (error) {
    throw new Problem(navigator.onLine === false ? 'offline' : 'away');
  } finally {
    clearTimeout(timer);
  }
}

export function parseAnswer(body) {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw new Problem('server', { status: 'JSON' });
  }
}
