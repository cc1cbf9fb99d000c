/*
 * tls_pair.h -- `guichet-pickup --pair CERTIFICATE KEY` and `guichet-intake
 * --pair CERTIFICATE KEY [CLIENTS]`: can this program serve with these files?
 * CLIENTS are the authorities of net/tls_clients.h.  Asked by guichetd
 * --check and by PID 1, before anybody depends on the answer; whoever asks
 * reads no key itself.
 */
#ifndef NET_TLS_PAIR_H
#define NET_TLS_PAIR_H

/* Exit codes: ROLE_EXIT_OS and ROLE_EXIT_CONFIG of ipc/role.h. */
enum { TLS_PAIR_GOOD = 0, TLS_PAIR_UNREAD = 71, TLS_PAIR_REFUSED = 78 };

/*
 * Ends the process where the command line begins with --pair; `role`: for
 * the log.  Nothing is served, changed or kept.
 *
 *   TLS_PAIR_GOOD     as tls_identity_load() takes the pair, whatever its
 *                     dates, and tls_anchors_load() the clients
 *   TLS_PAIR_UNREAD   a file could not be read: says nothing about the rest
 *   TLS_PAIR_REFUSED  no pair that a server can be made of, or no authorities
 *
 * The last two after a line that names the files and says what to do.
 */
void tls_pair_options(int argc, char **argv, const char *role);

#endif
