/* command.h -- the table of commands, and the reading of a command line. */
#ifndef DESK_COMMAND_H
#define DESK_COMMAND_H

#include "desk/session.h"

/* Reads `arguments` (each ended by a NUL), finds the command and starts it;
 * where anything is wrong, says what, and finishes with 64 (EX_USAGE). */
void command_start(struct session *s, struct span arguments);

/* Rows of the table; one file each. */
void card_new_start(struct session *s);
void card_new_answer(struct session *s, const struct message *m);
void card_list_start(struct session *s);
void card_list_answer(struct session *s, const struct message *m);
void card_freeze_start(struct session *s);
void card_freeze_answer(struct session *s, const struct message *m);
void bundle_list_start(struct session *s);
void bundle_list_answer(struct session *s, const struct message *m);
void bundle_revoke_start(struct session *s);
void bundle_revoke_answer(struct session *s, const struct message *m);
void bundle_release_start(struct session *s);
void bundle_release_answer(struct session *s, const struct message *m);
void quarantine_list_start(struct session *s);
void quarantine_list_answer(struct session *s, const struct message *m);
void quarantine_clear_start(struct session *s);
void quarantine_clear_answer(struct session *s, const struct message *m);
void status_start(struct session *s);
void status_answer(struct session *s, const struct message *m);
void audit_list_start(struct session *s);
void audit_list_answer(struct session *s, const struct message *m);
void audit_verify_start(struct session *s);
void audit_verify_answer(struct session *s, const struct message *m);

/* Why a bundle is withheld (enum hold): appended as words, "a, b", as far as
 * there is room; as the JSON member "holds", an array of names. */
void holds_write(enum lang lang, uint64_t holds, struct buf *out);
void holds_json(struct json_writer *w, uint64_t holds);

#endif
