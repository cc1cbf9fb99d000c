#include "vault/vault.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/log.h"
#include "base/wipe.h"
#include "crypto/constant_time.h"
#include "vault/alarm.h"
#include "vault/box.h"
#include "vault/credential.h"
#include "vault/delivery.h"
#include "vault/desk.h"
#include "vault/event.h"
#include "vault/hold.h"
#include "vault/job.h"
#include "vault/keystore.h"
#include "vault/notice.h"
#include "vault/opening.h"
#include "vault/outbox.h"
#include "vault/pickup.h"
#include "vault/quarantine.h"
#include "vault/recovery.h"
#include "vault/schema.h"
#include "vault/share.h"
#include "vault/sweep.h"
#include "vault/timekeeper.h"

static const char database_name[] = "vault.db";
static const char check_name[] = "vault.id";

/* --- messages ------------------------------------------------------------ */

/* What only reads is `now`; what writes is `later`. */
struct handler {
	enum message_id id;
	void (*now)(struct vault *v, const struct message *m);
	const struct job_kind *later;
};

static const struct handler handlers[] = {
	{ MSG_DELIVERY_BEGIN,  on_delivery_begin,  NULL },
	{ MSG_REPORT_OPEN,     on_report_open,     NULL },
	{ MSG_CLAIM_GET,       on_claim_get,       NULL },
	{ MSG_OBJECT_PART,     on_object_part,     NULL },
	{ MSG_ENVELOPE,        on_envelope,        NULL },
	{ MSG_DELIVERY_COMMIT, on_delivery_commit, NULL },
	{ MSG_DELIVERY_ABORT,  on_delivery_abort,  NULL },
	{ MSG_INTAKE_COUNTERS, on_intake_counters, NULL },
	{ MSG_REPORT_PROBE,    on_report_probe,    NULL },
	{ MSG_INTAKE_EVENT,    on_intake_event,    NULL },
	{ MSG_BOX_BOOTED,      on_box_booted,      NULL },
	{ MSG_UPDATE_EVENT,    on_update_event,    NULL },
	{ MSG_CARD_OPEN,       NULL, &card_open_job },
	{ MSG_OBJECT_READ,     on_object_read,     NULL },
	{ MSG_SHARE_MAKE,      NULL, &share_make_job },
	{ MSG_SHARE_END,       NULL, &share_end_job },
	{ MSG_SHARE_OPEN,      on_share_open,      NULL },
	{ MSG_BOX_GET,         on_box_get,         NULL },
	{ MSG_CARD_STORE,      NULL, &card_store_job },
	{ MSG_CARD_LIST,       on_card_list,       NULL },
	{ MSG_CARD_FREEZE,     NULL, &card_freeze_job },
	{ MSG_BUNDLE_LIST,     on_bundle_list,     NULL },
	{ MSG_BUNDLE_REVOKE,   NULL, &bundle_revoke_job },
	{ MSG_BUNDLE_RELEASE,  NULL, &bundle_release_job },
	{ MSG_QUARANTINE_LIST, on_quarantine_list, NULL },
	{ MSG_QUARANTINE_CLEAR, NULL, &quarantine_clear_job },
	{ MSG_STATUS_GET,      on_status_get,      NULL },
	{ MSG_AUDIT_READ,      on_audit_read,      NULL },
	{ MSG_OUTBOX_TAKE,     NULL, &outbox_take_job },
	{ MSG_OUTBOX_READ,     on_outbox_read,     NULL },
	{ MSG_OUTBOX_DONE,     NULL, &outbox_done_job },
	{ MSG_MAIL_BOUNCED,    NULL, &mail_bounced_job },
	{ MSG_OUTBOX_LIST,     on_outbox_list,     NULL },
	{ MSG_ALARM_LIST,      on_alarm_list,      NULL },
	{ MSG_ALARM_CLEAR,     NULL, &alarm_clear_job },
	{ MSG_CREDENTIAL_STORE, NULL, &credential_store_job },
	{ MSG_CREDENTIAL_LIST, on_credential_list, NULL },
	{ MSG_DROP_STOP,       NULL, &drop_stop_job },
	{ MSG_CARD_CALL,       NULL, &card_call_job },
};

/* See vault.h. */
void
vault_take(struct vault *v, const struct message *m)
{
	timekeeper_read(v);	/* a window closes to the second */
	for (size_t i = 0; i < COUNT(handlers); i++) {
		if (handlers[i].id != m->id)
			continue;
		if (handlers[i].now != NULL)
			handlers[i].now(v, m);
		else
			job_add(v, handlers[i].later, m);
		return;
	}
	unexpected("a message that is not routed to the vault", (int)m->id);
}

/* See vault.h. */
void
vault_send(struct vault *v, enum role_id to, const struct message *m)
{
	v->exit.send(v->exit.owner, to, m);
}

/* --- opening ------------------------------------------------------------- */

static bool
exists(const char *dir, const char *name)
{
	char path[256];
	struct stat about;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return stat(path, &about) == 0 && about.st_size > 0;
}

/* vault.id is public: it tells a wrong root.key from a damaged database. */
static enum status
check_root(struct vault *v, bool is_new)
{
	const uint8_t *check = v->secrets->keys.key[KEY_CHECK].byte;
	uint8_t stored[33];
	size_t len = 0;
	enum status st = file_read(v->settings.dir, check_name, stored,
	    sizeof(stored), &len);

	if (st == ST_NOT_FOUND)
		return is_new ? file_replace(v->settings.dir, check_name,
		    check, 32) : ST_OK;
	if (st == ST_OK && (len != 32
	    || !constant_time_equal(stored, check, 32))) {
		log_line(LOG_ERROR, "root.key is not the key %s was made with "
		    "(%s differs); put the right root.key back; no file was "
		    "changed", database_name, check_name);
		return ST_FORGED;
	}
	if (st != ST_OK)
		log_line(LOG_ERROR, "%s: cannot be read: %s", check_name,
		    status_text(st));
	return st;
}

static enum status
open_keys(struct vault *v)
{
	bool is_new = !exists(v->settings.dir, database_name);
	struct secret_32 root;

	TRY(keystore_file.load(v->settings.dir, is_new, &root));
	keys_derive(&v->secrets->keys, &root);
	wipe(&root, sizeof(root));
	return check_root(v, is_new);
}

static enum status
open_database(struct vault *v)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", v->settings.dir, database_name);
	TRY(database_open(&v->db, path, &v->secrets->keys.key[KEY_DATABASE]));
	v->db.path = database_name;
	TRY(schema_migrate(&v->db, schema_newest()));
	/* What a failed sync left only in the page cache is written again. */
	database_checkpoint(&v->db, true);
	/* SQLite syncs the directory for its journal only. */
	return directory_sync(v->settings.dir);
}

static enum status
open_segments(struct vault *v)
{
	enum status st;

	segments_init(&v->segments, v->settings.dir,
	    v->settings.segment_bytes != 0 ? v->settings.segment_bytes
	    : SEGMENT_BYTES_MAX);
	st = recovery_resume(v);
	if (st != ST_OK) {
		log_line(LOG_ERROR, "segment-%06llu: %s: it cannot be "
		    "written; check its owner and the kernel's log",
		    (unsigned long long)v->segments.active, status_text(st));
		return st;
	}
	/* Without room for its records it waits for some (vault_tick()). */
	st = recovery_check(v);
	return st == ST_DISK_FULL ? ST_OK : st;
}

static enum status
audit_start(struct vault *v, void *with)
{
	struct audit_event e = { .ev = "start", .actor = "box", .ch = "box",
	    .res = "ok", .det = { { "schema", NULL, schema_newest() } } };

	(void)with;
	return audit_add(&v->audit, &e);
}

/* A full disk must not keep patients from what is stored. */
static enum status
record_start(struct vault *v)
{
	enum status st = transaction(v, audit_start, NULL);

	return st == ST_DISK_FULL ? ST_OK : st;
}

static enum status
open_all(struct vault *v)
{
	TRY(open_keys(v));
	TRY(open_database(v));
	TRY(timekeeper_start(v));
	TRY(audit_open(&v->audit, &v->db, &v->clock));
	TRY(box_load(v));
	TRY(open_segments(v));
	return record_start(v);
}

/* See vault.h. */
enum status
vault_open(struct vault *v, const struct vault_settings *settings,
    const struct vault_exit *out)
{
	enum status st;

	*v = (struct vault){ .settings = *settings, .exit = *out,
	    .secrets = settings->secrets };
	segments_init(&v->segments, v->settings.dir, SEGMENT_BYTES_MAX);
	st = open_all(v);
	if (st != ST_OK) {
		database_close(&v->db);
		segments_close(&v->segments);
		keys_wipe(&v->secrets->keys);
	}
	return st;
}

/* See vault.h. */
void
vault_close(struct vault *v)
{
	if (v->db.handle == NULL)
		return;
	(void)vault_turn(v);
	delivery_end_all(v);
	reads_drop(v);
	outbox_courier_lost(v);
	timekeeper_save(v);
	database_close(&v->db);
	segments_close(&v->segments);
	keys_wipe(&v->secrets->keys);
	wipe(&v->secrets->signing_key, sizeof(v->secrets->signing_key));
}

/* --- running ------------------------------------------------------------- */

/* See vault.h. */
bool
vault_is_settled(const struct vault *v)
{
	return v->db.is_settled && v->is_checked;
}

/* See vault.h. */
bool
vault_may_wait(const struct vault *v)
{
	if (!jobs_are_commits(v))
		return false;
	for (unsigned i = 0; i < DELIVERIES_MAX; i++)
		if (v->delivery[i] != NULL && !v->delivery[i]->is_committing)
			return true;
	return false;
}

/* See vault.h. */
bool
vault_turn(struct vault *v)
{
	bool ran;

	if (v->first_job == NULL)
		return false;
	timekeeper_read(v);
	ran = jobs_run(v);
	outbox_wake(v);
	while (v->has_garbage && garbage_collect(v))
		;
	if (v->db.wal_pages > JOURNAL_PAGES_MAX)
		database_checkpoint(&v->db, false);
	return ran;
}

/* See vault.h. */
void
vault_tick(struct vault *v)
{
	timekeeper_tick(v);
	if (!v->db.is_settled)
		database_checkpoint(&v->db, true);
	if (!v->is_checked && vault_has_space(v) == ST_OK
	    && recovery_check(v) != ST_OK)
		return;		/* logged; at the next tick again */
	if (v->db.wal_pages > JOURNAL_PAGES)
		database_checkpoint(&v->db, false);
	outbox_tick(v);
}

/* See vault.h. */
void
vault_intake_lost(struct vault *v)
{
	(void)vault_turn(v);
	delivery_end_all(v);
}

/* See vault.h. */
void
vault_peer_lost(struct vault *v, enum role_id peer)
{
	if (peer == ROLE_INTAKE)	/* what it asked to commit is whole */
		vault_intake_lost(v);
	if (peer == ROLE_PICKUP)
		reads_drop(v);
	if (peer == ROLE_COURIER)
		outbox_courier_lost(v);
	jobs_drop(v, peer);
}

/* See vault.h. */
void
vault_drained(struct vault *v)
{
	reads_pump(v);
	outbox_pump(v);
}

/* See vault.h. */
uint64_t
vault_free_bytes(const struct vault *v)
{
	struct statvfs about;

	if (statvfs(v->settings.dir, &about) != 0)
		return 0;
	return (uint64_t)about.f_bavail * about.f_frsize;
}

/* See vault.h. */
enum status
vault_has_space(const struct vault *v)
{
	return vault_free_bytes(v) >= v->settings.reserve_bytes
	    ? ST_OK : ST_DISK_FULL;
}
