/*
 * tls_pem.h -- the objects of a PEM file, one by one (RFC 7468).
 *
 * What was read is wiped when it is given back: it may be a key.
 */
#ifndef NET_TLS_PEM_H
#define NET_TLS_PEM_H

#include <stdio.h>

#include "net/tls.h"

enum { PEM_FILE_MAX = 64 * 1024, PEM_OBJECT_MAX = 32 * 1024 };

/* One file being taken apart. */
struct pem_file {
	const char *path;
	struct tls_error *error;
	void    *owner;
	uint8_t *text;
	size_t   len, max, used;	/* used: of all files so far */
	struct buf object;	/* the DER of one PEM object */
	bool     full;		/* object did not fit */
};

/* f->object is whole; `name` is what stands after BEGIN. */
typedef enum status pem_object_fn(struct pem_file *f, const char *name);

#define PEM_REFUSE(f, status, ...) \
	(snprintf((f)->error->text, sizeof((f)->error->text), __VA_ARGS__), \
	    (status))

/* Files of less than `max` bytes.  ST_OK, or ST_IO: no memory.  pem_close()
 * is due in any case. */
MUST_CHECK enum status
pem_open(struct pem_file *f, size_t max, void *owner, struct tls_error *error);

/*
 * Reads `path` and calls `on_object` for each of its objects until one is not
 * ST_OK.  `is_secret`: nobody but its owner and group may read it.
 * ST_OK, what `on_object` said, ST_IO, ST_DENIED or ST_MALFORMED, all with
 * f->error.
 */
MUST_CHECK enum status
pem_read(struct pem_file *f, const char *path, bool is_secret,
    pem_object_fn *on_object);

void pem_close(struct pem_file *f);

#endif
