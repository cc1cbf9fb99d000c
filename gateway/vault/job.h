/*
 * job.h -- a message that writes: it waits for the next transaction and is
 * answered when that is durable.
 *
 * All jobs that came in one turn of the loop share one transaction: one sync
 * of the segments, one of the database.  Each has a savepoint of its own.
 * Where the disk does not confirm a commit the process ends (exit code 71).
 */
#ifndef VAULT_JOB_H
#define VAULT_JOB_H

#include "vault/vault.h"

/* What apply() found out, for answer(). */
struct job_result {
	enum status outcome;
	uint64_t retry_after_s, expires_s, remaining, size, status, number;
	uint8_t  token[32];
};

struct job;

struct job_kind {
	/*
	 * Writes, within the transaction, and sets job->result.
	 *
	 *   ST_OK      keep what was written (whatever the outcome is)
	 *   ST_EXISTS, ST_INVALID   undo this job only; it is the outcome
	 *   otherwise  the store failed: the whole transaction is undone and
	 *              this is every job's outcome
	 */
	enum status (*apply)(struct vault *v, struct job *job);
	/* Sends the answer; what was written is durable, or undone. */
	void (*answer)(struct vault *v, struct job *job);
	/* True: object bytes must be synced first. */
	bool has_objects;
};

struct job {
	struct job *next;
	const struct job_kind *kind;
	struct message m;		/* spans point into bytes[] */
	struct job_result result;
	size_t  len;
	uint8_t bytes[];		/* of the message; wiped */
};

/* Copies `m` and queues it. */
void job_add(struct vault *v, const struct job_kind *kind,
    const struct message *m);

/* Runs all waiting jobs in one transaction; true if there were any. */
bool jobs_run(struct vault *v);

/* Is something waiting, and is all of it a delivery's commit, or the
 * courier's, who is in no hurry? */
bool jobs_are_commits(const struct vault *v);

/* Throws away what `peer` asked for: it is gone, and its successor must not
 * take the answer for one of its own. */
void jobs_drop(struct vault *v, enum role_id peer);

/*
 * One transaction around `apply`, outside of the queue: the sweep, the floor.
 * ST_OK, or what apply or the store said; then nothing was written.
 */
MUST_CHECK enum status
transaction(struct vault *v, enum status (*apply)(struct vault *v, void *with),
    void *with);

#endif
