/*
 * schema.h -- the tables, as numbered steps from nothing to today.
 *
 * Never: a step that was released is never edited; a new one is added.
 * docs/formats/store.md describes the tables.
 */
#ifndef VAULT_SCHEMA_H
#define VAULT_SCHEMA_H

#include "vault/database.h"

struct migration {
	unsigned    version;	/* after it */
	const char *what;
	const char *sql;
};

/* In order, from 1, without gaps. */
extern const struct migration migrations[];
unsigned schema_newest(void);

/*
 * Brings the database from its user_version up to `version`, each step in a
 * transaction of its own.
 *
 *   ST_OK
 *   ST_UNSUPPORTED  it is newer than this program (logged)
 *   otherwise       as database_exec()
 */
MUST_CHECK enum status schema_migrate(struct database *db, unsigned version);

#endif
