#include "dhcp/packet.h"

enum {
	/* RFC 2131 figure 1: where the fields are. */
	AT_OP = 0, AT_HTYPE = 1, AT_HLEN = 2, AT_XID = 4, AT_SECS = 8,
	AT_FLAGS = 10, AT_CIADDR = 12, AT_YIADDR = 16, AT_CHADDR = 28,
	AT_SNAME = 44, AT_FILE = 108, AT_COOKIE = 236, AT_OPTIONS = 240,
	SNAME_BYTES = 64, FILE_BYTES = 128,
	LEAST_BYTES = 300,	/* of BOOTP (RFC 951): some relays drop less */
	OP_REQUEST = 1, OP_REPLY = 2, ETHERNET = 1,
	BROADCAST = 0x8000	/* we have no address to answer to */
};

/* RFC 2132. */
enum {
	OPTION_PAD = 0, OPTION_MASK = 1, OPTION_ROUTER = 3, OPTION_DNS = 6,
	OPTION_WANTED = 50, OPTION_SECONDS = 51, OPTION_OVERLOAD = 52,
	OPTION_KIND = 53, OPTION_SERVER = 54, OPTION_PARAMETERS = 55,
	OPTION_MAX = 57, OPTION_T1 = 58, OPTION_T2 = 59, OPTION_END = 255,
	OPTIONS = 256,
	OVERLOAD_FILE = 1, OVERLOAD_SNAME = 2
};

static const uint8_t cookie[4] = { 99, 130, 83, 99 };

/* --- writing ---------------------------------------------------------------- */

static void
put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void
put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value);
}

static enum status
put_option(struct buf *out, uint8_t option, const void *value, uint8_t len)
{
	const uint8_t head[2] = { option, len };

	TRY(buf_append(out, head, sizeof(head)));
	return buf_append(out, value, len);
}

static enum status
put_address(struct buf *out, uint8_t option, uint32_t address)
{
	uint8_t bytes[4];

	if (address == 0)
		return ST_OK;
	put32(bytes, address);
	return put_option(out, option, bytes, sizeof(bytes));
}

static enum status
put_head(const struct packet_question *q, struct buf *out)
{
	uint8_t head[AT_OPTIONS] = { 0 };

	head[AT_OP] = OP_REQUEST;
	head[AT_HTYPE] = ETHERNET;
	head[AT_HLEN] = PACKET_MAC_BYTES;
	put32(head + AT_XID, q->xid);
	put16(head + AT_SECS, q->seconds);
	/* With an address an answer finds us without. */
	put16(head + AT_FLAGS, q->own == 0 ? BROADCAST : 0);
	put32(head + AT_CIADDR, q->own);
	memcpy(head + AT_CHADDR, q->mac, PACKET_MAC_BYTES);
	memcpy(head + AT_COOKIE, cookie, sizeof(cookie));
	return buf_append(out, head, sizeof(head));
}

/* See packet.h. */
enum status
packet_write(const struct packet_question *q, struct buf *out)
{
	static const uint8_t parameters[] = { OPTION_MASK, OPTION_ROUTER,
	    OPTION_DNS, OPTION_SECONDS, OPTION_SERVER, OPTION_T1, OPTION_T2 };
	static const uint8_t end = OPTION_END, pad = OPTION_PAD;
	const uint8_t kind = (uint8_t)q->kind;
	uint8_t most[2];

	put16(most, PACKET_READ_MAX);
	TRY(put_head(q, out));
	TRY(put_option(out, OPTION_KIND, &kind, sizeof(kind)));
	TRY(put_address(out, OPTION_WANTED, q->wanted));
	TRY(put_address(out, OPTION_SERVER, q->server));
	TRY(put_option(out, OPTION_MAX, most, sizeof(most)));
	TRY(put_option(out, OPTION_PARAMETERS, parameters, sizeof(parameters)));
	TRY(buf_append(out, &end, sizeof(end)));
	while (out->len < LEAST_BYTES)
		TRY(buf_append(out, &pad, sizeof(pad)));
	return ST_OK;
}

/* --- reading ---------------------------------------------------------------- */

/* The first of each; an option twice is not read together (RFC 3396): none
 * that we read is long. */
struct options {
	struct span value[OPTIONS];
};

static uint32_t
get32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	    (uint32_t)at[2] << 8 | at[3];
}

/* A field may end without END where its last byte is used. */
static enum status
read_options(struct span field, struct options *o)
{
	size_t at = 0;

	while (at < field.len) {
		uint8_t option = field.ptr[at++];
		size_t len;

		if (option == OPTION_END)
			return ST_OK;
		if (option == OPTION_PAD)
			continue;
		if (at == field.len)
			return ST_MALFORMED;
		len = field.ptr[at++];
		if (len > field.len - at)
			return ST_MALFORMED;
		if (o->value[option].ptr == NULL)
			o->value[option] = (struct span){ field.ptr + at, len };
		at += len;
	}
	return ST_OK;
}

/* Servers may go on in the fields `file` and then `sname` (RFC 2131
 * section 4.1). */
static enum status
read_all_options(struct span bytes, struct options *o)
{
	uint8_t overload = 0;

	TRY(read_options(span_slice(bytes, AT_OPTIONS, bytes.len), o));
	if (o->value[OPTION_OVERLOAD].len == 1)
		overload = o->value[OPTION_OVERLOAD].ptr[0];
	if (overload & OVERLOAD_FILE)
		TRY(read_options(span_slice(bytes, AT_FILE, FILE_BYTES), o));
	if (overload & OVERLOAD_SNAME)
		TRY(read_options(span_slice(bytes, AT_SNAME, SNAME_BYTES), o));
	return ST_OK;
}

/* The option's `i`th number of 32 bits; 0 where there is none. */
static uint32_t
number(const struct options *o, uint8_t option, size_t i)
{
	struct span s = o->value[option];

	return s.len % 4 == 0 && i < s.len / 4 ? get32(s.ptr + 4 * i) : 0;
}

/* 0 where it is none: what is not ones and then zeroes. */
static uint32_t
prefix_of(uint32_t mask)
{
	uint32_t prefix = 0;

	while (prefix < 32 && (mask & UINT32_C(0x80000000) >> prefix))
		prefix++;
	return prefix == 32 || mask << prefix == 0 ? prefix : 0;
}

static void
read_lease(struct span bytes, const struct options *o, struct lease *lease)
{
	lease->address = get32(bytes.ptr + AT_YIADDR);
	lease->prefix = prefix_of(number(o, OPTION_MASK, 0));
	lease->router = number(o, OPTION_ROUTER, 0);
	lease->seconds = number(o, OPTION_SECONDS, 0);
	for (size_t i = 0; i < LEASE_DNS_MAX; i++)
		lease->dns[i] = number(o, OPTION_DNS, i);
}

static enum status
read_head(struct span bytes, const uint8_t *mac)
{
	if (bytes.len < AT_OPTIONS ||
	    memcmp(bytes.ptr + AT_COOKIE, cookie, sizeof(cookie)) != 0)
		return ST_MALFORMED;
	if (bytes.ptr[AT_OP] != OP_REPLY || bytes.ptr[AT_HTYPE] != ETHERNET ||
	    bytes.ptr[AT_HLEN] != PACKET_MAC_BYTES)
		return ST_UNSUPPORTED;
	return memcmp(bytes.ptr + AT_CHADDR, mac, PACKET_MAC_BYTES) == 0
	    ? ST_OK : ST_FORGED;
}

/* See packet.h. */
enum status
packet_read(struct span bytes, const uint8_t mac[static PACKET_MAC_BYTES],
    struct packet_answer *out)
{
	struct options o = { 0 };
	uint8_t kind;

	TRY(read_head(bytes, mac));
	TRY(read_all_options(bytes, &o));
	if (o.value[OPTION_KIND].len != 1)
		return ST_MALFORMED;
	kind = o.value[OPTION_KIND].ptr[0];
	if (kind != PACKET_OFFER && kind != PACKET_ACK && kind != PACKET_NAK)
		return ST_UNSUPPORTED;
	*out = (struct packet_answer){ .kind = (enum packet_kind)kind,
	    .xid = get32(bytes.ptr + AT_XID),
	    .server = number(&o, OPTION_SERVER, 0),
	    .renew_s = number(&o, OPTION_T1, 0),
	    .rebind_s = number(&o, OPTION_T2, 0) };
	if (kind != PACKET_NAK)
		read_lease(bytes, &o, &out->lease);
	return ST_OK;
}
