#include "intake/session.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conn_fake.h"
#include "tap.h"

/* --- the role, as a test sees it ------------------------------------------- */

static struct role_seen {
	unsigned stores, dones, frames, cut, slow, noise, big, lost, batches;
	unsigned admits;
	bool is_stranger, commits;
	bool wrong_count, one_answer;
	struct span frame;
	char text[4096];
	/* What intake_store() does at once; EVENTS: nothing. */
	enum session_event at_once;
	enum status big_answer;
} seen;

void
intake_store(struct session *s, struct span frame)
{
	seen.stores++;
	seen.frame = frame;
	snprintf(seen.text, sizeof(seen.text), "%.*s", (int)frame.len,
	    (const char *)frame.ptr);
	if (seen.at_once == SESSION_EV_ANSWER)
		session_answer(s, span_of("ACK"));
	else if (seen.at_once == SESSION_EV_IGNORED)
		session_ignore(s);
	else if (seen.at_once == SESSION_EV_NOTHING)
		session_no_answer(s, true);
}

bool
intake_admit(struct session *s)
{
	seen.admits++;
	s->commits = seen.commits;
	return !seen.is_stranger;
}

bool
intake_begin_batch(struct session *s, const struct hl7_batch *batch)
{
	(void)s;
	seen.batches++;
	seen.wrong_count = batch->has_wrong_count;
	return seen.one_answer;
}

enum status
intake_answer_batch(struct session *s, const struct hl7_batch *batch,
    struct buf *ack)
{
	(void)s;
	return hl7_batch_answer(batch, span_of("B1"), span_of("2026"), ack);
}

enum status
intake_refuse_big(struct session *s, struct span part, struct buf *ack)
{
	(void)s;
	(void)part;
	if (seen.big_answer != ST_OK)
		return seen.big_answer;
	return buf_append_text(ack, "TOO BIG");
}

void
intake_session_done(struct session *s)
{
	(void)s;
	seen.dones++;
}

void
intake_count(struct session *s, enum session_count what)
{
	unsigned *const counter[] = { &seen.frames, &seen.cut, &seen.slow,
	    &seen.noise, &seen.big, &seen.lost };

	(void)s;
	++*counter[what];
}

/* --- one session on a fake connection -------------------------------------- */

enum { FRAME_MAX = 200000 };

static uv_loop_t loop;
static struct budget budget;
static struct session_limits limits;

static struct session *
fresh(void)
{
	static struct session s;

	region_release(&s.input, 0);
	region_release(&s.frame, 0);
	memset(&s, 0, sizeof(s));
	memset(&seen, 0, sizeof(seen));
	seen.at_once = SESSION_EVENTS;
	conn_fake_reset();
	loop.time = 1000000;
	budget_init(&budget, 100000, 0);
	limits = (struct session_limits){ .idle_ms = 60000,
	    .frame_bytes_max = FRAME_MAX, .receiving = &budget };
	if (session_init(&s, &limits) != ST_OK)
		abort();
	s.conn.timer.loop = &loop;
	session_start(&s);
	return &s;
}

static bool
wrote(const char *text)
{
	return conn_fake.n_kept == strlen(text) &&
	    memcmp(conn_fake.kept, text, conn_fake.n_kept) == 0;
}

static void
test_a_frame_is_stored_and_answered(void)
{
	struct session *s = fresh();

	conn_fake_bytes(&s->conn, "\x0bMSH|1\r\x1c\r");
	ok(s->state == SESSION_STORING && strcmp(seen.text, "MSH|1\r") == 0,
	    "stored");
	ok(conn_fake.reads == 1 && conn_fake.writes == 0,
	    "R13 nothing read or written before the vault said so");
	session_answer(s, span_of("MSA|AA\r"));
	ok(s->state == SESSION_REPLYING && conn_fake.writes == 1 &&
	    wrote("\x0bMSA|AA\r\x1c\r"), "R2 the ACK is one write, framed");
	conn_fake_emit(&s->conn, CONN_WRITTEN);
	ok(s->state == SESSION_READING && conn_fake.reads == 2, "reads on");
	conn_fake_emit(&s->conn, CONN_EOF);
	ok(s->state == SESSION_CLOSING && conn_fake.closes == 1, "closes");
	conn_fake_emit(&s->conn, CONN_CLOSED);
	ok(s->state == SESSION_DONE && seen.dones == 1 && budget.used == 0,
	    "done, and nothing is held");
}

static void
test_pipelined_frames_wait_their_turn(void)
{
	struct session *s = fresh();

	conn_fake_bytes(&s->conn, "\x0b""1\x1c\r\x0b""2\x1c\r\n\x0b""3\x1c\r");
	for (int i = 1; i <= 3; i++) {
		ok(s->state == SESSION_STORING && (int)seen.stores == i &&
		    seen.text[0] == '0' + i, "R2 frame %d", i);
		session_answer(s, span_of("A"));
		ok(conn_fake.writes == i, "R2 one write each");
		conn_fake_emit(&s->conn, CONN_WRITTEN);
	}
	ok(s->state == SESSION_READING && conn_fake.reads == 2,
	    "R2 read again only after the last");
}

static void
test_batch_in_one_frame(void)
{
	struct session *s = fresh();

	conn_fake_bytes(&s->conn, "\x0b" "FHS|^~\\&|\rBHS|^~\\&|\r"
	    "MSH|^~\\&|1\rPID|1\rMSH|^~\\&|2\rMSH|^~\\&|3\rBTS|3\rFTS|1\r"
	    "\x1c\r\x0bMSH|4\r\x1c\r");
	for (int i = 1; i <= 4; i++) {
		ok(s->state == SESSION_STORING && (int)seen.stores == i &&
		    strstr(seen.text, "MSH|") != NULL &&
		    strchr(seen.text, '0' + i) != NULL, "R25 message %d: %s", i,
		    i < 4 ? "of the batch" : "of the next frame");
		session_forget_frame(s);
		session_answer(s, span_of("A"));
		ok(conn_fake.writes == i, "R25 an answer of its own");
		conn_fake_emit(&s->conn, CONN_WRITTEN);
	}
	ok(s->state == SESSION_READING && seen.frames == 2 &&
	    budget.used == 0 && seen.batches == 1 && !seen.wrong_count,
	    "R25 two frames, nothing held");
}

static void
test_one_answer_for_a_batch(void)
{
	struct session *s = fresh();

	seen.one_answer = true;
	conn_fake_bytes(&s->conn, "\x0b" "BHS|^~\\&|b||||||||B7\r"
	    "MSH|^~\\&|1\rMSH|^~\\&|2\rMSH|^~\\&|3\rBTS|4\r\x1c\r"
	    "\x0bMSH|4\r\x1c\r");
	ok(seen.wrong_count, "R25 the role hears of a count that is wrong");
	session_forget_frame(s);
	session_answer(s, span_of("MSH|^~\\&|\rMSA|AE|x\rERR|||101\r"));
	session_forget_frame(s);
	session_ignore(s);
	session_stop(s);
	ok(conn_fake.writes == 0 && seen.stores == 3,
	    "R25 no answer before the last message, even to stop");
	session_forget_frame(s);
	session_answer(s, span_of("MSH|^~\\&|\rMSA|AA|x\r"));
	ok(conn_fake.writes == 1 && wrote("\x0bMSH|^~\\&|||b||2026||ACK|B1||\r"
	    "MSA|AE|B7|1 of 3 messages refused, the first is number 1\r"
	    "ERR|MSH^1^^101&Required field missing&HL70357\r\x1c\r"),
	    "R25 then one for all, though one was refused");
	conn_fake_emit(&s->conn, CONN_WRITTEN);
	ok(s->state == SESSION_LINGERING && seen.stores == 3,
	    "R25 and the role stops");
}

/* A batch that comes in two parts, cut anywhere, is the same batch. */
static void
test_a_batch_at_every_split(void)
{
	static const char text[] = "\x0b" "BHS|^~\\&|b||||||||B7\r"
	    "MSH|^~\\&|1\r\nMSH|^~\\&|2\r\r\nMSH|^~\\&|3\rBTS|3\r\x1c\r";
	unsigned bad = 0;

	for (int once = 0; once < 2; once++) {
		for (size_t cut = 1; cut < sizeof(text) - 1; cut++) {
			struct session *s = fresh();
			char part[sizeof(text)] = { 0 };

			seen.one_answer = once != 0;
			seen.at_once = SESSION_EV_ANSWER;
			memcpy(part, text, cut);
			conn_fake_bytes(&s->conn, part);
			conn_fake_bytes(&s->conn, text + cut);
			for (int i = 0; i < 2 && !once; i++)
				conn_fake_emit(&s->conn, CONN_WRITTEN);
			bad += seen.stores != 3 || seen.batches != 1 ||
			    seen.wrong_count ||
			    conn_fake.writes != (once ? 1 : 3);
		}
	}
	ok(bad == 0, "R25 a batch in two parts, cut anywhere (%u wrong)", bad);
}

/* Thousands that need no answer must not keep others waiting. */
static void
test_a_batch_takes_turns(void)
{
	static char text[6000] = "\x0b" "BHS|^~\\&|\r";
	struct session *s;

	for (int i = 0; i < 500; i++)
		strcat(text, "MSH|^~\\&|\r");
	strcat(text, "\x1c\r");
	for (int once = 0; once < 2; once++) {
		unsigned turns = 0, most = 0, before = 0;

		s = fresh();
		seen.one_answer = once != 0;
		seen.at_once = SESSION_EV_IGNORED;
		conn_fake_bytes(&s->conn, text);
		while (seen.stores > before && seen.stores < 500) {
			most = seen.stores - before > most ? seen.stores -
			    before : most;
			before = seen.stores;
			turns++;
			if (once && turns == 2)
				session_stop(s);
			conn_fake_emit(&s->conn, CONN_WRITTEN);
		}
		ok(seen.stores == 500 && most <= 64 && turns >= 7,
		    "R25 500 without an answer%s: %u turns of %u",
		    once ? " of their own" : "", turns, most);
		ok(once ? conn_fake.n_kept > 0 : conn_fake.n_kept == 0,
		    "R25 %s is written", once ? "one answer" : "nothing");
	}
	conn_fake_emit(&s->conn, CONN_WRITTEN);
	ok(s->state == SESSION_LINGERING, "R25 then the role stops");
}

static void
test_a_batch_that_cannot_be_stored(void)
{
	struct session *s = fresh();

	seen.one_answer = true;
	conn_fake_bytes(&s->conn, "\x0b" "BHS|^~\\&|\rMSH|^~\\&|1\r"
	    "MSH|^~\\&|2\rBTS|2\r\x1c\r");
	session_answer(s, span_of("MSH|^~\\&|\rMSA|AA|x\r"));
	session_no_answer(s, true);
	ok(s->state == SESSION_CLOSING && conn_fake.writes == 0,
	    "R25 a transient fault answers none of the batch");
}

/* A byte order mark is part of the message that it stands before. */
static void
test_a_mark(void)
{
	struct session *s = fresh();

	conn_fake_bytes(&s->conn, "\x0b\xef\xbb\xbfMSH|1\r\x1c\r");
	ok(strcmp(seen.text, "\xef\xbb\xbfMSH|1\r") == 0,
	    "R20 the parser sees the mark");
}

static void
test_every_split(void)
{
	static const char text[] = "noise\x0b""a\x1c" "b\r\x1c\r\n\x0b" "c\x1c\r";
	unsigned bad = 0;

	for (size_t one = 0; one < sizeof(text); one++) {
		struct session *s = fresh();

		seen.at_once = SESSION_EV_ANSWER;
		for (size_t i = 0; i < sizeof(text) - 1; i++) {
			size_t step = one == 0 ? 1 : one;
			size_t len = step < sizeof(text) - 1 - i ? step :
			    sizeof(text) - 1 - i;

			conn_fake_span(&s->conn, (struct span){
			    (const uint8_t *)text + i, len });
			while (s->state == SESSION_REPLYING)
				conn_fake_emit(&s->conn, CONN_WRITTEN);
			i += len - 1;
		}
		bad += !wrote("\x0b" "ACK\x1c\r\x0b" "ACK\x1c\r");
	}
	ok(bad == 0, "R2 two ACKs however the bytes are cut");
}

static void
test_answer_from_inside_store(void)
{
	struct session *s = fresh();

	seen.at_once = SESSION_EV_ANSWER;
	conn_fake_bytes(&s->conn, "\x0b""1\x1c\r");
	ok(s->state == SESSION_REPLYING && wrote("\x0b" "ACK\x1c\r"),
	    "answered at once");
	s = fresh();
	seen.at_once = SESSION_EV_IGNORED;
	conn_fake_bytes(&s->conn, "\x0b""1\x1c\r\x0b""2\x1c\r");
	ok(s->state == SESSION_READING && seen.stores == 2 &&
	    conn_fake.writes == 0, "ignored: the next one, no answer");
	s = fresh();
	seen.at_once = SESSION_EV_NOTHING;
	conn_fake_bytes(&s->conn, "\x0b""1\x1c\r\x0b""2\x1c\r");
	ok(s->state == SESSION_CLOSING && seen.stores == 1 &&
	    conn_fake.writes == 0, "R13 not stored: closed without a word");
}

static void
test_fs_without_cr(void)
{
	struct session *s = fresh();

	conn_fake_bytes(&s->conn, "\x0b""1\x1c");
	ok(s->state == SESSION_READING && s->conn.idle_ms == SESSION_PAUSE_MS,
	    "R1 <FS>: waits half a second");
	conn_fake_emit(&s->conn, CONN_TIMEOUT);
	ok(s->state == SESSION_STORING && seen.stores == 1, "R1 then it was all");
	s = fresh();
	conn_fake_bytes(&s->conn, "\x0b""1\x1c");
	conn_fake_emit(&s->conn, CONN_EOF);
	ok(s->state == SESSION_STORING, "R1 the end ends it too");
	session_answer(s, span_of("A"));
	conn_fake_emit(&s->conn, CONN_WRITTEN);
	ok(s->state == SESSION_CLOSING && wrote("\x0b" "A\x1c\r"),
	    "R8 a half-closed sender gets its ACK");
}

static void
test_silence(void)
{
	struct session *s = fresh();

	for (int i = 0; i < 3; i++)
		conn_fake_emit(&s->conn, CONN_TIMEOUT);
	ok(s->state == SESSION_READING && conn_fake.closes == 0,
	    "R7 between frames silence is no fault");
	conn_fake_bytes(&s->conn, "\x0b""1");
	conn_fake_emit(&s->conn, CONN_TIMEOUT);
	ok(s->state == SESSION_CLOSING && seen.slow == 1, "R7 inside one it is");
}

static void
test_slow_drip(void)
{
	struct session *s = fresh();
	int bytes = 0;

	conn_fake_bytes(&s->conn, "\x0b""1");
	while (s->state == SESSION_READING && bytes++ < 1000) {
		loop.time += 1000;
		conn_fake_bytes(&s->conn, "x");
	}
	ok(s->state == SESSION_CLOSING && seen.slow == 1 && bytes > 55 &&
	    bytes < 70, "R7 a byte a second is cut off after %d s", bytes);
	s = fresh();
	conn_fake_bytes(&s->conn, "\x0b");
	for (int i = 0; i < 90; i++) {
		static char block[2049];

		memset(block, 'x', sizeof(block) - 1);
		loop.time += 1000;
		conn_fake_bytes(&s->conn, block);
	}
	ok(s->state == SESSION_READING, "R7 2 kB a second is not");
}

/* What came fast must not be followed by hours of almost nothing. */
static void
test_slow_after_a_burst(void)
{
	static char block[60001];
	struct session *s = fresh();
	int bytes = 0;

	memset(block, 'x', sizeof(block) - 1);
	conn_fake_bytes(&s->conn, "\x0b");
	for (int i = 0; i < 3; i++)
		conn_fake_bytes(&s->conn, block);
	while (s->state == SESSION_READING && bytes++ < 1000) {
		loop.time += 1000;
		conn_fake_bytes(&s->conn, "x");
	}
	ok(s->state == SESSION_CLOSING && seen.slow == 1 && bytes > 55 &&
	    bytes < 70, "R7 180 kB at once, then a byte a second: cut off "
	    "after %d s", bytes);
}

static void
test_pace(void)
{
	struct pace p = { 0 };
	uint64_t now = 1000;

	ok(!pace_is_slow(&p, now, 60000, 31 << 20), "R7 31 MiB at once");
	for (size_t kib = 1; kib <= 400 && p.until_ms != 1; kib++)
		if (pace_is_slow(&p, now += 1000, 60000, (31 << 20) +
		    (kib << 10)))
			p.until_ms = 1;
	ok(p.until_ms == 1, "R7 then 1 KiB a second is too slow for it");
	pace_end(&p);
	ok(!pace_is_slow(&p, now, 60000, 600 << 10), "R7 600 KiB");
	for (size_t kib = 1; kib <= 4000 && p.until_ms != 1; kib++)
		if (pace_is_slow(&p, now += 1000, 60000, (600 + 20 * kib) << 10))
			p.until_ms = 1;
	ok(p.until_ms != 1, "R7 20 KiB a second is not");
}

static void
test_frame_over_the_limit(void)
{
	static char block[60001];
	struct session *s = fresh();

	memset(block, 'x', sizeof(block) - 1);
	conn_fake_bytes(&s->conn, "\x0b");
	for (int i = 0; i < 4; i++)
		conn_fake_bytes(&s->conn, block);
	ok(s->state == SESSION_REPLYING && wrote("\x0bTOO BIG\x1c\r") &&
	    seen.big == 1, "R7 over the limit: answered");
	ok(budget.used == 0, "R7 its memory is given back");
	conn_fake_emit(&s->conn, CONN_WRITTEN);
	ok(s->state == SESSION_LINGERING && conn_fake.shuts == 1, "lingers");
	conn_fake_emit(&s->conn, CONN_WRITTEN);
	conn_fake_bytes(&s->conn, block);
	conn_fake_bytes(&s->conn, "\x0b" "again\x1c\r");
	ok(s->state == SESSION_LINGERING && seen.stores == 0,
	    "R7 throws the rest away");
	loop.time += SESSION_LINGER_MAX_MS;
	conn_fake_bytes(&s->conn, block);
	ok(s->state == SESSION_CLOSING, "R7 not for ever");
	s = fresh();
	seen.big_answer = ST_NOT_FOUND;
	conn_fake_bytes(&s->conn, "\x0b");
	for (int i = 0; i < 4; i++)
		conn_fake_bytes(&s->conn, block);
	ok(s->state == SESSION_CLOSING && conn_fake.writes == 0,
	    "R7 without an MSH there is nothing to answer");
}

static void
test_noise(void)
{
	static char block[60001];
	struct session *s = fresh();

	memset(block, 'x', sizeof(block) - 1);
	conn_fake_bytes(&s->conn, block);
	ok(s->state == SESSION_READING, "R1 60 kB outside a frame");
	conn_fake_bytes(&s->conn, block);
	ok(s->state == SESSION_CLOSING && seen.noise == 1, "R1 120 kB: closed");
}

static void
test_budget(void)
{
	static char block[60001];
	struct ticket other = { 0 };
	struct session *s = fresh();

	memset(block, 'x', sizeof(block) - 1);
	(void)budget_take(&budget, &other, 200000);
	conn_fake_bytes(&s->conn, "\x0b" "1\x1c\r");
	ok(s->state == SESSION_WAITING && conn_fake.reads == 1,
	    "waits without reading");
	budget_leave(&budget, &other);
	ok(budget_next(&budget) == &s->ticket, "gets room");
	session_room(s);
	ok(s->state == SESSION_STORING && seen.stores == 1, "goes on");
	session_answer(s, span_of("A"));
	conn_fake_emit(&s->conn, CONN_WRITTEN);
	(void)budget_take(&budget, &other, 200000);
	conn_fake_bytes(&s->conn, block);
	ok(s->state == SESSION_WAITING, "waits again");
	session_stop(s);
	conn_fake_emit(&s->conn, CONN_CLOSED);
	ok(s->state == SESSION_DONE && budget.first == NULL,
	    "and leaves the line when it ends");
}

static bool
all_zero(const struct region *r)
{
	for (size_t i = 0; i < r->size; i++)
		if (r->ptr[i] != 0)
			return false;
	return true;
}

static void
test_nothing_stays_in_memory(void)
{
	struct session *s = fresh();

	conn_fake_bytes(&s->conn, "\x0b" "a long partial frame\x0b" "short\x1c\r");
	session_forget_frame(s);
	ok(all_zero(&s->frame), "the frame, also a longer one before it");
	session_answer(s, span_of("A"));
	conn_fake_emit(&s->conn, CONN_WRITTEN);
	ok(all_zero(&s->input), "what was read");
	conn_fake_bytes(&s->conn, "\x0b" "half a message");
	conn_fake_emit(&s->conn, CONN_FAILED);
	conn_fake_emit(&s->conn, CONN_CLOSED);
	ok(s->state == SESSION_DONE && all_zero(&s->input) &&
	    all_zero(&s->frame), "half a message whose sender went away");
	ok(seen.cut == 1, "which is counted");
}

/* --- MLLP release 2 ------------------------------------------------------------ */

static struct session *
fresh_committing(void)
{
	struct session *s = fresh();

	seen.commits = true;
	return s;
}

#define COMMIT "\x0b\x06\x1c\r"
#define NO_COMMIT "\x0b\x15\x1c\r"

static void
test_commit_byte_before_the_ack(void)
{
	struct session *s = fresh_committing();

	conn_fake_bytes(&s->conn, "\x0bMSH|1\r\x1c\r");
	ok(conn_fake.writes == 0, "R11 release 2: nothing before it is durable");
	session_answer(s, span_of("MSA|AA\r"));
	ok(wrote(COMMIT) && s->state == SESSION_REPLYING,
	    "R11 release 2: the commit byte first");
	conn_fake_emit(&s->conn, CONN_WRITTEN);
	ok(wrote(COMMIT "\x0bMSA|AA\r\x1c\r") && conn_fake.writes == 2,
	    "R11 release 2: then the ACK, a write of its own");
	conn_fake_emit(&s->conn, CONN_WRITTEN);
	conn_fake_bytes(&s->conn, COMMIT);
	ok(s->state == SESSION_READING && seen.stores == 1 &&
	    conn_fake.writes == 2, "R11 release 2: the peer's commit of our ACK "
	    "is dropped");
	conn_fake_bytes(&s->conn, "\x0bMSH|2\r\x1c\r");
	session_ignore(s);
	conn_fake_emit(&s->conn, CONN_WRITTEN);
	ok(wrote(COMMIT "\x0bMSA|AA\r\x1c\r" COMMIT) &&
	    s->state == SESSION_READING,
	    "R11 release 2: no ACK wanted: the commit byte alone");
}

static void
test_no_commit_where_it_is_not_stored(void)
{
	struct session *s = fresh_committing();

	conn_fake_bytes(&s->conn, "\x0bMSH|1\r\x1c\r");
	session_no_answer(s, true);
	ok(wrote(NO_COMMIT), "R11 release 2: not stored: 15");
	conn_fake_emit(&s->conn, CONN_WRITTEN);
	ok(s->state == SESSION_READING && conn_fake.closes == 0,
	    "R11 release 2: the sender may repeat it at once");
	conn_fake_bytes(&s->conn, "\x0bMSH|1\r\x1c\r");
	session_postpone(s, span_of("AR"));
	conn_fake_emit(&s->conn, CONN_WRITTEN);
	ok(wrote(NO_COMMIT NO_COMMIT "\x0b" "AR\x1c\r"),
	    "R11 release 2: 15 before an AR 207, too");
	conn_fake_emit(&s->conn, CONN_WRITTEN);
	conn_fake_bytes(&s->conn, "\x0bnonsense\x1c\r");
	session_no_answer(s, false);
	conn_fake_emit(&s->conn, CONN_WRITTEN);
	ok(s->state == SESSION_LINGERING, "R11 release 2: what nobody can "
	    "answer ends the connection");
}

static void
test_many_commits_in_a_row(void)
{
	static char block[SESSION_READ_BYTES + 1];
	struct session *s = fresh_committing();

	conn_fake_bytes(&s->conn, COMMIT);
	for (size_t i = 0; i < SESSION_READ_BYTES; i += 4)
		memcpy(block + i, NO_COMMIT, 4);
	conn_fake_bytes(&s->conn, block);
	ok(s->state == SESSION_READING && seen.stores == 0 &&
	    conn_fake.writes == 0, "R11 release 2: 16384 commit bytes at once");
	s = fresh();
	conn_fake_bytes(&s->conn, COMMIT);
	ok(seen.stores == 1, "R11 release 1: such a block is a message");
}

static void
test_who_may_not_is_not_heard(void)
{
	struct session *s = fresh();

	seen.is_stranger = true;
	conn_fake_bytes(&s->conn, "\x0bMSH|1\r\x1c\r");
	ok(s->state == SESSION_CLOSING && seen.stores == 0 &&
	    seen.frames == 0, "R10 of a stranger nothing is looked at");
	s = fresh();
	conn_fake_bytes(&s->conn, "\x0bMSH");
	conn_fake_bytes(&s->conn, "|1\r\x1c\r");
	ok(seen.admits == 1, "R10 asked once in a connection");
}

static void
test_idle_or_not(void)
{
	struct session *s = fresh();

	ok(session_is_idle(s), "R9 idle before the first byte");
	conn_fake_bytes(&s->conn, "\x0bMSH");
	ok(!session_is_idle(s), "R9 not inside a frame");
	conn_fake_bytes(&s->conn, "|1\r\x1c\r");
	ok(!session_is_idle(s), "R9 not while it is stored");
	loop.time += 5000;
	session_answer(s, span_of("A"));
	ok(!session_is_idle(s), "R9 not while it is answered");
	conn_fake_emit(&s->conn, CONN_WRITTEN);
	ok(session_is_idle(s) && s->active_ms == loop.time,
	    "R9 idle since the answer");
	conn_fake_emit(&s->conn, CONN_TIMEOUT);
	loop.time += 5000;
	ok(s->active_ms + 5000 == loop.time, "R9 and stays so");
	conn_fake_emit(&s->conn, CONN_FAILED);
	ok(seen.lost == 1 && seen.cut == 0, "R9 a reset between frames is none "
	    "inside one");
}

/* Every event in every state: either a transition or our own bug. */
static void
test_states_times_events(void)
{
	/* One row per state; columns in the order of SESSION_EVENT_MAP.
	 * '.' cannot happen, otherwise the first letter of the next state. */
	static const struct { enum session_state at; const char *next; } row[] = {
		{ SESSION_READING,   "RC.RC......." "C" },
		{ SESSION_WAITING,   "......R....." "C" },
		{ SESSION_STORING,   ".......PRRPC" "S" },
		{ SESSION_REPLYING,  "..RCC......." "P" },
		{ SESSION_LINGERING, "LCLCC......." "C" },
		{ SESSION_CLOSING,   "CCCCCDCCCCCC" "C" },
		{ SESSION_DONE,      "............" "." },
	};
	static const char letter[] = "RWSPLCD";

	for (size_t i = 0; i < COUNT(row); i++)
		for (int ev = 0; ev < SESSION_EVENTS; ev++) {
			char expected = row[i].next[ev], got = '.';
			int status;
			pid_t pid;

			if (ev == SESSION_EV_SKIP)
				continue;	/* only from inside */
			pid = fork();
			if (pid == 0) {
				struct session *s = fresh();

				fclose(stderr);
				s->state = row[i].at;
				s->lingers_until_ms = UINT64_MAX;
				if (ev <= SESSION_EV_CLOSED)
					conn_fake_emit(&s->conn,
					    (enum conn_event)ev);
				else if (ev == SESSION_EV_ROOM)
					session_room(s);
				else if (ev == SESSION_EV_ANSWER)
					session_answer(s, span_of("A"));
				else if (ev == SESSION_EV_IGNORED)
					session_ignore(s);
				else if (ev == SESSION_EV_LATER)
					session_postpone(s, span_of("A"));
				else if (ev == SESSION_EV_NOTHING)
					session_no_answer(s, true);
				else
					session_stop(s);
				_exit(s->state);
			}
			waitpid(pid, &status, 0);
			if (WIFEXITED(status))
				got = letter[WEXITSTATUS(status)];
			ok(got == expected && (got != '.' ||
			    WTERMSIG(status) == SIGABRT),
			    "state %c event %d: %c", letter[row[i].at], ev, got);
		}
}

int
main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	test_a_frame_is_stored_and_answered();
	test_pipelined_frames_wait_their_turn();
	test_batch_in_one_frame();
	test_one_answer_for_a_batch();
	test_a_batch_at_every_split();
	test_a_batch_takes_turns();
	test_a_batch_that_cannot_be_stored();
	test_a_mark();
	test_every_split();
	test_answer_from_inside_store();
	test_fs_without_cr();
	test_silence();
	test_slow_drip();
	test_slow_after_a_burst();
	test_pace();
	test_frame_over_the_limit();
	test_noise();
	test_budget();
	test_nothing_stays_in_memory();
	test_commit_byte_before_the_ack();
	test_no_commit_where_it_is_not_stored();
	test_many_commits_in_a_row();
	test_who_may_not_is_not_heard();
	test_idle_or_not();
	test_states_times_events();
	return done_testing();
}
