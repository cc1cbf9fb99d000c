/*
 * lis_tls.h -- the certificate that mllps.listen and fhir.listen show, and
 * whom they let in: clients with a certificate that a source lists.
 */
#ifndef INTAKE_LIS_TLS_H
#define INTAKE_LIS_TLS_H

#include "ipc/role.h"
#include "net/tls_clients.h"

/*
 * A server for `sessions_max` connections at once, for ever.  Dies with a
 * line that says what to do where a file is missing or wrong.  Before the
 * sandbox.  `is_not_http`: see tls.h.
 */
struct tls_server *
lis_tls_server(struct role *role, unsigned sessions_max, bool is_not_http);

#endif
