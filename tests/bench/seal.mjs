// seal.mjs -- sealing a 200 kB report, our code beside npm jose, in one run.
//
// Both make a fresh content key, pad to 64 KiB and make the compact JWE;
// both are measured in processor time of the whole process, all threads, in
// turns, so that a busy neighbour meets both.
import { spawnSync } from 'node:child_process'
import { CompactEncrypt } from 'jose'

const top = new URL('../..', import.meta.url).pathname
const out = process.env.GUICHET_OUT || `${top}build/x86_64`
const rounds = Number(process.argv[2] ?? 11)
const goal = 10
const size = 200000
const step = 65536
const ours = { name: 'guichet', operations: 400, us: [] }
const theirs = { name: 'npm jose', operations: 60, us: [] }
const report = new Uint8Array(size).fill(0x78)

function sealOurs(operations) {
  const run = spawnSync(`${out}/tests/bench/seal_bench`,
    ['seal', String(size), String(operations)])

  if (run.error) throw run.error
  if (run.status !== 0) throw new Error(String(run.stderr))
  return JSON.parse(run.stdout).cpu_us
}

async function sealTheirs(operations) {
  const before = process.cpuUsage()

  for (let i = 0; i < operations; i++) {
    const key = crypto.getRandomValues(new Uint8Array(32))
    const plain = new Uint8Array(Math.ceil(size / step) * step).fill(0x20)

    plain.set(report)
    await new CompactEncrypt(plain)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM',
        cty: 'application/fhir+json' })
      .encrypt(key)
  }
  const used = process.cpuUsage(before)

  return used.user + used.system
}

const sorted = list => [...list].sort((a, b) => a - b)
const quantile = (list, q) => sorted(list)[Math.round(q * (list.length - 1))]
const median = list => quantile(list, 0.5)

function row(side) {
  const [low, mid, high] = [0, 0.5, 1].map(q => quantile(side.us, q))
  const cells = [low, mid, high].map(us => us.toFixed(0).padStart(9))

  console.log(`${side.name.padEnd(12)}${cells.join('')}  us`)
}

await sealTheirs(theirs.operations)		// warm up its compiler
sealOurs(ours.operations)
for (let i = 0; i < rounds; i++) {
  ours.us.push(sealOurs(ours.operations) / ours.operations)
  theirs.us.push(await sealTheirs(theirs.operations) / theirs.operations)
}

const ratios = ours.us.map((us, i) => theirs.us[i] / us)
const good = median(ratios) >= goal

console.log(`sealing ${size / 1000} kB, processor time per operation, ` +
  `${rounds} rounds in turns`)
console.log('               lowest   median  highest')
row(ours)
row(theirs)
console.log(`ratio ${median(ratios).toFixed(1)} (spread ` +
  `${quantile(ratios, 0).toFixed(1)} to ${quantile(ratios, 1).toFixed(1)})` +
  `, goal >= ${goal}: ${good ? 'met' : 'MISSED'}`)
process.exitCode = good ? 0 : 1
