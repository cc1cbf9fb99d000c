/* What waits for its transaction: wiped when it is done, dropped when whoever
 * asked is gone. */
#include "vault/job.h"

#include "base/wipe.h"
#include "tap.h"
#include "vault/pickup.h"
#include "vault_rig.h"

static const struct rig_report plain = { .card = "CARD000001", .key = 1,
    .patient = 1, .content = 1, .version_ms = 1000, .size = 300000 };

static const void *watched;
static size_t wiped;

/* The linker puts this between the vault and wipe(). */
void __real_wipe(void *ptr, size_t len);
void __wrap_wipe(void *ptr, size_t len);

void
__wrap_wipe(void *ptr, size_t len)
{
	if (ptr == watched)
		wiped = len;
	__real_wipe(ptr, len);
}

static struct message
card_open(uint64_t request, const uint8_t token[static 32])
{
	static const uint8_t peer[16] = { 1 };
	struct message m = { .id = MSG_CARD_OPEN };

	m.card_open.request = request;
	m.card_open.card = span_of("CARD000001");
	m.card_open.token_hash = (struct span){ token, 32 };
	m.card_open.peer = (struct span){ peer, 16 };
	return m;
}

static struct message
card_freeze(void)
{
	struct message m = { .id = MSG_CARD_FREEZE };

	m.card_freeze.request = 1;
	m.card_freeze.card = span_of("CARD000001");
	m.card_freeze.actor = span_of("tester");
	return m;
}

/* The last byte of what a patient sent is within what is wiped. */
static size_t
bytes_of(const struct job *job)
{
	const struct msg_card_open *m = &job->m.card_open;
	size_t most = 0;

	for (const struct span *s = (const struct span[]){ m->card,
	    m->token_hash, m->peer, { NULL, 0 } }; s->ptr != NULL; s++) {
		size_t end = (size_t)(s->ptr + s->len
		    - (const uint8_t *)job);

		most = end > most ? end : most;
	}
	return most;
}

static void
test_wiped(void)
{
	struct rig r;
	uint8_t token[32] = { 7 };
	struct message m = card_open(1, token);
	size_t want;

	rig_open(&r);
	rig_take(&r, &m);
	watched = r.v.first_job;
	want = bytes_of(r.v.first_job);
	wiped = 0;
	(void)vault_turn(&r.v);
	ok(wiped >= want, "a job is wiped with what it was asked");
	rig_take(&r, &m);
	watched = r.v.first_job;
	wiped = 0;
	vault_peer_lost(&r.v, ROLE_PICKUP);
	ok(wiped >= want, "also where it is dropped");
	watched = NULL;
	rig_close(&r);
}

static void
test_pickup_lost(void)
{
	struct rig r;
	struct rig_result got;
	uint8_t token[32] = { 7 };
	static const uint8_t peer[16] = { 1 };
	struct message m = card_open(9, token), freeze = card_freeze();
	struct message read = { .id = MSG_OBJECT_READ };

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	got = rig_deliver(&r, &plain);
	r.is_full = true;
	read.object_read.name = (struct span){ got.name, 32 };
	read.object_read.peer = (struct span){ peer, 16 };
	rig_forget(&r);
	rig_take(&r, &read);
	(void)vault_turn(&r.v);
	rig_take(&r, &m);
	rig_take(&r, &freeze);
	ok(r.n_answers == 0, "a read waits for room, two jobs for their turn");
	vault_peer_lost(&r.v, ROLE_PICKUP);
	r.is_full = false;
	vault_drained(&r.v);
	(void)vault_turn(&r.v);
	ok(rig_count(&r, MSG_OBJECT_DATA) == 0, "no byte reaches a successor");
	ok(rig_count(&r, MSG_CARD_OPENED) == 0, "nor does a card");
	ok(rig_count(&r, MSG_DONE) == 1, "the desk gets its answer");
	ok(rig_read(&r, got.name) != ST_OK, "which is: frozen");
	rig_close(&r);
}

static void
test_desk_lost(void)
{
	struct rig r;
	uint8_t token[32];
	struct message m, freeze = card_freeze();

	memset(token, 7, sizeof(token));
	m = card_open(9, token);
	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	(void)rig_deliver(&r, &plain);
	rig_forget(&r);
	rig_take(&r, &freeze);
	rig_take(&r, &m);
	rig_take(&r, &freeze);
	vault_peer_lost(&r.v, ROLE_DESK);
	rig_take(&r, &m);
	(void)vault_turn(&r.v);
	ok(rig_count(&r, MSG_DONE) == 0, "no DONE reaches a successor");
	ok(rig_count(&r, MSG_CARD_OPENED) == 2
	    && rig_answer(&r, MSG_CARD_OPENED, 1)->card_opened.outcome
	    == ST_OK, "the card was not frozen; who else waits is served");
	rig_close(&r);
}

/* What it asked to commit is whole: it is stored, for the LIS to repeat. */
static void
test_intake_lost(void)
{
	struct rig r;
	struct rig_result got;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	got = rig_begin(&r, &plain);
	rig_seal(&r, &plain, &got);
	rig_take_commit(&r, got.delivery);
	vault_peer_lost(&r.v, ROLE_INTAKE);
	ok(rig_read(&r, got.name) == ST_OK, "a commit that waits is stored");
	rig_close(&r);
}

int
main(void)
{
	test_wiped();
	test_pickup_lost();
	test_desk_lost();
	test_intake_lost();
	return done_testing();
}
