/* command.h -- the table of commands, and the reading of a command line. */
#ifndef DESK_COMMAND_H
#define DESK_COMMAND_H

#include "card/symbols.h"
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
void card_call_start(struct session *s);
void card_call_answer(struct session *s, const struct message *m);
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
void outbox_start(struct session *s);
void outbox_answer(struct session *s, const struct message *m);
void drop_check_start(struct session *s);
void drop_init_start(struct session *s);	/* answers as drop check */
void drop_check_answer(struct session *s, const struct message *m);
void drop_stop_start(struct session *s);
void drop_stop_answer(struct session *s, const struct message *m);
void credential_set_start(struct session *s);
void credential_set_answer(struct session *s, const struct message *m);
void credential_clear_start(struct session *s);
void credential_clear_answer(struct session *s, const struct message *m);
void credential_list_start(struct session *s);
void credential_list_answer(struct session *s, const struct message *m);
void alarm_list_start(struct session *s);
void alarm_list_answer(struct session *s, const struct message *m);
void alarm_clear_start(struct session *s);
void alarm_clear_answer(struct session *s, const struct message *m);
void status_start(struct session *s);
void status_answer(struct session *s, const struct message *m);
void audit_list_start(struct session *s);
void audit_list_answer(struct session *s, const struct message *m);
void audit_verify_start(struct session *s);
void audit_verify_answer(struct session *s, const struct message *m);

/* Reads the operand as a card's number; where it is none, says so, finishes
 * and returns false. */
bool card_operand(struct session *s, struct symbols *card);

/* One alarm, in words with what to do about it, or as a line of JSON. */
void alarm_print(struct session *s, const struct msg_alarm_row *row);

/* The next page of alarms after s->last (a number) -> ALARM_ROW, DONE. */
void alarm_ask(struct session *s);

/* "store", "mail", "sms"; "?" */
const char *channel_name(uint64_t channel);

/* The key of the configuration without which a channel has no host. */
const char *channel_key(uint64_t channel);

/* The host of a channel as the configuration has it; empty: none. */
struct span channel_host(const struct config *config, uint64_t channel);

/* Why a bundle is withheld (enum hold): appended as words, "a, b", as far as
 * there is room; as the JSON member "holds", an array of names. */
void holds_write(enum lang lang, uint64_t holds, struct buf *out);
void holds_json(struct json_writer *w, uint64_t holds);

#endif
