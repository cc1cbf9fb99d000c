#include "config/remote.h"
#include "desk/command.h"

/* --- the hosts that the box connects to, by what the configuration says ------- */

static const struct {
	const char *name, *key;
} channels[CHANNEL_COUNT] = {
	[CHANNEL_STORE] = { "store", "drop.kind" },
	[CHANNEL_MAIL]  = { "mail", "mail.server" },
	[CHANNEL_SMS]   = { "sms", "sms.url" },
};

/* See command.h. */
const char *
channel_name(uint64_t channel)
{
	return channel < CHANNEL_COUNT ? channels[channel].name : "?";
}

/* See command.h. */
const char *
channel_key(uint64_t channel)
{
	return channel < CHANNEL_COUNT ? channels[channel].key : "?";
}

static struct span
host_of_url(const char *url)
{
	struct remote r;

	if (remote_parse_url(span_of(url), &r) != ST_OK)
		return (struct span){ 0 };
	return r.host;
}

/* See command.h. */
struct span
channel_host(const struct config *config, uint64_t channel)
{
	struct remote r;

	if (channel == CHANNEL_STORE && config->drop_kind != DROP_NONE)
		return host_of_url(config->drop_endpoint);
	if (channel == CHANNEL_SMS)
		return host_of_url(config->sms_url);
	if (channel == CHANNEL_MAIL && remote_parse_server(
	    span_of(config->mail_server), &r) == ST_OK)
		return r.host;
	return (struct span){ 0 };
}
