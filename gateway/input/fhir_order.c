/* Which card, which order, which report: the identifiers; see fhir_report.h. */
#include "input/fhir_report.h"

#include "card/symbols.h"

_Static_assert(sizeof(((struct fhir_card *)0)->number) == CARD_NUMBER_LEN,
    "a card number without its check symbol");

static const struct tree_node *
first_identifier(const struct tree_node *node)
{
	const struct tree_node *id = tree_member(node, "identifier");

	return tree_is(id, TREE_ARRAY) ? id->first : id;
}

/* --- the pickup card ------------------------------------------------------- */

static bool
is_card(const struct fhir_build *b, const struct tree_node *identifier)
{
	return span_is(tree_text_of(identifier, "system"),
	    b->c->source->card_system);
}

/* As in HL7: what fails its check symbol is no card. */
static void
look_for_card(struct fhir_build *b, const struct fhir_resource *r,
    const struct tree_node *identifier)
{
	struct symbols s;

	for (; identifier != NULL; identifier = identifier->next) {
		if (!is_card(b, identifier))
			continue;
		if (symbols_parse(tree_text_of(identifier, "value"),
		    CARD_NUMBER_LEN, &s) != ST_OK) {
			fhir_remark(b->c, r, "an identifier that should be a "
			    "card's number is none: check its last symbol");
		} else if (!b->card.found) {
			b->card.found = true;
			memcpy(b->card.number, s.text, sizeof(b->card.number));
		} else if (memcmp(b->card.number, s.text,
		    sizeof(b->card.number)) != 0) {
			fhir_refuse(b->c, 422, "conflict",
			    "two different pickup cards for one report", r,
			    ".identifier");
		}
	}
}

static void
keep_card(struct fhir_build *b)
{
	struct span number = { (const uint8_t *)b->card.number,
	    sizeof(b->card.number) };

	if (!b->card.found)
		return;
	b->report->card = arena_copy(b->c->arena, number);
	if (b->report->card.ptr == NULL)
		b->c->failed = ST_TOO_BIG;
}

/* --- orders ---------------------------------------------------------------- */

/* The placer's number where one says so, else the first that is no card. */
static const struct tree_node *
best_order(const struct fhir_build *b, const struct tree_node *identifier)
{
	const struct tree_node *best = NULL;

	for (; identifier != NULL; identifier = identifier->next) {
		if (is_card(b, identifier) ||
		    tree_text_of(identifier, "value").len == 0)
			continue;
		if (best == NULL || fhir_has_code(tree_member(identifier,
		    "type"), NULL, "PLAC"))
			best = identifier;
	}
	return best;
}

static void
read_order(struct fhir_build *b, const struct tree_node *reference)
{
	struct fhir_resource *order = fhir_follow(b->c, b->diagnostic,
	    reference, FHIR_MAY_BE_ELSEWHERE);
	const struct tree_node *best, *group;

	/* A Reference may name it by its number alone. */
	look_for_card(b, b->diagnostic, tree_member(reference, "identifier"));
	best = best_order(b, tree_member(reference, "identifier"));
	if (order != NULL && span_is(order->type, "ServiceRequest")) {
		order->is_read = true;
		look_for_card(b, order, first_identifier(order->node));
		group = tree_member(order->node, "requisition");
		look_for_card(b, order, group);
		best = best_order(b, first_identifier(order->node));
		if (best == NULL)
			best = best_order(b, group);
		fhir_labels_read(b, order);
	}
	if (b->report->order.len == 0)
		b->report->order = fhir_text_of(b->c, best, "value");
}

/* --- the report's own ------------------------------------------------------ */

static void
read_report_id(struct fhir_build *b)
{
	const struct tree_node *id = first_identifier(b->diagnostic->node);
	struct fhir_resource *composition;

	while (id != NULL && (is_card(b, id) ||
	    tree_text_of(id, "value").len == 0))
		id = id->next;
	/* In a document both have the same (EU laboratory, dr-comp-identifier);
	 * the Bundle's is another one for each version. */
	composition = fhir_next_of_type(b->c, NULL, "Composition");
	if (id == NULL && composition != NULL)
		id = first_identifier(composition->node);
	b->report->report_id = fhir_text_of(b->c, id, "value");
	b->report->report_authority = fhir_text_of(b->c, id, "system");
}

/* See fhir_report.h. */
void
fhir_orders_read(struct fhir_build *b)
{
	const struct tree_node *order = tree_first(tree_member(
	    b->diagnostic->node, "basedOn"));

	look_for_card(b, b->diagnostic, first_identifier(b->diagnostic->node));
	look_for_card(b, b->subject, first_identifier(b->subject->node));
	for (; order != NULL; order = order->next)
		read_order(b, order);
	read_report_id(b);
	keep_card(b);
}
