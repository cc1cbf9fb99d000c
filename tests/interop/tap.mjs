// tap.mjs -- just enough TAP for the scripts here, and our own jose_tool.
import { spawnSync } from 'node:child_process'

const top = new URL('../..', import.meta.url).pathname
const out = process.env.GUICHET_OUT || `${top}build/x86_64`
let count = 0
let failed = 0

export function ok(good, claim) {
  console.log(`${good ? '' : 'not '}ok ${++count} - ${claim}`)
  if (!good) failed++
}

/** True if `promise` fails: what must be refused. */
export async function refused(promise) {
  try {
    await promise
    return false
  } catch {
    return true
  }
}

export function done() {
  console.log(`1..${count}`)
  process.exitCode = failed === 0 ? 0 : 1
}

/** Our tool's output as bytes; throws its status in words. */
export function tool(command, args, input = '') {
  const run = spawnSync(`${out}/tests/interop/jose_tool`,
    [command, ...args.map(String)],
    { input, maxBuffer: 32 << 20 })
  if (run.error) throw run.error
  if (run.status !== 0) throw new Error(String(run.stderr).trim())
  return run.stdout
}

export const b64u = bytes => Buffer.from(bytes).toString('base64url')
export const bytes = text => Buffer.from(text, 'base64url')
