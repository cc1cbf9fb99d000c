/*
 * drop_findings.h -- what the answers of a store mean for a drop: good, bad,
 * and in whose words.  Pure: drop_check.c asks, this judges.
 */
#ifndef COURIER_DROP_FINDINGS_H
#define COURIER_DROP_FINDINGS_H

#include "courier/store.h"

enum { DROP_DETAIL_MAX = 256, DROP_BODY_BYTES = 1024 };

struct drop_seen {
	enum drop_grade grade;
	bool is_judged;
	bool was_bad;			/* or a warning, before it was set */
	char detail[DROP_DETAIL_MAX + 1];	/* printable ASCII */
	char set_error[128];		/* why it could not be set; or empty */
};

/* Everything that was seen in one check. */
struct drop_look {
	const struct config *config;
	uint64_t now_s, delete_at_s;
	uint8_t  body[DROP_BODY_BYTES];	/* of the object; random */
	struct drop_seen finding[FINDING_COUNT];
	bool is_tried[FINDING_COUNT];	/* `drop init` has set it */
	bool is_new;			/* the container is */
	bool has_set;			/* something, in this round */
	bool is_put, is_written, is_foreign_put, is_unreachable;
	unsigned lost;			/* wishes without any answer */
};

/* Each takes the answer to one step of drop_check.c. */
void judge_container(struct drop_look *look, const struct store_answer *a);
void judge_put(struct drop_look *look, const struct store_answer *a);
void judge_head(struct drop_look *look, const struct store_answer *a);
void judge_read(struct drop_look *look, const struct store_answer *a);
void judge_absent(struct drop_look *look, const struct store_answer *a);
void judge_list(struct drop_look *look, const struct store_answer *a);
void judge_foreign_put(struct drop_look *look, const struct store_answer *a);
void judge_foreign_delete(struct drop_look *look,
    const struct store_answer *a);
void judge_versioning(struct drop_look *look, const struct store_answer *a);
void judge_lifecycle(struct drop_look *look, const struct store_answer *a);
void judge_delete(struct drop_look *look, const struct store_answer *a);
void judge_gone(struct drop_look *look, const struct store_answer *a);
void judge_unreadable(struct drop_look *look, const struct store_answer *a);

/* How setting right what `finding` is about went. */
void drop_note_setting(struct drop_look *look, enum drop_finding finding,
    const struct store_answer *a);

/* Before the steps, and before the same steps once more: nothing is known; what
 * is not good now and good then is FIXED. */
void drop_look_again(struct drop_look *look);

/* After the last step: what was never judged is UNKNOWN, what was set is
 * FIXED, and why something could not be set stands in its detail. */
void drop_conclude(struct drop_look *look);

#endif
