/* attacks.h -- what somebody who took a role over would try, one by one. */
#ifndef SANDBOX_ATTACKS_H
#define SANDBOX_ATTACKS_H

#include <stdbool.h>
#include <stddef.h>

/* What is there before the sandbox is entered. */
struct target {
	int         pid;	/* another process of the same user */
	int         port;	/* a TCP port of 127.0.0.1 that listens */
	const char *secret;	/* another role's file, readable for everybody */
	int         tcp;	/* sockets that were opened before */
	int         local;
	int         folder;	/* one that was open before, the spool's */
	void       *page;	/* one page, readable and writable */
};

struct attack {
	const char *name;
	bool (*try)(const struct target *t);	/* true: it worked */
	bool root;	/* only root can do it without a sandbox */
};

extern const struct attack attacks[];
extern const size_t        n_attacks;

#endif
