#include "ipc/messages.h"

#include <stddef.h>

enum { ID_LIMIT = 0x100 };	/* ids are below this */

/* --- fields ---------------------------------------------------------------- */

static enum status
put_u64(struct buf *out, uint64_t v)
{
	uint8_t be[8];

	for (int i = 0; i < 8; i++)
		be[i] = (uint8_t)(v >> (56 - 8 * i));
	return buf_append(out, be, sizeof(be));
}

static enum status
put_fixed(struct buf *out, struct span s, size_t len)
{
	if (s.len != len)
		return ST_TOO_BIG;
	return buf_append_span(out, s);
}

static enum status
put_bytes(struct buf *out, struct span s, size_t max)
{
	uint8_t be[4] = {
		(uint8_t)(s.len >> 24), (uint8_t)(s.len >> 16),
		(uint8_t)(s.len >> 8), (uint8_t)s.len,
	};

	if (s.len > max)
		return ST_TOO_BIG;
	TRY(buf_append(out, be, sizeof(be)));
	return buf_append_span(out, s);
}

static enum status
get_fixed(struct span *in, struct span *out, size_t len)
{
	if (len > in->len)
		return ST_MALFORMED;
	*out = (struct span){ in->ptr, len };
	in->ptr += len;
	in->len -= len;
	return ST_OK;
}

static enum status
get_u64(struct span *in, uint64_t *v)
{
	struct span be;

	TRY(get_fixed(in, &be, 8));
	*v = 0;
	for (int i = 0; i < 8; i++)
		*v = *v << 8 | be.ptr[i];
	return ST_OK;
}

static enum status
get_bytes(struct span *in, struct span *s, size_t max)
{
	struct span be;
	size_t len;

	TRY(get_fixed(in, &be, 4));
	len = (size_t)be.ptr[0] << 24 | (size_t)be.ptr[1] << 16 |
	    (size_t)be.ptr[2] << 8 | (size_t)be.ptr[3];
	if (len > max)
		return ST_TOO_BIG;
	return get_fixed(in, s, len);
}

/* --- the tables ------------------------------------------------------------ */

enum field_kind { FIELD_U64, FIELD_FIXED, FIELD_BYTES };

/* A struct of messages.h is these fields in this order, without padding: each
 * is a uint64_t or a struct span. */
struct field {
	unsigned kind : 2;
	unsigned limit : 30;	/* bytes; of FIXED: exactly */
};

#define U64(field)        { FIELD_U64, 0 },
#define FIXED(field, n)   { FIELD_FIXED, n },
#define BYTES(field, max) { FIELD_BYTES, max },
#define MESSAGE(id, NAME, name, FROM, TO)                               \
	static const struct field name##_fields[] = {                   \
		NAME##_FIELDS(U64, FIXED, BYTES)                        \
	};
IPC_MESSAGES(MESSAGE)
#undef MESSAGE
#undef BYTES
#undef FIXED
#undef U64

#define U64(field)        + sizeof(uint64_t)
#define FIXED(field, n)   + sizeof(struct span)
#define BYTES(field, max) + sizeof(struct span)
#define MESSAGE(id, NAME, name, FROM, TO)                               \
	_Static_assert(sizeof(struct msg_##name) ==                     \
	    0 NAME##_FIELDS(U64, FIXED, BYTES), "padding in " #NAME);   \
	_Static_assert(offsetof(struct message, name) ==                \
	    offsetof(struct message, start) && (id) < ID_LIMIT, #NAME);
IPC_MESSAGES(MESSAGE)
#undef MESSAGE
#undef BYTES
#undef FIXED
#undef U64

struct row {
	const char *name;
	const struct field *fields;
	uint32_t max_bytes;
	uint8_t  n_fields, from, to;	/* enum role_id */
};

#define U64(field)        + 8
#define FIXED(field, n)   + (n)
#define BYTES(field, max) + 4 + (max)
#define MESSAGE(id, NAME, name, FROM, TO)                               \
	{ #NAME, name##_fields, 0 NAME##_FIELDS(U64, FIXED, BYTES),     \
	    COUNT(name##_fields), ROLE_##FROM, ROLE_##TO },
static const struct row rows[] = {
	IPC_MESSAGES(MESSAGE)
};
#undef MESSAGE
#undef BYTES
#undef FIXED
#undef U64

enum row_number {
#define MESSAGE(id, NAME, name, FROM, TO) ROW_##NAME,
	IPC_MESSAGES(MESSAGE)
#undef MESSAGE
	ROWS
};
_Static_assert(ROWS < UINT8_MAX, "row numbers are bytes");

/* By id: a row's number and one; 0: no such message. */
static const uint8_t row_of[ID_LIMIT] = {
#define MESSAGE(id, NAME, name, FROM, TO) [id] = ROW_##NAME + 1,
	IPC_MESSAGES(MESSAGE)
#undef MESSAGE
};

static const struct row *
find(uint64_t id)
{
	if (id >= ID_LIMIT || row_of[id] == 0)
		return NULL;
	return &rows[row_of[id] - 1];
}

/* ANY stands for the roles that the supervisor starts: not for itself, and
 * not for the guichet command. */
static bool
matches(enum role_id in_table, enum role_id role)
{
	if (in_table == ROLE_ANY)
		return role > ROLE_SUPERVISOR && role < ROLE_CTL;
	return in_table == role;
}

static bool
is_routed(const struct row *row, enum role_id from, enum role_id to)
{
	return matches((enum role_id)row->from, from)
	    && matches((enum role_id)row->to, to);
}

/* See messages.h. */
const char *
role_name(enum role_id role)
{
	static const char *const names[] = {
#define X(name, text) [ROLE_##name] = text,
		ROLE_MAP(X)
#undef X
	};

	return (size_t)role < COUNT(names) ? names[role] : "?";
}

/* See messages.h. */
const char *
message_name(uint64_t id)
{
	const struct row *row = find(id);

	return row == NULL ? "?" : row->name;
}

/* See messages.h. */
size_t
message_max_bytes(void)
{
	size_t max = 0;

	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].max_bytes > max)
			max = rows[i].max_bytes;
	return max;
}

/* See messages.h. */
size_t
message_route_max_bytes(enum role_id from, enum role_id to)
{
	size_t max = 0;

	for (size_t i = 0; i < ROWS; i++)
		if (is_routed(&rows[i], from, to) && rows[i].max_bytes > max)
			max = rows[i].max_bytes;
	return max;
}

/* See messages.h. */
bool
message_is_ciphertext(uint64_t id)
{
	return id == MSG_OBJECT_PART || id == MSG_OBJECT_DATA
	    || id == MSG_OUTBOX_DATA;
}

/* --- codecs ---------------------------------------------------------------- */

/* Where the fields of any message begin. */
static size_t
fields_offset(void)
{
	return offsetof(struct message, start);
}

static enum status
encode_fields(const struct row *row, const struct message *m, struct buf *out)
{
	const uint8_t *at = (const uint8_t *)m + fields_offset();
	struct span s;
	uint64_t v;

	for (size_t i = 0; i < row->n_fields; i++) {
		const struct field *f = &row->fields[i];

		if (f->kind == FIELD_U64) {
			memcpy(&v, at, sizeof(v));
			TRY(put_u64(out, v));
			at += sizeof(v);
			continue;
		}
		memcpy(&s, at, sizeof(s));
		TRY(f->kind == FIELD_FIXED ? put_fixed(out, s, f->limit)
		    : put_bytes(out, s, f->limit));
		at += sizeof(s);
	}
	return ST_OK;
}

static enum status
decode_fields(const struct row *row, struct message *m, struct span *in)
{
	uint8_t *at = (uint8_t *)m + fields_offset();
	struct span s;
	uint64_t v;

	for (size_t i = 0; i < row->n_fields; i++) {
		const struct field *f = &row->fields[i];

		if (f->kind == FIELD_U64) {
			TRY(get_u64(in, &v));
			memcpy(at, &v, sizeof(v));
			at += sizeof(v);
			continue;
		}
		TRY(f->kind == FIELD_FIXED ? get_fixed(in, &s, f->limit)
		    : get_bytes(in, &s, f->limit));
		memcpy(at, &s, sizeof(s));
		at += sizeof(s);
	}
	return ST_OK;
}

/* See messages.h. */
enum status
message_encode(const struct message *m, struct buf *out)
{
	const struct row *row = find(m->id);
	size_t before = out->len;
	enum status st;

	if (row == NULL)
		return ST_NOT_FOUND;
	st = encode_fields(row, m, out);
	if (st != ST_OK)
		out->len = before;
	return st;
}

/* See messages.h. */
enum status
message_decode(struct message *m, uint64_t id, struct span body)
{
	const struct row *row = find(id);

	if (row == NULL)
		return ST_NOT_FOUND;
	m->id = (enum message_id)id;
	TRY(decode_fields(row, m, &body));
	return body.len == 0 ? ST_OK : ST_MALFORMED;
}

/* See messages.h. */
enum status
message_route(uint64_t id, enum role_id from, enum role_id to)
{
	const struct row *row = find(id);

	return row != NULL && is_routed(row, from, to) ? ST_OK : ST_DENIED;
}
