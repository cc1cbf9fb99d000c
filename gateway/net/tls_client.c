#include "net/tls_client.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "base/wipe.h"
#include "net/tls_check.h"
#include "net/tls_session.h"
#include "net/tls_suites.h"

struct tls_client {
	struct tls_pool  pool;		/* first: a session finds us by it */
	struct tls_rules rules;
	br_x509_trust_anchor *pinned;	/* those of the trust file */
	struct tls_check *checks;	/* the sessions' */
	bool is_not_http;
};

static struct tls_check *
check_of(const struct tls_session *t)
{
	const struct tls_client *client = (const void *)t->pool;

	return &client->checks[t - t->pool->sessions];
}

static const char *
error_text(const struct tls_session *t)
{
	int error = br_ssl_engine_last_error(&t->engine.eng);
	const char *text = tls_check_error(check_of(t), error);

	if (error == BR_ERR_OK && t->is_ended)
		return t->engine.eng.application_data == 0
		    ? "TLS: the peer hung up during the handshake"
		    : "TLS: cut off: the peer ended without close_notify";
	return text != NULL ? text : tls_error_text(error);
}

/* See tls_client.h. */
bool
tls_was_cut(const struct conn *c)
{
	const struct tls_session *t = c->layer_state;

	return t != NULL && t->is_ended &&
	    br_ssl_engine_last_error(&t->engine.eng) == BR_ERR_OK;
}

/* See tls_client.h. */
enum status
tls_connect(struct conn *c, struct tls_client *client, const char *host,
    uint64_t now_s)
{
	struct tls_session *t = tls_session_take(&client->pool);
	br_ssl_engine_context *e;
	struct in_addr v4;

	if (t == NULL)
		return ST_BUSY;
	e = &t->engine.eng;
	tls_suites_set_client(&t->engine.client);
	if (client->is_not_http)
		br_ssl_engine_set_protocol_names(e, NULL, 0);
	t->pool = &client->pool;
	tls_session_begin(t);
	tls_check_begin(check_of(t), &client->rules, host, now_s);
	br_ssl_engine_set_x509(e, &check_of(t)->vtable);
	/* RFC 6066 section 3: an address is no server name. */
	if (inet_pton(AF_INET, host, &v4) == 1)
		host = NULL;
	(void)br_ssl_client_reset(&t->engine.client, host, 0);
	c->bytes = (struct span){ 0 };
	c->layer = &tls_layer;
	c->layer_state = t;
	return ST_OK;
}

/* With pins only those authorities count whose key is pinned. */
static enum status
set_rules(struct tls_client *client, const struct tls_client_options *options)
{
	const struct tls_anchors *a = (const void *)options->trust;
	struct tls_rules *rules = &client->rules;

	rules->n_pins = options->n_pins;
	rules->only_key = options->only_key;
	if (rules->n_pins > 0)
		memcpy(rules->pin, options->pins, rules->n_pins * 32);
	if (a == NULL)
		return ST_OK;
	rules->anchor = a->anchor;
	rules->n_anchors = a->n;
	if (rules->n_pins == 0)
		return ST_OK;
	client->pinned = calloc(a->n, sizeof(*client->pinned));
	if (client->pinned == NULL)
		return ST_NO_SPACE;
	rules->anchor = client->pinned;
	rules->n_anchors = 0;
	for (size_t i = 0; i < a->n; i++)
		if (tls_rules_pin(rules, a->spki[i]))
			client->pinned[rules->n_anchors++] = a->anchor[i];
	return ST_OK;
}

/* See tls_client.h. */
enum status
tls_client_new(const struct tls_client_options *options,
    struct tls_client **client)
{
	struct tls_client *new;

	if (options->n_pins > TLS_PINS_MAX)
		return ST_NO_SPACE;
	new = calloc(1, sizeof(*new));
	if (new == NULL)
		return ST_NO_SPACE;
	new->is_not_http = options->is_not_http;
	new->pool.wants_notify = true;
	new->pool.error = error_text;
	new->checks = tls_reserve(options->sessions_max *
	    sizeof(*new->checks));
	if (tls_pool_open(&new->pool, options->sessions_max) != ST_OK ||
	    new->checks == NULL ||
	    set_rules(new, options) != ST_OK) {
		tls_client_free(new);
		return ST_NO_SPACE;
	}
	*client = new;
	return ST_OK;
}

/* See tls_client.h. */
void
tls_client_free(struct tls_client *client)
{
	if (client == NULL)
		return;
	tls_give_back(client->checks, client->pool.sessions_max *
	    sizeof(*client->checks));
	tls_pool_close(&client->pool);
	free(client->pinned);
	free(client);
}
