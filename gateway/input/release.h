/*
 * release.h -- the release matrix: may what the LIS says about a result be
 * handed out?  (design: release.md "Release matrix", lis.md 2.3 and 2.6)
 *
 * Tables and one sum; as far as a single message can decide.  Whoever adds
 * a status adds a row.  What is not in a table is withheld.
 */
#ifndef INPUT_RELEASE_H
#define INPUT_RELEASE_H

#include "fhir/report.h"

/* From the mildest to the strictest. */
enum verdict {
	VERDICT_NONE,		/* says nothing: an OBR that only groups */
	VERDICT_DELIVER,
	VERDICT_CONFIRM,	/* no value: the one that came before is final */
	VERDICT_DELAY,		/* deliver from the next business day on */
	VERDICT_VOID,		/* deleted or not obtained: no value */
	VERDICT_WITHHOLD,
	VERDICT_WRONG		/* posted for the wrong patient */
};

/* One line of a report: an OBX, or an OBR that has none. */
struct release_line {
	bool has_result;		/* an OBX */
	struct span result_status;	/* OBX-11.1, HL70085 */
	struct span order_status;	/* OBR-25.1, HL70123 */
	struct span order_control;	/* ORC-1, HL70119 */
	struct span category;		/* OBX-26.1, HL70909 */
	const struct coded *flags;	/* OBX-8, HL70078 */
	size_t n_flags;
	bool genetic;			/* release_is_genetic() */
};

/* The strictest rule that applies; `reason` is static text, set unless the
 * verdict is DELIVER or NONE. */
enum verdict release_judge(const struct release_line *line,
    const char **reason);

/* Every reason to withhold the line: bits of enum hold.  0 where it is
 * delivered, confirms, or has nothing left to withhold. */
unsigned release_holds(const struct release_line *line);

/* What the verdict of one line means for that line. */
enum release release_of(enum verdict verdict);

/* True for what no configuration may release: a genetic test, by its OBR-24
 * section, its code system, its LOINC or NABM code, or a word of its label. */
bool release_is_genetic(struct span section, const struct coded *code);

/* The lines of one report, added up. */
struct release_sum {
	unsigned lines[VERDICT_WRONG + 1];
	unsigned confirming;		/* OBX-11 U, whatever else holds them */
	unsigned holds;			/* enum hold */
	const char *reason;		/* of the strictest line so far */
	enum verdict strictest;
	bool preliminary, corrected, appended;
};

void release_add(struct release_sum *sum, const struct release_line *line);

/* A document hidden from the patient or his parents: INVISIBLE_PATIENT. */
void release_hide(struct release_sum *sum, const char *reason);

/* True where a line said something; otherwise the report has no content. */
bool release_has_lines(const struct release_sum *sum);

/*
 * The whole report: one wrong line makes it an incident; nothing but void
 * lines a withdrawal; nothing but U lines and no document (report->documents)
 * a confirmation; one withheld line withholds all of it (the PDF holds
 * everything).  Sets release, release_reason, holds, status and opens_s.
 */
void release_decide(const struct release_sum *sum, uint64_t now_ms,
    struct report *report);

/*
 * Does the observation make the value final that came before?  Then it brings
 * none, and what a biologist would have to release, he still has to.
 */
bool release_confirms(const struct observation *o);

/* Is the observation taken back: deleted, cancelled or wrong? */
bool release_removes(const struct observation *o);

/* Leaves no value, flag or comment in lines that are taken back; what is
 * cancelled keeps the comment that says why.  Their status says so, too. */
void release_empty_removed(struct report *report);

/* Takes the lines out that only confirm (is_confirmed): there is nothing of
 * theirs to be sealed.  The report's arrays change in place. */
void release_leave_out_confirmed(struct report *report);

/* OBX-11 and OBR-25 as FHIR knows them (lis.md 4.2). */
enum observation_status release_result_status(struct span obx_11);
enum observation_status release_order_status(struct span obr_25);

#endif
