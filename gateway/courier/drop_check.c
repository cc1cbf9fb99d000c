/*
 * drop_check -- looks at the drop as its owner and as anybody, and says what
 * is wrong; `guichet drop init` also sets right what can be, and looks again.
 *
 *   looking: the steps below, in order -> (init) setting what was found bad
 *   -> looking once more -> telling
 *
 * What it puts there are objects of its own, of random bytes and names, and
 * it takes them away whatever happened in between.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/base64.h"
#include "base/log.h"
#include "courier/courier.h"
#include "courier/drop_findings.h"
#include "courier/store.h"
#include "crypto/digest.h"
#include "crypto/random.h"

/* A secret that was set a moment ago comes by another channel than the wish to
 * look: it is given a moment. */
enum { SOON_MS = 100 };

enum { NAME_BYTES = 32, KEPT_S = 3600, TRIES_MAX = 3, LOST_MAX = 2,
	ROUNDS_MAX = 3, SETUP_MAX = 2048 };

/* Whose name a step is about. */
enum subject { OURS, FOREIGN, ABSENT, BUCKET, SUBJECTS };

static struct {
	struct role *role;
	uint64_t request;
	bool is_running, is_init;
	uv_timer_t soon;
	struct store_call call;
	struct drop_look look;		/* what was seen: drop_findings.h */
	char   name[SUBJECTS][STORE_NAME_MAX];
	size_t at;			/* the step, or the setting */
	unsigned tries, round;
	uint8_t setup[SETUP_MAX];	/* a setting's body; not secret */
	struct span body;		/* of this step */
} check;

static void next(void);
static void next_setting(void);

/* --- when a step is worth while ---------------------------------------------- */

static bool
always(void)
{
	return true;
}

static bool
when_ours(void)
{
	return check.look.finding[FINDING_CONTAINER].grade == GRADE_GOOD &&
	    check.look.lost < LOST_MAX;
}

static bool
when_written(void)
{
	return check.look.is_written && check.look.lost < LOST_MAX;
}

static bool
when_public(void)
{
	return when_written() && !check.look.is_unreachable;
}

static bool
when_put(void)
{
	return check.look.is_put;
}

static bool
when_foreign(void)
{
	return check.look.is_foreign_put;
}

enum { S3 = 1, SWIFT = 2, ANY = S3 | SWIFT };

static const struct step {
	enum store_verb verb;
	unsigned kinds;
	enum subject subject;
	const char *suffix;		/* PUBLIC_LIST */
	bool (*is_due)(void);
	void (*judge)(struct drop_look *look, const struct store_answer *a);
	bool is_cleaning;		/* tried again where it fails */
} steps[] = {
	{ STORE_CONTAINER_HEAD, ANY, BUCKET, NULL, always, judge_container, false },
	{ STORE_PUT, ANY, OURS, NULL, when_ours, judge_put, false },
	{ STORE_HEAD, ANY, OURS, NULL, when_written, judge_head, false },
	{ STORE_PUBLIC_GET, ANY, OURS, NULL, when_written, judge_read, false },
	{ STORE_PUBLIC_GET, ANY, ABSENT, NULL, when_public, judge_absent, false },
	{ STORE_PUBLIC_LIST, ANY, BUCKET, "", when_public, judge_list, false },
	{ STORE_PUBLIC_LIST, ANY, BUCKET, "/", when_public, judge_list, false },
	{ STORE_PUBLIC_LIST, ANY, BUCKET, "?format=json", when_public,
	    judge_list, false },
	{ STORE_PUBLIC_LIST, ANY, BUCKET, "/?list-type=2&prefix=d%2F",
	    when_public, judge_list, false },
	{ STORE_PUBLIC_PUT, ANY, FOREIGN, NULL, when_public,
	    judge_foreign_put, false },
	{ STORE_PUBLIC_DELETE, ANY, OURS, NULL, when_public,
	    judge_foreign_delete, false },
	{ STORE_VERSIONING_GET, S3, BUCKET, NULL, when_ours,
	    judge_versioning, false },
	{ STORE_LIFECYCLE_GET, S3, BUCKET, NULL, when_ours,
	    judge_lifecycle, false },
	{ STORE_DELETE, ANY, FOREIGN, NULL, when_foreign, judge_delete, true },
	{ STORE_DELETE, ANY, OURS, NULL, when_put, judge_delete, true },
	{ STORE_HEAD, ANY, OURS, NULL, when_written, judge_gone, false },
	{ STORE_PUBLIC_GET, ANY, OURS, NULL, when_public, judge_unreadable,
	    false },
};

/* What `drop init` does about what is not good. */
static const struct setting {
	enum drop_finding finding;
	enum store_verb verb;
	unsigned kinds;
} settings[] = {
	{ FINDING_CONTAINER, STORE_CONTAINER_MAKE, ANY },
	{ FINDING_READ, STORE_CONTAINER_SET, SWIFT },
	{ FINDING_CORS, STORE_CONTAINER_SET, SWIFT },
	{ FINDING_LISTING, STORE_CONTAINER_SET, SWIFT },
	{ FINDING_READ, STORE_POLICY_SET, S3 },
	{ FINDING_LISTING, STORE_POLICY_SET, S3 },
	{ FINDING_FOREIGN_WRITE, STORE_POLICY_SET, S3 },
	{ FINDING_CORS, STORE_CORS_SET, S3 },
	{ FINDING_EXPIRY, STORE_LIFECYCLE_SET, S3 },
};

static const struct config *
config_of_check(void)
{
	return &check.role->config;
}

static unsigned
kind(void)
{
	return config_of_check()->drop_kind == DROP_S3 ? S3 : SWIFT;
}

/* --- telling ------------------------------------------------------------------ */

static void
tell(const struct message *m)
{
	/* A desk that is gone asked for nothing any more. */
	if (role_send(check.role, ROLE_DESK, m) != ST_OK)
		log_line(LOG_NOTICE, "drop check: nobody waits for it");
}

static void
tell_finding(enum drop_finding i)
{
	const struct drop_seen *f = &check.look.finding[i];
	struct message m = { .id = MSG_DROP_FINDING, .drop_finding = {
		.request = check.request, .finding = (uint64_t)i,
		.grade = (uint64_t)f->grade, .detail = span_of(f->detail) } };

	tell(&m);
}

static void
tell_end(uint64_t request, enum status outcome)
{
	struct message m = { .id = MSG_DROP_CHECKED,
		.drop_checked = { request, (uint64_t)outcome } };

	tell(&m);
}

/* What a store may keep to itself; of everything else it must be known that it
 * is good. */
static bool
may_be_unknown(enum drop_finding i)
{
	return i == FINDING_VERSIONING || i == FINDING_EXPIRY ||
	    i == FINDING_TYPE || i == FINDING_SKEW;
}

static enum status
outcome(void)
{
	const struct drop_seen *f = check.look.finding;
	enum status st = ST_OK;

	if (f[FINDING_REACH].grade != GRADE_GOOD)
		return ST_IO;
	for (unsigned i = 0; i < FINDING_COUNT; i++) {
		if (f[i].grade == GRADE_BAD)
			return ST_INVALID;
		if (f[i].grade == GRADE_UNKNOWN &&
		    !may_be_unknown((enum drop_finding)i))
			st = ST_IO;
	}
	return st;
}

static void
finish(void)
{
	unsigned bad = 0;

	drop_conclude(&check.look);
	for (unsigned i = 0; i < FINDING_COUNT; i++) {
		tell_finding((enum drop_finding)i);
		bad += check.look.finding[i].grade == GRADE_BAD ? 1 : 0;
	}
	log_line(LOG_NOTICE, "drop %s: %u of %u findings are bad",
	    check.is_init ? "init" : "check", bad, (unsigned)FINDING_COUNT);
	check.is_running = false;
	tell_end(check.request, outcome());
}

/* --- names ------------------------------------------------------------------- */

static void
make_name(char out[static STORE_NAME_MAX])
{
	uint8_t bytes[NAME_BYTES];
	struct buf text = buf_over(out, STORE_NAME_MAX - 1);

	random_bytes(bytes, sizeof(bytes));
	if (buf_append_text(&text, "d/") != ST_OK ||
	    base64url_encode((struct span){ bytes, sizeof(bytes) }, &text) !=
	    ST_OK)
		unexpected("room for a name", (int)text.len);
	out[text.len] = '\0';
}

/* A round has names of its own: the last one's may be in caches. */
static void
make_names(void)
{
	make_name(check.name[OURS]);
	make_name(check.name[FOREIGN]);
	make_name(check.name[ABSENT]);
}

/* --- asking -------------------------------------------------------------------- */

static void
on_want(void *owner, uint64_t offset)
{
	(void)owner;
	store_body(&check.call, span_slice(check.body, (size_t)offset,
	    check.body.len));
}

static void
ask(enum store_verb verb, struct span name, struct span body,
    void (*on_answer)(void *, const struct store_answer *))
{
	struct store_wish wish = {
		.verb = verb,
		.name = name,
		.content_type = "application/jose",
		.size = body.len,
		.delete_at_s = verb == STORE_PUT ?
		    check.look.now_s + KEPT_S : 0,
		.body = body,
	};

	sha256(body, wish.sha256);
	check.body = body;
	check.look.delete_at_s = verb == STORE_PUT ? wish.delete_at_s :
	    check.look.delete_at_s;
	check.call.owner = &check;
	check.call.on_want = on_want;
	check.call.on_answer = on_answer;
	store_ask(push_store(), &check.call, &wish, check.look.now_s);
}

static void
on_step(void *owner, const struct store_answer *answer)
{
	const struct step *s = &steps[check.at];

	(void)owner;
	if (answer->http == NULL)
		check.look.lost++;
	s->judge(&check.look, answer);
	if (!s->is_cleaning || answer->outcome == OUTCOME_DONE ||
	    answer->outcome == OUTCOME_GONE || ++check.tries == TRIES_MAX) {
		check.at++;
		check.tries = 0;
	}
	next();
}

static void
begin_step(const struct step *s)
{
	struct span body = { NULL, 0 };

	if (s->verb == STORE_PUT || s->verb == STORE_PUBLIC_PUT)
		body = (struct span){ check.look.body,
			sizeof(check.look.body) };
	if (s->verb == STORE_PUT)
		check.look.is_put = true;
	ask(s->verb, span_of(s->suffix != NULL ? s->suffix :
	    check.name[s->subject]), body, on_step);
}

/* --- setting right, where `drop init` asked for it ------------------------------ */

/* In a new container all is to be set. */
static bool
is_wanted(const struct setting *s)
{
	const struct drop_look *look = &check.look;

	return (s->kinds & kind()) != 0 && !look->is_tried[s->finding] &&
	    (look->finding[s->finding].grade == GRADE_BAD ||
	    look->finding[s->finding].grade == GRADE_WARNING ||
	    (look->is_new && s->verb != STORE_CONTAINER_MAKE));
}

static void
on_set(void *owner, const struct store_answer *answer)
{
	const struct setting *s = &settings[check.at];

	(void)owner;
	drop_note_setting(&check.look, s->finding, answer);
	if (s->verb == STORE_CONTAINER_MAKE && answer->outcome == OUTCOME_DONE)
		check.look.is_new = true;
	check.at++;
	next_setting();
}

static void
look_again(void)
{
	check.at = 0;
	check.tries = 0;
	drop_look_again(&check.look);
	make_names();
	next();
}

/* The settings of this round; a round that set nothing is the last. */
static void
next_setting(void)
{
	const struct dialect *dialect = dialect_of(config_of_check());

	for (; check.at < COUNT(settings); check.at++) {
		const struct setting *s = &settings[check.at];
		struct buf body = buf_over(check.setup, sizeof(check.setup));

		if (!is_wanted(s))
			continue;
		check.look.is_tried[s->finding] = true;
		if (dialect->body(config_of_check(), s->verb, &body) != ST_OK)
			continue;
		check.look.has_set = true;
		ask(s->verb, span_of(""), buf_span(&body), on_set);
		return;
	}
	if (check.look.has_set)
		look_again();
	else
		finish();
}

static void
end_round(void)
{
	check.round++;
	if (!check.is_init || check.round == ROUNDS_MAX ||
	    check.look.finding[FINDING_REACH].grade == GRADE_BAD ||
	    check.look.finding[FINDING_CREDENTIAL].grade == GRADE_BAD) {
		finish();
		return;
	}
	check.look.has_set = false;
	check.at = 0;
	next_setting();
}

static void
next(void)
{
	for (; check.at < COUNT(steps); check.at++)
		if ((steps[check.at].kinds & kind()) != 0 &&
		    steps[check.at].is_due()) {
			begin_step(&steps[check.at]);
			return;
		}
	end_round();
}

/* --- beginning ------------------------------------------------------------------- */

static void
on_soon(uv_timer_t *timer)
{
	/* Wall time: for certificates, signatures and the store's Date. */
	check.look.now_s = (uint64_t)time(NULL);
	uv_close((uv_handle_t *)timer, NULL);
	next();
}

/* See courier.h. */
void
drop_check_begin(struct role *role, const struct msg_drop_check *m)
{
	if (check.is_running || push_store() == NULL) {
		check.role = role;
		tell_end(m->request, check.is_running ? ST_BUSY :
		    ST_NOT_FOUND);
		return;
	}
	memset(&check, 0, sizeof(check));
	check.role = role;
	check.request = m->request;
	check.is_running = true;
	check.is_init = m->init != 0;
	check.look.config = &role->config;
	drop_look_again(&check.look);
	random_bytes(check.look.body, sizeof(check.look.body));
	make_names();
	uv_timer_init(&role->loop, &check.soon);	/* cannot fail */
	uv_timer_start(&check.soon, on_soon, SOON_MS, 0);
}
