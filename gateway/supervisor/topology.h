/*
 * topology.h -- which processes there are, who has a channel to whom, and
 * who is given which listening socket or device, and who stands in which
 * network.  Data; see topology.c.
 */
#ifndef SUPERVISOR_TOPOLOGY_H
#define SUPERVISOR_TOPOLOGY_H

#include "config/box.h"
#include "ipc/role.h"

/* What is open already when a role starts; the last five on a box only. */
enum listener {
	LISTEN_NONE, LISTEN_MLLP, LISTEN_MLLPS, LISTEN_FHIR, LISTEN_INTAKE,
	LISTEN_PICKUP, LISTEN_DESK, LISTEN_UPDATE,
	LISTEN_BOOT, LISTEN_ROOT,	/* partitions of the other slot */
	LISTEN_CONTROL,			/* the boot-control block */
	LISTEN_SERVICE,			/* the service port */
	LISTENERS
};

/* Where the configuration gives it something to do. */
enum topology_want {
	WANTED_ALWAYS,
	WANTED_FOR_FOLDERS,	/* a source has a folder */
	WANTED_FOR_HOSTS,	/* a drop, a mail server or an SMS gateway */
	WANTED_ON_BOX,		/* guichetd --box */
	WANTED_FOR_SERVICE	/* a box with a service port, switched on */
};

/* Which network a role is in, on a box (guichetd --box); elsewhere all are
 * where guichetd is. */
enum topology_place {
	PLACE_NONE,		/* guichetd's own: no port at all */
	PLACE_LAB,		/* who listens: towards laboratory and patients */
	PLACE_WAN,		/* who connects out */
	PLACES
};

enum topology_root {
	ROOT_EMPTY,		/* run.dir/empty */
	ROOT_DATA,		/* state.dir/vault */
	ROOT_RUN		/* run.dir, where the local sockets are */
};

struct topology_role {
	enum role_id  id;
	const char   *program;	/* beside guichetd */
	const char   *user;
	enum topology_place place;
	enum topology_root root;	/* its root directory */
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

/* True where there is a service port and it is switched on.  `box`: NULL where
 * there is none, here and below. */
bool topology_has_service(const struct config *config, const struct box *box);

/* True where `config` and `box` give the role something to do. */
bool topology_is_wanted(const struct topology_role *role,
    const struct config *config, const struct box *box);

#endif
