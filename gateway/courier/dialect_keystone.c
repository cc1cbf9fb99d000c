/* OpenStack Identity API v3: a password scoped to a project, or an application
 * credential; then Swift.  How long a token lives is not looked at: 401 says
 * when it is over. */
#include "base/arena.h"
#include "base/json_writer.h"
#include "courier/dialect_swift.h"
#include "courier/dialect_text.h"
#include "wire/json_tree.h"

enum { ANSWER_MEMORY_MAX = 1024 * 1024 };

static void
write_named(struct json_writer *w, const char *key, const char *name,
    const char *domain)
{
	json_object_begin(w, key);
	json_text(w, "name", name);
	json_object_begin(w, "domain");
	json_text(w, "name", domain);
	json_object_end(w);
}

static void
write_password(struct json_writer *w, const struct config *config,
    struct span secret)
{
	json_object_begin(w, "identity");
	json_array_begin(w, "methods");
	json_text(w, NULL, "password");
	json_array_end(w);
	json_object_begin(w, "password");
	write_named(w, "user", config->drop_user, config->drop_domain);
	json_span(w, "password", secret);
	json_object_end(w);
	json_object_end(w);
	json_object_end(w);
	json_object_begin(w, "scope");
	write_named(w, "project", config->drop_project, config->drop_domain);
	json_object_end(w);
	json_object_end(w);
}

static void
write_application_credential(struct json_writer *w,
    const struct config *config, struct span secret)
{
	json_object_begin(w, "identity");
	json_array_begin(w, "methods");
	json_text(w, NULL, "application_credential");
	json_array_end(w);
	json_object_begin(w, "application_credential");
	json_text(w, "id", config->drop_user);
	json_span(w, "secret", secret);
	json_object_end(w);
	json_object_end(w);
}

static enum status
begin_login(const struct config *config, struct span secret, struct http_out *out,
    struct buf *body)
{
	struct json_writer w;
	struct remote to;

	TRY(remote_parse_url(span_of(config->drop_endpoint), &to));
	json_start(&w, body);
	json_object_begin(&w, NULL);
	json_object_begin(&w, "auth");
	if (config->drop_project[0] != '\0')
		write_password(&w, config, secret);
	else
		write_application_credential(&w, config, secret);
	json_object_end(&w);
	json_object_end(&w);
	TRY(json_finish(&w));
	out->method = "POST";
	out->has_body = true;
	out->body_bytes = body->len;
	TRY(buf_append_span(&out->target, to.path));
	TRY(buf_append_text(&out->target, "/auth/tokens"));
	TRY(text_header(&out->headers, "Accept", span_of("application/json")));
	return text_header(&out->headers, "Content-Type",
	    span_of("application/json"));
}

/* "region_id" is today's word, "region" that of Keystone v3.0. */
static bool
is_ours(const struct config *config, const struct tree_node *endpoint)
{
	if (!span_is(tree_text_of(endpoint, "interface"), "public"))
		return false;
	return config->drop_region[0] == '\0' ||
	    span_is(tree_text_of(endpoint, "region_id"),
	    config->drop_region) ||
	    span_is(tree_text_of(endpoint, "region"), config->drop_region);
}

/* The first that fits; empty where none does. */
static struct span
find_store(const struct config *config, const struct tree_node *root)
{
	const struct tree_node *service = tree_first(
	    tree_member(tree_member(root, "token"), "catalog"));

	for (; service != NULL; service = service->next) {
		const struct tree_node *endpoint =
		    tree_first(tree_member(service, "endpoints"));

		if (!span_is(tree_text_of(service, "type"), "object-store"))
			continue;
		for (; endpoint != NULL; endpoint = endpoint->next)
			if (is_ours(config, endpoint))
				return tree_text_of(endpoint, "url");
	}
	return (struct span){ NULL, 0 };
}

static enum status
read_login(const struct config *config, const struct http_answer *answer,
    struct span body, struct store_login *login)
{
	const struct tree_node *root = NULL;
	struct arena arena;
	struct span url;
	enum status st = ST_MALFORMED;
	size_t at;

	arena_init(&arena, ANSWER_MEMORY_MAX);
	if (tree_read(body, &arena, &root, &at) == ST_OK &&
	    tree_is(tree_member(root, "token"), TREE_OBJECT)) {
		url = find_store(config, root);
		st = url.len == 0 ? ST_NOT_FOUND :
		    swift_log_in(login, answer->subject_token, url);
	}
	arena_clear(&arena);
	return st;
}

const struct dialect dialect_keystone = {
	.login = begin_login,
	.login_answer = read_login,
	.request = swift_request,
	.body = swift_body,
};
