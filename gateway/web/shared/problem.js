// problem.js -- what went wrong, as a name that strings.js explains.

// kind: a row `problem.<kind>.title`, `.text` and `.todo` of strings.js.
export class Problem extends Error {
  constructor(kind, details = {}) {
    super(kind);
    this.kind = kind;
    this.details = details;
  }
}

// The checks of a bundle, in the order in which they are made
// (docs/formats/bundle.md); strings.js has a sentence for each.
export const CHECKS = ['envelope', 'recipient', 'signature', 'card', 'time',
  'sequence', 'integrity', 'decryption', 'document'];

// Runs one check: whatever it throws says that this check failed.
export async function checked(check, work) {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('check', { check });
  }
}
