# expat: the one XML parser, for CDA documents.  Built without entities and
# without document types (XML_GE 0, no XML_DTD): that code is not there at all.
cd expat/lib
cat >expat_config.h <<-END
	#define BYTEORDER 1234
	#define XML_NS 1
	#define XML_GE 0
	#define XML_CONTEXT_BYTES 0
	#define HAVE_GETRANDOM 1
END
# Nobody may draw the salt of the hash tables but the caller, who has it at
# hand (XML_SetHashSalt16Bytes); getrandom is only what the source insists on.
# XML_MIN_SIZE: one table of functions for all encodings instead of a copy of
# the tokenizer for each.
archive expat "-Os -I. -DHAVE_EXPAT_CONFIG_H -DXML_MIN_SIZE" xmlparse.c xmlrole.c xmltok.c \
    random_getrandom.c
install_headers expat.h expat_external.h
install_sources expat xmlparse.c xmlrole.c xmltok.c random_getrandom.c \
    xmltok_impl.c xmltok_ns.c xcsinc.c expat_config.h $(ls *.h)
