/*
 * cda.h -- what stands in the head of a CDA R2 document (HL7 Clinical
 * Document Architecture Release 2, section 4.2), where its PDFs are, and how
 * a date or a code in it is written.
 *
 * A view into the tree: every span borrows from it.  Reads, and judges
 * nothing: whether the document may be delivered is intake's to decide.
 */
#ifndef WIRE_CDA_H
#define WIRE_CDA_H

#include "wire/cda_tree.h"

enum { CDA_IDS_MAX = 16, CDA_MEDIA_MAX = 16 };

/* An II: an OID, and what it gave out. */
struct cda_id {
	struct span root, extension;
};

struct cda_name {
	struct span family, given, prefix;
};

/* An ED with bytes in it. */
struct cda_media {
	struct span base64;		/* not decoded; may be broken by lines */
};

struct cda {
	const struct cda_node *document;	/* ClinicalDocument */
	struct cda_id id;			/* of this version */
	struct cda_id set_id;			/* of all its versions */
	uint64_t version_number;		/* 0: none that can be read */
	/* relatedDocument typeCode RPLC, the last of them. */
	bool replaces;
	struct cda_id parent_id, parent_set_id;
	/* recordTarget/patientRole.  Those without a root are left out. */
	struct cda_id patient_ids[CDA_IDS_MAX];
	size_t n_patient_ids;
	struct cda_name birth_name;		/* qualifier BR, else the first */
	struct cda_name used_name;		/* qualifier SP or CL */
	struct span birth_time;			/* TS: "19790328" */
	struct span sex;			/* "F", "M", "UN" */
	struct span effective_time;		/* TS */
	struct span language;			/* "fr-FR" */
	struct span title;
	struct span organization;		/* of the author, or custodian */
	/* application/pdf in the body or in an observationMedia. */
	struct cda_media pdfs[CDA_MEDIA_MAX];
	size_t n_pdfs;
	bool has_other_media;			/* images, text, ...: passed over */
	const struct cda_node *body;		/* structuredBody; NULL: none */
};

/*
 * Reads the head of the tree at `root`.
 *
 *   ST_OK
 *   ST_INVALID  no CDA: the outermost element is not ClinicalDocument, or it
 *               has no recordTarget
 *   ST_TOO_BIG  more patient ids or PDFs than above
 */
MUST_CHECK enum status cda_read(const struct cda_node *root, struct cda *out);

/* A TS: the value of an element; for an IVL_TS that has none, its low. */
struct span cda_time(const struct cda_node *n);

/* An II. */
struct cda_id cda_id_of(const struct cda_node *n);
bool cda_same_id(struct cda_id a, struct cda_id b);

/* True where ASCII letters differ by nothing but their case. */
bool cda_is_type(struct span s, const char *text);

#endif
