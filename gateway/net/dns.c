#include "net/dns.h"

#include <arpa/nameser.h>
#include <limits.h>
#include <resolv.h>
#include <strings.h>

enum { CNAMES_MAX = 8, NAME_MAX_BYTES = 256 };

static int
type_of(enum dns_kind kind)
{
	return kind == DNS_A ? ns_t_a : ns_t_aaaa;
}

/* See dns.h. */
enum status
dns_ask(const char *host, enum dns_kind kind, uint16_t id, struct buf *out)
{
	size_t room = out->max < DNS_MESSAGE_MAX ? out->max : DNS_MESSAGE_MAX;
	int n = res_mkquery(ns_o_query, host, ns_c_in, type_of(kind), NULL, 0,
	    NULL, out->ptr, (int)room);

	if (n < NS_HFIXEDSZ)
		return ST_INVALID;
	out->ptr[0] = (uint8_t)(id >> 8);	/* theirs is not random */
	out->ptr[1] = (uint8_t)id;
	out->len = (size_t)n;
	return ST_OK;
}

/* See dns.h. */
uint16_t
dns_id(struct span message)
{
	return message.len < NS_HFIXEDSZ ? 0
	    : (uint16_t)(message.ptr[0] << 8 | message.ptr[1]);
}

/* An answer to our one question. */
static bool
is_answer(ns_msg *m, const char *host, enum dns_kind kind)
{
	ns_rr question;

	return ns_msg_getflag(*m, ns_f_qr) == 1 &&
	    ns_msg_getflag(*m, ns_f_opcode) == ns_o_query &&
	    ns_msg_count(*m, ns_s_qd) == 1 &&
	    ns_parserr(m, ns_s_qd, 0, &question) == 0 &&
	    strcasecmp(ns_rr_name(question), host) == 0 &&
	    ns_rr_type(question) == (ns_type)type_of(kind) &&
	    ns_rr_class(question) == ns_c_in;
}

static bool
belongs(const ns_rr *rr, const char *name)
{
	return ns_rr_class(*rr) == ns_c_in &&
	    strcasecmp(ns_rr_name(*rr), name) == 0;
}

/* Replaces `name` by what it is another name of; false: it is none. */
static bool
follow(ns_msg *m, char name[static NAME_MAX_BYTES])
{
	char target[NAME_MAX_BYTES];
	ns_rr rr;

	for (int i = 0; i < ns_msg_count(*m, ns_s_an); i++) {
		if (ns_parserr(m, ns_s_an, i, &rr) != 0)
			return false;
		if (ns_rr_type(rr) != ns_t_cname || !belongs(&rr, name))
			continue;
		if (dn_expand(ns_msg_base(*m), ns_msg_end(*m),
		    ns_rr_rdata(rr), target, sizeof(target)) < 0)
			return false;
		memcpy(name, target, sizeof(target));
		return true;
	}
	return false;
}

static size_t
collect(ns_msg *m, const char *name, enum dns_kind kind,
    struct in6_addr *address, size_t max)
{
	size_t bytes = kind == DNS_A ? 4 : 16, n = 0;
	ns_rr rr;

	for (int i = 0; i < ns_msg_count(*m, ns_s_an) && n < max; i++) {
		if (ns_parserr(m, ns_s_an, i, &rr) != 0)
			break;
		if (ns_rr_type(rr) == (ns_type)type_of(kind) &&
		    belongs(&rr, name) && ns_rr_rdlen(rr) == bytes)
			memcpy(&address[n++], ns_rr_rdata(rr), bytes);
	}
	return n;
}

/* See dns.h. */
enum status
dns_read(struct span message, const char *host, enum dns_kind kind,
    struct in6_addr *address, size_t max, size_t *n)
{
	char name[NAME_MAX_BYTES] = "";
	ns_msg m;
	size_t found;

	if (message.len > DNS_MESSAGE_MAX || strlen(host) >= sizeof(name) ||
	    ns_initparse(message.ptr, (int)message.len, &m) != 0 ||
	    !is_answer(&m, host, kind))
		return ST_MALFORMED;
	if (ns_msg_getflag(m, ns_f_rcode) == ns_r_nxdomain)
		return ST_NOT_FOUND;
	if (ns_msg_getflag(m, ns_f_rcode) != ns_r_noerror)
		return ST_IO;
	strcpy(name, host);
	for (int hops = 0; hops < CNAMES_MAX && follow(&m, name); hops++)
		continue;
	found = collect(&m, name, kind, address, max);
	if (found == 0 && ns_msg_getflag(m, ns_f_tc) == 1)
		return ST_TOO_BIG;
	*n = found;
	return ST_OK;
}
