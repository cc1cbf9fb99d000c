#include "vault/share.h"

#include "tap.h"
#include "vault_rig.h"

static const struct rig_report plain = { .card = "CARD000001", .key = 1,
    .patient = 1, .content = 1, .version_ms = 1000, .size = 60000 };
static const uint8_t peer[16] = { [10] = 0xff, 0xff, 10, 1, 2, 3 };

struct link {
	enum status made;
	uint8_t  alias[32];
	uint64_t expires_s;
};

static struct rig_result
start(struct rig *r)
{
	rig_open(r);
	(void)rig_card(r, "CARD000001", 7, false, NULL);
	return rig_deliver(r, &plain);
}

static struct link
make_link(struct rig *r, const struct rig_result *bundle, uint8_t token,
    uint8_t kind, uint8_t passcode, uint64_t ttl_s, uint64_t max_uses)
{
	struct message m = { .id = MSG_SHARE_MAKE };
	struct msg_share_make *s = &m.share_make;
	uint8_t hash[32], code[32];
	const struct msg_share_made *made;
	struct link link;

	memset(hash, token, 32);
	memset(code, passcode, 32);
	s->card = span_of("CARD000001");
	s->token_hash = (struct span){ hash, 32 };
	s->peer = (struct span){ peer, 16 };
	s->bundle = span_of(bundle->bid);
	s->kind = kind;
	s->passcode_hash = (struct span){ code, passcode == 0 ? 0 : 32 };
	s->ttl_s = ttl_s;
	s->max_uses = max_uses;
	made = &rig_ask(r, &m, MSG_SHARE_MADE)->share_made;
	link.made = (enum status)made->outcome;
	link.expires_s = made->expires_s;
	memcpy(link.alias, made->alias.ptr, 32);
	return link;
}

static struct message
open_message(const struct link *link, uint8_t kind, const uint8_t *code)
{
	struct message m = { .id = MSG_SHARE_OPEN };

	m.share_open.alias = (struct span){ link->alias, 32 };
	m.share_open.kind = kind;
	m.share_open.passcode_hash = (struct span){ code, code == NULL ? 0 : 32 };
	m.share_open.peer = (struct span){ peer, 16 };
	return m;
}

static const struct msg_share_opened *
open_link(struct rig *r, const struct link *link, uint8_t kind,
    uint8_t passcode)
{
	uint8_t code[32];
	struct message m;

	memset(code, passcode, 32);
	m = open_message(link, kind, passcode == 0 ? NULL : code);
	return &rig_ask(r, &m, MSG_SHARE_OPENED)->share_opened;
}

/* The object through a ticket is the object itself. */
static bool
ticket_reads(struct rig *r, const struct rig_result *bundle,
    const uint8_t *ticket)
{
	struct message m = { .id = MSG_OBJECT_READ };
	const struct msg_object_data *d;

	m.object_read.name = (struct span){ ticket, 32 };
	m.object_read.peer = (struct span){ peer, 16 };
	d = &rig_ask(r, &m, MSG_OBJECT_DATA)->object_data;
	return d->outcome == ST_OK && d->data.len == 60000
	    && d->data.ptr[12345] == rig_byte(bundle->name, 12345);
}

static void
test_file(void)
{
	struct rig r;
	struct rig_result bundle = start(&r);
	struct link link = make_link(&r, &bundle, 7, 'U', 0, 7200, 0);
	const struct msg_share_opened *o;
	uint8_t ticket[32];

	ok(link.made == ST_OK && link.expires_s == RIG_START_S + 7200,
	    "a link for two hours");
	o = open_link(&r, &link, 'U', 0);
	ok(o->outcome == ST_OK && o->size == 60000
	    && o->status == BUNDLE_FINAL, "opens");
	memcpy(ticket, o->ticket.ptr, 32);
	ok(ticket_reads(&r, &bundle, ticket), "its ticket reads the object");
	ok(open_link(&r, &link, 'P', 0)->outcome == ST_NOT_FOUND,
	    "not as the other kind");
	rig_wait(&r, 3600);
	ok(!ticket_reads(&r, &bundle, ticket), "a ticket lives an hour");
	rig_reopen(&r, true);
	o = open_link(&r, &link, 'U', 0);
	memcpy(ticket, o->ticket.ptr, 32);
	ok(o->outcome == ST_OK, "the link lives on, across a crash");
	rig_wait(&r, 3600);
	ok(open_link(&r, &link, 'U', 0)->outcome == ST_NOT_FOUND
	    && !ticket_reads(&r, &bundle, ticket),
	    "and ends with its tickets");
	(void)rig_sweep(&r);
	ok(rig_sql(&r, "SELECT count(*) FROM share") == 0
	    && rig_sql(&r, "SELECT count(*) FROM ticket") == 0, "swept");
	rig_close(&r);
}

static void
test_making_needs_the_card(void)
{
	struct rig r;
	struct rig_result bundle = start(&r), other;
	struct rig_report report = plain;

	ok(make_link(&r, &bundle, 8, 'U', 0, 60, 0).made == ST_NOT_FOUND,
	    "a wrong token makes no link");
	(void)rig_card(&r, "CARD000002", 7, false, NULL);
	report.card = "CARD000002";
	report.key = 2;
	other = rig_deliver(&r, &report);
	ok(make_link(&r, &other, 7, 'U', 0, 60, 0).made == ST_NOT_FOUND,
	    "nor for somebody else's bundle");
	ok(make_link(&r, &bundle, 7, 'X', 0, 60, 0).made == ST_INVALID,
	    "nor of a kind that is none");
	ok(make_link(&r, &bundle, 7, 'U', 5, 60, 0).made == ST_INVALID,
	    "nor a file with a passcode");
	ok(make_link(&r, &bundle, 7, 'U', 0, 999 * DAY_S, 0).expires_s
	    == RIG_START_S + RIG_WINDOW_S, "none outlives its bundle");
	for (int i = 1; i < SHARE_PER_BUNDLE; i++)
		(void)make_link(&r, &bundle, 7, 'U', 0, 60, 0);
	ok(make_link(&r, &bundle, 7, 'U', 0, 60, 0).made == ST_THROTTLED,
	    "a hundred are enough");
	rig_close(&r);
}

static void
test_passcode(void)
{
	struct rig r;
	struct rig_result bundle = start(&r);
	struct link link = make_link(&r, &bundle, 7, 'P', 5, 7200, 0);
	const struct msg_share_opened *o;
	uint64_t before;

	ok(open_link(&r, &link, 'P', 5)->outcome == ST_OK, "the right one");
	o = open_link(&r, &link, 'P', 6);
	ok(o->outcome == ST_FORGED && o->remaining == 9, "a wrong one costs");
	o = open_link(&r, &link, 'P', 0);
	ok(o->outcome == ST_FORGED && o->remaining == 8, "so does none");
	ok(open_link(&r, &link, 'P', 5)->remaining == 8,
	    "the right one gives nothing back");
	rig_reopen(&r, true);
	before = open_link(&r, &link, 'P', 6)->remaining;
	ok(before == 7, "a restart neither");
	for (int i = 0; i < 7; i++)
		o = open_link(&r, &link, 'P', 6);
	ok(o->outcome == ST_FORGED && o->remaining == 0, "the tenth");
	ok(open_link(&r, &link, 'P', 5)->outcome == ST_NOT_FOUND,
	    "then it is gone, for the right one as well");
	rig_close(&r);
}

static void
test_passcode_in_parallel(void)
{
	struct rig r;
	struct rig_result bundle = start(&r);
	struct link link = make_link(&r, &bundle, 7, 'P', 5, 7200, 0);
	uint8_t code[32] = { 0 };
	struct message m = open_message(&link, 'P', code);
	unsigned forged = 0, gone = 0;

	rig_forget(&r);
	for (int i = 0; i < 64; i++)
		rig_take(&r, &m);
	(void)vault_turn(&r.v);
	for (size_t i = 0; i < 64; i++) {
		uint64_t st = rig_answer(&r, MSG_SHARE_OPENED, i)
		    ->share_opened.outcome;

		forged += st == ST_FORGED;
		gone += st == ST_NOT_FOUND;
	}
	ok(forged == 10 && gone == 54, "64 at once: ten tries, not one more");
	rig_close(&r);
}

static void
test_uses(void)
{
	struct rig r;
	struct rig_result bundle = start(&r);
	struct link link = make_link(&r, &bundle, 7, 'U', 0, 7200, 2);

	ok(open_link(&r, &link, 'U', 0)->outcome == ST_OK
	    && open_link(&r, &link, 'U', 0)->outcome == ST_OK, "two uses");
	ok(open_link(&r, &link, 'U', 0)->outcome == ST_NOT_FOUND, "not three");
	link.alias[0] ^= 1;
	ok(open_link(&r, &link, 'U', 0)->outcome == ST_NOT_FOUND,
	    "an alias that is nobody's");
	rig_close(&r);
}

static uint64_t
end_link(struct rig *r, const struct link *link, uint8_t token)
{
	struct message m = { .id = MSG_SHARE_END };
	uint8_t hash[32];

	memset(hash, token, 32);
	m.share_end.card = span_of("CARD000001");
	m.share_end.token_hash = (struct span){ hash, 32 };
	m.share_end.peer = (struct span){ peer, 16 };
	m.share_end.alias = (struct span){ link->alias, 32 };
	return rig_ask(r, &m, MSG_SHARE_ENDED)->share_ended.outcome;
}

static void
test_ending(void)
{
	struct rig r;
	struct rig_result bundle = start(&r);
	struct link one = make_link(&r, &bundle, 7, 'U', 0, 7200, 0);
	struct link two = make_link(&r, &bundle, 7, 'U', 0, 7200, 0);
	struct message m = { .id = MSG_BUNDLE_REVOKE };
	uint8_t ticket[32];

	memcpy(ticket, open_link(&r, &one, 'U', 0)->ticket.ptr, 32);
	ok(end_link(&r, &one, 8) == ST_NOT_FOUND, "not with a wrong token");
	ok(end_link(&r, &one, 7) == ST_OK, "the patient ends a link");
	ok(open_link(&r, &one, 'U', 0)->outcome == ST_NOT_FOUND
	    && !ticket_reads(&r, &bundle, ticket), "with its tickets");
	ok(end_link(&r, &one, 7) == ST_NOT_FOUND, "once");
	ok(open_link(&r, &two, 'U', 0)->outcome == ST_OK, "the other lives");
	m.bundle_revoke.bundle = span_of(bundle.bid);
	m.bundle_revoke.actor = span_of("tester");
	(void)rig_ask(&r, &m, MSG_DONE);
	ok(open_link(&r, &two, 'U', 0)->outcome == ST_NOT_FOUND,
	    "until the bundle is revoked");
	ok(rig_sql(&r, "SELECT count(*) FROM share") == 0
	    && rig_sql(&r, "SELECT count(*) FROM ticket") == 0, "nothing left");
	rig_close(&r);
}

static void
test_ends_with_what_it_points_at(void)
{
	struct rig r;
	struct rig_result bundle = start(&r);
	struct link link = make_link(&r, &bundle, 7, 'U', 0, 60, 0);
	uint8_t ticket[32];

	memcpy(ticket, open_link(&r, &link, 'U', 0)->ticket.ptr, 32);
	rig_wait(&r, 60);
	ok(!ticket_reads(&r, &bundle, ticket),
	    "a ticket does not outlive its link");
	rig_wait(&r, RIG_WINDOW_S);
	ok(make_link(&r, &bundle, 7, 'U', 0, 60, 0).made == ST_NOT_FOUND,
	    "no link to a bundle that closed and is not swept yet");
	rig_close(&r);
}

/* Guessing over many links is guessing, too. */
static void
test_passcodes_count_for_the_network(void)
{
	struct rig r;
	struct rig_result bundle = start(&r);
	struct link link[7];

	for (size_t i = 0; i < COUNT(link); i++)
		link[i] = make_link(&r, &bundle, 7, 'P', 5, 7200, 0);
	for (size_t i = 0; i < 60; i++)
		(void)open_link(&r, &link[i / 10], 'P', 6);
	ok(open_link(&r, &link[6], 'P', 5)->outcome == ST_THROTTLED,
	    "sixty wrong passcodes close the network");
	rig_close(&r);
}

int
main(void)
{
	test_ends_with_what_it_points_at();
	test_passcodes_count_for_the_network();
	test_file();
	test_making_needs_the_card();
	test_passcode();
	test_passcode_in_parallel();
	test_uses();
	test_ending();
	return done_testing();
}
