/*
 * keystore.h -- where the device root lives: 32 random bytes from which every
 * key of the vault comes.
 *
 * One backend so far: a file, for boards without a secure element.  Erasure
 * of a file on flash is best effort, and `guichet status` may say so.
 * Never: replaces a root that is there, or makes a new one beside a database.
 */
#ifndef VAULT_KEYSTORE_H
#define VAULT_KEYSTORE_H

#include "base/secret.h"
#include "base/span.h"

struct keystore {
	const char *name;	/* "file" */
	/* What the backend can promise about destroying a key. */
	const char *erasure;	/* "best effort" */
	/*
	 * Reads the root below directory `dir`, making it where `may_make`
	 * says that nothing depends on an older one.
	 *
	 *   ST_OK
	 *   ST_NOT_FOUND  there is none and none may be made
	 *   ST_DENIED     others may read it, or it cannot be written
	 *   ST_CORRUPT    it is not 32 bytes
	 *   ST_DISK_FULL, ST_IO
	 *
	 * Every failure is logged, with what to do.
	 */
	enum status (*load)(const char *dir, bool may_make,
	    struct secret_32 *root);
};

extern const struct keystore keystore_file;

/*
 * Writes `len` bytes as `dir`/`name` so that after a crash there is either
 * the whole file or what was there before: new file, fsync, rename, fsync of
 * the directory.  ST_OK, ST_DENIED, ST_DISK_FULL, ST_IO.
 */
MUST_CHECK enum status
file_replace(const char *dir, const char *name, const void *bytes, size_t len);

/* Reads at most `max` bytes of a regular file; ST_OK with the length in
 * `*len`, ST_NOT_FOUND, ST_DENIED or ST_IO. */
MUST_CHECK enum status
file_read(const char *dir, const char *name, void *bytes, size_t max,
    size_t *len);

/* Makes the names in `dir` durable; ST_OK or as file_replace(). */
MUST_CHECK enum status directory_sync(const char *dir);

/* What an errno means here. */
enum status status_of_errno(int number);

#endif
