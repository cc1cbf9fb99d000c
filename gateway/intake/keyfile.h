/*
 * keyfile.h -- the key under which intake hashes identities for the vault,
 * so that the vault's database says nothing about a patient even to someone
 * who can guess names.
 *
 * Made at the first start; whoever loses it gets new versions treated as new
 * reports, nothing worse.
 */
#ifndef INTAKE_KEYFILE_H
#define INTAKE_KEYFILE_H

#include "base/secret.h"
#include "base/status.h"

/*
 * Reads <state_dir>/intake/intake.key, or makes folder and file (0700, 0600)
 * where there is none.  Before the sandbox: afterwards there are no files.
 *
 *   ST_OK
 *   ST_IO       the system refused; errno says why, `what` names the path
 *   ST_CORRUPT  the file is not 32 bytes long
 *   ST_DENIED   others may read the file
 */
MUST_CHECK enum status
keyfile_load(const char *state_dir, struct secret_32 *key, const char **what);

#endif
