/*
 * topology.h -- which processes there are, who has a channel to whom, and
 * who is given which listening socket.  Data; see topology.c.
 */
#ifndef SUPERVISOR_TOPOLOGY_H
#define SUPERVISOR_TOPOLOGY_H

#include "ipc/role.h"

enum listener {
	LISTEN_NONE, LISTEN_MLLP, LISTEN_MLLPS, LISTEN_FHIR, LISTEN_INTAKE,
	LISTEN_PICKUP, LISTEN_DESK, LISTENERS
};

/* Where the configuration gives it something to do. */
enum topology_want {
	WANTED_ALWAYS,
	WANTED_FOR_FOLDERS,	/* a source has a folder */
	WANTED_FOR_HOSTS	/* a drop, a mail server or an SMS gateway */
};

struct topology_role {
	enum role_id  id;
	const char   *program;	/* beside guichetd */
	const char   *user;
	bool          has_data;	/* its root is state.dir/<role>, not empty */
	enum topology_want wanted;
	unsigned      stops;	/* 0 before 1: who serves others stops last */
	enum listener listener[ROLE_LISTEN_MAX];	/* in order */
};

struct topology_link {
	enum role_id a, b;
};

/* In the order of starting. */
extern const struct topology_role topology_roles[];
extern const size_t               topology_n_roles;
extern const struct topology_link topology_links[];
extern const size_t               topology_n_links;

enum {
	TOPOLOGY_ROLES_MAX = 8,
	TOPOLOGY_LINKS_MAX = 16,
	TOPOLOGY_LAST_STOP = 1
};

/* True where there is a drop, a mail server or an SMS gateway to go to. */
bool topology_has_hosts(const struct config *config);

/* True where `config` gives the role something to do. */
bool topology_is_wanted(const struct topology_role *role,
    const struct config *config);

#endif
