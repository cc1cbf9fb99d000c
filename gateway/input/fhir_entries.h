/*
 * fhir_entries.h -- the resources of a Bundle and the references between
 * them (FHIR R4 sections 2.1.3.6 and 3.1.0.11): nothing outside is looked at.
 *
 * A resource that stands there twice, by fullUrl, identifier or
 * ifNoneExist, makes the whole Bundle refused (R39).
 */
#ifndef INPUT_FHIR_ENTRIES_H
#define INPUT_FHIR_ENTRIES_H

#include "input/fhir_context.h"

/* Fills c->resources from c->bundle: entries first, in order, then what they
 * contain.  `transaction`: every entry must have a request that creates or
 * updates its resource. */
void fhir_entries_read(struct fhir_context *c, bool transaction);

/* Whether a reference may lead out of the Bundle. */
enum fhir_need { FHIR_MUST_BE_HERE, FHIR_MAY_BE_ELSEWHERE };

/*
 * The resource that `reference` (a Reference of `from`) names: by "#id", a
 * fullUrl, "Type/id", or "Type?identifier=...".  NULL where it names none,
 * and, if that is allowed, where it leads out; refused where several fit or
 * what must be here is not.
 */
struct fhir_resource *
fhir_follow(struct fhir_context *c, const struct fhir_resource *from,
    const struct tree_node *reference, enum fhir_need need);

/* The same for a URL that is no Reference: Attachment.url. */
struct fhir_resource *
fhir_follow_url(struct fhir_context *c, const struct fhir_resource *from,
    struct span url, enum fhir_need need);

/* The next resource of `type` after `after` (NULL: the first), or NULL. */
struct fhir_resource *
fhir_next_of_type(struct fhir_context *c, const struct fhir_resource *after,
    const char *type);

#endif
