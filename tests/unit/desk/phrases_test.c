#include "desk/phrases.h"

#include <stdio.h>

#include "desk/phrases.def"
#include "tap.h"

static const struct row { const char *english, *french; } rows[] = {
#define PHRASE(en, fr) { en, fr },
	BOX_PHRASES(PHRASE)
#undef PHRASE
};

static bool
becomes(const char *english, const char *french)
{
	char out[PHRASE_MAX];
	bool right = strcmp(phrase_in(LANG_FR, span_of(english), out), french)
	    == 0;

	if (!right)
		printf("# %s\n# -> %s\n", english, out);
	return right;
}

/* Holes filled with h1, h2 ... */
static void
fill(const char *pattern, char out[static PHRASE_MAX])
{
	unsigned hole = 0;
	size_t len = 0;

	for (; *pattern != '\0'; pattern++) {
		if (*pattern != '%') {
			out[len++] = *pattern;
			continue;
		}
		pattern++;
		len += (size_t)snprintf(out + len, PHRASE_MAX - len, "h%u",
		    ++hole);
	}
	out[len] = '\0';
}

/* The order of holes and their kinds. */
static void
kinds(const char *pattern, char out[static 8])
{
	size_t n = 0;

	while ((pattern = strchr(pattern, '%')) != NULL && n < 7) {
		out[n++] = pattern[1];
		pattern += 2;
	}
	out[n] = '\0';
}

static void
test_rows(void)
{
	char english[PHRASE_MAX], french[PHRASE_MAX], a[8], b[8];

	for (size_t i = 0; i < COUNT(rows); i++) {
		fill(rows[i].english, english);
		fill(rows[i].french, french);
		kinds(rows[i].english, a);
		kinds(rows[i].french, b);
		ok(becomes(english, french) && strcmp(a, b) == 0 &&
		    strlen(a) <= 4, "%s", rows[i].english);
	}
}

static void
test_lists(void)
{
	ok(becomes("checked; 130684 MiB", "vérifiées ; 130684 Mio"), "data");
	ok(becomes("new; 29 MiB; made anew time unknown    , what was on it "
	    "is lost; guichet.conf has errors: not used",
	    "recréées ; 29 Mio ; recréées (date inconnue), l'ancien contenu "
	    "est perdu ; guichet.conf contient des erreurs : non utilisé"),
	    "all that data can say");
	ok(becomes("lab 192.168.1.2/24; wan dhcp, no lease: the network of "
	    "the lab port", "lab 192.168.1.2/24 ; wan DHCP, bail refusé : le "
	    "réseau est celui du port lab"), "network");
	ok(becomes("data partition: none: it cannot be read",
	    "partition de données : aucune : lecture impossible"),
	    "a phrase in a phrase");
	ok(becomes("Kernel panic - not syncing: dm-verity device corrupted",
	    "arrêt du noyau (kernel panic) : système de fichiers racine "
	    "altéré (dm-verity)"), "the kernel's");
}

static void
test_dates(void)
{
	ok(becomes("2026-11-22 09:31 slot b: update to 1.2.0",
	    "2026-11-22 09:31 emplacement b : mise à jour vers 1.2.0"),
	    "a change with its date");
	ok(becomes("time unknown     slot a, 1.0.0: slot b (1.2.0) was tried "
	    "until its tries ran out and was never healthy",
	    "date inconnue emplacement a, 1.0.0 : l'emplacement b (1.2.0) a "
	    "épuisé ses essais sans jamais être sain"), "without one");
	ok(becomes("2026-11-22 09:31 something new",
	    "2026-11-22 09:31 something new"), "a change that nobody knows");
}

static void
test_unknown(void)
{
	char out[PHRASE_MAX];
	uint8_t full[160];

	memset(full, 'x', sizeof(full));
	phrase_in(LANG_FR, (struct span){ full, sizeof(full) }, out);
	ok(strlen(out) == 160, "160 bytes that nobody knows");
	ok(becomes("", "") && becomes(";", ";") && becomes("; ", "; ") &&
	    becomes("a; b", "a; b") && becomes("slot x", "slot x"),
	    "what is no phrase stays");
	ok(becomes("checked; never heard of", "vérifiées ; never heard of"),
	    "one part that is none");
	ok(strcmp(phrase_in(LANG_EN, span_of("first start"), out),
	    "first start") == 0, "English is what the box said");
	ok(becomes("slot a and more: update to 1", "slot a and more: update "
	    "to 1"), "a slot is one word");
}

int
main(void)
{
	test_rows();
	test_lists();
	test_dates();
	test_unknown();
	return done_testing();
}
