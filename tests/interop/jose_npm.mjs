// jose_npm.mjs -- npm jose opens what we make, and we open what it makes.
import { readFileSync } from 'node:fs'
import * as jose from 'jose'
import { ok, refused, done, tool, b64u, bytes } from './tap.mjs'

const vectors = JSON.parse(readFileSync(
  new URL('vectors.json', import.meta.url)))
const text = new TextDecoder()
const utf8 = new TextEncoder()
const typ = 'guichet-claim+jws'
const fhir = 'application/fhir+json'

async function privateKey(jwk, alg) {
  return await jose.importJWK(jwk, alg)
}

async function theVectors() {
  const card = await privateKey(JSON.parse(vectors.sk_plain), 'ECDH-ES')
  const box = await jose.importJWK(JSON.parse(vectors.box_key), 'ES256')
  const envelope = await jose.compactDecrypt(vectors.envelope, card)
  const claim = await jose.compactVerify(vectors.claim, box)
  const data = await jose.compactDecrypt(vectors.data,
    bytes(vectors.content_key))

  ok(text.decode(envelope.plaintext) === vectors.envelope_plain,
    'vectors.json: envelope')
  ok(text.decode(claim.payload) === vectors.claim_payload,
    'vectors.json: claim')
  ok(text.decode(data.plaintext) === vectors.payload, 'vectors.json: data')
  ok(await jose.calculateJwkThumbprint(JSON.parse(vectors.box_key)) ===
    vectors.box_kid, 'vectors.json: thumbprint')
}

async function ourData() {
  const key = crypto.getRandomValues(new Uint8Array(32))
  const payload = '{"resourceType":"Bundle"}'.padEnd(65536)
  const jwe = String(tool('seal-dir', [b64u(key), fhir], payload))
  const opened = await jose.compactDecrypt(jwe, key)

  ok(text.decode(opened.plaintext) === payload, 'it opens our data')
  ok(JSON.stringify(opened.protectedHeader) ===
    `{"alg":"dir","enc":"A256GCM","cty":"${fhir}"}`,
  'with exactly the header of formats/bundle.md')
  ok(await refused(jose.compactDecrypt(jwe.slice(0, -1), key)),
    'and not with its tag cut')
}

async function theirData() {
  const key = crypto.getRandomValues(new Uint8Array(32))
  const jwe = await new jose.CompactEncrypt(utf8.encode('{"a":1}'))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', cty: fhir })
    .encrypt(key)

  ok(String(tool('open-dir', [b64u(key)], jwe)) === '{"a":1}',
    'we open its data')
}

async function ourEnvelope(pair) {
  const jwe = String(tool('seal-ecdh', [pair.point, 'box-1', 'N|b'],
    '{"key":"k"}'))
  const opened = await jose.compactDecrypt(jwe,
    await privateKey(pair.private, 'ECDH-ES'))
  const { apu, apv, cty } = opened.protectedHeader

  ok(text.decode(opened.plaintext) === '{"key":"k"}',
    'it opens our envelope')
  ok(Object.keys(opened.protectedHeader).join() ===
    'alg,enc,epk,apu,apv,cty' && cty === 'json', 'members in our order')
  ok(String(bytes(apu)) === 'box-1' && String(bytes(apv)) === 'N|b',
    'apu and apv name the parties')
}

async function theirEnvelope(pair) {
  const jwe = await new jose.CompactEncrypt(utf8.encode('{"key":"k"}'))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', cty: 'json' })
    .setKeyManagementParameters({
      apu: utf8.encode('box-1'), apv: utf8.encode('N|b') })
    .encrypt(await jose.importJWK(pair.public, 'ECDH-ES'))

  ok(String(tool('open-ecdh', [pair.d, 'box-1', 'N|b'], jwe)) ===
    '{"key":"k"}', 'we open its envelope')
  ok(await refused((async () =>
    tool('open-ecdh', [pair.d, 'box-2', 'N|b'], jwe))()),
  'but not as another box')
}

async function claims(pair) {
  const ours = String(tool('sign', [pair.d, typ], '{"v":1}'))
  const verified = await jose.compactVerify(ours,
    await jose.importJWK(pair.public, 'ES256'))
  const theirs = await new jose.CompactSign(utf8.encode('{"v":1}'))
    .setProtectedHeader({ alg: 'ES256', typ, kid: pair.kid })
    .sign(await privateKey(pair.private, 'ES256'))

  ok(text.decode(verified.payload) === '{"v":1}', 'it verifies our claim')
  ok(JSON.stringify(verified.protectedHeader) ===
    `{"alg":"ES256","typ":"${typ}","kid":"${pair.kid}"}`,
  'with exactly the header of formats/bundle.md')
  ok(await jose.calculateJwkThumbprint(pair.public) === pair.kid,
    'whose kid is the thumbprint')
  ok(String(tool('verify', [pair.point, typ], theirs)) === '{"v":1}',
    'we verify its claim')
  ok(await refused((async () =>
    tool('verify', [pair.point, 'JWT'], theirs))()), 'but not as a JWT')
}

const pair = JSON.parse(tool('key', []))

await theVectors()
await ourData()
await theirData()
await ourEnvelope(pair)
await theirEnvelope(pair)
await claims(pair)
done()
