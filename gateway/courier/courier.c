#include "courier/courier.h"

#include "courier/policy.h"

/* See courier.h. */
void
courier_prepare(struct role *role)
{
	(void)role;
}

/* See courier.h. */
const struct sandbox_policy *
courier_own_policy(struct role *role)
{
	(void)role;
	return &courier_policy;
}

#define IGNORED(name)                                                   \
	void                                                            \
	courier_on_##name(struct role *role, const struct message *m)   \
	{                                                               \
		(void)role;                                             \
		(void)m;                                                \
	}
IGNORED(job)
IGNORED(none)
IGNORED(wake)
IGNORED(data)
IGNORED(credential)
IGNORED(check)

/* See courier.h. */
void
courier_on_peer(struct role *role, enum role_id peer)
{
	(void)role;
	(void)peer;
}

/* See courier.h. */
void
courier_on_peer_lost(struct role *role, enum role_id peer)
{
	(void)role;
	(void)peer;
}
