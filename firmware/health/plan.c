#include "health/plan.h"

#include <netinet/in.h>
#include <stdio.h>

#include "config/address.h"
#include "config/networks.h"

/* --- addresses ------------------------------------------------------------- */

/* Where we connect to reach a socket bound to `listen`; the kernel gives our
 * own end the same address, which is one of this machine. */
static enum status
reach(const char *listen, struct sockaddr_storage *to)
{
	socklen_t len;

	TRY(address_parse(span_of(listen), to, &len));
	if (to->ss_family == AF_INET) {
		struct sockaddr_in *v4 = (void *)to;

		if (v4->sin_addr.s_addr == htonl(INADDR_ANY))
			v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	} else {
		struct sockaddr_in6 *v6 = (void *)to;

		if (IN6_IS_ADDR_UNSPECIFIED(&v6->sin6_addr))
			v6->sin6_addr = in6addr_loopback;
	}
	return ST_OK;
}

/* IPv6, or IPv4 mapped into it. */
static void
bytes_of(const struct sockaddr_storage *a, uint8_t out[static 16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (a->ss_family == AF_INET) {
		memcpy(out, mapped, sizeof(mapped));
		memcpy(out + 12, &((const struct sockaddr_in *)a)->sin_addr, 4);
	} else {
		memcpy(out, &((const struct sockaddr_in6 *)a)->sin6_addr, 16);
	}
}

/* See plan.h. */
uint16_t
plan_port(const struct sockaddr_storage *address)
{
	return ntohs(address->ss_family == AF_INET
	    ? ((const struct sockaddr_in *)address)->sin_port
	    : ((const struct sockaddr_in6 *)address)->sin6_port);
}

/* --- MLLP ------------------------------------------------------------------ */

static bool
may_enter(const struct config_source *s, const uint8_t address[static 16])
{
	if (s->clients[0] != '\0' && strcmp(s->networks, "any") == 0)
		return false;
	return networks_have(span_of(s->networks), address);
}

/* False: no section takes this address.  Which one intake would choose does
 * not matter here: the least room of all counts. */
static bool
find_room(const struct config *config, const uint8_t address[static 16],
    uint64_t *room)
{
	bool found = false;

	*room = config->mllp_connections_max;
	for (unsigned i = 0; i < config->n_sources; i++) {
		const struct config_source *s = &config->source[i];

		if (!may_enter(s, address))
			continue;
		found = true;
		if (s->connections_max < *room)
			*room = s->connections_max;
	}
	return found;
}

static enum status
plan_mllp(const struct config *config, struct plan *plan)
{
	uint8_t ours[16];

	if (strcmp(config->mllp_listen, "none") == 0)
		return ST_OK;
	TRY(reach(config->mllp_listen, &plan->mllp));
	bytes_of(&plan->mllp, ours);
	plan->has_mllp = config->mllp_interface[0] == '\0' &&
	    networks_have(span_of(config->mllp_networks), ours) &&
	    find_room(config, ours, &plan->mllp_room);
	return ST_OK;
}

/* --- the message ----------------------------------------------------------- */

/* One that takes HL7, if there is any. */
static const struct config_source *
best_source(const struct config *config)
{
	for (unsigned i = 0; i < config->n_sources; i++)
		if (config->source[i].format == FORMAT_AUTO ||
		    config->source[i].format == FORMAT_HL7)
			return &config->source[i];
	return &config->source[0];
}

/* See plan.h. */
enum status
plan_make(const struct config *config, struct plan *plan)
{
	*plan = (struct plan){ .source = best_source(config) };
	TRY(plan_mllp(config, plan));
	return reach(config->pickup_listen, &plan->pickup);
}

/* The first "application/facility" of `senders`; a star is anybody. */
static void
sender_of(const char *senders, char application[static 64],
    char facility[static 64])
{
	*application = *facility = '\0';
	(void)sscanf(senders, " %63[^/,]/%63[^,]", application, facility);
	for (char *word = application; word != NULL;
	    word = word == application ? facility : NULL) {
		size_t len = strlen(word);

		while (len > 0 && word[len - 1] == ' ')
			word[--len] = '\0';
		if (len == 0 || strcmp(word, "*") == 0)
			strcpy(word, "GUICHET-HEALTH");
	}
}

/* See plan.h. */
enum status
plan_message(const struct config_source *source, const char *time,
    struct buf *out)
{
	static const char format[] =
	    "MSH|^~\\&|%s|%s|GUICHET|GUICHET|%s||ORU^R01^ORU_R01|HEALTH|%s|"
	    "2.5.1||||||UNICODE UTF-8\r"
	    "PID|1||HEALTH-0^^^GUICHET-HEALTH^PI||PERSONNE^FICTIVE||19000101|U\r"
	    "OBR|1||HEALTH-0|718-7^Hemoglobine^LN|||%s|||||||||||||||%s|||I\r"
	    "OBX|1|NM|718-7^Hemoglobine^LN||0|g/dL|||||I\r";
	char application[64], facility[64];
	int len;

	sender_of(source->senders, application, facility);
	len = snprintf((char *)out->ptr + out->len, out->max - out->len,
	    format, application, facility, time,
	    source->production ? "P" : "T", time, time);
	if (len < 0 || (size_t)len >= out->max - out->len)
		return ST_NO_SPACE;
	out->len += (size_t)len;
	return ST_OK;
}
