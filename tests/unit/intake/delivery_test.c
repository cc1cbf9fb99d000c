#include "intake/deliveries.h"
#include "intake/delivery.h"
#include "input/parse.h"

#include <stdlib.h>

#include "reports.h"
#include "tap.h"

/* --- stand-ins: parser, channel, vault ------------------------------------- */

static struct parsed next_parsed;
static enum status next_parse_status;

enum status
parse_frame(struct span frame, const struct config_source *source,
    uint64_t now, struct arena *arena, struct parsed *out)
{
	(void)frame;
	(void)source;
	(void)now;
	(void)arena;
	*out = next_parsed;
	return next_parse_status;
}

enum status
hl7_ack_write(const struct hl7_ack_head *head,
    const struct hl7_ack_reply *reply, struct span own_id, struct span time,
    struct buf *out)
{
	static const char *const code[] = { "AA", "AE", "AR", "CA", "CE", "CR" };
	char text[64];

	(void)head;
	snprintf(text, sizeof(text), "%s %u %zu %zu", code[reply->code],
	    reply->error, own_id.len, time.len);
	return buf_append_text(out, text);
}

static struct vault_seen {
	enum message_id sent[4096];
	size_t n;
	struct message last;
	uint8_t jwe[1024 * 1024];
	size_t jwe_len;
	uint8_t ack[4096];
	size_t ack_len;
	uint64_t report_status;
	enum status refuse_with;	/* what role_send() answers */
	unsigned room;			/* messages until ST_BUSY */
	bool full;
} vault;

enum status
role_send(struct role *role, enum role_id to, const struct message *m)
{
	(void)role;
	if (to != ROLE_VAULT)
		abort();
	if (vault.refuse_with != ST_OK)
		return vault.refuse_with;
	if (vault.room == 0)
		return ST_BUSY;
	vault.room--;
	vault.sent[vault.n++] = m->id;
	vault.last = *m;
	if (m->id == MSG_OBJECT_PART) {
		memcpy(vault.jwe + vault.jwe_len, m->object_part.data.ptr,
		    m->object_part.data.len);
		vault.jwe_len += m->object_part.data.len;
	} else if (m->id == MSG_DELIVERY_COMMIT) {
		vault.ack_len = m->delivery_commit.ack.len;
		memcpy(vault.ack, m->delivery_commit.ack.ptr, vault.ack_len);
	}
	return ST_OK;
}

bool
channel_is_full(const struct channel *c)
{
	(void)c;
	return vault.full;
}

/* --- one delivery ----------------------------------------------------------- */

static struct { unsigned frame_done, ends; enum delivery_end how;
    char ack[64]; } seen;
static struct role role;
static struct config_source source = { .name = "default" };
static const struct secret_32 key = { { 1 } };
static struct delivery_shared shared;
static struct delivery d;
static struct report reports[70];
static struct p256_public card;
static struct secret_32 card_private;

static void
on_frame_done(void *owner)
{
	(void)owner;
	seen.frame_done++;
}

static void
on_end(void *owner, enum delivery_end how, struct span ack)
{
	(void)owner;
	seen.ends++;
	seen.how = how;
	snprintf(seen.ack, sizeof(seen.ack), "%.*s", (int)ack.len,
	    ack.len == 0 ? "" : (const char *)ack.ptr);
}

static const struct delivery_owner owner = { on_frame_done, on_end };

static uint64_t
now_ms(void)
{
	return 1795252500000;
}

static void
fresh(size_t n_reports, enum sample which)
{
	memset(&seen, 0, sizeof(seen));
	memset(&vault, 0, sizeof(vault));
	vault.room = 1000;
	strcpy(role.config.box_id, "test-box");
	strcpy(role.config.lab_name, "Laboratoire");
	shared = (struct delivery_shared){ .role = &role,
	    .key = &key, .now_ms = now_ms, .serial = 100, .plain = shared.plain,
	    .lines_left = 0 };
	budget_init(&shared.working, 1 << 20, 0);
	delivery_init(&d, &shared, &owner, NULL, 7);
	for (size_t i = 0; i < n_reports; i++)
		reports[i] = *report_sample(which);
	next_parsed = (struct parsed){ .answer = true, .reports = reports,
	    .n_reports = n_reports };
	next_parse_status = ST_OK;
}

static void
start(void)
{
	struct input input = { .kind = &input_hl7, .source = &source,
	    .bytes = span_of("MSH|...") };

	delivery_start(&d, &input);
}

static enum message_id
last(void)
{
	return vault.n == 0 ? 0 : vault.sent[vault.n - 1];
}

static void
state(enum status outcome, const char *ack)
{
	delivery_take(&d, &(struct message){ .id = MSG_DELIVERY_STATE,
	    .delivery_state = { .delivery = d.number, .outcome = outcome,
	    .ack = span_of(ack) } });
}

static void
opened(enum status outcome)
{
	delivery_take(&d, &(struct message){ .id = MSG_REPORT_OPENED,
	    .report_opened = { .delivery = d.number, .report = d.report,
	    .outcome = outcome, .card = span_of("ABCDEFGH12"),
	    .bundle = span_of("bbbbbbbbbbbbbbbbbbbbbb"),
	    .public_key = { card.point, 65 } } });
}

static void
claim(enum status outcome)
{
	delivery_take(&d, &(struct message){ .id = MSG_CLAIM, .claim = {
	    .delivery = d.number, .report = d.report, .outcome = outcome,
	    .claim = span_of("a.claim.x") } });
}

static void
stored(enum status outcome)
{
	delivery_take(&d, &(struct message){ .id = MSG_DELIVERY_STORED,
	    .delivery_stored = { d.number, outcome } });
}

static bool
ended(enum delivery_end how)
{
	return seen.ends == 1 && seen.how == how && seen.frame_done == 1 &&
	    d.state == DELIVERY_IS_IDLE && shared.working.used == 0;
}

static void
test_one_report(void)
{
	fresh(1, SAMPLE_CHEMISTRY);
	start();
	ok(last() == MSG_DELIVERY_BEGIN && delivery_slot_of(d.number) == 7 &&
	    seen.frame_done == 1, "begins; the frame is not needed any more");
	state(ST_OK, "");
	ok(last() == MSG_REPORT_OPEN &&
	    vault.last.report_open.version_ms == 1795252500000, "opens");
	ok(vault.last.report_open.snapshot == 1 &&
	    vault.last.report_open.lines.len == 16, "whole, with its lines");
	opened(ST_OK);
	ok(last() == MSG_CLAIM_GET && vault.last.claim_get.size ==
	    d.sealed.size, "sealed, asks for the claim");
	claim(ST_OK);
	ok(last() == MSG_DELIVERY_COMMIT && vault.sent[vault.n - 2] ==
	    MSG_ENVELOPE && vault.jwe_len > 65536, "parts, envelope, commit");
	ok(seen.ends == 0, "no answer yet");
	stored(ST_OK);
	ok(ended(DELIVERY_ACK) && vault.ack_len == strlen(seen.ack) &&
	    memcmp(vault.ack, seen.ack, vault.ack_len) == 0,
	    "answered with the bytes that were stored");
	ok(strcmp(seen.ack, "AA 0 20 19") == 0, "AA, id of 20, time of 19");
	stored(ST_OK);
	state(ST_OK, "");
	ok(seen.ends == 1 && vault.n > 0 && last() == MSG_DELIVERY_COMMIT,
	    "a late answer changes nothing");
}

/* Without a document the lines are what it is, unless the source says so. */
static void
test_lines_or_whole(void)
{
	fresh(1, SAMPLE_VALUES);
	next_parsed.reports[0].n_documents = 0;
	start();
	state(ST_OK, "");
	ok(vault.last.report_open.snapshot == 0 &&
	    vault.last.report_open.lines.len > 0, "lines");
	source.snapshot = true;
	fresh(1, SAMPLE_VALUES);
	next_parsed.reports[0].n_documents = 0;
	start();
	state(ST_OK, "");
	ok(vault.last.report_open.snapshot == 1, "update = snapshot");
	source.snapshot = false;
	fresh(1, SAMPLE_DOCUMENT);
	start();
	state(ST_OK, "");
	ok(vault.last.report_open.snapshot == 1 &&
	    vault.last.report_open.lines.len == 0, "a document alone");
}

/* Stored like any other, with an ACK that is kept and never sent. */
static void
test_sender_wants_no_answer(void)
{
	fresh(1, SAMPLE_DOCUMENT);
	next_parsed.answer = false;
	start();
	state(ST_OK, "");
	opened(ST_OK);
	claim(ST_OK);
	ok(vault.ack_len > 0, "an ACK is stored");
	stored(ST_OK);
	ok(ended(DELIVERY_SILENT) && seen.ack[0] == '\0', "and not sent");
	fresh(1, SAMPLE_DOCUMENT);
	next_parsed.answer = false;
	start();
	state(ST_EXISTS, "the same bytes");
	ok(ended(DELIVERY_SILENT), "nor when it comes again");
}

static void
test_several_reports(void)
{
	fresh(3, SAMPLE_DOCUMENT);
	start();
	state(ST_OK, "");
	for (unsigned i = 0; i < 3; i++) {
		ok(last() == MSG_REPORT_OPEN &&
		    vault.last.report_open.report == i, "report %u", i);
		opened(i == 1 ? ST_EXISTS : ST_OK);
		if (i != 1)
			claim(ST_OK);
	}
	stored(ST_OK);
	ok(ended(DELIVERY_ACK), "one answer for all");
	fresh(0, SAMPLE_DOCUMENT);
	start();
	state(ST_OK, "");
	ok(last() == MSG_DELIVERY_COMMIT, "no report: only the ACK is kept");
}

static void
test_duplicate(void)
{
	fresh(1, SAMPLE_DOCUMENT);
	start();
	state(ST_EXISTS, "the same bytes");
	ok(ended(DELIVERY_REPLAYED) && strcmp(seen.ack, "the same bytes") == 0,
	    "the stored ACK");
	ok(last() == MSG_DELIVERY_BEGIN, "nothing else is sent");
}

static void
test_settled_without_sealing(void)
{
	static const enum status outcome[] = { ST_EXISTS, ST_EXPIRED, ST_DENIED };

	for (size_t i = 0; i < COUNT(outcome); i++) {
		fresh(1, SAMPLE_DOCUMENT);
		start();
		state(ST_OK, "");
		opened(outcome[i]);
		ok(last() == MSG_DELIVERY_COMMIT && vault.jwe_len == 0,
		    "%s: committed, AA", status_text(outcome[i]));
	}
	fresh(1, SAMPLE_DOCUMENT);
	reports[0].release = RELEASE_WITHDRAW;
	reports[0].n_documents = 0;
	start();
	state(ST_OK, "");
	opened(ST_NOT_FOUND);
	ok(last() == MSG_DELIVERY_COMMIT, "withdrawal of what never came: AA");
}

/* Each refusal of the vault, at each step, ends without an answer. */
static void
test_refusals_are_transient(void)
{
	static const enum status outcome[] = { ST_BUSY, ST_DISK_FULL, ST_IO,
	    ST_CORRUPT, ST_INVALID };

	for (size_t i = 0; i < COUNT(outcome); i++)
		for (int step = 0; step < 4; step++) {
			fresh(1, SAMPLE_DOCUMENT);
			start();
			state(step == 0 ? outcome[i] : ST_OK, "");
			if (step > 0)
				opened(step == 1 ? outcome[i] : ST_OK);
			if (step > 1)
				claim(step == 2 ? outcome[i] : ST_OK);
			if (step > 2)
				stored(outcome[i]);
			ok(ended(DELIVERY_TRANSIENT) && seen.ack[0] == '\0' &&
			    (step == 3 || last() == MSG_DELIVERY_ABORT),
			    "R13 step %d: %s: no answer", step,
			    status_text(outcome[i]));
		}
	fresh(1, SAMPLE_DOCUMENT);
	start();
	state(ST_OK, "");
	opened(ST_NOT_FOUND);
	ok(ended(DELIVERY_TRANSIENT), "R13 no card and no lab card");
	fresh(1, SAMPLE_DOCUMENT);
	start();
	state(ST_EXISTS, "");
	ok(ended(DELIVERY_TRANSIENT), "R13 a duplicate without an ACK");
}

/* The source wants to be told (transient = ar-207): never AE, never AA. */
static void
test_not_now(void)
{
	static const struct { enum hl7_ack_code due; const char *said; } way[] = {
		{ HL7_AA, "AR 207" }, { HL7_CA, "CR 207" },
	};

	source.transient_ar = true;
	for (size_t i = 0; i < COUNT(way); i++)
		for (int step = 0; step < 4; step++) {
			fresh(1, SAMPLE_DOCUMENT);
			next_parsed.reply.code = way[i].due;
			start();
			state(step == 0 ? ST_BUSY : ST_OK, "");
			if (step > 0)
				opened(step == 1 ? ST_BUSY : ST_OK);
			if (step > 1)
				claim(step == 2 ? ST_BUSY : ST_OK);
			if (step > 2)
				stored(ST_DISK_FULL);
			ok(ended(DELIVERY_POSTPONED) &&
			    strncmp(seen.ack, way[i].said, 6) == 0,
			    "R13 transient = ar-207, step %d: %s", step,
			    way[i].said);
		}
	fresh(1, SAMPLE_DOCUMENT);
	start();
	delivery_fail(&d);
	ok(ended(DELIVERY_POSTPONED), "R13 the vault is lost: AR 207");
	fresh(1, SAMPLE_DOCUMENT);
	next_parsed.answer = false;
	start();
	delivery_fail(&d);
	ok(ended(DELIVERY_TRANSIENT), "R13 who wants no answer gets none");
	fresh(1, SAMPLE_DOCUMENT);
	start();
	state(ST_OK, "");
	opened(ST_OK);
	claim(ST_OK);
	stored(ST_OK);
	ok(ended(DELIVERY_ACK) && strncmp(seen.ack, "AA", 2) == 0,
	    "R13 once it is stored: AA");
	source.transient_ar = false;
}

static void
test_unlisted_sender(void)
{
	for (unsigned events = 0; events < 2; events++) {
		fresh(0, SAMPLE_DOCUMENT);
		shared.events_left = events;
		next_parse_status = ST_INVALID;
		next_parsed.unlisted = true;
		next_parsed.reply = (struct hl7_ack_reply){ .code = HL7_AR,
		    .error = 204 };
		start();
		ok(ended(DELIVERY_REFUSED) && vault.n == events &&
		    shared.events_left == 0,
		    "R10 the auditor is told %u times", events);
	}
	ok(last() == MSG_INTAKE_EVENT &&
	    span_is(vault.last.intake_event.source, "default") &&
	    vault.last.intake_event.peer.len == 16, "R10 whose source it was");
}

static void
test_vault_lost_at_each_step(void)
{
	for (int step = 0; step < 5; step++) {
		fresh(1, SAMPLE_DOCUMENT);
		start();
		if (step > 0)
			state(ST_OK, "");
		if (step > 1)
			opened(ST_OK);
		if (step > 2) {
			vault.full = step == 3;
			claim(ST_OK);
		}
		vault.refuse_with = ST_IO;
		delivery_fail(&d);
		ok(ended(DELIVERY_TRANSIENT) && d.to_abort == 0,
		    "R13 the vault is lost in step %d: no answer", step);
	}
	fresh(1, SAMPLE_DOCUMENT);
	vault.refuse_with = ST_IO;
	start();
	ok(ended(DELIVERY_TRANSIENT), "R13 not there to begin with");
	delivery_fail(&d);
	ok(seen.ends == 1, "an idle one has nothing to fail");
}

static void
test_channel_full(void)
{
	unsigned turns = 0;

	fresh(1, SAMPLE_CHEMISTRY);
	vault.room = 0;
	start();
	ok(vault.n == 0 && d.is_blocked, "no room at all");
	while (seen.ends == 0 && turns++ < 100) {
		vault.room = 1;
		delivery_kick(&d);
		if (d.is_blocked)
			continue;
		if (d.state == DELIVERY_IS_ASKED)
			state(ST_OK, "");
		else if (d.state == DELIVERY_IS_OPENED)
			opened(ST_OK);
		else if (d.state == DELIVERY_IS_CLAIMED)
			claim(ST_OK);
		else if (d.state == DELIVERY_IS_COMMITTED)
			stored(ST_OK);
	}
	ok(ended(DELIVERY_ACK) && vault.jwe_len > 65536,
	    "whole, one message at a time (%u turns)", turns);
	fresh(1, SAMPLE_CHEMISTRY);
	start();
	vault.room = 0;
	delivery_fail(&d);
	ok(d.to_abort != 0 && d.is_blocked, "an abort waits for room, too");
	vault.room = 1;
	delivery_kick(&d);
	ok(d.to_abort == 0 && last() == MSG_DELIVERY_ABORT && !d.is_blocked,
	    "and is sent");
}

static void
test_what_the_parser_says(void)
{
	fresh(0, SAMPLE_DOCUMENT);
	next_parse_status = ST_INVALID;
	next_parsed.reply = (struct hl7_ack_reply){ .code = HL7_AR,
	    .error = 200 };
	start();
	ok(ended(DELIVERY_REFUSED) && strcmp(seen.ack, "AR 200 20 19") == 0 &&
	    vault.n == 0, "refused: answered, the vault is not asked");
	fresh(0, SAMPLE_DOCUMENT);
	next_parse_status = ST_INVALID;
	next_parsed.answer = false;
	start();
	ok(ended(DELIVERY_UNREADABLE), "unreadable");
	fresh(0, SAMPLE_DOCUMENT);
	next_parse_status = ST_INVALID;
	next_parsed.ignored = true;
	start();
	ok(ended(DELIVERY_IGNORED), "an ACK is not answered");
	fresh(65, SAMPLE_DOCUMENT);
	start();
	ok(ended(DELIVERY_REFUSED) && strncmp(seen.ack, "AE 104", 6) == 0,
	    "65 patients: AE");
	fresh(1, SAMPLE_DOCUMENT);
	reports[0].n_documents = 0;
	next_parsed.reply.code = HL7_CA;
	start();
	ok(ended(DELIVERY_REFUSED) && strncmp(seen.ack, "CE 101", 6) == 0,
	    "nothing to show: CE where CA was due");
}

static void
test_memory_is_shared_out(void)
{
	struct ticket other = { 0 };

	fresh(1, SAMPLE_DOCUMENT);
	(void)budget_take(&shared.working, &other, 2 << 20);
	start();
	ok(d.state == DELIVERY_IS_QUEUED && seen.frame_done == 0 &&
	    vault.n == 0, "waits before parsing");
	delivery_kick(&d);
	ok(d.state == DELIVERY_IS_QUEUED, "goes on waiting");
	budget_leave(&shared.working, &other);
	ok(budget_next(&shared.working) == &d.ticket, "gets its turn");
	delivery_kick(&d);
	ok(d.state == DELIVERY_IS_ASKED, "and begins");
	delivery_fail(&d);
	ok(shared.working.used == 0, "given back");
}

static void
test_answers_of_others(void)
{
	struct message m = { .id = MSG_CLAIM };

	fresh(1, SAMPLE_DOCUMENT);
	start();
	m.claim.delivery = d.number;
	delivery_take(&d, &m);
	ok(d.state == DELIVERY_IS_ASKED, "not what is awaited");
	m = (struct message){ .id = MSG_DELIVERY_STATE };
	m.delivery_state.delivery = d.number + DELIVERY_SLOTS;
	delivery_take(&d, &m);
	ok(d.state == DELIVERY_IS_ASKED, "another delivery in this slot");
	shared.lines_left = 1;
	m.delivery_state.delivery = d.number;
	m.delivery_state.key_reused = true;
	delivery_take(&d, &m);
	ok(shared.lines_left == 0 && shared.warnings == 1,
	    "R14 a control id used again is one of the lines senders may "
	    "cause");
	stored(ST_DISK_FULL);
	ok(ended(DELIVERY_TRANSIENT), "the vault gives up early");
}

static void
test_refuse_big(void)
{
	uint8_t text[HL7_ACK_MAX];
	struct buf ack = buf_over(text, sizeof(text));

	fresh(0, SAMPLE_DOCUMENT);
	next_parse_status = ST_INVALID;
	ok(delivery_refuse_big(&shared, &source, span_of("MSH|x\rPID|"), &ack) ==
	    ST_OK && memcmp(text, "AE 104", 6) == 0, "AE 104");
	ok(delivery_refuse_big(&shared, &source, span_of("MSH|x"), &ack) ==
	    ST_NOT_FOUND, "no end of the first segment");
	next_parsed.answer = false;
	ok(delivery_refuse_big(&shared, &source, span_of("XXX|x\r"), &ack) ==
	    ST_NOT_FOUND, "no MSH");
}

/* A file of many messages, as the spool's entrance brings them. */
enum { MANY = 1000 };

static struct deliveries all;
static struct delivery many;

static void
on_one_of_many(void *o, enum delivery_end how, struct span ack)
{
	struct input input = { .kind = &input_hl7, .source = &source,
	    .bytes = span_of("MSH|...") };

	on_end(o, how, ack);
	if (seen.ends < MANY)
		delivery_start(&many, &input);
}

static void
test_others_have_their_turn(void)
{
	static const struct delivery_owner many_owner = { on_frame_done,
	    on_one_of_many };
	struct input input = { .kind = &input_hl7, .source = &source,
	    .bytes = span_of("MSH|...") };
	unsigned turns = 0;
	bool more = true;

	fresh(0, SAMPLE_DOCUMENT);
	next_parse_status = ST_INVALID;
	all.shared = shared;
	if (deliveries_add(&all, &many, &many_owner, NULL) != ST_OK)
		return;
	delivery_start(&many, &input);
	ok(seen.ends > 0 && seen.ends < 50,
	    "R16 a thousand messages that are refused: not all at once");
	while (more && turns++ < MANY)
		more = deliveries_turn(&all);
	ok(seen.ends == MANY && turns > 20 && !more,
	    "R16 but turn by turn, without sleeping");
	all.shared.turn++;
	seen.ends = 0;
	delivery_start(&many, &input);
	seen.ends = MANY;
	delivery_fail(&many);
	ok(!many.is_put_off, "one that waits for its turn can be ended");
}

int
main(void)
{
	p256_generate(&card_private, &card);
	test_one_report();
	test_lines_or_whole();
	test_sender_wants_no_answer();
	test_several_reports();
	test_duplicate();
	test_settled_without_sealing();
	test_refusals_are_transient();
	test_not_now();
	test_unlisted_sender();
	test_vault_lost_at_each_step();
	test_channel_full();
	test_what_the_parser_says();
	test_memory_is_shared_out();
	test_answers_of_others();
	test_refuse_big();
	test_others_have_their_turn();
	region_release(&shared.plain, 0);
	return done_testing();
}
