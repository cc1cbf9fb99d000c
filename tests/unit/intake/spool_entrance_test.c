/*
 * Files from the spool's channel to their answer.  The spool, the kinds of
 * input and what becomes of a message are the test's.
 */
#include "intake/spool_entrance.h"

#include <stdlib.h>

#include "input/kinds.h"
#include "tap.h"

static struct role role;
static struct intake in;

/* --- what is around it ----------------------------------------------------- */

/* How messages end, in order; what the parser saw. */
static struct {
	enum delivery_end ends[8];
	const char *says;	/* the end's bytes */
	bool waits;		/* not inside delivery_start() */
	unsigned starts, fails;
	char bytes[256], name[64], piece[64], piece_name[64];
	size_t n_pieces;
	struct delivery *at;
} fate;

static struct delivery *known[CONFIG_SOURCES_MAX];
static const struct delivery_owner *events;

static struct {
	unsigned n;
	uint64_t file;
	enum status outcome;
	char text[5000], wants[256];
} said;

static struct { unsigned ended, idle; } told;

const struct input_kind input_hl7 = { "HL7 v2", NULL, NULL, 1 };
static const struct input_kind other = { "other", NULL, NULL, 1 };

enum status
kinds_find(const struct config_source *source, struct span bytes,
    const struct input_kind **kind)
{
	(void)source;
	if (bytes.len > 0 && bytes.ptr[0] == '?')
		return ST_UNSUPPORTED;
	*kind = bytes.len > 0 && bytes.ptr[0] == '{' ? &other : &input_hl7;
	return ST_OK;
}

bool
kinds_is_attachment(struct span bytes)
{
	return span_is(span_slice(bytes, 0, 5), "%PDF-");
}

enum status
deliveries_add(struct deliveries *all, struct delivery *d,
    const struct delivery_owner *e, void *owner)
{
	known[all->n++] = d;
	d->owner = owner;
	events = e;
	return ST_OK;
}

static void
copy(char *out, size_t size, struct span s)
{
	snprintf(out, size, "%.*s", (int)s.len, (const char *)s.ptr);
}

static void
end_now(struct delivery *d)
{
	enum delivery_end how = fate.ends[fate.starts - 1];

	d->state = DELIVERY_IS_IDLE;
	events->on_frame_done(d->owner);
	events->on_end(d->owner, how, span_of(fate.says));
}

void
delivery_start(struct delivery *d, const struct input *input)
{
	fate.starts++;
	fate.at = d;
	copy(fate.bytes, sizeof(fate.bytes), input->bytes);
	copy(fate.name, sizeof(fate.name), input->name);
	fate.n_pieces = input->n_pieces;
	if (input->n_pieces > 0) {
		copy(fate.piece, sizeof(fate.piece), input->pieces[0].bytes);
		copy(fate.piece_name, sizeof(fate.piece_name),
		    input->pieces[0].name);
	}
	d->state = DELIVERY_IS_ASKED;
	d->parsed.reply = (struct hl7_ack_reply){ .code = HL7_AE,
	    .error = 101, .segment = "PID", .field = 3, .text = "no patient" };
	if (!fate.waits)
		end_now(d);
}

void
delivery_fail(struct delivery *d)
{
	fate.fails++;
	d->state = DELIVERY_IS_IDLE;
	events->on_end(d->owner, DELIVERY_TRANSIENT, (struct span){ 0 });
}

enum status
role_send(struct role *r, enum role_id to, const struct message *m)
{
	(void)r;
	if (to != ROLE_SPOOL || m->id != MSG_SPOOL_ANSWER)
		abort();
	said.n++;
	said.file = m->spool_answer.file;
	said.outcome = (enum status)m->spool_answer.outcome;
	copy(said.text, sizeof(said.text), m->spool_answer.text);
	copy(said.wants, sizeof(said.wants), m->spool_answer.wants);
	return ST_OK;
}

void
role_refuse(const char *format, ...)
{
	(void)format;
	abort();
}

void
intake_ended(struct intake *i, enum delivery_end how)
{
	(void)i;
	(void)how;
	told.ended++;
}

void
intake_idle(struct intake *i)
{
	(void)i;
	told.idle++;
}

/* --- the spool ------------------------------------------------------------- */

static void
begin(void)
{
	memset(&fate, 0, sizeof(fate));
	memset(&said, 0, sizeof(said));
	fate.says = "";
}

static void
offer(uint64_t file, uint64_t piece, const char *name, uint64_t size)
{
	struct message m = { .id = MSG_SPOOL_OFFER, .spool_offer = {
	    .file = file, .piece = piece, .source = span_of("lis"),
	    .name = span_of(name), .size = size } };

	spool_take(&in, &m);
}

static void
part(uint64_t file, const char *text)
{
	struct message m = { .id = MSG_SPOOL_PART, .spool_part = {
	    file, span_of(text) } };

	spool_take(&in, &m);
}

static void
whole(uint64_t file)
{
	struct message m = { .id = MSG_SPOOL_END, .spool_end = { file } };

	spool_take(&in, &m);
}

static void
drop(uint64_t file)
{
	struct message m = { .id = MSG_SPOOL_DROP, .spool_drop = { file } };

	spool_take(&in, &m);
}

static void
bring(uint64_t file, const char *text)
{
	offer(file, 0, "a.hl7", strlen(text));
	part(file, text);
	whole(file);
}

static bool
answered(uint64_t file, enum status outcome)
{
	return said.n == 1 && said.file == file && said.outcome == outcome &&
	    spool_entrance.is_idle(&in);
}

/* --- what is to be --------------------------------------------------------- */

/* A source that comes with a certificate has none to steal in the spool. */
static void
test_not_for_others(void)
{
	struct message m = { .id = MSG_SPOOL_OFFER, .spool_offer = {
	    .file = 1, .source = span_of("default"),
	    .name = span_of("a.hl7"), .size = 7 } };

	begin();
	spool_take(&in, &m);
	part(1, "MSH|one");
	whole(1);
	ok(answered(1, ST_BUSY) && fate.starts == 0,
	    "R10 the spool speaks for no source without a folder");
}

static void
test_one(void)
{
	begin();
	bring(1, "\x0bMSH|one\r\x1c\r");
	ok(answered(1, ST_OK) && strcmp(fate.name, "a.hl7") == 0,
	    "R36 stored: the spool is told");
	ok(strcmp(fate.bytes, "MSH|one\r\r\r") == 0,
	    "MLLP's framing in a file becomes line ends");
	begin();
	fate.ends[0] = DELIVERY_REPLAYED;
	bring(2, "MSH|one\r");
	ok(answered(2, ST_EXISTS), "R36 known already");
	begin();
	fate.ends[0] = DELIVERY_TRANSIENT;
	bring(3, "MSH|one\r");
	ok(answered(3, ST_BUSY), "R36 not now");
	begin();
	fate.ends[0] = DELIVERY_REFUSED;
	bring(4, "MSH|one\r");
	ok(answered(4, ST_INVALID) &&
	    strstr(said.text, "AE 101 PID-3: no patient") != NULL &&
	    strstr(said.text, "un champ obligatoire manque") != NULL,
	    "R36 refused, in both languages");
	begin();
	fate.ends[0] = DELIVERY_REFUSED;
	fate.says = "ses propres mots";
	bring(5, "{}");
	ok(answered(5, ST_INVALID) &&
	    strstr(said.text, "ses propres mots") != NULL,
	    "other kinds in their own words");
	begin();
	bring(6, "?");
	ok(answered(6, ST_INVALID) && fate.starts == 0 &&
	    strstr(said.text, "no known format") != NULL, "of no format");
	begin();
	bring(7, "nothing of HL7");
	ok(answered(7, ST_INVALID) && strlen(said.text) > 0,
	    "R36 a file without any message is refused, not taken as stored");
}

static void
test_batch(void)
{
	static const char three[] = "FHS|\rBHS|\rMSH|1\rMSH|2\rMSH|3\rBTS|3\r";

	begin();
	bring(1, three);
	ok(answered(1, ST_OK) && fate.starts == 3 &&
	    strncmp(fate.bytes, "MSH|3", 5) == 0,
	    "R36 each message of a file is delivered");
	begin();
	fate.ends[1] = DELIVERY_REFUSED;
	bring(2, three);
	ok(answered(2, ST_INVALID) && fate.starts == 3 &&
	    strstr(said.text, "message 2 :") != NULL &&
	    strstr(said.text, "message 1") == NULL &&
	    strstr(said.text, "(2)") != NULL,
	    "R36 the text says which is refused");
	begin();
	fate.ends[1] = DELIVERY_TRANSIENT;
	bring(3, three);
	ok(answered(3, ST_BUSY) && fate.starts == 2,
	    "R36 one that cannot now: the file comes again");
	begin();
	fate.waits = true;
	bring(4, three);
	for (unsigned i = 0; i < 3; i++)
		end_now(fate.at);
	ok(answered(4, ST_OK) && fate.starts == 3, "in their own time, too");
}

static void
test_pieces(void)
{
	begin();
	fate.ends[0] = DELIVERY_WANTS;
	fate.says = "CR.PDF";
	bring(1, "{}");
	ok(said.n == 1 && said.outcome == ST_NOT_FOUND &&
	    strcmp(said.wants, "CR.PDF") == 0 && !spool_entrance.is_idle(&in),
	    "R42 it asks for the file that is named");
	said.n = 0;
	offer(1, 1, "CR.PDF", 8);
	part(1, "%PDF-1.4");
	whole(1);
	ok(answered(1, ST_OK) && fate.starts == 2 && fate.n_pieces == 1 &&
	    strcmp(fate.piece, "%PDF-1.4") == 0 &&
	    strcmp(fate.piece_name, "CR.PDF") == 0,
	    "R42 and parses both together");
	begin();
	offer(2, 0, "a.pdf", 9);
	part(2, "%PDF-");
	ok(answered(2, ST_NOT_FOUND) && said.wants[0] == '\0',
	    "R42 a PDF alone is told so at its first bytes");
	part(2, "1.4");
	whole(2);
	ok(said.n == 1, "and what still comes of it is nothing");
	begin();
	fate.ends[0] = DELIVERY_WANTS;
	fate.says = "CR.PDF";
	bring(3, "{}");
	said.n = 0;
	drop(3);
	ok(said.n == 0 && spool_entrance.is_idle(&in),
	    "R42 dropped while it waits: forgotten");
}

static void
test_limits(void)
{
	begin();
	offer(1, 0, "a.hl7", in.role->config.frame_bytes_max + 1);
	ok(answered(1, ST_TOO_BIG) && strlen(said.text) > 0,
	    "longer than mllp.frame_max");
	begin();
	offer(2, 0, "a.hl7", 3);
	part(2, "MSH|more");
	ok(answered(2, ST_BUSY), "more than was promised is not taken");
	begin();
	offer(3, 0, "a.hl7", 30);
	part(3, "MSH|");
	whole(3);
	ok(answered(3, ST_BUSY) && fate.starts == 0, "nor less");
	begin();
	part(99, "MSH|");
	whole(99);
	drop(99);
	offer(98, 1, "a.hl7", 3);
	ok(said.n == 0 && spool_entrance.is_idle(&in),
	    "what belongs to no file is dropped");
	begin();
	fate.waits = true;
	bring(4, "MSH|1\r");
	bring(5, "MSH|1\r");
	said.n = 0;
	bring(6, "MSH|1\r");
	ok(said.n == 1 && said.outcome == ST_BUSY,
	    "one file of each source, no more");
	spool_lost(&in);
	ok(fate.fails == 2 && spool_entrance.is_idle(&in),
	    "the spool is gone: so are its files");
}

static void
test_stop(void)
{
	begin();
	fate.waits = true;
	bring(1, "MSH|1\r");
	offer(2, 0, "a.hl7", 100);
	in.is_stopping = true;
	spool_entrance.stop(&in);
	ok(!spool_entrance.is_idle(&in), "STOP: what is delivered ends first");
	said.n = told.idle = 0;
	end_now(fate.at);
	ok(answered(1, ST_OK) && told.idle > 0, "and then it is idle");
	begin();
	bring(3, "MSH|1\r");
	ok(said.outcome == ST_BUSY, "nothing new is taken");
	in.is_stopping = false;
}

int
main(void)
{
	role.config.n_sources = 2;
	(void)!strcpy(role.config.source[0].name, "default");
	(void)!strcpy(role.config.source[1].name, "lis");
	(void)!strcpy(role.config.source[1].folder, "/lis");
	role.config.frame_bytes_max = 1 << 20;
	in.role = &role;
	spool_entrance.open(&in);
	test_not_for_others();
	test_one();
	test_batch();
	test_pieces();
	test_limits();
	test_stop();
	return done_testing();
}
