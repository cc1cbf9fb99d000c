#include "spool/texts.h"

static const char *const texts[TEXTS] = {
	[TEXT_WANTS] =
	    "Le fichier « %s », que celui-ci nomme, n'est pas arrivé à temps.\n"
	    "Remettre les deux dans le dossier.\n\n"
	    "The file \"%s\" that this one names did not come in time.\n"
	    "Put both into the folder again.\n",
	[TEXT_UNNAMED] =
	    "Aucun fichier n'a nommé celui-ci à temps : un document PDF ou TIFF "
	    "n'est pris\nqu'avec le fichier qui l'accompagne (fiche JSON, "
	    "HPRIM).\n\n"
	    "No file named this one in time: a PDF or TIFF document is taken "
	    "only together\nwith the file that goes with it (JSON sidecar, "
	    "HPRIM).\n",
	[TEXT_WITNESS] =
	    "Ce témoin (.ok) n'est pas vide et n'accompagne aucun fichier.\n\n"
	    "This witness (.ok) is not empty and belongs to no file.\n",
	[TEXT_TOO_BIG] =
	    "Fichier trop grand : plus de 64 Mio.\n\n"
	    "File too large: over 64 MiB.\n",
	[TEXT_BAD_NAME] =
	    "Ce fichier en nomme un autre qui n'est pas un simple nom dans le "
	    "même dossier,\nou se nomme lui-même.\n\n"
	    "This file names another one that is not a simple name in the same "
	    "folder,\nor names itself.\n",
	[TEXT_TOO_MANY] =
	    "Ce fichier en nomme plus de 16 autres.\n\n"
	    "This file names more than 16 others.\n",
};

/* See texts.h. */
void
text_put(enum text which, const char *name, struct buf *out)
{
	for (const char *p = texts[which]; *p != '\0'; p++) {
		bool is_name = p[0] == '%' && p[1] == 's';
		struct span s = is_name ? span_of(name)
		    : (struct span){ (const uint8_t *)p, 1 };

		if (buf_append_span(out, s) != ST_OK)
			return;
		p += is_name;
	}
}
