// webcrypto_card.mjs -- what a browser does with a slip, in WebCrypto only:
// derive the three keys, unwrap the card's key so that nothing can export it,
// open the envelope with it, verify the claim, open the data.
import { readFileSync } from 'node:fs'
import { ok, refused, done, tool, b64u, bytes } from './tap.mjs'

const subtle = globalThis.crypto.subtle
const utf8 = new TextEncoder()
const text = new TextDecoder()
const join = (...parts) => Buffer.concat(parts.map(
  part => typeof part === 'string' ? utf8.encode(part) : part))
const zero = Uint8Array.of(0)
const hex = buffer => Buffer.from(buffer).toString('hex')
const curve = { name: 'ECDH', namedCurve: 'P-256' }
const es256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

async function derive(box, number, code, day, rounds) {
  const salt = await subtle.digest('SHA-256',
    join('guichet/1/card', zero, box, zero, number))
  const password = await subtle.importKey('raw', join(code, zero, day),
    'PBKDF2', false, ['deriveBits'])
  const ikm = await subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256',
    salt, iterations: rounds }, password, 256)
  const base = await subtle.importKey('raw', ikm, 'HKDF', false,
    ['deriveBits'])
  const expand = info => subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256',
    salt: new Uint8Array(32), info: utf8.encode(`guichet/1/${info}`) },
  base, 256)

  return { salt, ikm, auth: await expand('auth'), kek: await expand('kek'),
    loc: await expand('loc') }
}

/** The card's private key as a CryptoKey that cannot leave the browser. */
async function unwrap(kek, box, number, blob) {
  const key = await subtle.importKey('raw', kek, 'AES-GCM', false,
    ['unwrapKey'])
  const raw = bytes(blob)

  return await subtle.unwrapKey('jwk', raw.subarray(12), key,
    { name: 'AES-GCM', iv: raw.subarray(0, 12),
      additionalData: join('guichet/1/sk', zero, box, zero, number) },
    curve, false, ['deriveBits'])
}

async function openBlob(kek, kind, box, number, blob) {
  const key = await subtle.importKey('raw', kek, 'AES-GCM', false,
    ['decrypt'])
  const raw = bytes(blob)

  return text.decode(await subtle.decrypt(
    { name: 'AES-GCM', iv: raw.subarray(0, 12),
      additionalData: join(kind, zero, box, zero, number) },
    key, raw.subarray(12)))
}

function counted(part) {
  const length = Buffer.alloc(4)

  length.writeUInt32BE(part.length)
  return join(length, part)
}

async function openJwe(jwe, rawKey) {
  const [head, , iv, ciphertext, tag] = jwe.split('.')
  const key = await subtle.importKey('raw', rawKey, 'AES-GCM', false,
    ['decrypt'])

  return text.decode(await subtle.decrypt(
    { name: 'AES-GCM', iv: bytes(iv), additionalData: utf8.encode(head) },
    key, join(bytes(ciphertext), bytes(tag))))
}

async function openEnvelope(envelope, privateKey) {
  const header = JSON.parse(bytes(envelope.split('.')[0]))
  const epk = await subtle.importKey('jwk', header.epk, curve, false, [])
  const z = await subtle.deriveBits({ name: 'ECDH', public: epk },
    privateKey, 256)
  const bits = Buffer.from([0, 0, 1, 0])
  const key = await subtle.digest('SHA-256', join(Buffer.from([0, 0, 0, 1]),
    new Uint8Array(z), counted(utf8.encode('A256GCM')),
    counted(bytes(header.apu)), counted(bytes(header.apv)), bits))

  return { header, plain: JSON.parse(await openJwe(envelope, key)) }
}

async function verifyClaim(claim, jwk) {
  const [head, payload, signature] = claim.split('.')
  const key = await subtle.importKey('jwk', jwk, es256, false, ['verify'])

  return await subtle.verify(es256, key, bytes(signature),
    utf8.encode(`${head}.${payload}`)) && JSON.parse(bytes(payload))
}

async function theVectors() {
  const v = JSON.parse(readFileSync(new URL('vectors.json',
    import.meta.url)))
  const keys = await derive(v.box, v.number, v.code, '', v.rounds)
  const drop = await derive(v.box, v.number, v.code, v.day, v.rounds)

  for (const name of ['salt', 'ikm', 'auth', 'kek', 'loc'])
    ok(hex(keys[name]) === v[name], `vectors.json: ${name}`)
  for (const name of ['auth', 'kek', 'loc'])
    ok(hex(drop[name]) === v[`drop_${name}`], `vectors.json: drop_${name}`)
  const privateKey = await unwrap(keys.kek, v.box, v.number, v.sk)
  const trust = await openBlob(keys.kek, 'guichet/1/trust', v.box,
    v.number, v.trust)
  const { plain } = await openEnvelope(v.envelope, privateKey)
  const claim = await verifyClaim(plain.claim, JSON.parse(trust).box)

  const atHome = await unwrap(drop.kek, v.box, v.number, v.drop_sk)

  ok(JSON.stringify((await openEnvelope(v.envelope, atHome)).plain) ===
    JSON.stringify(plain), 'vectors.json: drop_sk is the same key')
  ok(trust === v.trust_plain, 'vectors.json: trust')
  ok(JSON.stringify(claim) === v.claim_payload, 'vectors.json: claim')
  ok(await openJwe(v.data, bytes(plain.key)) === v.payload,
    'vectors.json: data')
}

/** A fresh card, from issue to the open report. */
async function aFreshCard() {
  const box = JSON.parse(tool('key', []))
  const card = JSON.parse(tool('card', ['box-1', box.point,
    'https://p.example', 600000]))
  const keys = await derive('box-1', card.number, card.code, '', 600000)
  const privateKey = await unwrap(keys.kek, 'box-1', card.number, card.sk)
  const trust = JSON.parse(await openBlob(keys.kek, 'guichet/1/trust',
    'box-1', card.number, card.trust))

  ok(hex(await subtle.digest('SHA-256', keys.auth)) === card.token_hash,
    'the token is the one whose hash the vault keeps')
  ok(privateKey.extractable === false && privateKey.type === 'private',
    'unwrapKey() takes our sk')
  ok(await refused(subtle.exportKey('jwk', privateKey)),
    'and gives it to nobody')
  ok(JSON.stringify(trust) === JSON.stringify({ box: box.public,
    pickup: 'https://p.example', drop: null }), 'trust opens')
  await aBundle(box, card, trust, privateKey)
  await wrongOnes(card, keys)
}

async function aBundle(box, card, trust, privateKey) {
  const contentKey = crypto.getRandomValues(new Uint8Array(32))
  const payload = '{"resourceType":"Bundle"}'.padEnd(65536)
  const data = String(tool('seal-dir', [b64u(contentKey),
    'application/fhir+json'], payload))
  const claim = String(tool('sign', [box.d, 'guichet-claim+jws'],
    JSON.stringify({ v: 1, card: card.number })))
  const envelope = String(tool('seal-ecdh', [card.point, 'box-1',
    `${card.number}|bid`], JSON.stringify({ key: b64u(contentKey), claim })))
  const { header, plain } = await openEnvelope(envelope, privateKey)

  ok(header.cty === 'json' &&
    String(bytes(header.apv)) === `${card.number}|bid`, 'envelope opens')
  ok((await verifyClaim(plain.claim, trust.box)).card === card.number,
    'claim verifies with the key from trust')
  ok(await openJwe(data, bytes(plain.key)) === payload, 'data opens')
}

async function wrongOnes(card, keys) {
  const other = card.code[0] === '0' ? '1' : '0'
  const wrong = await derive('box-1', card.number, other +
    card.code.slice(1), '', 600000)

  ok(await refused(unwrap(wrong.kek, 'box-1', card.number, card.sk)),
    'another code opens nothing')
  ok(await refused(unwrap(keys.kek, 'box-2', card.number, card.sk)),
    'nor the right one at another box')
}

/** The drop variant of a fresh card: both codes, and where its index lies. */
async function aCardForTheDrop() {
  const box = JSON.parse(tool('key', []))
  const drop = 'https://objects.example/v1/AUTH_lab/results'
  const card = JSON.parse(tool('card-drop', ['box-1', box.point,
    'https://p.example', 600000, drop]))
  const local = await derive('box-1', card.number, card.code, '', 600000)
  const keys = await derive('box-1', card.number, card.code, card.day, 600000)
  const privateKey = await unwrap(keys.kek, 'box-1', card.number,
    card.drop_sk)
  const trust = await openBlob(keys.kek, 'guichet/1/trust', 'box-1',
    card.number, card.drop_trust)

  ok(/^[0-9A-HJKMNP-TV-Z]{10}$/.test(card.day), 'ten symbols of a day code')
  ok(b64u(keys.loc) === card.loc, 'the index lies where both codes say')
  ok(privateKey.extractable === false, 'both codes open the key in the drop')
  ok(trust === await openBlob(local.kek, 'guichet/1/trust', 'box-1',
    card.number, card.trust) && trust === JSON.stringify({ box: box.public,
    pickup: 'https://p.example', drop }), 'trust is the same and has the drop')
  ok(await refused(unwrap(local.kek, 'box-1', card.number, card.drop_sk)),
    'the slip alone does not')
  ok(await refused(unwrap(keys.kek, 'box-1', card.number, card.sk)),
    'nor do both open the copy in the branch')
  await aBundle(box, card, JSON.parse(trust), privateKey)
  await wrongDayCode(card)
}

async function wrongDayCode(card) {
  const other = (card.day[0] === '0' ? '1' : '0') + card.day.slice(1)
  const wrong = await derive('box-1', card.number, card.code, other, 600000)

  ok(await refused(unwrap(wrong.kek, 'box-1', card.number, card.drop_sk)),
    'another day code opens nothing')
  ok(b64u(wrong.loc) !== card.loc, 'and finds nothing')
}

/** The page's own reader of symbols; it has no package.json beside it. */
async function thePageReads() {
  const v = JSON.parse(readFileSync(new URL('vectors.json',
    import.meta.url)))
  const source = readFileSync(new URL(
    '../../gateway/web/shared/symbols.js', import.meta.url), 'utf8')
  const page = await import('data:text/javascript,' +
    encodeURIComponent(source))

  for (const [name, shape] of [['number', page.CARD_NUMBER],
    ['code', page.SLIP_CODE], ['day', page.DAY_CODE]])
    ok(page.printSymbols(v[name], shape) === v[`${name}_printed`] &&
      page.readSymbols(v[`${name}_printed`], shape).text === v[name],
    `the page prints and reads the ${name}`)
}

await theVectors()
await thePageReads()
await aFreshCard()
await aCardForTheDrop()
done()
