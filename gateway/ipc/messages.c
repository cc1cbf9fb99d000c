#include "ipc/messages.h"

enum { ID_LIMIT = 0x100 };	/* ids are below this, so that a table is small */

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

/* --- one encoder and one decoder for each message -------------------------- */

typedef enum status encode_fn(const struct message *m, struct buf *out);
typedef enum status decode_fn(struct message *m, struct span *in);

#define U64(field)        TRY(put_u64(out, f->field));
#define FIXED(field, n)   TRY(put_fixed(out, f->field, n));
#define BYTES(field, max) TRY(put_bytes(out, f->field, max));
#define MESSAGE(id, NAME, name, FROM, TO)                               \
	static enum status                                              \
	encode_##name(const struct message *m, struct buf *out)         \
	{                                                               \
		const struct msg_##name *f = &m->name;                  \
									\
		NAME##_FIELDS(U64, FIXED, BYTES)                        \
		return ST_OK;                                           \
	}
IPC_MESSAGES(MESSAGE)
#undef MESSAGE
#undef BYTES
#undef FIXED
#undef U64

#define U64(field)        TRY(get_u64(in, &f->field));
#define FIXED(field, n)   TRY(get_fixed(in, &f->field, n));
#define BYTES(field, max) TRY(get_bytes(in, &f->field, max));
#define MESSAGE(id, NAME, name, FROM, TO)                               \
	static enum status                                              \
	decode_##name(struct message *m, struct span *in)               \
	{                                                               \
		struct msg_##name *f = &m->name;                        \
									\
		NAME##_FIELDS(U64, FIXED, BYTES)                        \
		return ST_OK;                                           \
	}
IPC_MESSAGES(MESSAGE)
#undef MESSAGE
#undef BYTES
#undef FIXED
#undef U64

/* --- the table ------------------------------------------------------------- */

struct row {
	const char *name;	/* NULL: no such message */
	enum role_id from, to;
	size_t      max_bytes;
	encode_fn  *encode;
	decode_fn  *decode;
};

#define U64(field)        + 8
#define FIXED(field, n)   + (n)
#define BYTES(field, max) + 4 + (max)
#define MESSAGE(id, NAME, name, FROM, TO)                               \
	[id] = { #NAME, ROLE_##FROM, ROLE_##TO,                         \
	    0 NAME##_FIELDS(U64, FIXED, BYTES),                         \
	    encode_##name, decode_##name },
static const struct row rows[ID_LIMIT] = {
	IPC_MESSAGES(MESSAGE)
};
#undef MESSAGE
#undef BYTES
#undef FIXED
#undef U64

static const struct row *
find(uint64_t id)
{
	if (id >= ID_LIMIT || rows[id].name == NULL)
		return NULL;
	return &rows[id];
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

	for (size_t id = 0; id < ID_LIMIT; id++)
		if (rows[id].max_bytes > max)
			max = rows[id].max_bytes;
	return max;
}

/* See messages.h. */
size_t
message_route_max_bytes(enum role_id from, enum role_id to)
{
	size_t max = 0;

	for (size_t id = 0; id < ID_LIMIT; id++)
		if (message_route(id, from, to) == ST_OK &&
		    rows[id].max_bytes > max)
			max = rows[id].max_bytes;
	return max;
}

/* See messages.h. */
bool
message_is_ciphertext(uint64_t id)
{
	return id == MSG_OBJECT_PART || id == MSG_OBJECT_DATA
	    || id == MSG_OUTBOX_DATA;
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
	st = row->encode(m, out);
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
	TRY(row->decode(m, &body));
	return body.len == 0 ? ST_OK : ST_MALFORMED;
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

/* See messages.h. */
enum status
message_route(uint64_t id, enum role_id from, enum role_id to)
{
	const struct row *row = find(id);

	if (row != NULL && matches(row->from, from) && matches(row->to, to))
		return ST_OK;
	return ST_DENIED;
}
