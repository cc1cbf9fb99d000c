#include "vault/job.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/wipe.h"
#include "vault/changed.h"
#include "vault/delivery.h"
#include "vault/timekeeper.h"

/* The longest message that writes: a delivery with its ACK. */
enum { JOB_BYTES_MAX = 36 * 1024 };

/* See job.h. */
void
job_add(struct vault *v, const struct job_kind *kind, const struct message *m)
{
	uint8_t scratch[JOB_BYTES_MAX];
	struct buf body = buf_over(scratch, sizeof(scratch));
	struct job *job;

	if (message_encode(m, &body) != ST_OK)
		unexpected("a message that was decoded does not encode",
		    (int)m->id);
	job = malloc(sizeof(*job) + body.len);
	if (job == NULL)
		unexpected("no memory for a job", 0);
	*job = (struct job){ .kind = kind, .len = body.len };
	memcpy(job->bytes, scratch, body.len);
	wipe(scratch, body.len);
	if (message_decode(&job->m, m->id,
	    (struct span){ job->bytes, body.len }) != ST_OK)
		unexpected("a message that was encoded does not decode",
		    (int)m->id);
	if (v->last_job == NULL)
		v->last_job = &v->first_job;
	*v->last_job = job;
	v->last_job = &job->next;
}

/* What a patient brings to open a card or a link is in the bytes. */
static void
free_job(struct job *job)
{
	wipe(job, sizeof(*job) + job->len);
	free(job);
}

static bool
is_own_fault(enum status st)
{
	return st == ST_EXISTS || st == ST_INVALID;
}

/* ST_OK, or a failure of the store. */
static enum status
run_one(struct vault *v, struct job *job)
{
	struct merkle before = v->audit.tree;
	enum status st;

	TRY(database_do(&v->db, SQL_SAVE));
	st = job->kind->apply(v, job);
	if (st == ST_OK)
		return database_do(&v->db, SQL_SAVE_OK);
	if (!is_own_fault(st))
		return st;
	v->audit.tree = before;
	job->result = (struct job_result){ .outcome = st };
	TRY(database_do(&v->db, SQL_SAVE_BACK));
	return database_do(&v->db, SQL_SAVE_OK);
}

/*
 * The journal holds the whole transaction, but the disk did not confirm it:
 * nobody knows whether the next start finds it.  Answering "not stored" would
 * be a guess, and taking its objects back a loss if the guess is wrong.  So
 * nothing is answered: the next start looks, and the LIS sends again.
 */
static _Noreturn void
give_up(void)
{
	log_line(LOG_ERROR, "vault.db: the disk did not confirm a commit; "
	    "starting again to see what it kept; see the kernel's log");
	exit(71);	/* EX_OSERR: the supervisor starts it again */
}

/* A full disk refuses the journal's last page or one before it: that one is
 * surely not stored.  Any other failure may come after it was written. */
static enum status
commit(struct vault *v)
{
	enum status st = database_do(&v->db, SQL_COMMIT);

	if (st != ST_OK && st != ST_DISK_FULL && st != ST_EXISTS)
		give_up();
	return st;
}

/* A batch that changed nothing (a throttled flood) must not cost a sync. */
static enum status
finish(struct vault *v, bool changed)
{
	if (changed) {
		TRY(audit_seal(&v->audit));
		TRY(timekeeper_store(v));
		v->database_syncs++;
	}
	TRY(commit(v));
	audit_committed(&v->audit);
	taken_committed(&v->outbox);
	changed_tell(v);
	return ST_OK;
}

static void
undo(struct vault *v)
{
	database_rollback(&v->db);
	audit_rolled_back(&v->audit);
	changed_forget(v);
	taken_rolled_back(&v->outbox);
}

static bool
any_has_objects(const struct job *job)
{
	while (job != NULL && !job->kind->has_objects)
		job = job->next;
	return job != NULL;
}

static enum status
run_all(struct vault *v, struct job *first)
{
	int before = sqlite3_total_changes(v->db.handle);
	enum status st = ST_OK;

	if (any_has_objects(first)) {
		st = segments_sync(&v->segments, &v->segment_syncs);
		if (st != ST_OK)
			delivery_fail_all(v, st);
	}
	TRY(database_do(&v->db, SQL_BEGIN));
	st = ST_OK;	/* each delivery tells its own failure */
	for (struct job *job = first; job != NULL && st == ST_OK;
	    job = job->next)
		st = run_one(v, job);
	if (st == ST_OK)
		st = finish(v, sqlite3_total_changes(v->db.handle) != before);
	if (st != ST_OK)
		undo(v);
	return st;
}

static void
answer_all(struct vault *v, struct job *job, enum status st)
{
	struct job *next;

	for (; job != NULL; job = next) {
		next = job->next;
		if (st != ST_OK)
			job->result = (struct job_result){ .outcome = st };
		job->kind->answer(v, job);
		free_job(job);
	}
}

/* See job.h. */
bool
jobs_are_commits(const struct vault *v)
{
	for (const struct job *job = v->first_job; job != NULL;
	    job = job->next)
		if (!job->kind->has_objects && message_route(job->m.id,
		    ROLE_COURIER, ROLE_VAULT) != ST_OK)
			return false;
	return v->first_job != NULL;
}

/* See job.h. */
bool
jobs_run(struct vault *v)
{
	struct job *first = v->first_job;
	enum status st;

	if (first == NULL)
		return false;
	v->first_job = NULL;
	v->last_job = NULL;
	v->batches++;
	st = run_all(v, first);
	answer_all(v, first, st);
	return true;
}

/* See job.h. */
void
jobs_drop(struct vault *v, enum role_id peer)
{
	struct job **at = &v->first_job, *job;

	while ((job = *at) != NULL) {
		if (message_route(job->m.id, peer, ROLE_VAULT) != ST_OK) {
			at = &job->next;
			continue;
		}
		*at = job->next;
		free_job(job);
	}
	v->last_job = v->first_job == NULL ? NULL : at;
}

/* See job.h. */
enum status
transaction(struct vault *v, enum status (*apply)(struct vault *v, void *with),
    void *with)
{
	int before = sqlite3_total_changes(v->db.handle);
	enum status st;

	TRY(database_do(&v->db, SQL_BEGIN));
	st = apply(v, with);
	if (st == ST_OK)
		st = finish(v, sqlite3_total_changes(v->db.handle) != before);
	if (st != ST_OK)
		undo(v);
	return st;
}
