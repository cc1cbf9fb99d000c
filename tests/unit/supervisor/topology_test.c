/* The topology and messages.def must say the same thing. */
#include "supervisor/topology.h"

#include "os/users.h"
#include "tap.h"

enum { IDS = 0x100 };

static bool
is_linked(enum role_id a, enum role_id b)
{
	for (size_t i = 0; i < topology_n_links; i++)
		if ((topology_links[i].a == a && topology_links[i].b == b) ||
		    (topology_links[i].a == b && topology_links[i].b == a))
			return true;
	return false;
}

static bool
may_talk(enum role_id a, enum role_id b)
{
	for (uint64_t id = 0; id < IDS; id++)
		if (message_route(id, a, b) == ST_OK ||
		    message_route(id, b, a) == ST_OK)
			return true;
	return false;
}

static void
test_links(void)
{
	for (unsigned a = ROLE_INTAKE; a < ROLE_CTL; a++)
		for (unsigned b = ROLE_INTAKE; b < a; b++)
			ok(is_linked((enum role_id)a, (enum role_id)b) ==
			    may_talk((enum role_id)a, (enum role_id)b),
			    "%s and %s have a channel if they have a message",
			    role_name((enum role_id)a),
			    role_name((enum role_id)b));
}

static void
test_roles(void)
{
	unsigned seen = 0, listeners = 0;

	for (size_t i = 0; i < topology_n_roles; i++) {
		const struct topology_role *r = &topology_roles[i];
		struct user user;

		seen |= 1u << r->id;
		ok(users_find(r->user, &user) == ST_OK, "%s is a user",
		    r->user);
		ok(strncmp(r->program, "guichet-", 8) == 0 &&
		    strcmp(r->program + 8, role_name(r->id)) == 0,
		    "%s is its program", r->program);
		ok(r->stops <= TOPOLOGY_LAST_STOP, "it stops in some round");
		for (int n = 0; n < ROLE_LISTEN_MAX; n++)
			if (r->listener[n] != LISTEN_NONE)
				listeners |= 1u << r->listener[n];
	}
	ok(seen == (1u << ROLE_INTAKE | 1u << ROLE_VAULT | 1u << ROLE_PICKUP |
	    1u << ROLE_DESK | 1u << ROLE_SPOOL | 1u << ROLE_COURIER |
	    1u << ROLE_UPDATER | 1u << ROLE_SERVICE), "every role is started");
	ok(listeners == (1u << LISTENERS) - 2, "every socket has an owner");
}

static void
test_vault(void)
{
	const struct topology_role *vault = &topology_roles[0];

	ok(vault->id == ROLE_VAULT && vault->stops == TOPOLOGY_LAST_STOP,
	    "the vault starts first and stops last");
	ok(vault->listener[0] == LISTEN_NONE && vault->root == ROOT_DATA,
	    "it has data and no socket");
	for (size_t i = 1; i < topology_n_roles; i++)
		ok(topology_roles[i].root != ROOT_DATA, "%s has no data",
		    topology_roles[i].program);
}

static unsigned
count_wanted(const struct config *config, const struct box *box)
{
	unsigned n = 0;

	for (size_t i = 0; i < topology_n_roles; i++)
		n += topology_is_wanted(&topology_roles[i], config, box);
	return n;
}

static void
test_wanted(void)
{
	static struct config config = { .n_sources = 1,
	    .mail_server = "none" };
	unsigned n;

	n = count_wanted(&config, NULL);
	ok(n == topology_n_roles - 4,
	    "by default neither spool nor courier, and nothing of a box");
	memcpy(config.source[0].folder, "/srv/lis", sizeof("/srv/lis"));
	ok(count_wanted(&config, NULL) == n + 1,
	    "R36 the spool runs only where a source has a folder");
	config.drop_kind = DROP_S3;
	ok(count_wanted(&config, NULL) == n + 2, "the courier for a drop");
	config.drop_kind = DROP_NONE;
	memcpy(config.mail_server, "m:1", sizeof("m:1"));
	ok(count_wanted(&config, NULL) == n + 2, "for a mail server");
	memcpy(config.mail_server, "none", sizeof("none"));
	memcpy(config.sms_url, "https://s", sizeof("https://s"));
	ok(count_wanted(&config, NULL) == n + 2, "for an SMS gateway");
	config.sms_url[0] = '\0';
	ok(count_wanted(&config, NULL) == n + 1, "and not for none of them");
}

/* Whoever may reach a host outside can hear of nothing inside but the vault's
 * rows, and whoever listens cannot reach the courier but the desk. */
static void
test_courier(void)
{
	for (unsigned r = ROLE_INTAKE; r < ROLE_CTL; r++)
		ok(is_linked(ROLE_COURIER, (enum role_id)r) ==
		    (r == ROLE_VAULT || r == ROLE_DESK),
		    "courier and %s", role_name((enum role_id)r));
	for (size_t i = 0; i < topology_n_roles; i++)
		if (topology_roles[i].id == ROLE_COURIER)
			ok(topology_roles[i].listener[0] == LISTEN_NONE &&
			    topology_roles[i].root == ROOT_EMPTY,
			    "it has no socket that listens, and no data");
}

static const struct topology_role *
row_of(enum role_id id)
{
	for (size_t i = 0; i < topology_n_roles; i++)
		if (topology_roles[i].id == id)
			return &topology_roles[i];
	return NULL;
}

static void
test_box(void)
{
	static struct config config = { .mail_server = "none" };
	static struct box box;
	unsigned n = count_wanted(&config, NULL);

	ok(count_wanted(&config, &box) == n + 1,
	    "on a box the updater runs");
	config.service_port = true;
	ok(count_wanted(&config, &box) == n + 1 &&
	    !topology_has_service(&config, &box),
	    "the bridge not where the board has no service port");
	memcpy(box.service, "/dev/tty", sizeof("/dev/tty"));
	ok(count_wanted(&config, &box) == n + 2 &&
	    topology_has_service(&config, &box), "and where it has one");
	ok(count_wanted(&config, NULL) == n &&
	    !topology_has_service(&config, NULL), "on a box only");
	config.service_port = false;
	ok(count_wanted(&config, &box) == n + 1, "and switched on only");
}

/* Two networks that cannot meet. */
static void
test_places(void)
{
	for (size_t i = 0; i < topology_n_roles; i++) {
		const struct topology_role *r = &topology_roles[i];
		enum topology_place place = r->id == ROLE_INTAKE ||
		    r->id == ROLE_PICKUP || r->id == ROLE_DESK ? PLACE_LAB
		    : r->id == ROLE_COURIER ? PLACE_WAN : PLACE_NONE;

		ok(r->place == place, "%s stands where it must", r->program);
	}
	for (size_t i = 0; i < topology_n_links; i++)
		ok(topology_links[i].a != ROLE_SERVICE &&
		    topology_links[i].b != ROLE_SERVICE,
		    "the bridge is a caller like any other");
	ok(row_of(ROLE_UPDATER)->listener[1] == LISTEN_BOOT &&
	    row_of(ROLE_UPDATER)->listener[2] == LISTEN_ROOT &&
	    row_of(ROLE_UPDATER)->listener[3] == LISTEN_CONTROL,
	    "the updater has three partitions and no other");
}

int
main(void)
{
	test_links();
	test_roles();
	test_vault();
	test_wanted();
	test_courier();
	test_box();
	test_places();
	return done_testing();
}
