/*
 * drop_fake.h -- a courier and a store for a rig: takes rows, reads bodies,
 * and keeps what it was given.
 */
#ifndef FAKES_DROP_FAKE_H
#define FAKES_DROP_FAKE_H

#include "vault_rig.h"

enum { DROP_OBJECTS_MAX = 512, DROP_BODY_MAX = 1024 * 1024 };

/* OUTBOX_JOB, to keep. */
struct drop_job {
	uint64_t job, kind, size, delete_at_s, notice;
	char     name[65];
	uint8_t  sha256[32], reference[22];
};

struct drop_object {
	char     name[65];
	uint8_t *body;
	size_t   size;
	uint64_t delete_at_s;
};

struct drop_store {
	struct drop_object object[DROP_OBJECTS_MAX];
	size_t n;
};

/* False where there is nothing. */
bool drop_take(struct rig *r, enum outbox_channel channel,
    struct drop_job *out);
void drop_end(struct rig *r, const struct drop_job *j,
    enum outbox_outcome outcome);
/* The whole body; false where it was refused, or is not what the job says. */
bool drop_read(struct rig *r, const struct drop_job *j,
    uint8_t body[static DROP_BODY_MAX]);

void drop_put(struct drop_store *s, const struct drop_job *j,
    const uint8_t *body);
void drop_delete(struct drop_store *s, const char *name);
const struct drop_object *
drop_find(const struct drop_store *s, const char *name);
void drop_clear(struct drop_store *s);

/* One row, done as it should be; false where there was none. */
bool drop_step(struct rig *r, struct drop_store *s);
/* All that is due; how many. */
unsigned drop_run(struct rig *r, struct drop_store *s);

#endif
