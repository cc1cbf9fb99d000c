/* Every message, every field, every length, every route. */
#include "ipc/messages.h"

#include <stdlib.h>

#include "tap.h"

enum { LONGEST = 160 * 1024, IDS = 0x200 };

static uint8_t filling[LONGEST];
static uint8_t body[LONGEST + 64], again[LONGEST + 64];

/* --- one of each, with fields as long as they may be ----------------------- */

#define U64(field)        f->field = UINT64_C(0x1122334455667788) + n++;
#define FIXED(field, len) f->field = (struct span){ filling + n++, len };
#define BYTES(field, max) f->field = (struct span){ filling + n++, max };
#define MESSAGE(num, NAME, name, FROM, TO)                              \
	static void                                                     \
	fill_##name(struct message *m)                                  \
	{                                                               \
		struct msg_##name *f = &m->name;                        \
		unsigned n = 0;                                         \
									\
		m->id = MSG_##NAME;                                     \
		NAME##_FIELDS(U64, FIXED, BYTES)                        \
		(void)n;                                                \
	}
IPC_MESSAGES(MESSAGE)
#undef MESSAGE
#undef BYTES
#undef FIXED
#undef U64

#define U64(field)        same = same && a->field == b->field;
#define FIXED(field, len) same = same && span_equal(a->field, b->field);
#define BYTES(field, max) same = same && span_equal(a->field, b->field);
#define MESSAGE(num, NAME, name, FROM, TO)                              \
	static bool                                                     \
	same_##name(const struct message *x, const struct message *y)   \
	{                                                               \
		const struct msg_##name *a = &x->name, *b = &y->name;   \
		bool same = x->id == y->id;                             \
									\
		NAME##_FIELDS(U64, FIXED, BYTES)                        \
		return same;                                            \
	}
IPC_MESSAGES(MESSAGE)
#undef MESSAGE
#undef BYTES
#undef FIXED
#undef U64

static const struct {
	enum message_id id;
	const char *name;
	enum role_id from, to;
	void (*fill)(struct message *m);
	bool (*same)(const struct message *x, const struct message *y);
} all[] = {
#define MESSAGE(num, NAME, name, FROM, TO)                              \
	{ MSG_##NAME, #NAME, ROLE_##FROM, ROLE_##TO, fill_##name, same_##name },
	IPC_MESSAGES(MESSAGE)
#undef MESSAGE
};

static struct buf
encoded(size_t i)
{
	struct buf out = buf_over(body, sizeof(body));
	struct message m;

	memset(&m, 0, sizeof(m));
	all[i].fill(&m);
	if (message_encode(&m, &out) != ST_OK)
		out.len = 0;
	return out;
}

static void
test_round_trip(void)
{
	for (size_t i = 0; i < COUNT(all); i++) {
		struct buf one = encoded(i);
		struct buf two = buf_over(again, sizeof(again));
		struct message m, first;

		memset(&first, 0, sizeof(first));
		all[i].fill(&first);
		ok(one.len > 0 && message_decode(&m, all[i].id,
		    buf_span(&one)) == ST_OK && all[i].same(&first, &m) &&
		    message_encode(&m, &two) == ST_OK &&
		    span_equal(buf_span(&one), buf_span(&two)),
		    "%s comes back as it went", all[i].name);
	}
}

static void
test_every_other_length(void)
{
	for (size_t i = 0; i < COUNT(all); i++) {
		struct buf one = encoded(i);
		/* Long ones: not every cut of a filling, but of its ends. */
		size_t step = one.len > 8192 ? 97 : 1;
		struct message m;
		bool refused = true;

		for (size_t cut = 0; cut < one.len; cut += step)
			refused = refused && message_decode(&m, all[i].id,
			    (struct span){ body, cut }) == ST_MALFORMED;
		ok(refused, "%s is refused when cut anywhere", all[i].name);
		ok(message_decode(&m, all[i].id, (struct span){ body,
		    one.len + 1 }) == ST_MALFORMED,
		    "%s is refused with a byte left over", all[i].name);
	}
}

static void
test_no_space(void)
{
	for (size_t i = 0; i < COUNT(all); i++) {
		struct buf one = encoded(i);
		struct buf small = { again, 3, one.len + 2 };
		struct message m;

		memset(&m, 0, sizeof(m));
		all[i].fill(&m);
		ok(message_encode(&m, &small) == ST_NO_SPACE && small.len == 3,
		    "%s leaves a buffer that is too small as it was",
		    all[i].name);
	}
}

/* Lengths by hand, one message for each kind of field. */
static void
test_limits(void)
{
	struct buf out = buf_over(body, sizeof(body));
	struct message m = { .id = MSG_OBJECT_READ, .object_read = {
	    .name = { filling, 31 }, .peer = { filling, 16 } } };

	ok(message_encode(&m, &out) == ST_TOO_BIG && out.len == 0,
	    "a FIXED field that is too short is not sent");
	m.object_read.name.len = 33;
	ok(message_encode(&m, &out) == ST_TOO_BIG && out.len == 0,
	    "a FIXED field that is too long is not sent");
	m = (struct message){ .id = MSG_CLAIM, .claim = {
	    .claim = { filling, 2049 } } };
	ok(message_encode(&m, &out) == ST_TOO_BIG && out.len == 0,
	    "a BYTES field over its limit is not sent");
	m = (struct message){ .id = MSG_CLAIM, .claim = {
	    .claim = { filling, 2048 } } };
	ok(message_encode(&m, &out) == ST_OK, "a BYTES field at its limit is");
	body[26] = 0x08;	/* 2049 as length, with as many bytes */
	body[27] = 0x01;
	ok(message_decode(&m, MSG_CLAIM, (struct span){ body, 28 + 2049 }) ==
	    ST_TOO_BIG, "a BYTES field over its limit is not taken");
	memset(body + 24, 0xff, 4);
	ok(message_decode(&m, MSG_CLAIM, (struct span){ body, 28 + 2048 }) ==
	    ST_TOO_BIG, "nor one that claims 4 GiB");
}

static void
test_byte_order(void)
{
	static const uint8_t wanted[] = {
		0, 0, 0, 0, 0, 0, 1, 2, 0xff, 0xee, 0xdd, 0xcc, 0xbb, 0xaa,
		0x99, 0x88, 0, 0, 0, 2, 'o', 'k',
	};
	struct message m = { .id = MSG_AUDIT_LINE, .audit_line = {
	    0x0102, UINT64_C(0xffeeddccbbaa9988), span_of("ok") } };
	struct buf out = buf_over(body, sizeof(body));

	ok(message_encode(&m, &out) == ST_OK && span_equal(buf_span(&out),
	    (struct span){ wanted, sizeof(wanted) }),
	    "numbers are big-endian, bytes follow a 4-byte length");
}

/* --- routes ---------------------------------------------------------------- */

static bool
covers(enum role_id in_table, enum role_id role)
{
	if (in_table == ROLE_ANY)
		return role == ROLE_INTAKE || role == ROLE_VAULT ||
		    role == ROLE_PICKUP || role == ROLE_DESK ||
		    role == ROLE_SPOOL || role == ROLE_COURIER ||
		    role == ROLE_UPDATER || role == ROLE_SERVICE;
	return in_table == role;
}

static bool
in_table(uint64_t id, enum role_id from, enum role_id to)
{
	for (size_t i = 0; i < COUNT(all); i++)
		if (all[i].id == id)
			return covers(all[i].from, from) &&
			    covers(all[i].to, to);
	return false;
}

static void
test_routes(void)
{
	unsigned wrong = 0, routes = 0;

	for (uint64_t id = 0; id < IDS; id++)
		for (unsigned from = 0; from < ROLE_COUNT; from++)
			for (unsigned to = 0; to < ROLE_COUNT; to++) {
				enum role_id f = (enum role_id)from;
				enum role_id t = (enum role_id)to;
				bool may = message_route(id, f, t) == ST_OK;

				wrong += may != in_table(id, f, t);
				routes += may;
			}
	ok(wrong == 0 && routes > 0,
	    "%u routes, exactly those of messages.def", routes);
	ok(message_route(UINT64_MAX, ROLE_INTAKE, ROLE_VAULT) == ST_DENIED,
	    "a number that is no message goes nowhere");
}

/* What the design promises, whatever the table says. */
static void
test_promises(void)
{
	unsigned broken = 0;

	for (uint64_t id = 0; id < IDS; id++) {
		broken += message_route(id, ROLE_PICKUP, ROLE_INTAKE) == ST_OK;
		broken += message_route(id, ROLE_INTAKE, ROLE_PICKUP) == ST_OK;
		broken += message_route(id, ROLE_PICKUP, ROLE_DESK) == ST_OK;
		broken += message_route(id, ROLE_DESK, ROLE_PICKUP) == ST_OK;
		broken += id != MSG_TRAITS_GET &&
		    message_route(id, ROLE_DESK, ROLE_INTAKE) == ST_OK;
		broken += message_route(id, ROLE_SPOOL, ROLE_VAULT) == ST_OK;
		broken += message_route(id, ROLE_VAULT, ROLE_SPOOL) == ST_OK;
		broken += message_route(id, ROLE_SPOOL, ROLE_DESK) == ST_OK;
		broken += message_route(id, ROLE_CTL, ROLE_VAULT) == ST_OK;
		broken += message_route(id, ROLE_CTL, ROLE_SUPERVISOR) == ST_OK;
	}
	ok(broken == 0, "nobody talks past the vault, but for traits and spooled files");
	ok(message_route(MSG_CARD_LIST, ROLE_PICKUP, ROLE_VAULT) == ST_DENIED
	    && message_route(MSG_BUNDLE_LIST, ROLE_PICKUP, ROLE_VAULT) ==
	    ST_DENIED, "pickup cannot ask for lists");
	ok(message_route(MSG_OBJECT_DATA, ROLE_VAULT, ROLE_DESK) == ST_DENIED,
	    "the desk gets no object");
}

static void
test_names_and_sizes(void)
{
	struct message m;
	size_t most = 0;

	for (size_t i = 0; i < COUNT(all); i++) {
		size_t len = encoded(i).len;

		most = len > most ? len : most;
		ok(strcmp(message_name(all[i].id), all[i].name) == 0,
		    "%s has its name", all[i].name);
	}
	ok(message_max_bytes() == most, "the longest body is %zu bytes", most);
	ok(message_route_max_bytes(ROLE_VAULT, ROLE_PICKUP) == 28 + 131072,
	    "vault to pickup: an OBJECT_DATA at most");
	ok(message_route_max_bytes(ROLE_DESK, ROLE_PICKUP) == 0,
	    "where nothing is routed, nothing is long");
	ok(strcmp(message_name(0x1ff), "?") == 0 &&
	    strcmp(message_name(0), "?") == 0, "what is no message is ?");
	ok(strcmp(role_name(ROLE_VAULT), "vault") == 0 &&
	    strcmp(role_name(ROLE_ANY), "?") == 0, "roles have names");
	ok(message_decode(&m, 0, (struct span){ body, 0 }) == ST_NOT_FOUND &&
	    message_decode(&m, UINT64_MAX, (struct span){ body, 0 }) ==
	    ST_NOT_FOUND, "an unknown message is ST_NOT_FOUND");
	m.id = (enum message_id)0xff;
	ok(message_encode(&m, &(struct buf){ body, 0, 8 }) == ST_NOT_FOUND,
	    "and is not sent");
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(filling); i++)
		filling[i] = (uint8_t)(i * 31 + 7);
	test_round_trip();
	test_every_other_length();
	test_no_space();
	test_limits();
	test_byte_order();
	test_routes();
	test_promises();
	test_names_and_sizes();
	return done_testing();
}
