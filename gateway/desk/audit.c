#include <stdlib.h>

#include "base/hex.h"
#include "desk/audit_walk.h"
#include "desk/command.h"

/* A page is shorter than what a channel takes beyond "full": 50 * 2 kB. */
enum { PAGE_ROWS = 50 };

static void
ask_lines(struct session *s)
{
	struct message m = { .id = MSG_AUDIT_READ };

	m.audit_read.from = s->rows;
	m.audit_read.most = PAGE_ROWS;
	session_ask(s, ROLE_VAULT, &m, &m.audit_read.request);
}

/* --- audit list ------------------------------------------------------------------ */

/* See command.h. */
void
audit_list_start(struct session *s)
{
	ask_lines(s);
}

/* See command.h. */
void
audit_list_answer(struct session *s, const struct message *m)
{
	if (m->id == MSG_AUDIT_LINE) {
		s->rows = m->audit_line.number + 1;
		session_write(s, m->audit_line.line);
		session_write(s, span_of("\n"));
	} else if (m->id == MSG_DONE && m->done.outcome != ST_OK) {
		session_fail(s, (enum status)m->done.outcome);
	} else if (m->id == MSG_DONE && m->done.more != 0) {
		ask_lines(s);
	} else if (m->id == MSG_DONE) {
		session_finish(s, 0);
	}
}

/* --- audit verify ------------------------------------------------------------------ */

/* The size and root are asked for first: records written meanwhile, this
 * reading's own among them, come after them and are not counted. */

/* See command.h. */
void
audit_verify_start(struct session *s)
{
	struct message m = { .id = MSG_STATUS_GET };

	s->audit = calloc(1, sizeof(*s->audit));
	if (s->audit == NULL)
		session_fail(s, ST_NO_SPACE);
	else
		session_ask(s, ROLE_VAULT, &m, &m.status_get.request);
}

static void
print_verdict_json(struct session *s, bool good, const char *root)
{
	uint8_t text[256];
	struct buf out = buf_over(text, sizeof(text));
	struct json_writer w;

	json_start(&w, &out);
	json_object_begin(&w, NULL);
	json_bool(&w, "sound", good);
	json_uint(&w, "records", s->audit->size);
	json_text(&w, "root", root);
	json_object_end(&w);
	if (json_finish(&w) == ST_OK)
		session_write(s, buf_span(&out));
	session_write(s, span_of("\n"));
}

static void
verdict(struct session *s)
{
	uint8_t root[32];
	char got[65] = { 0 }, said[65] = { 0 };
	struct buf got_hex = buf_over(got, 64), said_hex = buf_over(said, 64);
	bool good;

	audit_walk_root(s->audit, root);
	good = s->audit->size == s->audit->expected_size &&
	    memcmp(root, s->audit->expected, sizeof(root)) == 0;
	if (hex_encode((struct span){ root, 32 }, &got_hex) != ST_OK ||
	    hex_encode((struct span){ s->audit->expected, 32 }, &said_hex) != ST_OK)
		return;
	if (s->options.json)
		print_verdict_json(s, good, got);
	else if (good)
		session_print(s, 1, TEXT_AUDIT_GOOD,
		    (unsigned long long)s->audit->size, got);
	else
		session_print(s, 2, TEXT_AUDIT_BAD,
		    (unsigned long long)s->audit->size, got, said);
	session_finish(s, good ? 0 : 1);
}

static void
take_line(struct session *s, const struct msg_audit_line *row)
{
	/* A gap or a repetition makes the root wrong, which is the verdict. */
	if (row->number == s->audit->size &&
	    s->audit->size < s->audit->expected_size)
		audit_walk_add(s->audit, row->line);
	s->rows = row->number + 1;
}

/* See command.h. */
void
audit_verify_answer(struct session *s, const struct message *m)
{
	if (m->id == MSG_STATUS) {
		s->audit->expected_size = m->status.audit_size;
		memcpy(s->audit->expected, m->status.audit_root.ptr, 32);
		ask_lines(s);
	} else if (m->id == MSG_AUDIT_LINE) {
		take_line(s, &m->audit_line);
	} else if (m->id == MSG_DONE && m->done.outcome != ST_OK) {
		session_fail(s, (enum status)m->done.outcome);
	} else if (m->id == MSG_DONE && m->done.more != 0 &&
	    s->audit->size < s->audit->expected_size) {
		ask_lines(s);
	} else if (m->id == MSG_DONE) {
		verdict(s);
	}
}
