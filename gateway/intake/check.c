#include "intake/check.h"

#include "base/wipe.h"
#include "crypto/random.h"
#include "intake/facts.h"
#include "input/kinds.h"
#include "intake/peers.h"
#include "wire/hl7.h"

enum { VT = 0x0b, FS = 0x1c, PROBE_MS = 5000 };

/* --- the files ------------------------------------------------------------- */

/* See check.h. */
enum status
check_init(struct check *c, struct intake *in,
    const struct check_owner *events, void *owner)
{
	*c = (struct check){ .in = in, .events = events, .owner = owner };
	return region_reserve(&c->region,
	    (size_t)in->role->config.frame_bytes_max);
}

/* See check.h. */
void
check_clear(struct check *c)
{
	arena_clear(&c->arena);
	region_release(&c->region, c->used);
	wipe(c->names, sizeof(c->names));
	c->used = c->n_files = 0;
	c->request = 0;
	c->state = CHECK_IS_ENDED;
}

/* The section of that name; without a name, the one that a sender on this
 * machine would be. */
static const struct config_source *
source_for(const struct config *config, struct span name)
{
	static const uint8_t here[16] = {
		[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1
	};

	if (name.len == 0)
		return peers_by_address(config, here);
	for (unsigned i = 0; i < config->n_sources; i++)
		if (span_is(name, config->source[i].name))
			return &config->source[i];
	return NULL;
}

/* See check.h. */
void
check_file(struct check *c, const struct msg_check_file *m)
{
	struct input_piece *file;

	if (c->state != CHECK_IS_GATHERING)
		return;
	c->json = m->json != 0;
	/* Programs read JSON: its words do not change with the locale. */
	c->french = !c->json && span_is(span_slice(m->lang, 0, 2), "fr");
	c->source = source_for(&c->in->role->config, m->source);
	if (c->source == NULL)
		check_print_problem(c, CHECK_NO_SOURCE, (int)m->source.len,
		    (const char *)m->source.ptr);
	if (c->n_files == CHECK_FILES_MAX) {
		c->is_too_big = true;
		return;
	}
	memcpy(c->names[c->n_files], m->name.ptr, m->name.len);
	file = &c->files[c->n_files];
	file->name = (struct span){ (uint8_t *)c->names[c->n_files],
	    m->name.len };
	file->bytes = (struct span){ c->region.ptr + c->used, 0 };
	c->n_files++;
}

/* See check.h. */
void
check_part(struct check *c, struct span data)
{
	if (c->state != CHECK_IS_GATHERING || c->n_files == 0)
		return;
	if (data.len > c->region.size - c->used) {
		c->is_too_big = true;
		return;
	}
	memcpy(c->region.ptr + c->used, data.ptr, data.len);
	c->used += data.len;
	c->files[c->n_files - 1].bytes.len += data.len;
}

/* --- one message ----------------------------------------------------------- */

static void
finish(struct check *c)
{
	bool refused = c->is_refused;

	check_clear(c);
	c->events->on_done(c->owner, refused ? 1 : 0);
}

/* Framing that was captured with the messages becomes line ends. */
static void
unframe(struct check *c, struct span s)
{
	uint8_t *p = c->region.ptr + (s.ptr - c->region.ptr);

	for (size_t i = 0; i < s.len; i++)
		if (p[i] == VT || p[i] == FS)
			p[i] = '\r';
}

static void
parse(struct check *c, const struct input_kind *kind, struct span bytes)
{
	enum status st;

	c->message++;
	c->input = (struct input){ .kind = kind, .source = c->source,
	    .bytes = bytes, .name = c->files[c->file].name,
	    .pieces = c->files, .n_pieces = c->n_files };
	arena_init(&c->arena, (size_t)64 * 1024 * 1024);
	st = kind->parse(&c->input, c->in->deliveries.shared.now_ms(),
	    &c->arena, &c->parsed);
	c->is_parsed = true;
	c->report = st == ST_OK ? 0 : c->parsed.n_reports;
	c->is_refused |= st != ST_OK && !c->parsed.ignored;
	identity_sender(&c->parsed.head, span_of(c->source->name), c->sender);
	check_print_message(c, st);
}

static void
print_unknown(struct check *c)
{
	struct span name = c->files[c->file].name;

	c->is_refused = true;
	check_print_problem(c, CHECK_UNKNOWN, (int)name.len,
	    (const char *)name.ptr);
}

/* The next message of the file, or the next file; false: all are done. */
static bool
next_message(struct check *c)
{
	const struct input_kind *kind;
	struct span message;
	enum status st;

	if (c->rest.len > 0 && hl7_next_message(&c->rest, &message) == ST_OK) {
		parse(c, &input_hl7, message);
		return true;
	}
	if (c->message > 0)
		c->file++;
	c->message = 0;
	c->rest = (struct span){ 0 };
	if (c->file >= c->n_files)
		return false;
	message = c->files[c->file].bytes;
	st = kinds_find(c->source, message, &kind);
	if (st != ST_OK) {
		/* Somebody's attachment says nothing by itself. */
		if (st != ST_NOT_FOUND || c->n_files == 1)
			print_unknown(c);
		c->file++;
		return c->file < c->n_files;
	}
	if (kind == &input_hl7) {
		unframe(c, message);
		c->rest = message;
		if (hl7_next_message(&c->rest, &message) != ST_OK)
			c->rest = (struct span){ 0 };
	}
	parse(c, kind, message);
	return true;
}

/* --- one report ------------------------------------------------------------ */

static uint64_t
next_request(void)
{
	static uint64_t last;

	if (last == 0) {
		random_bytes(&last, sizeof(last));
		last >>= 16;
	}
	return ++last;
}

/* What can be said without the vault is said. */
static void
give_up(struct check *c)
{
	const struct msg_report_probed silence = { .outcome = ST_BUSY };

	c->request = 0;
	check_print_report(c, &silence);
	check_print_problem(c, CHECK_VAULT_AWAY);
	c->is_refused = true;
	finish(c);
}

static void
probe(struct check *c)
{
	struct report *r = &c->parsed.reports[c->report];
	struct message m = { .id = MSG_REPORT_PROBE };
	struct facts facts;

	facts_complete(r, &c->in->role->config, c->source);
	facts_of(r, c->source, c->sender, c->in->key, &facts);
	facts_probe(r, &facts, &m.report_probe);
	c->request = m.report_probe.request = next_request();
	c->asked_ms = uv_now(&c->in->role->loop);
	if (role_send(c->in->role, ROLE_VAULT, &m) != ST_OK)
		give_up(c);
}

/* See check.h. */
bool
check_take(struct check *c, const struct msg_report_probed *m)
{
	if (c->request == 0 || m->request != c->request)
		return false;
	c->request = 0;
	c->is_refused |= m->outcome == ST_DENIED;
	check_print_report(c, m);
	c->report++;
	check_go(c);
	return true;
}

/* See check.h. */
void
check_tick(struct check *c, uint64_t now_ms)
{
	if (c->request != 0 && now_ms - c->asked_ms > PROBE_MS)
		give_up(c);
}

/* --- all ------------------------------------------------------------------- */

/* See check.h. */
void
check_go(struct check *c)
{
	while (c->state == CHECK_IS_RUNNING && c->request == 0 &&
	    !c->events->is_full(c->owner)) {
		if (c->is_parsed && c->report < c->parsed.n_reports) {
			probe(c);
			continue;
		}
		arena_clear(&c->arena);
		c->is_parsed = false;
		if (!next_message(c)) {
			finish(c);
			return;
		}
	}
}

/* See check.h. */
void
check_run(struct check *c)
{
	if (c->state != CHECK_IS_GATHERING)
		return;
	c->state = CHECK_IS_RUNNING;
	if (c->is_too_big)
		check_print_problem(c, CHECK_TOO_BIG,
		    (unsigned)CHECK_FILES_MAX);
	if (c->is_too_big || c->source == NULL) {
		c->is_refused = true;
		finish(c);
		return;
	}
	check_go(c);
}
