/*
 * pdf.h -- is it a PDF, and would a careful reader be wary of it?
 *
 * A search for names (ISO 32000-1 section 7.3.5), no PDF parser: what stands
 * in compressed object streams is not seen.  The answer is told to the
 * laboratory and changes nothing in the document.
 */
#ifndef WIRE_PDF_H
#define WIRE_PDF_H

#include "base/span.h"

/* True where `bytes` start with "%PDF-". */
bool pdf_is(struct span bytes);

/* True where a name says that it is encrypted, holds JavaScript or starts
 * a program: /Encrypt, /JavaScript, /JS, /Launch, also with #xx in it. */
bool pdf_is_suspicious(struct span bytes);

#endif
