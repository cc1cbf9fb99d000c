/*
 * fhir_context.h -- what every reader of an incoming FHIR resource needs: the
 * Bundle's resources, memory, and a place for reasons to refuse.
 *
 * Pure.  Reads FHIR R4 (4.0.1).  Nothing outside the Bundle is ever fetched.
 */
#ifndef INPUT_FHIR_CONTEXT_H
#define INPUT_FHIR_CONTEXT_H

#include "config/config.h"
#include "fhir/report.h"
#include "wire/json_tree.h"

enum {
	FHIR_ENTRIES_MAX  = 900,	/* of a Bundle: what an answer can list */
	FHIR_RESOURCES_MAX = 2048,	/* contained ones too */
	FHIR_FOLLOWED_MAX = 16384,	/* references in one Bundle */
	/* What is looked at to follow them all: fhir_entries.c, look(). */
	FHIR_LOOKS_MAX    = 25000000,
	FHIR_REMARKS_MAX  = 16
};

/* One resource: an entry of the Bundle, or contained in one. */
struct fhir_resource {
	const struct tree_node *node;
	struct span type, id, full_url;
	unsigned entry;		/* index in Bundle.entry */
	int  contained;		/* index in its contained; -1: the entry */
	bool is_read;		/* became part of a report */
	bool is_member;		/* of an Observation's hasMember */
	unsigned taken_by;	/* number of the last report that took it */
};

/* Why nothing was stored; `code` is of FHIR's IssueType. */
struct fhir_refusal {
	unsigned http;		/* 400, 413, 422; 0: not refused */
	const char *code, *text;	/* static, nothing of the message */
	struct span where;	/* FHIRPath, or empty */
};

/* What was left out, for the answer. */
struct fhir_remark {
	const char *text;	/* static */
	unsigned entry;
};

struct fhir_context {
	const struct config_source *source;
	struct arena *arena;
	uint64_t now_ms;
	enum status failed;	/* ST_TOO_BIG: the arena's limit */
	unsigned warnings;	/* enum report_warning */
	unsigned followed;
	size_t looks;
	struct fhir_refusal refusal;
	const struct tree_node *bundle;
	struct fhir_resource *resources;
	size_t n_resources;
	struct fhir_remark remarks[FHIR_REMARKS_MAX];
	size_t n_remarks;
};

/* --- memory and refusals -------------------------------------------------- */

/* `count * size` zeroed bytes; NULL with c->failed set, or where count is 0. */
void *fhir_alloc(struct fhir_context *c, size_t count, size_t size);

/* The first reason stays.  `path` follows the resource's own place; `r` NULL:
 * `path` is all there is. */
void fhir_refuse(struct fhir_context *c, unsigned http, const char *code,
    const char *text, const struct fhir_resource *r, const char *path);

/* The same for what breaks a rule of content: 422, IssueType "invariant". */
void fhir_break(struct fhir_context *c, const char *text,
    const struct fhir_resource *r, const char *path);

bool fhir_goes_on(const struct fhir_context *c);

/* Something was left out and the sender should know. */
void fhir_remark(struct fhir_context *c, const struct fhir_resource *r,
    const char *text);

/* --- elements --------------------------------------------------------------- */

/* A string of the document, trimmed, kept in the arena; empty where `node` is
 * NULL or no string. */
struct span fhir_text(struct fhir_context *c, const struct tree_node *node);
struct span fhir_text_of(struct fhir_context *c, const struct tree_node *node,
    const char *key);

/* A decimal as printed; empty, and refused, where it is none. */
struct span fhir_decimal(struct fhir_context *c, const struct tree_node *node,
    const struct fhir_resource *r);

/* A dateTime or instant; what is none is absent, with a warning.  `ms` (or
 * NULL) gets the first instant it may mean. */
struct fhir_time fhir_when(struct fhir_context *c,
    const struct tree_node *node, uint64_t *ms);

/* A CodeableConcept: the first two codings and the text. */
struct coded fhir_concept_of(struct fhir_context *c,
    const struct tree_node *node);

/* True where a CodeableConcept or Coding in the array (or the one) `node` has
 * this code; `system` NULL: of any system. */
bool fhir_has_code(const struct tree_node *node, const char *system,
    const char *code);

/* A HumanName; `text` alone becomes the family name. */
struct person_name fhir_human_name(struct fhir_context *c,
    const struct tree_node *node);

/* "note": [Annotation]. */
struct note *fhir_annotations(struct fhir_context *c,
    const struct tree_node *node, size_t *n);

#endif
