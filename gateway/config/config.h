/*
 * config.h -- one file -> one checked struct -> a slice per role.
 *
 * The file is lines of `key = value`, `#` comments, and `[source NAME]` and
 * `[hold NAME]` sections.  Every key is one row of config/keys.def: its type, its default,
 * what is allowed, which roles may see it.  The parser is pure.
 * Never: reads a secret (keys are files, named here, read by their role).
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>

#include "base/span.h"
#include "ipc/messages.h"

enum {
	CONFIG_TEXT_MAX    = 256,
	CONFIG_SOURCES_MAX = 16,
	CONFIG_PATHS_MAX   = 8,
	CONFIG_PATTERN_MAX = 128,
	CONFIG_HOLDS_MAX   = 64
};

/* HL7 v2 charsets a source may be pinned to; AUTO is lis.md 2.4's order. */
enum charset_choice {
	CHARSET_AUTO, CHARSET_UTF8, CHARSET_LATIN1, CHARSET_LATIN9,
	CHARSET_WINDOWS1252, CHARSET_CP850, CHARSET_MACROMAN
};

enum drop_kind { DROP_NONE, DROP_S3, DROP_SWIFT, DROP_KEYSTONE };

enum ack_mode { ACK_AUTO, ACK_ORIGINAL, ACK_ENHANCED_ACCEPT_ONLY };

/* What the files of a source are. */
enum source_format {
	FORMAT_AUTO, FORMAT_HL7, FORMAT_HPRIM_SANTE, FORMAT_HPRIM_MEDECIN,
	FORMAT_SIDECAR, FORMAT_FHIR
};

/* One LIS that may deliver.  `[source default]` applies to any peer. */
struct config_source {
	char name[64];
	/* Where the card number may stand, in order: "PID-3", "OBR-20", ... */
	char card_paths[CONFIG_PATHS_MAX][16];
	char card_authority[64];	/* PID-3: CX.4.1 of a card number */
	enum charset_choice charset;
	enum ack_mode ack_mode;
	char timezone[64];		/* POSIX TZ rule */
	bool production;		/* MSH-11 T and D are refused */
	bool snapshot;			/* an ORU replaces the whole report */
	char networks[512];		/* config/networks.h */
	char clients[1056];		/* config/fingerprints.h */
	char senders[512];		/* "MSH-3/MSH-4, ..."; empty: all */
	uint64_t connections_max;
	bool commit_bytes;		/* MLLP release 2 */
	bool transient_ar;		/* AR 207 instead of closing */
	bool refuse_unknown;		/* withdrawals of what never came */
	bool legacy_orders;		/* ORC-1 says nothing */
	bool batch_once;		/* one answer for a whole batch */
	char language[16];		/* BCP 47 */
	char patient_identifiers[128];	/* CX.5, best first */
	char card_pattern[CONFIG_PATTERN_MAX];	/* POSIX ERE; empty: all of a field */
	char card_system[256];		/* FHIR Identifier.system */
	char folder[256];		/* empty: none */
	uint64_t folder_keep_s, folder_wait_s;
	enum source_format format;
	bool hprim_any;			/* not only the patient's exemplar */
	bool hprim_medecin;		/* its texts are for patients too */
};

/* `[hold NAME]`: results that wait until a biologist releases them. */
struct config_hold {
	char name[64];
	char codes[512];		/* config/codes.h */
	char reason[64];		/* for `guichet intake check` only */
};

struct config {
	char box_id[33];		/* [a-z0-9-]{3,32} */
	char lab_name[CONFIG_TEXT_MAX];
	char lab_phone[CONFIG_TEXT_MAX];
	char state_dir[CONFIG_TEXT_MAX];
	char run_dir[CONFIG_TEXT_MAX];
	char network_lab[64];		/* "192.168.1.2/24" */
	char network_lab_gateway[64];	/* or "none" */
	char network_wan[64];		/* or "dhcp", "none" */
	char network_wan_gateway[64];	/* or "none" */
	bool service_port;
	char mllp_listen[64];		/* "127.0.0.1:2575", or "none" */
	char mllp_interface[16];	/* empty: any */
	char mllp_networks[512];	/* config/networks.h */
	char mllps_listen[64];		/* or "none" */
	char fhir_listen[64];		/* or "none" */
	char lis_certificate[CONFIG_TEXT_MAX];	/* PEM file, chain */
	char lis_key[CONFIG_TEXT_MAX];	/* PEM file, EC or RSA */
	char lis_clients[CONFIG_TEXT_MAX]; /* PEM file, authorities */
	char pickup_listen[64];		/* "0.0.0.0:8443" */
	char pickup_origin[CONFIG_TEXT_MAX]; /* "https://labo.example:8443" */
	char pickup_certificate[CONFIG_TEXT_MAX]; /* PEM file, chain */
	char pickup_key[CONFIG_TEXT_MAX];	/* PEM file, EC or RSA */
	uint64_t pickup_connections_max;
	uint64_t pickup_connections_per_address;
	uint64_t mllp_connections_max;
	uint64_t mllp_idle_s;
	uint64_t frame_bytes_max;
	uint64_t window_s;		/* a bundle's, 14 d */
	uint64_t lab_window_s;		/* on the lab card, 72 h */
	uint64_t card_life_s;
	uint64_t card_wrong_tokens_per_hour;
	bool hold_unknown;		/* codes of no public system */
	char lab_timezone[64];		/* POSIX TZ rule */
	enum drop_kind drop_kind;
	char drop_endpoint[CONFIG_TEXT_MAX];	/* https://, or empty */
	char drop_bucket[64];
	bool drop_virtual_host;		/* S3: not path style */
	char drop_region[64];
	char drop_user[128], drop_project[128], drop_domain[128];
	char drop_public_url[84];	/* https://, or empty */
	char drop_pins[1056];		/* config/fingerprints.h */
	uint64_t drop_in_flight;
	char tls_trust[CONFIG_TEXT_MAX];	/* PEM file, authorities */
	char dns_servers[128];		/* or "system" */
	char viewer_url[128];		/* https://, or empty */
	char mail_server[CONFIG_TEXT_MAX];	/* HOST:PORT, or "none" */
	bool mail_starttls;
	char mail_user[128];
	char mail_from[CONFIG_TEXT_MAX];
	char mail_pins[1056];
	char mail_bounces[CONFIG_TEXT_MAX];	/* HOST:PORT, or "none" */
	char sms_url[CONFIG_TEXT_MAX];	/* https://, or empty */
	bool sms_json, sms_get;
	char sms_template[512];
	char sms_authorization[CONFIG_TEXT_MAX];
	char sms_user[128], sms_from[16];
	char sms_pins[1056];
	uint64_t outbox_retry_max_s;
	char notice_hours[16];		/* "08:00-20:00" */
	uint64_t notice_delay_s, address_keep_s;
	bool notice_call_back;
	struct config_source source[CONFIG_SOURCES_MAX];
	unsigned n_sources;
	struct config_hold hold[CONFIG_HOLDS_MAX];
	unsigned n_holds;
};

struct config_error {
	unsigned line;
	char     text[384];	/* key, value, what is allowed, what to do */
};

/* All defaults; one source named "default". */
void config_init(struct config *config);

/* What a role reads: a slice that guichetd made of what it had checked.  ST_OK, or
 * ST_INVALID with `error` filled, in few words, and `config` undefined. */
MUST_CHECK enum status
config_parse(struct config *config, struct span text, struct config_error *error);

/* What a person wrote is read with more help, which a role does not link: see
 * check.h. */
struct value_row;
struct config_help {
	/* What the value must be. */
	const char *(*allowed)(const struct value_row *row);
	/* The row that was meant, or NULL. */
	const struct value_row *(*like)(const struct value_row *rows, size_t n,
	    struct span key);
	/* Looks into a value of the right form; ST_OK or ST_INVALID. */
	enum status (*check)(const struct value_row *row, struct span value);
};
MUST_CHECK enum status
config_read(struct config *config, struct span text,
    const struct config_help *help, struct config_error *error);

/* Appends the keys that `role` may see, in the file's syntax, so that
 * config_parse() of it gives the same values; ST_OK or ST_NO_SPACE. */
MUST_CHECK enum status
config_slice(const struct config *config, enum role_id role, struct buf *out);

#endif
