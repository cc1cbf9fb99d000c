#include "intake/peers.h"

#include "config/fingerprints.h"
#include "config/networks.h"

/* See peers.h. */
bool
peers_may_connect(const struct config *config,
    const uint8_t address[static 16])
{
	return networks_have(span_of(config->mllp_networks), address);
}

static bool
is_default(const struct config_source *s)
{
	return strcmp(s->name, "default") == 0;
}

static bool
has_address(const struct config_source *s, const uint8_t *address)
{
	if (s->clients[0] != '\0' && strcmp(s->networks, "any") == 0)
		return false;
	return networks_have(span_of(s->networks), address);
}

/* See peers.h. */
const struct config_source *
peers_by_address(const struct config *config,
    const uint8_t address[static 16])
{
	const struct config_source *last = NULL;

	for (unsigned i = 0; i < config->n_sources; i++) {
		const struct config_source *s = &config->source[i];

		if (is_default(s))
			last = s;
		else if (has_address(s, address))
			return s;
	}
	return last != NULL && has_address(last, address) ? last : NULL;
}

/* See peers.h. */
const struct config_source *
peers_by_fingerprint(const struct config *config,
    const uint8_t fingerprint[static 32])
{
	for (unsigned i = 0; i < config->n_sources; i++)
		if (fingerprints_have(span_of(config->source[i].clients),
		    fingerprint))
			return &config->source[i];
	return NULL;
}

/* --- senders ------------------------------------------------------------------ */

static struct span
trim(struct span s)
{
	while (s.len > 0 && s.ptr[0] == ' ')
		s = span_slice(s, 1, s.len);
	while (s.len > 0 && s.ptr[s.len - 1] == ' ')
		s.len--;
	return s;
}

/* What stands before the first `mark`; `rest` is what stands after it.
 * False where there is no mark. */
static bool
cut(struct span *rest, uint8_t mark, struct span *before)
{
	const uint8_t *at = rest->len == 0 ? NULL :
	    memchr(rest->ptr, mark, rest->len);
	size_t len = at == NULL ? rest->len : (size_t)(at - rest->ptr);

	*before = trim(span_slice(*rest, 0, len));
	*rest = span_slice(*rest, len + (at != NULL), rest->len);
	return at != NULL;
}

static bool
fits(struct span wanted, struct span got)
{
	return span_is(wanted, "*") || (wanted.len == got.len &&
	    (got.len == 0 || memcmp(wanted.ptr, got.ptr, got.len) == 0));
}

/* See peers.h. */
bool
peers_may_speak(const struct config_source *source,
    struct span application, struct span facility)
{
	struct span rest = span_of(source->senders), pair, left;

	if (rest.len == 0)
		return true;
	application = trim(application);
	facility = trim(facility);
	while (rest.len > 0) {
		(void)cut(&rest, ',', &pair);
		(void)cut(&pair, '/', &left);
		if (fits(left, application) && fits(trim(pair), facility))
			return true;
	}
	return false;
}

/* See peers.h. */
enum status
peers_check_senders(struct span text)
{
	struct span pair, left;
	bool more = text.len > 0;

	while (more) {
		more = cut(&text, ',', &pair);
		if (!cut(&pair, '/', &left) || left.len == 0 ||
		    trim(pair).len == 0)
			return ST_INVALID;
	}
	return ST_OK;
}
