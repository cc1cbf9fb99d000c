/*
 * https_route.h -- what a request over HTTPS wants, or why it gets nothing:
 * the FHIR API below [base], which is /fhir.  Pure.
 */
#ifndef INTAKE_HTTPS_ROUTE_H
#define INTAKE_HTTPS_ROUTE_H

#include "input/input.h"
#include "wire/http.h"

/* What is refused before its body is read; `http` 0: nothing. */
struct https_refusal {
	unsigned http;
	const char *code, *text;	/* IssueType; our words */
	const char *allow;		/* of 405; NULL: none */
};

struct https_route {
	struct https_refusal refusal;
	bool is_metadata;		/* GET [base]/metadata */
	bool is_multipart;		/* POST [base]/$pdf */
	const struct input_kind *kind;	/* of what is posted */
	struct span boundary;		/* borrows from the request */
};

/* `body_max`: the longest body that is taken, bytes. */
void https_route_find(const struct http_request *request, uint64_t body_max,
    struct https_route *route);

/*
 * The input in a whole body: for a multipart one, its JSON part, with the
 * PDF as the only piece, in either order.  All borrows from `body`.
 * ST_OK, or ST_INVALID with `refusal` set.
 */
MUST_CHECK enum status
https_route_input(const struct https_route *route, struct span body,
    struct input *input, struct input_piece *piece,
    struct https_refusal *refusal);

#endif
